//! Refuses connections by address.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Instant;

use super::{Act, Censor, Way};
use crate::packet::{Packet, Sort, reset_sender};

/// Answers every attempt to connect to a listed address with a reset, in the host's stead.
#[derive(Debug)]
pub struct TcpRefuse {
    /// The addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Censor for TcpRefuse {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet).filter(|_| way == Way::Out) else {
            return Act::Pass;
        };
        match packet.tcp() {
            Some(tcp) if tcp.sort == Sort::Open && self.addresses.contains(&packet.to.ip()) => {
                Act::Replace(vec![(Way::Back, reset_sender(&packet, &tcp))])
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
    fn a_listed_address_refuses_and_another_does_not() {
        let mut censor = TcpRefuse { addresses: BTreeSet::from([SERVER.ip()]) };
        let other = SocketAddr::from(([203, 0, 113, 22], 443));
        let now = Instant::now();
        let mut inspect = |to| censor.inspect(now, Way::Out, &segment(CLIENT, to, Sort::Open, &[]));

        let Act::Replace(forged) = inspect(SERVER) else { panic!("nothing was forged") };
        let [(Way::Back, reset)] = forged.as_slice() else { panic!("{forged:?}") };
        let reset = Packet::read(reset).unwrap();
        let tcp = reset.tcp().unwrap();
        assert_eq!((reset.from, tcp.sort, tcp.ack), (SERVER, Sort::Reset, 1001));
        assert_eq!(inspect(other), Act::Pass);
    }
}
