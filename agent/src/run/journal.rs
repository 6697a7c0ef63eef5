//! What a run has done so far, so that the next one can go on after a crash; and the counter of
//! confirm blocks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use record::{Hour, Target, Timestamp};

use crate::state::{State, StateError};

/// The journal of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// What was asked for: only the same wish goes on with it.
    wish: String,
    /// When it was last written.
    updated: Timestamp,
    /// What is done: round of the list, and target.
    done: BTreeSet<(u32, Target)>,
}

impl Journal {
    /// Goes on with the last run when it was cut off less than an hour ago and wanted the same;
    /// else begins anew.
    pub fn open(state: &State, wish: &str, now: Timestamp) -> Self {
        // A damaged journal costs a few doubled measurements, never the run.
        let last: Option<Self> = state.read_json(JOURNAL).ok().flatten();
        let fresh = |last: &Self| {
            last.wish == wish && last.updated <= now && now.0 - last.updated.0 < RESUME_S
        };
        last.filter(fresh).unwrap_or_else(|| Self {
            wish: wish.to_owned(),
            updated: now,
            done: BTreeSet::new(),
        })
    }

    /// Returns whether `target` is done in this round of the list.
    pub fn is_done(&self, round: u32, target: &Target) -> bool {
        self.done.contains(&(round, target.clone()))
    }

    /// Returns how many jobs are done.
    pub fn count(&self) -> usize {
        self.done.len()
    }

    /// Writes that `target` is done: its record is safe on disk.
    pub fn note(
        &mut self,
        state: &State,
        (round, target): (u32, &Target),
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.done.insert((round, target.clone()));
        self.updated = now;
        state.write_json(JOURNAL, self)
    }

    /// Ends the run: the next one begins anew.
    pub fn close(state: &State) -> Result<(), StateError> {
        state.remove(JOURNAL)
    }
}

/// Counts the confirm blocks of each target in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    hour: Hour,
    next: BTreeMap<Target, u32>,
}

impl Rounds {
    /// Takes the next number for `target` in `hour`, and writes that it is taken before anything is
    /// measured under it: a number is never used twice, whatever crashes.
    pub fn take(state: &State, target: &Target, hour: Hour) -> Result<u32, StateError> {
        let read: Option<Self> = state.read_json(ROUNDS).ok().flatten();
        let mut rounds = read.filter(|rounds| rounds.hour == hour).unwrap_or_default();
        rounds.hour = hour;
        let next = rounds.next.entry(target.clone()).or_insert(0);
        let taken = *next;
        *next += 1;
        state.write_json(ROUNDS, &rounds)?;
        Ok(taken)
    }
}

const JOURNAL: &str = "run.json";
const ROUNDS: &str = "rounds.json";
const RESUME_S: u64 = 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_cut_off_goes_on_within_the_hour() {
        let (_dir, state) = state();
        let mut journal = Journal::open(&state, "all", Timestamp(1000));
        journal.note(&state, (0, &target("a")), Timestamp(1100)).unwrap();

        let again = Journal::open(&state, "all", Timestamp(1200));
        assert!(again.is_done(0, &target("a")));
        assert!(!again.is_done(0, &target("b")) && !again.is_done(1, &target("a")));

        assert_eq!(Journal::open(&state, "all", Timestamp(4700)).count(), 0);
        assert_eq!(Journal::open(&state, "other", Timestamp(1200)).count(), 0);
        assert_eq!(Journal::open(&state, "all", Timestamp(900)).count(), 0);
    }

    #[test]
    fn a_run_that_ended_begins_anew_and_a_damaged_journal_does_too() {
        let (_dir, state) = state();
        let mut journal = Journal::open(&state, "all", Timestamp(1000));
        journal.note(&state, (0, &target("a")), Timestamp(1100)).unwrap();
        Journal::close(&state).unwrap();
        assert_eq!(Journal::open(&state, "all", Timestamp(1200)).count(), 0);

        state.write(JOURNAL, b"{half").unwrap();
        assert_eq!(Journal::open(&state, "all", Timestamp(1200)).count(), 0);
    }

    #[test]
    fn a_number_of_a_block_is_used_once_an_hour() {
        let (_dir, state) = state();
        let take = |name, hour| Rounds::take(&state, &target(name), Hour(hour)).unwrap();

        let taken = [take("a", 5), take("a", 5), take("b", 5), take("a", 6), take("a", 6)];

        assert_eq!(taken, [0, 1, 0, 0, 1]);
    }

    fn state() -> (tempfile::TempDir, State) {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        (dir, state)
    }

    fn target(name: &str) -> Target {
        format!("https://{name}.test/").parse().unwrap()
    }
}
