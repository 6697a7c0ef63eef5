//! What a run has done so far, so that the next one can go on after a crash; and the numbers of
//! confirm blocks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use record::{Hour, Target, Timestamp};

use crate::state::{State, StateError};

/// The journal of one run: a line for what was wanted, and a line for every target that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// What is done: round of the list, and target.
    done: BTreeSet<(u32, Target)>,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// What was asked for: only the same wish goes on with it.
    wish: String,
    began: Timestamp,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    round: u32,
    target: Target,
    at: Timestamp,
}

impl Journal {
    /// Goes on with the last run when it was cut off less than an hour ago and wanted the same;
    /// else begins anew.
    pub fn open(state: &State, wish: &str, now: Timestamp) -> Result<Self, StateError> {
        // A damaged journal costs a few doubled measurements, never the run.
        let text = state.read(JOURNAL).ok().flatten().unwrap_or_default();
        let (mut head, mut lines) = read(&text);
        let updated =
            lines.last().map(|line| line.at).or_else(|| head.as_ref().map(|head| head.began));
        let fresh = updated.is_some_and(|at| at <= now && now.0 - at.0 < RESUME_S);
        if !fresh || head.as_ref().is_none_or(|head| head.wish != wish) {
            head = None;
            lines.clear();
        }
        let head = head.unwrap_or_else(|| Head { wish: wish.to_owned(), began: now });
        // Written anew: a crash may have left half a line at the end.
        let mut whole = json(&head) + "\n";
        for line in &lines {
            whole.push_str(&(json(line) + "\n"));
        }
        state.write(JOURNAL, whole.as_bytes())?;
        Ok(Self { done: lines.into_iter().map(|line| (line.round, line.target)).collect() })
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
        at: Timestamp,
    ) -> Result<(), StateError> {
        self.done.insert((round, target.clone()));
        state.append(JOURNAL, &json(&Line { round, target: target.clone(), at }))
    }

    /// Ends the run: the next one begins anew.
    pub fn close(state: &State) -> Result<(), StateError> {
        state.remove(JOURNAL)
    }
}

/// Reads what can be read, up to the first line that cannot.
fn read(text: &str) -> (Option<Head>, Vec<Line>) {
    let mut lines = text.lines();
    let head = lines.next().and_then(|line| serde_json::from_str(line).ok());
    let done = lines.map_while(|line| serde_json::from_str(line).ok()).collect();
    (head, done)
}

fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("strings and numbers can be written as JSON")
}

/// The numbers of confirm blocks that were handed out, by target, in one hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    hour: Hour,
    next: BTreeMap<Target, u32>,
}

/// Numbers that were taken for jobs that have not begun.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    hour: Hour,
    taken: BTreeMap<Target, u32>,
}

impl Numbers {
    /// Takes the next number for `target` in `hour`, and the one after it for the repeat of a
    /// block.
    ///
    /// It is on disk that they are taken before anything is measured under them: a number is never
    /// used twice, whatever crashes. Those for the targets that `wait` are taken along, so that
    /// the disk is written once for many.
    pub fn take<'t>(
        &mut self,
        state: &State,
        target: &'t Target,
        hour: Hour,
        wait: impl IntoIterator<Item = &'t Target>,
    ) -> Result<u32, StateError> {
        if self.hour != hour {
            *self = Self { hour, taken: BTreeMap::new() };
        }
        if let Some(number) = self.taken.remove(target) {
            return Ok(number);
        }
        let read: Option<Rounds> = state.read_json(ROUNDS).ok().flatten();
        let mut rounds = read.filter(|rounds| rounds.hour == hour).unwrap_or_default();
        rounds.hour = hour;
        for wanted in std::iter::once(target).chain(wait) {
            if self.taken.contains_key(wanted) {
                continue;
            }
            let next = rounds.next.entry(wanted.clone()).or_insert(0);
            self.taken.insert(wanted.clone(), *next);
            *next += A_BLOCK_AND_ITS_REPEAT;
        }
        state.write_json(ROUNDS, &rounds)?;
        Ok(self.taken.remove(target).unwrap_or_default())
    }
}

