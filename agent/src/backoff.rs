//! When to try again: full jitter, and what the server asks for within reason.

use serde::{Deserialize, Serialize};

use record::Timestamp;

/// What is remembered of failed attempts to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    /// Attempts that failed since the last success.
    pub failures: u32,
    /// No attempt is made by itself before this time.
    pub not_before: Timestamp,
    /// Whether the server asked to wait: then nobody tries before, asked or not.
    pub asked: bool,
}

impl Backoff {
    /// Counts a failed attempt; `random` spreads the agents over the whole span, so that they do
    /// not come back all at once.
    #[must_use]
    pub fn after_failure(self, now: Timestamp, retry_after_s: Option<u64>, random: u64) -> Self {
        let failures = self.failures.saturating_add(1);
        let span = SHORTEST_S.saturating_mul(1 << failures.min(16)).min(LONGEST_S);
        let drawn = random % span;
        // Whoever sits between must not be able to silence an agent for a year.
        let asked = retry_after_s.map(|wait| wait.min(LONGEST_ASKED_S));
        let wait = asked.unwrap_or(drawn);
        Self { failures, not_before: Timestamp(now.0.saturating_add(wait)), asked: asked.is_some() }
    }

    /// Returns whether an attempt may be made at `now`. A clock that was set back does not make
    /// anybody wait longer than the longest wait.
    pub fn allows(&self, now: Timestamp, wish: Wish) -> bool {
        let far = now.0.saturating_add(LONGEST_ASKED_S);
        match wish {
            _ if now >= self.not_before || self.not_before.0 > far => true,
            Wish::Automatic => false,
            Wish::Person => !self.asked,
        }
    }
}

/// Who wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The program, after a run.
    Automatic,
    /// The person, by `queue send`.
    Person,
}

const SHORTEST_S: u64 = 30;
const LONGEST_S: u64 = 6 * 3600;
const LONGEST_ASKED_S: u64 = 24 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_doubles_up_to_six_hours_and_is_drawn_from_as_a_whole() {
        let mut backoff = Backoff::default();
        for (failure, span) in [(1, 60), (2, 120), (3, 240), (10, 21_600), (40, 21_600)] {
            while backoff.failures < failure {
                backoff = backoff.after_failure(Timestamp(0), None, span - 1);
            }
            assert_eq!(backoff.not_before, Timestamp(span - 1), "failure {failure}");
            assert_eq!(
                Backoff { failures: failure - 1, ..backoff }
                    .after_failure(Timestamp(0), None, span)
                    .not_before,
                Timestamp(0)
            );
        }
    }

    #[test]
    fn a_server_may_ask_for_a_day_at_most_and_then_even_the_person_waits() {
        let asked = Backoff::default().after_failure(Timestamp(100), Some(31_536_000), 1);

        assert_eq!(asked.not_before, Timestamp(100 + 86_400));
        assert!(!asked.allows(Timestamp(200), Wish::Person));
        assert!(asked.allows(Timestamp(100 + 86_400), Wish::Automatic));
    }

    #[test]
    fn a_person_need_not_wait_for_the_jitter() {
        let failed = Backoff::default().after_failure(Timestamp(100), None, 50);

        assert!(!failed.allows(Timestamp(120), Wish::Automatic));
        assert!(failed.allows(Timestamp(120), Wish::Person));
        assert!(failed.allows(Timestamp(150), Wish::Automatic));
    }

    #[test]
    fn a_clock_set_back_by_years_does_not_silence_the_agent() {
        let failed = Backoff { failures: 1, not_before: Timestamp(2_000_000_000), asked: true };

        assert!(failed.allows(Timestamp(1_000), Wish::Automatic));
    }
}
