//! Resets flows whose ClientHello names a listed name.

use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way};
use crate::hello;
use crate::packet::{Packet, reset_receiver, reset_sender};

/// Resets both sides of a flow at the ClientHello that names a listed name.
#[derive(Debug)]
pub struct SniReset {
    watch: Watch,
}

impl SniReset {
    /// Makes a censor of flows that name one of `names`.
    pub fn new(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::tls) }
    }
}

impl Censor for SniReset {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        let Some(tcp) = packet.tcp() else { return Act::Pass };
        match self.watch.look(now, way, &packet) {
            Look::Clean => Act::Pass,
            Look::Marked => Act::Drop,
            Look::Names => Act::Replace(vec![
                (Way::Back, reset_sender(&packet, &tcp)),
                (Way::Out, reset_receiver(&packet, &tcp)),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::hello_for;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn the_flow_that_names_it_is_reset_on_both_sides_and_the_other_passes() {
        let mut censor = SniReset::new(names(&["listed.test"]));
        let now = Instant::now();
        let mut hello = |to: std::net::SocketAddrV4, name| {
            censor.inspect(now, Way::Out, &segment(CLIENT, to, Sort::Plain, &hello_for(name)))
        };
        let mut other = SERVER;
        other.set_ip([203, 0, 113, 22].into());

        let listed = hello(SERVER, "listed.test");
        let unlisted = hello(other, "other.test");

        let Act::Replace(forged) = listed else { panic!("{listed:?}") };
        let told: Vec<_> = forged
            .iter()
            .map(|(way, bytes)| {
                let packet = Packet::read(bytes).unwrap();
                (*way, packet.to, packet.tcp().unwrap().sort)
            })
            .collect();
        let reset = Sort::Reset;
        assert_eq!(told, [(Way::Back, CLIENT, reset), (Way::Out, SERVER, reset)]);
        assert_eq!(unlisted, Act::Pass);
    }
}
