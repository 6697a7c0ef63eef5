//! Decides which target may begin now. Reads no clock and opens no socket.

pub mod bytes;
pub mod governor;
pub mod places;
pub mod quiet;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use plan::Job;
use record::{Host, Target, Timestamp};

/// The jobs of one round that wait for their turn.
///
/// Two targets of one host never run side by side: what a filter remembers of one would be seen at
/// the other.
#[derive(Debug)]
pub struct Turns {
    left: VecDeque<Job>,
    busy: BTreeSet<Host>,
    at_once: usize,
    per_hour: usize,
    /// When the jobs of the last hour began, oldest first.
    begun: VecDeque<Timestamp>,
    /// Seconds before each further job begins, where there are pauses.
    gaps: VecDeque<u64>,
    not_before: Timestamp,
}

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// This job begins.
    Begin(Box<Job>),
    /// Nothing, until a job that runs has ended.
    Wait,
    /// Nothing before this time: the hour has had its share, or a pause is not over.
    Later(Timestamp),
    /// Every job had its turn.
    Over,
}

impl Turns {
    /// Lets `at_once` jobs run side by side, and `per_hour` begin within any hour; 0 sets no limit
    /// on the hour.
    pub fn new(jobs: impl IntoIterator<Item = Job>, at_once: usize, per_hour: usize) -> Self {
        Self {
            left: jobs.into_iter().collect(),
            busy: BTreeSet::new(),
            at_once: at_once.max(1),
            per_hour,
            begun: VecDeque::new(),
            gaps: VecDeque::new(),
            not_before: Timestamp(0),
        }
    }

    /// Leaves a pause after each job has begun: `gaps` in seconds, in turn.
    #[must_use]
    pub fn with_gaps(mut self, gaps: impl IntoIterator<Item = u64>) -> Self {
        self.gaps.extend(gaps);
        self
    }

    /// Counts the jobs that began before this round against the hour.
    #[must_use]
    pub fn after(mut self, begun: impl IntoIterator<Item = Timestamp>) -> Self {
        self.begun.extend(begun);
        self
    }

    /// Returns what is due at `now`. A job that begins counts until [`Turns::ended`].
    pub fn next(&mut self, now: Timestamp) -> Turn {
        if self.left.is_empty() {
            return if self.busy.is_empty() { Turn::Over } else { Turn::Wait };
        }
        if self.busy.len() >= self.at_once {
            return Turn::Wait;
        }
        // A clock that was set back must not stop everything for years: what lies ahead is let go.
        if now < self.not_before && self.not_before.0 - now.0 <= HOUR_S {
            return Turn::Later(self.not_before);
        }
        let within = |at: &Timestamp| *at <= now && now.0 - at.0 < HOUR_S;
        self.begun.retain(within);
        if self.per_hour > 0
            && self.begun.len() >= self.per_hour
            && let Some(first) = self.begun.get(self.begun.len() - self.per_hour)
        {
            return Turn::Later(Timestamp(first.0 + HOUR_S));
        }
        let is_free = |job: &Job| !self.busy.contains(&job.target.host());
        let Some(at) = self.left.iter().position(is_free) else { return Turn::Wait };
        let Some(job) = self.left.remove(at) else { return Turn::Wait };
        self.busy.insert(job.target.host());
        self.begun.push_back(now);
        self.not_before = Timestamp(now.0.saturating_add(self.gaps.pop_front().unwrap_or(0)));
        Turn::Begin(Box::new(job))
    }

    /// Says that the job of `target` has ended.
    pub fn ended(&mut self, target: &Target) {
        self.busy.remove(&target.host());
    }

    /// Lets no further job begin.
    pub fn clear(&mut self) {
        self.left.clear();
    }

    /// Returns the jobs that have not begun.
    pub fn left(&self) -> impl Iterator<Item = &Job> {
        self.left.iter()
    }

    /// Returns when the jobs of the last hour began.
    pub fn begun(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.begun.iter().copied()
    }
}

/// Between the beginnings of two targets: lookups and handshakes of many at the same instant would fill the
/// memory, and the line's queues. No list goes faster than fifty targets a second.
pub const PACE: Duration = Duration::from_millis(20);
const HOUR_S: u64 = 3600;

#[cfg(test)]
mod tests {
    use plan::Confirm;
    use record::Kind;

    use super::*;

    #[test]
    fn as_many_begin_as_may_run_at_once_and_one_more_for_each_that_ends() {
        let mut turns = Turns::new((0..4).map(|n| job(&format!("s{n}.test"))), 2, 0);

        assert!(begins(&mut turns, 0, "s0.test") && begins(&mut turns, 0, "s1.test"));
        assert_eq!(turns.next(Timestamp(0)), Turn::Wait);
        turns.ended(&target("s0.test"));
        assert!(begins(&mut turns, 0, "s2.test"));
        for name in ["s1.test", "s2.test"] {
            turns.ended(&target(name));
        }
        assert!(begins(&mut turns, 0, "s3.test"));
        assert_eq!(turns.next(Timestamp(0)), Turn::Wait);
        turns.ended(&target("s3.test"));
        assert_eq!(turns.next(Timestamp(0)), Turn::Over);
    }

    #[test]
    fn two_targets_of_one_host_never_run_side_by_side() {
        let jobs = [job("a.test/x"), job("a.test/y"), job("b.test")];
        let mut turns = Turns::new(jobs, 10, 0);

        assert!(begins(&mut turns, 0, "a.test/x") && begins(&mut turns, 0, "b.test"));
        assert_eq!(turns.next(Timestamp(0)), Turn::Wait);
        turns.ended(&target("a.test/x"));
        assert!(begins(&mut turns, 0, "a.test/y"));
    }

    #[test]
    fn an_hour_has_its_share_and_the_clock_may_be_set_back() {
        let jobs = (0..9).map(|n| job(&format!("s{n}.test")));
        let mut turns = Turns::new(jobs, 10, 2).after([Timestamp(100)]);

        assert!(begins(&mut turns, 200, "s0.test"));
        assert_eq!(turns.next(Timestamp(300)), Turn::Later(Timestamp(3700)));
        assert!(begins(&mut turns, 3700, "s1.test"));
        assert_eq!(turns.next(Timestamp(3701)), Turn::Later(Timestamp(3800)));
        assert!(begins(&mut turns, 50, "s2.test"), "set back by an hour");
    }

    #[test]
    fn a_pause_is_kept_between_two_jobs() {
        let jobs = (0..3).map(|n| job(&format!("s{n}.test")));
        let mut turns = Turns::new(jobs, 10, 0).with_gaps([30, 5]);

        assert!(begins(&mut turns, 1_000_000, "s0.test"));
        assert_eq!(turns.next(Timestamp(1_000_029)), Turn::Later(Timestamp(1_000_030)));
        assert!(begins(&mut turns, 1_000_030, "s1.test"));
        assert!(begins(&mut turns, 10, "s2.test"), "the clock was set back");
    }

    fn begins(turns: &mut Turns, now: u64, name: &str) -> bool {
        matches!(turns.next(Timestamp(now)), Turn::Begin(job) if job.target == target(name))
    }

    fn job(name: &str) -> Job {
        Job {
            kind: Kind::Web,
            target: target(name),
            addresses: Vec::new(),
            before: target("good.test"),
            after: target("fine.test"),
            round: 0,
            confirm: Confirm::IfFailed,
        }
    }

    fn target(name: &str) -> Target {
        name.parse().unwrap()
    }
}
