//! Measures from outside: in rounds, and afresh when an agent asks.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, RwLock, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use plan::{Confirm, Job};
use record::{Measurement, Target};

use super::Current;
use crate::edge::Edge;
use crate::job::{Circumstances, Measured, measure};
use crate::probe::{LocalFault, Prober, Wire};
use crate::schedule::PACE;
use crate::spool::Spool;
use crate::stop::{Exit, Stop};

/// What is in force: lists and prober.
#[derive(Debug)]
pub struct Now<P = Wire> {
    /// What holds for every job.
    pub here: Arc<Circumstances>,
    /// Performs the steps.
    pub prober: Arc<P>,
}

/// Everything that measuring from outside needs, and what was measured a moment ago.
#[derive(Debug)]
pub struct Desk {
    now: Current,
    spool: Spool,
    edge: Edge,
    fresh: Arc<Notify>,
    turns: Semaphore,
    latest: Mutex<BTreeMap<Target, Arc<Slot>>>,
}

/// The latest fresh record of one target; its lock makes those who ask at once wait for one
/// measurement.
type Slot = Mutex<Option<(Instant, Arc<Vec<u8>>)>>;

/// What an agent gets who asks for a fresh measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// The record.
    Record(Arc<Vec<u8>>),
    /// The target is not on the list.
    NotListed,
    /// Too many ask at once, or there is no list yet.
    Busy,
    /// This machine could not measure.
    Fault,
}

impl Desk {
    /// Opens the desk; it has nothing to measure by until [`Desk::begin`]. `fresh` is notified
    /// whenever a record waits to be sent.
    pub fn new(spool: Spool, edge: Edge, fresh: Arc<Notify>) -> Self {
        Self {
            now: RwLock::new(None),
            spool,
            edge,
            fresh,
            turns: Semaphore::new(FRESH_AT_ONCE),
            latest: Mutex::new(BTreeMap::new()),
        }
    }

    /// Measures by new lists from now on.
    pub async fn begin(&self, now: Now) {
        let targets = &now.here.edition.snapshot.targets;
        let is_listed = |target: &Target| targets.iter().any(|listed| listed.target == *target);
        self.latest.lock().await.retain(|target, _| is_listed(target));
        *self.now.write().await = Some(Arc::new(now));
    }

    /// Measures the whole list once; returns how many targets were measured, and how many not.
    pub async fn round(&self, at_once: usize) -> Result<(usize, usize), Stop> {
        let Some(now) = self.now.read().await.clone() else { return Ok((0, 0)) };
        let snapshot = &now.here.edition.snapshot;
        let salt = self.edge.random();
        let jobs = plan::jobs(&snapshot.targets, &snapshot.known_good, &snapshot.seed, salt);
        let mut left: VecDeque<Job> = jobs.into();
        let (mut measured, mut faults) = (0, 0);
        let mut running = JoinSet::new();
        loop {
            // Not all at the same instant: what is lost in the crowd would be told of the sites.
            while running.len() < at_once {
                let Some(job) = left.pop_front() else { break };
                sleep(PACE).await;
                let job = Job { confirm: Confirm::Never, ..job };
                let (now, hour) = (Arc::clone(&now), self.edge.now().hour());
                running.spawn(async move { measure(&now.prober, &job, hour, &now.here).await });
            }
            let Some(joined) = running.join_next().await else {
                return Ok((measured, faults));
            };
            match joined {
                Ok(Ok(Measured { record, .. })) => {
                    self.spool.put(&record, None)?;
                    measured += 1;
                }
                Ok(Err(_)) | Err(_) => faults += 1,
            }
        }
    }

    /// Returns a record of `target` that is at most a minute old, and measures where there is none.
    pub async fn fresh(&self, target: &Target) -> Fresh {
        let Some(now) = self.now.read().await.clone() else { return Fresh::Busy };
        let snapshot = &now.here.edition.snapshot;
        if !snapshot.targets.iter().any(|listed| listed.target == *target) {
            return Fresh::NotListed;
        }
        let slot = {
            let mut latest = self.latest.lock().await;
            Arc::clone(latest.entry(target.clone()).or_default())
        };
        let mut slot = slot.lock().await;
        if let Some((_, record)) = slot.as_ref().filter(|(made, _)| made.elapsed() < FRESH_FOR) {
            return Fresh::Record(Arc::clone(record));
        }
        let Ok(_turn) = self.turns.try_acquire() else { return Fresh::Busy };
        match self.measure_once(&now, target).await {
            Ok(record) => {
                let bytes = Arc::new(record.encode());
                *slot = Some((Instant::now(), Arc::clone(&bytes)));
                self.fresh.notify_one();
                Fresh::Record(bytes)
            }
            Err(_) => Fresh::Fault,
        }
    }

    async fn measure_once<P: Prober>(
        &self,
        now: &Now<P>,
        target: &Target,
    ) -> Result<Measurement, Stop> {
        let failed = |error: LocalFault| Stop::new(Exit::Failed, "error-measure").because(error);
        let snapshot = &now.here.edition.snapshot;
        let mut jobs = snapshot.targets.clone();
        jobs.retain(|listed| listed.target == *target);
        let jobs = plan::jobs(&jobs, &snapshot.known_good, &snapshot.seed, self.edge.random());
        let job = jobs.into_iter().next().ok_or(LocalFault::Broken).map_err(failed)?;
        let job = Job { confirm: Confirm::Never, ..job };
        let hour = self.edge.now().hour();
        let done = measure(&now.prober, &job, hour, &now.here).await.map_err(failed)?;
        self.spool.put(&done.record, None)?;
        Ok(done.record)
    }
}

/// Fresh measurements at the same time.
const FRESH_AT_ONCE: usize = 8;
const FRESH_FOR: Duration = Duration::from_secs(60);
