//! Going through the list: begins jobs as their turns come, and keeps every record at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::Instant;

use plan::{Confirm, Job};
use record::{Measurement, State};

use super::journal::{Journal, Numbers};
use super::rows::{Row, here_word};
use crate::app::App;
use crate::follow::{Screen, WatchList};
use crate::job::{Circumstances, Measured, measure};
use crate::probe::{LocalFault, Prober};
use crate::schedule::bytes::Spent;
use crate::schedule::governor::Governor;
use crate::schedule::{PACE, Turn, Turns};
use crate::spool::{Spool, SpoolError};
use crate::stop::{Exit, Stop};
use crate::words::Value;

/// Where records go.
#[derive(Clone, Debug)]
pub struct Store {
    /// The records that wait to be sent, where any may be.
    pub spool: Option<Spool>,
    /// The readable ones, where any are kept.
    pub records: Option<Spool>,
    /// The controls' records that they were judged with, kept as long.
    pub controls: Option<Spool>,
}

impl Store {
    /// Stores a record for good; returns how many old ones were dropped for it.
    fn put(&self, measured: &Measured, free: Option<u64>) -> Result<usize, SpoolError> {
        let Measured { record, control } = measured;
        let dropped = self.spool.as_ref().map_or(Ok(0), |spool| spool.put(record, free))?;
        keep(self.records.as_ref(), Some(record), free)?;
        keep(self.controls.as_ref(), control.as_ref(), free)?;
        Ok(dropped)
    }
}

/// Stores a readable copy. A full disk costs the copy, not the run.
fn keep(
    folder: Option<&Spool>,
    record: Option<&Measurement>,
    free: Option<u64>,
) -> Result<(), SpoolError> {
    match folder.zip(record).map(|(folder, record)| folder.put(record, free)) {
        None | Some(Ok(_) | Err(SpoolError::NoRoom { .. })) => Ok(()),
        Some(Err(error)) => Err(error),
    }
}

/// What came of the jobs so far.
#[derive(Debug, Default)]
pub struct Tally {
    /// Every record in brief.
    pub rows: Vec<Row>,
    /// Targets that were not measured, by a fault of this machine or for lack of bytes.
    pub unmeasured: usize,
    /// Old records that were dropped for lack of room.
    pub dropped: usize,
}

/// The jobs under way, and what they share.
#[derive(Debug)]
pub struct Going<'a> {
    app: &'a App,
    here: Arc<Circumstances>,
    store: Store,
    governor: Arc<Governor>,
    numbers: Numbers,
    spent: Spent,
    megabytes_per_day: u64,
    watch: WatchList,
    /// When confirm blocks are run, where the person said it.
    asked: Option<Confirm>,
    /// What came of them.
    pub tally: Tally,
}

/// A job that ended, and its record.
type Ended = (Job, Result<Measured, LocalFault>);

impl<'a> Going<'a> {
    /// Prepares to measure under `here`; `megabytes_per_day` of 0 sets no limit.
    pub fn new(
        app: &'a App,
        here: Arc<Circumstances>,
        store: Store,
        governor: Arc<Governor>,
        megabytes_per_day: u64,
    ) -> Self {
        // A damaged count costs a day's measure of thrift, never the run.
        let spent = app.state.read_json(SPENT).ok().flatten().unwrap_or_default();
        let watch = app.state.read_json(WATCH).ok().flatten().unwrap_or_default();
        let (numbers, tally, asked) = (Numbers::default(), Tally::default(), None);
        Self { app, here, store, governor, numbers, spent, megabytes_per_day, watch, asked, tally }
    }

    /// Runs confirm blocks as the person `asked`, where that was said: then the watch list does not
    /// matter.
    #[must_use]
    pub fn confirming(mut self, asked: Option<Confirm>) -> Self {
        self.asked = asked;
        self
    }

    /// Goes through `turns`, the list's round `number`.
    pub async fn go<P: Prober>(
        &mut self,
        prober: &Arc<P>,
        turns: &mut Turns,
        number: u32,
        journal: &mut Journal,
    ) -> Result<(), Stop> {
        let all = turns.left().count();
        let mut finished = 0;
        let mut running: JoinSet<Ended> = JoinSet::new();
        let mut not_before = Instant::now();
        loop {
            self.count_spent();
            if self.is_day_over() {
                self.tell_day_over(turns.left().count());
                turns.clear();
            }
            let early = not_before.saturating_duration_since(Instant::now());
            let turn = early.is_zero().then(|| turns.next(self.app.edge.now()));
            let pause = match turn {
                None => early,
                Some(Turn::Begin(job)) => {
                    self.begin(prober, *job, turns, &mut running)?;
                    not_before = Instant::now() + PACE;
                    continue;
                }
                Some(Turn::Over) => return self.write_spent(),
                Some(Turn::Wait) => FOREVER,
                Some(Turn::Later(at)) => {
                    let seconds = at.0.saturating_sub(self.app.edge.now().0);
                    // A computer that slept has not counted: the clock is looked at again.
                    Duration::from_secs(seconds.clamp(1, 60))
                }
            };
            let joined = tokio::select! {
                Some(joined) = running.join_next() => joined,
                () = tokio::time::sleep(pause) => continue,
            };
            let (job, done) =
                joined.map_err(|error| Stop::new(Exit::Failed, "error-measure").because(error))?;
            turns.ended(&job.target);
            finished += 1;
            self.keep((number, &job), (finished, all), done, journal).await?;
        }
    }