const JOURNAL: &str = "run.jsonl";
const ROUNDS: &str = "rounds.json";
const RESUME_S: u64 = 3600;
const A_BLOCK_AND_ITS_REPEAT: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_cut_off_goes_on_within_the_hour() {
        let (_dir, state) = state();
        let mut journal = Journal::open(&state, "all", Timestamp(1000)).unwrap();
        journal.note(&state, (0, &target("a")), Timestamp(1100)).unwrap();

        let again = Journal::open(&state, "all", Timestamp(1200)).unwrap();
        assert!(again.is_done(0, &target("a")));
        assert!(!again.is_done(0, &target("b")) && !again.is_done(1, &target("a")));

        for (wish, now) in [("all", 4700), ("other", 1200), ("all", 900)] {
            let (_dir, state) = self::state();
            let mut journal = Journal::open(&state, "all", Timestamp(1000)).unwrap();
            journal.note(&state, (0, &target("a")), Timestamp(1100)).unwrap();
            assert_eq!(Journal::open(&state, wish, Timestamp(now)).unwrap().count(), 0, "{wish}");
        }
    }

    #[test]
    fn a_run_that_ended_begins_anew_and_a_damaged_journal_does_too() {
        let (_dir, state) = state();
        let mut journal = Journal::open(&state, "all", Timestamp(1000)).unwrap();
        journal.note(&state, (0, &target("a")), Timestamp(1100)).unwrap();
        Journal::close(&state).unwrap();
        assert_eq!(Journal::open(&state, "all", Timestamp(1200)).unwrap().count(), 0);

        state.write(JOURNAL, b"{half").unwrap();
        assert_eq!(Journal::open(&state, "all", Timestamp(1200)).unwrap().count(), 0);
    }

    #[test]
    fn half_a_line_at_the_end_costs_that_line_alone() {
        let (_dir, state) = state();
        let mut journal = Journal::open(&state, "all", Timestamp(1000)).unwrap();
        journal.note(&state, (0, &target("a")), Timestamp(1100)).unwrap();
        let mut text = state.read(JOURNAL).unwrap().unwrap();
        text.push_str("{\"round\":0,\"tar");
        state.write(JOURNAL, text.as_bytes()).unwrap();

        let mut again = Journal::open(&state, "all", Timestamp(1200)).unwrap();
        again.note(&state, (0, &target("b")), Timestamp(1300)).unwrap();

        let last = Journal::open(&state, "all", Timestamp(1400)).unwrap();
        assert!(last.is_done(0, &target("a")) && last.is_done(0, &target("b")));
    }

    #[test]
    fn two_numbers_are_taken_for_each_job_and_none_is_used_twice() {
        let (_dir, state) = state();
        let mut numbers = Numbers::default();
        let mut take = |name, hour| numbers.take(&state, &target(name), Hour(hour), []).unwrap();

        let taken = [take("a", 5), take("a", 5), take("b", 5), take("a", 6), take("a", 6)];

        assert_eq!(taken, [0, 2, 0, 0, 2]);
        assert_eq!(Numbers::default().take(&state, &target("a"), Hour(6), []).unwrap(), 4);
    }

    #[test]
    fn the_disk_is_written_once_for_all_that_wait() {
        let (_dir, state) = state();
        let (a, b) = (target("a"), target("b"));
        let mut numbers = Numbers::default();

        numbers.take(&state, &a, Hour(5), [&a, &b, &b]).unwrap();
        let written = state.read(ROUNDS).unwrap();
        assert_eq!(numbers.take(&state, &b, Hour(5), []).unwrap(), 0);
        assert_eq!(state.read(ROUNDS).unwrap(), written);

        let after_a_crash = Numbers::default().take(&state, &b, Hour(5), []).unwrap();
        assert_eq!(after_a_crash, 2);
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
