//! State for each flow: who talks to whom, and the first bytes that each side sent.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::censor::Way;
use crate::hello::MOST_BYTES;
use crate::packet::{Packet, Sort, Tcp};

/// Which flow a packet belongs to, whichever way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlowKey {
    /// The provider's side.
    pub client: SocketAddr,
    /// The world's side.
    pub server: SocketAddr,
}

impl FlowKey {
    /// Names the flow of `packet`.
    pub fn of(way: Way, packet: &Packet<'_>) -> Self {
        match way {
            Way::Out => Self { client: packet.from, server: packet.to },
            Way::Back => Self { client: packet.to, server: packet.from },
        }
    }
}

/// A state for each of many flows; those that were silent for long are forgotten.
#[derive(Debug)]
pub struct Flows<T> {
    states: HashMap<FlowKey, (Instant, T)>,
}

impl<T> Default for Flows<T> {
    fn default() -> Self {
        Self { states: HashMap::new() }
    }
}

impl<T: Default> Flows<T> {
    /// Returns the state of a flow; a fresh one when it is new.
    pub fn at(&mut self, now: Instant, key: FlowKey) -> &mut T {
        if self.states.len() >= MOST_FLOWS {
            self.states.retain(|_, (seen, _)| now.duration_since(*seen) < SILENT);
        }
        let (seen, state) = self.states.entry(key).or_insert_with(|| (now, T::default()));
        *seen = now;
        state
    }
}

/// The first bytes that one side sent, joined in their order.
#[derive(Clone, Debug, Default)]
pub struct FirstBytes {
    next: Option<u32>,
    bytes: Vec<u8>,
}

impl FirstBytes {
    /// Adds a segment of that side's and returns all bytes so far. What came twice counts once;
    /// what comes before its turn is passed over.
    pub fn add(&mut self, tcp: &Tcp<'_>) -> &[u8] {
        if matches!(tcp.sort, Sort::Open | Sort::Accept) {
            *self = Self { next: Some(tcp.next_seq()), bytes: Vec::new() };
            return &self.bytes;
        }
        let next = *self.next.get_or_insert(tcp.seq);
        let known = usize::try_from(next.wrapping_sub(tcp.seq)).unwrap_or(usize::MAX);
        if let Some(fresh) = tcp.data.get(known..)
            && self.bytes.len() < MOST_BYTES
        {
            self.bytes.extend_from_slice(fresh);
            self.next = Some(next.wrapping_add(u32::try_from(fresh.len()).unwrap_or(0)));
        }
        &self.bytes
    }
}

const MOST_FLOWS: usize = 4096;
const SILENT: Duration = Duration::from_secs(180);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn both_ways_are_one_flow() {
        let (out, back) = (
            segment(CLIENT, SERVER, Sort::Plain, b"x"),
            segment(SERVER, CLIENT, Sort::Plain, b"y"),
        );
        let key = |way, bytes: &[u8]| FlowKey::of(way, &Packet::read(bytes).unwrap());

        assert_eq!(key(Way::Out, &out), key(Way::Back, &back));
    }

    #[test]
    fn segments_are_joined_once_and_in_order() {
        let mut first = FirstBytes::default();
        let tcp = |seq, data| Tcp { seq, ack: 0, sort: Sort::Plain, data };

        first.add(&Tcp { seq: u32::MAX, ack: 0, sort: Sort::Open, data: b"" });
        first.add(&tcp(0, b"abc"));
        first.add(&tcp(9, b"later"));
        first.add(&tcp(1, b"bcde"));

        assert_eq!(first.add(&tcp(0, b"abc")), b"abcde");
    }

    #[test]
    fn silent_flows_are_forgotten_when_there_are_many() {
        let now = Instant::now();
        let mut flows = Flows::<u8>::default();
        let key = |port| FlowKey { client: SocketAddr::new(CLIENT.ip(), port), server: SERVER };
        for port in 0..4096 {
            *flows.at(now, key(port)) = 1;
        }

        let later = now + SILENT;

        assert_eq!(*flows.at(later, key(5000)), 0);
        assert_eq!(*flows.at(later, key(7)), 0);
        assert_eq!(flows.states.len(), 2);
    }
}
