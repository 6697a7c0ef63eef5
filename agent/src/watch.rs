//! The command `watch`: the quiet pace, until it is stopped.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use plan::Job;
use record::{Target, Timestamp};

use crate::app::App;
use crate::backoff::Wish;
use crate::consent::{Consent, Sharing};
use crate::follow::WatchList;
use crate::run::amend::amend;
use crate::run::going::{Going, Store, WATCH};
use crate::run::journal::Journal;
use crate::run::prepare::{self, Ready};
use crate::run::rows;
use crate::schedule::Turns;
use crate::schedule::quiet;
use crate::stop::{Exit, Stop};
use crate::upload::{Delivery, Uploader};
use crate::words::Value;

/// When something is due next: outlives the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// When the next round begins.
    next: Timestamp,
    /// When records are sent next, where any wait.
    upload: Option<Timestamp>,
    /// When the targets of the last hour began: the next round goes by it, too.
    #[serde(default)]
    begun: Vec<Timestamp>,
    /// The targets of the round under way.
    #[serde(default)]
    round: Vec<Target>,
}

/// Measures quietly until the person stops it; with `once` a single round, without waiting for it.
pub async fn watch(app: &App, once: bool) -> Result<Exit, Stop> {
    Consent::demand(&app.state)?;
    let _lock = app.lock()?;
    let mut pace = Pace::open(app)?;
    let going = async {
        if once {
            return Box::pin(round(app, &mut pace)).await.map(|_| Exit::Done);
        }
        app.out.note("watch-started", &[]);
        loop {
            wait_until(app, pace.next).await;
            match Box::pin(round(app, &mut pace)).await {
                Ok(_) => pace.rest(app)?,
                // Consent, settings and signatures need the person; a network may come back.
                Err(stop) if !may_pass(&stop) => return Err(stop),
                Err(stop) => {
                    app.out.tell(&stop);
                    pace.retry(app)?;
                }
            }
        }
    };
    tokio::select! {
        ended = going => ended,
        _ = tokio::signal::ctrl_c() => {
            app.out.note("run-interrupted", &[]);
            Ok(Exit::Interrupted)
        }
    }
}

/// Returns whether what stopped a round may be over by the next one.
fn may_pass(stop: &Stop) -> bool {
    match stop.exit {
        Exit::Unsent | Exit::Meaningless | Exit::Partial => true,
        Exit::Done | Exit::Failed | Exit::Usage | Exit::Consent => false,
        Exit::Integrity | Exit::Interrupted => false,
    }
}

/// Measures one share of the list, and sends what waits where that is due.
async fn round(app: &App, pace: &mut Pace) -> Result<usize, Stop> {
    let consent = Consent::demand(&app.state)?;
    let limits = &app.config.watch;
    let ready = Ready::new(app).await?;
    let jobs = prepare::jobs(app, &ready, &[], None)?;
    let (spool, records, controls) = (app.spool()?, app.records()?, app.kept_controls()?);
    for folder in records.iter().chain(&controls).chain([&spool]) {
        folder.sweep()?;
    }
    let mut journal = Journal::open(&app.state, WISH, app.edge.now())?;
    if journal.count() == 0 {
        let followed = prepare::followed(&ready.here.edition, &ready.network, app.edge.now());
        pace.round = choose(app, &jobs, followed);
        pace.write(app)?;
    } else {
        app.out.note("run-resumed", &[("count", Value::Count(journal.count()))]);
    }
    let chosen = |job: &&Job| pace.round.contains(&job.target) && !journal.is_done(0, &job.target);
    let jobs: Vec<Job> = jobs.iter().filter(chosen).cloned().collect();
    let gaps = quiet::gaps(jobs.len(), limits.gap_seconds, || app.edge.random());
    let mut turns = Turns::new(jobs, limits.targets_at_once, limits.targets_per_hour);
    turns = turns.with_gaps(gaps).after(pace.begun.iter().copied());
    let shared = Some(spool.clone()).filter(|_| consent.sharing != Sharing::Local);
    let store = Store { spool: shared, records, controls };
    let here = Arc::new(ready.here.clone());
    let governor = Arc::clone(&ready.governor);
    let mut going = Going::new(app, here, store.clone(), governor, limits.megabytes_per_day);
    going.go(&ready.prober, &mut turns, 0, &mut journal).await?;
    pace.begun = turns.begun().collect();
    pace.write(app)?;
    let late = ready.check_again(app).await;
    let known = &ready.here.edition.snapshot.known;
    amend(&store, &mut going.tally.rows, &late, known, app.edge.now().hour())?;
    Journal::close(&app.state)?;
    let measured = going.tally.rows.len();
    if consent.sharing == Sharing::Send {
        let uploader = Uploader {
            state: &app.state,
            spool: &spool,
            keys: &ready.keys,
            collector: &ready.collector,
            edge: &app.edge,
        };
        rows::tell_delivery(&app.out, &pace.send(app, &uploader).await?);
    }
    Ok(measured)
}

