//! Swallows a flow from the ClientHello on that names a listed name.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::watch::{Look, Watch};
use super::{Act, Catch, Censor, Names, Reads, Residual, Side, Way};
use crate::flow::FlowKey;
use crate::hello;
use crate::packet::Packet;

/// Swallows a flow, both ways, from the ClientHello on that names a listed name, and for some time
/// afterwards what looks like it.
#[derive(Debug)]
pub struct SniDrop {
    watch: Watch,
    residual: Residual,
    lasts: Duration,
    until: HashMap<Mark, Instant>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Mark {
    Flow(FlowKey),
    Address(IpAddr, SocketAddr),
}

impl SniDrop {
    /// Makes a censor of flows that name one of `names`; `residual` is swallowed for as long as
    /// `lasts`.
    pub fn new(names: Names, residual: Residual, lasts: Duration) -> Self {
        let watch = Watch::new(names, hello::tls);
        Self { watch, residual, lasts, until: HashMap::new() }
    }

    /// Watches what `side` sends, as far as `reads` says, and lets through what `catch` misses.
    pub fn seeing(self, side: Side, reads: Reads, catch: Catch) -> Self {
        Self { watch: self.watch.seeing(side, reads, catch), ..self }
    }

    fn mark(&self, key: FlowKey) -> Mark {
        match self.residual {
            Residual::Flow => Mark::Flow(key),
            Residual::Address => Mark::Address(key.client.ip(), key.server),
        }
    }
}

impl Censor for SniDrop {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet).filter(|packet| packet.tcp().is_some()) else {
            return Act::Pass;
        };
        let mark = self.mark(FlowKey::of(way, &packet));
        if self.until.get(&mark).is_some_and(|until| now < *until) {
            return Act::Drop;
        }
        match self.watch.look(now, way, &packet) {
            Look::Clean => Act::Pass,
            Look::Marked => Act::Drop,
            Look::Names => {
                self.until.retain(|_, until| now < *until);
                self.until.insert(mark, now + self.lasts);
                Act::Drop
            }
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

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_flow_that_names_it_falls_silent_and_the_other_does_not() {
        let mut censor = censor(Residual::Flow, Duration::ZERO);
        let now = Instant::now();
        let other = from_port(40_001);
        let mut inspect = |way, packet: Vec<u8>| censor.inspect(now, way, &packet);

        assert_eq!(inspect(Way::Out, hello(CLIENT, "listed.test")), Act::Drop);
        assert_eq!(inspect(Way::Out, hello(other, "other.test")), Act::Pass);

        let (answer, to_other) = (back(CLIENT), back(other));
        assert_eq!(inspect(Way::Back, answer), Act::Drop);
        assert_eq!(inspect(Way::Back, to_other), Act::Pass);
    }

    #[test]
    fn a_name_cut_in_two_segments_is_seen() {
        let mut censor = censor(Residual::Flow, Duration::ZERO);
        let now = Instant::now();
        let whole = hello_for("listed.test");
        let (first, second) = whole.split_at(whole.len() - 4);
        let packet = |seq: usize, data| {
            let mut packet = segment(CLIENT, SERVER, Sort::Plain, data);
            packet[24..28].copy_from_slice(&u32::try_from(1001 + seq).unwrap().to_be_bytes());
            packet
        };

        let open = censor.inspect(now, Way::Out, &segment(CLIENT, SERVER, Sort::Open, &[]));
        let one = censor.inspect(now, Way::Out, &packet(0, first));
        let two = censor.inspect(now, Way::Out, &packet(first.len(), second));

        assert_eq!((open, one, two), (Act::Pass, Act::Pass, Act::Drop));
    }

    #[test]
    fn a_flow_that_is_not_caught_passes_to_its_end() {
        let catch = Catch::new(2, 1000);
        let mut censor = censor(Residual::Flow, Duration::ZERO);
        censor = censor.seeing(Side::default(), Reads::default(), catch);
        let now = Instant::now();
        let mut say = |port| censor.inspect(now, Way::Out, &hello(from_port(port), "listed.test"));

        assert_eq!((say(1), say(2)), (Act::Pass, Act::Drop));
        assert_eq!((say(1), say(2)), (Act::Pass, Act::Drop));
    }

    #[test]
    fn what_remains_blocked_is_the_flow_or_the_address_and_only_for_its_time() {
        for (residual, other_port) in [(Residual::Flow, Act::Pass), (Residual::Address, Act::Drop)]
        {
            let mut censor = censor(residual, 5 * SECOND);
            let now = Instant::now();
            let open = |port| segment(from_port(port), SERVER, Sort::Open, &[]);
            censor.inspect(now, Way::Out, &hello(from_port(1), "listed.test"));

            assert_eq!(censor.inspect(now + SECOND, Way::Out, &open(1)), Act::Drop);
            assert_eq!(censor.inspect(now + SECOND, Way::Out, &open(2)), other_port);
            assert_eq!(censor.inspect(now + 6 * SECOND, Way::Out, &open(1)), Act::Pass);
            assert_eq!(censor.inspect(now + 6 * SECOND, Way::Out, &open(2)), Act::Pass);
        }
    }

    fn censor(residual: Residual, lasts: Duration) -> SniDrop {
        SniDrop::new(names(&["listed.test"]), residual, lasts)
    }

    fn hello(from: SocketAddr, name: &str) -> Vec<u8> {
        segment(from, SERVER, Sort::Plain, &hello_for(name))
    }

    fn back(to: SocketAddr) -> Vec<u8> {
        segment(SERVER, to, Sort::Plain, b"answer")
    }

    fn from_port(port: u16) -> SocketAddr {
        SocketAddr::new(CLIENT.ip(), port)
    }
}