    fn begin<P: Prober>(
        &mut self,
        prober: &Arc<P>,
        job: Job,
        turns: &Turns,
        running: &mut JoinSet<Ended>,
    ) -> Result<(), Stop> {
        let hour = self.app.edge.now().hour();
        let wait = turns.left().map(|job| &job.target);
        let round = self.numbers.take(&self.app.state, &job.target, hour, wait)?;
        let on_watch = self.asked.is_none() && self.watch.holds(&job.target, self.app.edge.now());
        let confirm = if on_watch { Confirm::Always } else { job.confirm };
        let job = Job { round, confirm, ..job };
        let (prober, here) = (Arc::clone(prober), Arc::clone(&self.here));
        running.spawn(async move {
            let done = measure(&prober, &job, hour, &here).await;
            (job, done)
        });
        Ok(())
    }

    /// Keeps one record, and only then writes that its target is done.
    async fn keep(
        &mut self,
        (number, job): (u32, &Job),
        (finished, all): (usize, usize),
        done: Result<Measured, LocalFault>,
        journal: &mut Journal,
    ) -> Result<(), Stop> {
        let (out, target) = (&self.app.out, &job.target);
        let (finished_word, all) = (finished.to_string(), all.to_string());
        let mut args = vec![
            ("number", Value::Text(&finished_word)),
            ("all", Value::Text(&all)),
            ("target", Value::Text(target.as_str())),
        ];
        let measured = match done {
            Ok(measured) => measured,
            Err(fault) => {
                self.tally.unmeasured += 1;
                let reason = fault.to_string();
                args.push(("reason", Value::Text(&reason)));
                out.note("run-fault", &args);
                return Ok(());
            }
        };
        let (store, free) = (self.store.clone(), self.app.free_bytes());
        // Disks are slow: what is under way must not wait for them.
        let putting = spawn_blocking(move || (store.put(&measured, free), measured.record)).await;
        let (put, measurement) =
            putting.map_err(|error| Stop::new(Exit::Failed, "error-measure").because(error))?;
        self.tally.dropped += put?;
        let now = self.app.edge.now();
        journal.note(&self.app.state, (number, target), now)?;
        self.follow(job, &measurement)?;
        self.count_spent();
        if finished % WRITE_SPENT_EVERY == 0 {
            self.write_spent()?;
        }
        let row = Row::of(&measurement);
        let (mark, word) = (out.mark(row.verdict.state), here_word(out, &row.verdict));
        args.extend([("mark", Value::Text(&mark)), ("word", Value::Text(&word))]);
        out.note("run-progress", &args);
        self.tally.rows.push(row);
        Ok(())
    }

    /// Puts a target whose screen failed on watch, and takes it off when it has passed long enough.
    fn follow(&mut self, job: &Job, measurement: &Measurement) -> Result<(), Stop> {
        if measurement.verdict.state == State::Void {
            return Ok(());
        }
        let failed = plan::screen_failed(job, &measurement.seen);
        let screen = if failed { Screen::Failed } else { Screen::Passed };
        if self.watch.note(&job.target, screen, self.app.edge.now()) {
            self.app.state.write_json(WATCH, &self.watch)?;
        }
        Ok(())
    }

    /// Counts what went over the line since the last time, however far the jobs are that sent it.
    fn count_spent(&mut self) {
        let day = self.app.edge.now().hour().local_day();
        self.spent = self.spent.plus(day, self.governor.take_spent());
    }

    fn is_day_over(&self) -> bool {
        self.spent.is_over(self.app.edge.now().hour().local_day(), self.megabytes_per_day)
    }

    fn tell_day_over(&mut self, left: usize) {
        if left > 0 {
            self.tally.unmeasured += left;
            self.app.out.note("run-day-is-full", &[("count", Value::Count(left))]);
        }
    }

    /// Writes the day's count down: also where the jobs were interrupted.
    pub fn write_spent(&mut self) -> Result<(), Stop> {
        self.count_spent();
        Ok(self.app.state.write_json(SPENT, &self.spent)?)
    }
}

/// Targets on watch.
pub const WATCH: &str = "watch.json";
const SPENT: &str = "spent.json";
const WRITE_SPENT_EVERY: usize = 16;
/// Longer than any job: something that runs ends first.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

#[cfg(test)]
#[path = "going/tests.rs"]
mod tests;
