//! Closes flows that name a listed name.

use std::time::Instant;

use super::watch::Watch;
use super::{Act, Censor, Names, Way, ending};
use crate::hello;

/// Tells both sides of a flow, at what names a listed name, that no more will come.
#[derive(Debug)]
pub struct Close {
    watch: Watch,
}

impl Close {
    /// Makes a censor of flows whose ClientHello names one of `names`.
    pub fn of_hellos(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::tls) }
    }

    /// Makes one of flows whose plain HTTP request is for one of `names`.
    pub fn of_requests(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::http) }
    }
}

impl Censor for Close {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        ending::where_named(&mut self.watch, now, way, packet, ending::close)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ending::tests::told;
    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::{hello_for, request_for};
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn the_flow_that_names_it_is_closed_on_both_sides_and_the_other_passes() {
        closes(Close::of_hellos(names(&["listed.test"])), hello_for);
        closes(Close::of_requests(names(&["listed.test"])), request_for);
    }

    fn closes(mut censor: Close, naming: fn(&str) -> Vec<u8>) {
        let now = Instant::now();
        let mut say = |port, name| {
            let mut from = CLIENT;
            from.set_port(port);
            censor.inspect(now, Way::Out, &segment(from, SERVER, Sort::Plain, &naming(name)))
        };

        let (listed, other) = (say(40_000, "listed.test"), say(40_001, "other.test"));

        let close = Sort::Close;
        assert_eq!(told(&listed), [(Way::Back, CLIENT, close), (Way::Out, SERVER, close)]);
        assert_eq!(other, Act::Pass);
        assert_eq!(say(40_000, "listed.test"), Act::Drop);
    }
}
