//! Slows flows down that name a listed name, or that come from a listed address.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way};
use crate::flow::{FlowKey, Flows};
use crate::hello;
use crate::packet::Packet;

/// Polices what servers send in listed flows: packets beyond the rate are dropped, not queued.
#[derive(Debug)]
pub struct Throttle {
    listed: Listed,
    bytes_a_second: f64,
    free_bytes: u64,
    flows: Flows<Bucket>,
}

/// Which flows are slowed down.
#[derive(Debug)]
enum Listed {
    /// Those that name a name.
    Naming(Box<Watch>),
    /// Those with servers at addresses.
    With(BTreeSet<IpAddr>),
}

/// A token bucket (RFC 2697, one rate).
#[derive(Debug, Default)]
struct Bucket {
    /// Bytes that the server sent so far.
    sent: u64,
    tokens: f64,
    filled: Option<Instant>,
}

impl Throttle {
    /// Makes a censor of flows whose ClientHello names one of `names`: after `after_kb` kilobytes from
    /// the server, `rate_kbit` kilobits a second pass; none at 0.
    pub fn of_hellos(names: Names, rate_kbit: u32, after_kb: u32) -> Self {
        Self::new(Listed::Naming(Box::new(Watch::new(names, hello::tls))), rate_kbit, after_kb)
    }

    /// Makes one of flows whose plain HTTP request is for one of `names`.
    pub fn of_requests(names: Names, rate_kbit: u32, after_kb: u32) -> Self {
        Self::new(Listed::Naming(Box::new(Watch::new(names, hello::http))), rate_kbit, after_kb)
    }

    /// Makes one of flows with servers at one of `addresses`: `rate_kbit` kilobits a second pass.
    pub fn of_addresses(addresses: BTreeSet<IpAddr>, rate_kbit: u32) -> Self {
        Self::new(Listed::With(addresses), rate_kbit, 0)
    }

    fn new(listed: Listed, rate_kbit: u32, after_kb: u32) -> Self {
        let bytes_a_second = f64::from(rate_kbit) * 1000.0 / 8.0;
        let free_bytes = u64::from(after_kb) * 1000;
        Self { listed, bytes_a_second, free_bytes, flows: Flows::default() }
    }
}

impl Censor for Throttle {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let bytes = packet;
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        let Some(tcp) = packet.tcp() else { return Act::Pass };
        let listed = match &mut self.listed {
            Listed::Naming(watch) => watch.look(now, way, &packet) != Look::Clean,
            Listed::With(addresses) => addresses.contains(&packet.from.ip()),
        };
        if !listed || way == Way::Out || tcp.data.is_empty() {
            return Act::Pass;
        }
        let bucket = self.flows.at(now, FlowKey::of(way, &packet));
        if bucket.sent < self.free_bytes {
            bucket.sent += u64::try_from(tcp.data.len()).unwrap_or(u64::MAX);
            return Act::Pass;
        }
        if bucket.takes(now, bytes.len(), self.bytes_a_second) { Act::Pass } else { Act::Drop }
    }
}

impl Bucket {
    /// Takes `length` bytes out, where they are there.
    fn takes(&mut self, now: Instant, length: usize, bytes_a_second: f64) -> bool {
        let elapsed = self.filled.map_or(1.0, |filled| (now - filled).as_secs_f64());
        self.filled = Some(now);
        // A bucket holds a second's bytes, and where that is little one packet.
        let most = if bytes_a_second > 0.0 { bytes_a_second.max(ONE_PACKET) } else { 0.0 };
        self.tokens = (self.tokens + elapsed * bytes_a_second).min(most);
        let wanted = u32::try_from(length).map_or(f64::MAX, f64::from);
        let enough = self.tokens >= wanted;
        if enough {
            self.tokens -= wanted;
        }
        enough
    }
}

const ONE_PACKET: f64 = 1500.0;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::{hello_for, request_for};
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn the_flow_that_names_it_is_policed_and_the_other_is_not() {
        polices(Throttle::of_hellos(names(&["listed.test"]), 12, 0), hello_for);
        polices(Throttle::of_requests(names(&["listed.test"]), 12, 0), request_for);
    }

    #[test]
    fn what_a_listed_address_sends_is_policed_and_what_another_sends_is_not() {
        let mut censor = Throttle::of_addresses([SERVER.ip()].into(), 12);
        let other = SocketAddr::from(([203, 0, 113, 22], 443));
        let now = Instant::now();
        let mut pass = |from| {
            let answer = segment(from, CLIENT, Sort::Plain, &[0; 1200]);
            let mut acts = (0..3).map(|_| censor.inspect(now, Way::Back, &answer));
            acts.all(|act| act == Act::Pass)
        };

        assert!(!pass(SERVER));
        assert!(pass(other));
    }

    fn polices(mut censor: Throttle, naming: fn(&str) -> Vec<u8>) {
        let other = SocketAddr::new(CLIENT.ip(), 40_001);
        let now = Instant::now();
        for (from, name) in [(CLIENT, "listed.test"), (other, "other.test")] {
            let hello = segment(from, SERVER, Sort::Plain, &naming(name));
            assert_eq!(censor.inspect(now, Way::Out, &hello), Act::Pass);
        }

        // 12 kilobits are 1,500 bytes a second.
        assert_eq!(passed(&mut censor, now, CLIENT), 1);
        assert_eq!(passed(&mut censor, now + Duration::from_secs(1), CLIENT), 1);
        assert_eq!(passed(&mut censor, now, other), 10);
    }

    #[test]
    fn what_comes_before_the_limit_passes_and_at_no_rate_nothing_follows() {
        let mut censor = Throttle::of_hellos(names(&["listed.test"]), 0, 4);
        let now = Instant::now();
        let hello = segment(CLIENT, SERVER, Sort::Plain, &hello_for("listed.test"));
        censor.inspect(now, Way::Out, &hello);

        assert_eq!(passed(&mut censor, now, CLIENT), 4);
        assert_eq!(passed(&mut censor, now + Duration::from_secs(60), CLIENT), 0);
    }

    /// Sends ten packets of 1,000 bytes to `to` and counts those that pass.
    fn passed(censor: &mut Throttle, now: Instant, to: SocketAddr) -> usize {
        let packet = segment(SERVER, to, Sort::Plain, &[7; 1000]);
        (0..10).filter(|_| censor.inspect(now, Way::Back, &packet) == Act::Pass).count()
    }
}
