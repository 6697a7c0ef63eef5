//! Swallows datagrams by port and address.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Instant;

use super::{Act, Censor, Way};
use crate::packet::Packet;

/// Swallows customers' datagrams, whatever they hold. An empty list means every port or address.
#[derive(Debug)]
pub struct UdpDrop {
    /// The ports.
    pub ports: BTreeSet<u16>,
    /// The addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Censor for UdpDrop {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet).filter(|packet| packet.udp().is_some()) else {
            return Act::Pass;
        };
        let port = self.ports.is_empty() || self.ports.contains(&packet.to.port());
        let address = self.addresses.is_empty() || self.addresses.contains(&packet.to.ip());
        if way == Way::Out && port && address { Act::Drop } else { Act::Pass }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, datagram, segment};

    #[test]
    fn datagrams_to_a_listed_port_are_swallowed_and_others_pass() {
        let mut censor = UdpDrop { ports: BTreeSet::from([443]), addresses: BTreeSet::new() };
        let now = Instant::now();
        let other = SocketAddr::new(SERVER.ip(), 53);
        let mut inspect = |packet: Vec<u8>| censor.inspect(now, Way::Out, &packet);

        assert_eq!(inspect(datagram(CLIENT, SERVER, b"x")), Act::Drop);
        assert_eq!(inspect(datagram(CLIENT, other, b"x")), Act::Pass);
        assert_eq!(inspect(segment(CLIENT, SERVER, Sort::Open, &[])), Act::Pass);
    }

    #[test]
    fn port_and_address_must_both_be_listed_where_both_are() {
        let addresses = BTreeSet::from([SERVER.ip()]);
        let mut censor = UdpDrop { ports: BTreeSet::from([443]), addresses };
        let now = Instant::now();
        let other = SocketAddr::from(([203, 0, 113, 22], 443));
        let mut inspect = |to| censor.inspect(now, Way::Out, &datagram(CLIENT, to, b"x"));

        assert_eq!((inspect(SERVER), inspect(other)), (Act::Drop, Act::Pass));
    }
}
