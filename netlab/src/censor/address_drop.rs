//! Swallows packets by address.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Instant;

use super::{Act, Censor, Way};
use crate::packet::destination;

/// Swallows every packet to listed addresses, whatever it holds.
#[derive(Debug)]
pub struct AddressDrop {
    /// The addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Censor for AddressDrop {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let to = destination(packet).filter(|_| way == Way::Out);
        if to.is_some_and(|to| self.addresses.contains(&to)) { Act::Drop } else { Act::Pass }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn a_listed_address_is_out_of_reach_and_another_is_not() {
        let mut censor = AddressDrop { addresses: BTreeSet::from([SERVER.ip()]) };
        let other = SocketAddr::from(([203, 0, 113, 22], 443));
        let now = Instant::now();
        let mut inspect = |to| censor.inspect(now, Way::Out, &segment(CLIENT, to, Sort::Open, &[]));

        assert_eq!(inspect(SERVER), Act::Drop);
        assert_eq!(inspect(other), Act::Pass);
    }
}
