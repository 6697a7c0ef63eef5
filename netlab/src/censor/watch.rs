//! Looks for listed names in the first bytes of TCP flows.

use std::time::Instant;

use super::catch::Catch;
use super::{Names, Reads, Side, Way};
use crate::flow::{FirstBytes, FlowKey, Flows};
use crate::hello::Opening;
use crate::packet::{Packet, Sort};

/// Looks for listed names in the first bytes of TCP flows.
#[derive(Debug)]
pub(super) struct Watch {
    names: Names,
    read: fn(&[u8]) -> Opening,
    side: Side,
    reads: Reads,
    catch: Catch,
    flows: Flows<Watched>,
}

/// What is to be thought of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing speaks against it.
    Clean,
    /// With it, its flow has named a listed name.
    Names,
    /// Its flow named a listed name before.
    Marked,
}

#[derive(Debug)]
enum Watched {
    Reading(Reading),
    Free,
    Marked,
}

/// What each side of a flow said so far; none where it can name nothing any more.
#[derive(Debug)]
struct Reading {
    out: Option<FirstBytes>,
    back: Option<FirstBytes>,
}

impl Default for Watched {
    fn default() -> Self {
        let (out, back) = (Some(FirstBytes::default()), Some(FirstBytes::default()));
        Self::Reading(Reading { out, back })
    }
}

impl Watch {
    /// Watches for `names`, which `read` finds in the first bytes of what customers send.
    pub(super) fn new(names: Names, read: fn(&[u8]) -> Opening) -> Self {
        let (side, reads, catch) = (Side::default(), Reads::default(), Catch::default());
        Self { names, read, side, reads, catch, flows: Flows::default() }
    }

    /// Watches what `side` sends, as far as `reads` says, and lets through what `catch` misses.
    pub(super) fn seeing(self, side: Side, reads: Reads, catch: Catch) -> Self {
        Self { side, reads, catch, ..self }
    }

    /// Looks at one packet.
    pub(super) fn look(&mut self, now: Instant, way: Way, packet: &Packet<'_>) -> Look {
        let Some(tcp) = packet.tcp() else { return Look::Clean };
        let watched = self.flows.at(now, FlowKey::of(way, packet));
        if tcp.sort == Sort::Open {
            *watched = Watched::default();
        }
        let reading = match watched {
            Watched::Free => return Look::Clean,
            Watched::Marked => return Look::Marked,
            Watched::Reading(reading) => reading,
        };
        let side = match (way, self.side) {
            (Way::Out, _) => &mut reading.out,
            (Way::Back, Side::Both) => &mut reading.back,
            (Way::Back, Side::Out) => return Look::Clean,
        };
        let Some(first) = side else { return Look::Clean };
        let bytes = match self.reads {
            Reads::Stream => first.add(&tcp),
            Reads::FirstSegment => tcp.data,
        };
        if bytes.is_empty() {
            return Look::Clean;
        }
        let opening = (self.read)(bytes);
        let listed = matches!(&opening, Opening::Named(name) if self.names.cover(name));
        if listed && self.catch.catches() {
            *watched = Watched::Marked;
            return Look::Names;
        }
        let is_final = opening.is_final() || self.reads == Reads::FirstSegment;
        if listed || (is_final && self.side == Side::Out) {
            *watched = Watched::Free;
        } else if is_final {
            *side = None;
        }
        Look::Clean
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;
    use crate::hello;
    use crate::hello::tests::hello_for;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn only_a_watch_of_both_sides_sees_a_hello_that_comes_from_outside() {
        for (side, look) in [(Side::Out, Look::Clean), (Side::Both, Look::Names)] {
            let mut watch = watch(side, Reads::Stream);
            let now = Instant::now();
            let mut send = |way, from, to, sort, data: &[u8]| {
                let packet = segment(from, to, sort, data);
                watch.look(now, way, &Packet::read(&packet).unwrap())
            };

            send(Way::Back, SERVER, CLIENT, Sort::Open, &[]);
            send(Way::Out, CLIENT, SERVER, Sort::Accept, &[]);
            let mut hello = segment(SERVER, CLIENT, Sort::Plain, &hello_for("listed.test"));
            hello[27] += 1;

            assert_eq!(watch.look(now, Way::Back, &Packet::read(&hello).unwrap()), look);
        }
    }

    #[test]
    fn only_a_watch_of_whole_streams_sees_a_name_behind_the_first_segment() {
        for (reads, look) in [(Reads::FirstSegment, Look::Clean), (Reads::Stream, Look::Names)] {
            let mut watch = watch(Side::Out, reads);
            let now = Instant::now();
            let whole = hello_for("listed.test");
            let (first, second) = whole.split_at(40);
            let first = segment(CLIENT, SERVER, Sort::Plain, first);
            let mut second = segment(CLIENT, SERVER, Sort::Plain, second);
            second[24..28].copy_from_slice(&1040_u32.to_be_bytes());

            watch.look(now, Way::Out, &Packet::read(&first).unwrap());

            assert_eq!(watch.look(now, Way::Out, &Packet::read(&second).unwrap()), look);
        }
    }

    fn watch(side: Side, reads: Reads) -> Watch {
        Watch::new(names(&["listed.test"]), hello::tls).seeing(side, reads, Catch::default())
    }
}
