//! Says of addresses that there is no way to them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Instant;

use super::{Act, Censor, Way};
use crate::packet::{Packet, Sort, host_unreachable};

/// Answers every attempt to connect to a listed address with "host unreachable" (ICMP).
#[derive(Debug)]
pub struct TcpUnreachable {
    /// The addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Censor for TcpUnreachable {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let bytes = packet;
        let Some(packet) = Packet::read(packet).filter(|_| way == Way::Out) else {
            return Act::Pass;
        };
        match packet.tcp() {
            Some(tcp) if tcp.sort == Sort::Open && self.addresses.contains(&packet.to.ip()) => {
                host_unreachable(packet.to.ip(), bytes)
                    .map_or(Act::Drop, |told| Act::Replace(vec![(Way::Back, told)]))
            }
            Some(_) | None => Act::Pass,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn a_listed_address_is_unreachable_and_another_is_not() {
        let mut censor = TcpUnreachable { addresses: BTreeSet::from([SERVER.ip()]) };
        let other = SocketAddr::from(([203, 0, 113, 22], 443));
        let now = Instant::now();
        let open = |to| segment(CLIENT, to, Sort::Open, &[]);

        let Act::Replace(forged) = censor.inspect(now, Way::Out, &open(SERVER)) else {
            panic!("nothing was forged")
        };
        let [(Way::Back, told)] = forged.as_slice() else { panic!("{forged:?}") };
        // RFC 792: destination unreachable (3), the host (1), then what was not delivered.
        assert_eq!(told.get(20..22), Some(&[3, 1][..]));
        assert_eq!(told.get(28..), open(SERVER).get(..28));
        assert_eq!(censor.inspect(now, Way::Out, &open(other)), Act::Pass);
    }
}