/// Draws a round's share of the list; targets on watch belong to every round, and those that are
/// followed with this provider.
fn choose(app: &App, jobs: &[Job], followed: &[Target]) -> Vec<Target> {
    let watched: WatchList = app.state.read_json(WATCH).ok().flatten().unwrap_or_default();
    let now = app.edge.now();
    let share = quiet::share(jobs.len(), app.config.watch.share_percent, app.edge.random());
    let is_due = |target: &Target| watched.holds(target, now) || followed.contains(target);
    first_and(jobs.iter().map(|job| &job.target), share, is_due)
}

/// Returns the first `share` of the targets, and of the others those that are due.
fn first_and<'a>(
    targets: impl Iterator<Item = &'a Target>,
    share: usize,
    is_due: impl Fn(&Target) -> bool,
) -> Vec<Target> {
    let chosen = targets.enumerate().filter(|(at, target)| *at < share || is_due(target));
    chosen.map(|(_, target)| target.clone()).collect()
}

impl Pace {
    /// Reads what is due; the very first time, and where a clock was set back, the first round is
    /// put off by a random time.
    fn open(app: &App) -> Result<Self, Stop> {
        let now = app.edge.now();
        // A damaged file costs the phase, nothing else.
        let kept: Option<Self> = app.state.read_json(PACE).ok().flatten();
        let far = now.0.saturating_add(LONGEST_S);
        if let Some(kept) = kept.filter(|kept| kept.next.0 <= far) {
            return Ok(kept);
        }
        let phase = u64::from(app.config.watch.first_minutes) * 60;
        let next = later(now, [0, phase], app.edge.random());
        let pace = Self { next, ..Self::default() };
        pace.write(app)?;
        Ok(pace)
    }

    /// Draws the pause after a round.
    fn rest(&mut self, app: &App) -> Result<(), Stop> {
        let pause = app.config.watch.pause_minutes.map(|minutes| u64::from(minutes) * 60);
        self.next = later(app.edge.now(), pause, app.edge.random());
        self.write(app)
    }

    /// Draws the pause after a round that could not be made.
    fn retry(&mut self, app: &App) -> Result<(), Stop> {
        self.next = later(app.edge.now(), RETRY_S, app.edge.random());
        self.write(app)
    }

    /// Sends what waits once the time drawn for it has come.
    async fn send(&mut self, app: &App, uploader: &Uploader<'_>) -> Result<Delivery, Stop> {
        let now = app.edge.now();
        let delay = u64::from(app.config.watch.upload_delay_hours) * 3600;
        let drawn = || later(now, [0, delay], app.edge.random());
        let due = *self.upload.get_or_insert_with(drawn);
        if now >= due || due.0 > now.0.saturating_add(delay) {
            self.upload = None;
            self.write(app)?;
            return uploader.deliver(Wish::Automatic).await;
        }
        self.write(app)?;
        Ok(Delivery { held: uploader.spool.list()?.len(), ..Delivery::default() })
    }

    fn write(&self, app: &App) -> Result<(), Stop> {
        Ok(app.state.write_json(PACE, self)?)
    }
}

fn later(now: Timestamp, span_s: [u64; 2], random: u64) -> Timestamp {
    Timestamp(now.0.saturating_add(quiet::within(span_s, random)))
}

/// Waits until the clock says `at`. It looks once a minute: a computer that slept has not counted.
async fn wait_until(app: &App, at: Timestamp) {
    loop {
        let left = at.0.saturating_sub(app.edge.now().0);
        if left == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_secs(left.min(60))).await;
    }
}

const PACE: &str = "pace.json";
const WISH: &str = "watch";
/// Longer than any pause that is drawn.
const LONGEST_S: u64 = 2 * 86_400;
const RETRY_S: [u64; 2] = [300, 1_800];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_takes_its_share_and_what_is_due_besides() {
        let targets: Vec<Target> =
            (0..5).map(|n| format!("https://site{n}.test/").parse().unwrap()).collect();
        let due = |target: &Target| *target == targets[3] || *target == targets[0];

        let chosen = first_and(targets.iter(), 2, due);

        assert_eq!(chosen, [targets[0].clone(), targets[1].clone(), targets[3].clone()]);
    }
}
