//! Swallows plain HTTP requests for listed names.

use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way};
use crate::hello;
use crate::packet::Packet;

/// Swallows a flow, both ways, from the plain HTTP request on whose Host is listed.
#[derive(Debug)]
pub struct HttpDrop {
    watch: Watch,
}

impl HttpDrop {
    /// Makes a censor of requests for `names`.
    pub fn new(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::http) }
    }
}

impl Censor for HttpDrop {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        match self.watch.look(now, way, &packet) {
            Look::Clean => Act::Pass,
            Look::Marked | Look::Names => Act::Drop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::request_for;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn the_flow_that_names_it_falls_silent_and_the_other_does_not() {
        let mut censor = HttpDrop::new(names(&["listed.test"]));
        let now = Instant::now();
        let mut other = CLIENT;
        other.set_port(40_001);
        let mut inspect = |way, from, to, data: &[u8]| {
            censor.inspect(now, way, &segment(from, to, Sort::Plain, data))
        };

        let listed = inspect(Way::Out, CLIENT, SERVER, &request_for("listed.test"));
        let passed = inspect(Way::Out, other, SERVER, &request_for("other.test"));

        assert_eq!((listed, passed), (Act::Drop, Act::Pass));
        assert_eq!(inspect(Way::Back, SERVER, CLIENT, b"answer"), Act::Drop);
        assert_eq!(inspect(Way::Back, SERVER, other, b"answer"), Act::Pass);
    }
}
