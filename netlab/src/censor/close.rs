//! Closes flows whose ClientHello names a listed name.

use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way, ending};
use crate::hello;
use crate::packet::Packet;

/// Tells both sides of a flow, at the ClientHello that names a listed name, that no more will come.
#[derive(Debug)]
pub struct SniClose {
    watch: Watch,
}

impl SniClose {
    /// Makes a censor of flows that name one of `names`.
    pub fn new(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::tls) }
    }
}

impl Censor for SniClose {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        let Some(tcp) = packet.tcp() else { return Act::Pass };
        match self.watch.look(now, way, &packet) {
            Look::Clean => Act::Pass,
            Look::Marked => Act::Drop,
            Look::Names => ending::close(way, &packet, &tcp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ending::tests::told;
    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::hello_for;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn the_flow_that_names_it_is_closed_on_both_sides_and_the_other_passes() {
        let mut censor = SniClose::new(names(&["listed.test"]));
        let now = Instant::now();
        let mut say = |port, name| {
            let mut from = CLIENT;
            from.set_port(port);
            censor.inspect(now, Way::Out, &segment(from, SERVER, Sort::Plain, &hello_for(name)))
        };

        let (listed, other) = (say(40_000, "listed.test"), say(40_001, "other.test"));

        let close = Sort::Close;
        assert_eq!(told(&listed), [(Way::Back, CLIENT, close), (Way::Out, SERVER, close)]);
        assert_eq!(other, Act::Pass);
        assert_eq!(say(40_000, "listed.test"), Act::Drop);
    }
}
