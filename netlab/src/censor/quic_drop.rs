//! Swallows QUIC flows whose ClientHello names a listed name.

use std::time::Instant;

use super::{Act, Censor, Names, Way};
use crate::flow::{FlowKey, Flows};
use crate::hello::Opening;
use crate::hello::quic::Initials;
use crate::packet::Packet;

/// Opens the Initial packets of QUIC, and swallows a flow, both ways, from the one on that names a
/// listed name.
#[derive(Debug)]
pub struct QuicDrop {
    names: Names,
    flows: Flows<Watched>,
}

#[derive(Debug)]
enum Watched {
    Reading(Initials),
    Free,
    Marked,
}

impl Default for Watched {
    fn default() -> Self {
        Self::Reading(Initials::default())
    }
}

impl QuicDrop {
    /// Makes a censor of flows that name one of `names`.
    pub fn new(names: Names) -> Self {
        Self { names, flows: Flows::default() }
    }
}

impl Censor for QuicDrop {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        let Some(datagram) = packet.udp() else { return Act::Pass };
        let watched = self.flows.at(now, FlowKey::of(way, &packet));
        let initials = match watched {
            Watched::Free => return Act::Pass,
            Watched::Marked => return Act::Drop,
            Watched::Reading(_) if way == Way::Back => return Act::Pass,
            Watched::Reading(initials) => initials,
        };
        match initials.add(datagram) {
            Opening::Unfinished => Act::Pass,
            Opening::Named(name) if self.names.cover(&name) => {
                *watched = Watched::Marked;
                Act::Drop
            }
            Opening::Named(_) | Opening::Nameless | Opening::Foreign => {
                *watched = Watched::Free;
                Act::Pass
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;
    use crate::hello::quic::tests::initial_for;
    use crate::packet::tests::{CLIENT, SERVER, datagram};

    #[test]
    fn the_flow_that_names_it_falls_silent_and_the_other_does_not() {
        let mut censor = QuicDrop::new(names(&["listed.test"]));
        let now = Instant::now();
        let mut other = CLIENT;
        other.set_port(40_001);
        let mut inspect =
            |way, from, to, data: &[u8]| censor.inspect(now, way, &datagram(from, to, data));

        let listed = inspect(Way::Out, CLIENT, SERVER, &initial_for("listed.test"));
        let passed = inspect(Way::Out, other, SERVER, &initial_for("other.test"));

        assert_eq!((listed, passed), (Act::Drop, Act::Pass));
        assert_eq!(inspect(Way::Back, SERVER, CLIENT, b"answer"), Act::Drop);
        assert_eq!(inspect(Way::Back, SERVER, other, b"answer"), Act::Pass);
    }
}
