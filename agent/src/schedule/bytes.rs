//! How many bytes go over the line: in a second, and in a day. Reads no clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use record::{Day, Failed, Observation, Seen, Session};

/// A bucket of bytes that fills at the rate of the limit and holds a second's worth at most.
///
/// Whoever takes more than it holds waits until the debt is paid; so a page of unknown length may
/// begin on an estimate, and what it did not use is given back.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// Bytes a second; 0 sets no limit.
    rate: u64,
    /// Bytes that may be used now; below zero is owed.
    balance: i64,
    /// When it was filled last.
    filled: Duration,
}

impl Bucket {
    /// Fills with `megabits` a second (10⁶ bits); 0 sets no limit.
    pub fn new(megabits: u32) -> Self {
        let rate = u64::from(megabits) * 125_000;
        Self { rate, balance: signed(rate), filled: Duration::ZERO }
    }

    /// Takes `bytes` at `now`, which is counted from any fixed moment; returns how long to wait
    /// before they may be used.
    pub fn take(&mut self, bytes: u64, now: Duration) -> Duration {
        if self.rate == 0 {
            return Duration::ZERO;
        }
        let passed = now.saturating_sub(self.filled).as_micros();
        let filled = u128::from(self.rate).saturating_mul(passed) / 1_000_000;
        let filled = signed(u64::try_from(filled).unwrap_or(u64::MAX));
        self.filled = now.max(self.filled);
        self.balance = self.balance.saturating_add(filled).min(signed(self.rate));
        self.balance = self.balance.saturating_sub(signed(bytes));
        let owed = u128::from(self.balance.min(0).unsigned_abs());
        let micros = owed.saturating_mul(1_000_000).div_ceil(u128::from(self.rate));
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Corrects an estimate: `taken` bytes were taken, `used` were used.
    pub fn settle(&mut self, taken: u64, used: u64) {
        let back = signed(taken).saturating_sub(signed(used));
        self.balance = self.balance.saturating_add(back);
    }
}

/// What one day's measuring cost; kept from run to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The day.
    pub day: Day,
    /// Bytes, about.
    pub bytes: u64,
}

impl Spent {
    /// Adds `bytes` of `day`: another day begins at nothing.
    #[must_use]
    pub fn plus(self, day: Day, bytes: u64) -> Self {
        let before = if self.day == day { self.bytes } else { 0 };
        Self { day, bytes: before.saturating_add(bytes) }
    }

    /// Returns whether `day` has had its `megabytes` (10⁶ bytes); 0 sets no limit.
    pub fn is_over(&self, day: Day, megabytes: u64) -> bool {
        megabytes > 0 && self.day == day && self.bytes >= megabytes.saturating_mul(1_000_000)
    }
}

/// Estimates the bytes that a step sent and received, headers of packets included.
pub fn cost(observation: &Observation) -> u64 {
    let session = |session: &Session| session.read + session.written;
    let body = match observation {
        Observation::Lookup(seen) => match &seen.outcome {
            Ok(answers) => 2 * QUESTION + QUESTION * count(answers.datagrams.len()),
            Err(_) => 4 * QUESTION,
        },
        Observation::Service(seen) => failed_or(seen, |_| 2 * QUESTION),
        Observation::Connect(_) => 0,
        Observation::Handshake(seen) => failed_or(seen, session),
        Observation::Variant(seen) => failed_or(seen, session),
        Observation::Quic(seen) => failed_or(seen, session),
        Observation::Fetch(seen) | Observation::Http3(seen) => {
            failed_or(seen, |page| REQUEST + page.bytes + page.session.as_ref().map_or(0, session))
        }
        Observation::Load(seen) => failed_or(seen, |_| u64::from(seen.step.bytes)),
        Observation::Hops(seen) => {
            // Each with a connection of its own, and an attempt at one beside it.
            let rungs = seen.outcome.as_ref().map_or(0, |path| path.rungs.len());
            (HELLO + 2 * CONNECTION) * count(rungs)
        }
    };
    CONNECTION + body + body / 20
}

fn failed_or<S, T>(seen: &Seen<S, T>, bytes: impl Fn(&T) -> u64) -> u64 {
    let lost = |failed: &Failed| failed.read + failed.written.max(HELLO);
    seen.outcome.as_ref().map_or_else(lost, bytes)
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Three segments to open a connection and four to close it, about 60 bytes each.
const CONNECTION: u64 = 420;
/// A DNS question or answer with its headers, about.
const QUESTION: u64 = 120;
/// A request with a browser's headers, and an answer's head.
const REQUEST: u64 = 900;
/// A ClientHello.
const HELLO: u64 = 500;

#[cfg(test)]
mod tests {
    use record::{Connect, Connected, Failure, Handshake, Part};

    use super::*;

    #[test]
    fn what_is_taken_beyond_the_rate_waits_for_it() {
        let mut bucket = Bucket::new(8);

        let second = Duration::from_secs(1);
        assert_eq!(bucket.take(1_000_000, Duration::ZERO), Duration::ZERO);
        assert_eq!(bucket.take(500_000, Duration::ZERO), second / 2);
        assert_eq!(bucket.take(500_000, second), Duration::ZERO);
        assert_eq!(bucket.take(1_000_000, second), second);
        assert_eq!(bucket.take(0, second * 100), Duration::ZERO);
        assert_eq!(bucket.take(2_000_000, second * 100), second, "a second's worth is kept");
    }

    #[test]
    fn what_an_estimate_did_not_use_is_given_back() {
        let mut bucket = Bucket::new(8);

        bucket.take(1_500_000, Duration::ZERO);
        bucket.settle(1_500_000, 100_000);

        assert_eq!(bucket.take(900_000, Duration::ZERO), Duration::ZERO);
        assert_eq!(bucket.take(1_000, Duration::ZERO), Duration::from_millis(1));
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let mut bucket = Bucket::new(0);

        assert_eq!(bucket.take(u64::MAX, Duration::ZERO), Duration::ZERO);
        assert_eq!(bucket.take(u64::MAX, Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn a_day_has_its_megabytes_and_the_next_day_its_own() {
        let spent = Spent::default().plus(Day(7), 600_000).plus(Day(7), 400_000);

        assert!(spent.is_over(Day(7), 1) && !spent.is_over(Day(7), 2));
        assert!(!spent.is_over(Day(8), 1) && !spent.is_over(Day(7), 0));
        assert_eq!(spent.plus(Day(8), 5).bytes, 5);
    }

    #[test]
    fn a_failed_handshake_costs_what_was_written_and_read() {
        let (to, part) = ("192.0.2.1:443".parse().unwrap(), Part::Screen);
        let mut lost = Failed::plain(Failure::Timeout);
        (lost.read, lost.written) = (100, 700);
        let step = Handshake { to, sni: "site.test".parse().unwrap() };
        let handshake = Seen { step, part, at_ms: 0, took_ms: 1, outcome: Err(lost) };
        let opened = Ok(Connected {});
        let connect = Seen { step: Connect { to }, part, at_ms: 0, took_ms: 1, outcome: opened };

        assert_eq!(cost(&Observation::Handshake(handshake)), CONNECTION + 840);
        assert_eq!(cost(&Observation::Connect(connect)), CONNECTION);
    }
}
