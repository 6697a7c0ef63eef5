//! Leads TLS connections to listed addresses to the interception host.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Instant;

use super::{Act, Censor, Way};
use crate::packet::Packet;

/// Diverts flows to port 443 of listed addresses. When they begin, no name is known yet: it is the
/// interception host that reads the name and passes on what is not listed.
#[derive(Debug)]
pub struct Intercept {
    /// The addresses; none means all.
    pub addresses: Option<BTreeSet<IpAddr>>,
}

impl Censor for Intercept {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet).filter(|_| way == Way::Out) else {
            return Act::Pass;
        };
        let listed = packet.tcp().is_some()
            && packet.to.port() == HTTPS
            && self.addresses.as_ref().is_none_or(|listed| listed.contains(&packet.to.ip()));
        if listed { Act::Divert } else { Act::Pass }
    }
}

const HTTPS: u16 = 443;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn only_tls_to_a_listed_address_is_diverted() {
        let mut censor = Intercept { addresses: Some(BTreeSet::from([SERVER.ip()])) };
        let now = Instant::now();
        let mut inspect = |to| censor.inspect(now, Way::Out, &segment(CLIENT, to, Sort::Open, &[]));

        assert_eq!(inspect(SERVER), Act::Divert);
        assert_eq!(inspect(SocketAddr::new(SERVER.ip(), 80)), Act::Pass);
        assert_eq!(inspect(SocketAddr::from(([203, 0, 113, 22], 443))), Act::Pass);
    }

    #[test]
    fn without_a_list_tls_to_every_address_is_diverted() {
        let mut censor = Intercept { addresses: None };
        let now = Instant::now();
        let mut inspect = |to| censor.inspect(now, Way::Out, &segment(CLIENT, to, Sort::Open, &[]));

        assert_eq!(inspect(SERVER), Act::Divert);
        assert_eq!(inspect(SocketAddr::new(SERVER.ip(), 80)), Act::Pass);
    }
}
