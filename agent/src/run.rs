//! The command `run`: measures the list, keeps every record at once, sends, and shows a table.

pub mod amend;
pub mod going;
pub mod journal;
pub mod prepare;
pub mod rows;

use std::sync::Arc;

use plan::Confirm;
use record::{State, Target};

use crate::app::App;
use crate::backoff::Wish;
use crate::consent::{Consent, Sharing};
use crate::schedule::Turns;
use crate::spool::Spool;
use crate::stop::{Exit, Stop};
use crate::upload::{Delivery, Uploader};
use crate::words::Value;

use amend::{Late, amend};
use going::{Going, Store, Tally};
use journal::Journal;
use prepare::Ready;

/// What the person wants of a run.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// The targets; none means the whole list.
    pub targets: Vec<Target>,
    /// When confirm blocks are run, where it is said.
    pub confirm: Option<Confirm>,
    /// Whether records are sent after the run, where the consent allows it.
    pub send: bool,
    /// How many times the list is gone through.
    pub rounds: u32,
}

/// Measures.
pub async fn run(app: &App, wishes: &Wishes) -> Result<Exit, Stop> {
    let consent = Consent::demand(&app.state)?;
    let _lock = app.lock()?;
    let ready = Ready::new(app).await?;
    let jobs = prepare::jobs(app, &ready, &wishes.targets, wishes.confirm)?;
    let spool = app.spool()?;
    let (records, controls) = (app.records()?, app.kept_controls()?);
    for folder in records.iter().chain(&controls).chain([&spool]) {
        folder.sweep()?;
    }
    announce(app, &ready, jobs.len());
    let limits = &app.config.limits;
    let shared = Some(spool.clone()).filter(|_| consent.sharing != Sharing::Local);
    let store = Store { spool: shared, records, controls };
    let mut going = Going::new(
        app,
        Arc::new(ready.here.clone()),
        store.clone(),
        Arc::clone(&ready.governor),
        limits.megabytes_per_day,
    )
    .confirming(wishes.confirm);
    let mut journal = Journal::open(&app.state, &format!("{wishes:?}"), app.edge.now())?;
    if journal.count() > 0 {
        app.out.note("run-resumed", &[("count", Value::Count(journal.count()))]);
    }
    let all_rounds = async {
        let mut begun = Vec::new();
        for number in 0..wishes.rounds {
            let left = jobs.iter().filter(|job| !journal.is_done(number, &job.target)).cloned();
            let mut turns = Turns::new(left, limits.targets_at_once, limits.targets_per_hour);
            turns = turns.after(begun);
            going.go(&ready.prober, &mut turns, number, &mut journal).await?;
            begun = turns.begun().collect();
        }
        Ok::<_, Stop>(())
    };
    let mut interrupted = tokio::select! {
        gone = all_rounds => { gone?; false }
        _ = tokio::signal::ctrl_c() => true,
    };
    if interrupted {
        going.write_spent()?;
        app.out.note("run-interrupted", &[]);
    }
    let Tally { mut rows, unmeasured, dropped } = going.tally;
    if dropped > 0 {
        app.out.note("run-dropped", &[("count", Value::Count(dropped))]);
    }
    // What was measured before an interruption is looked after as well; who will not wait says so again.
    let late = tokio::select! {
        late = ready.check_again(app) => late,
        _ = tokio::signal::ctrl_c() => {
            interrupted = true;
            Late::default()
        }
    };
    let known = &ready.here.edition.snapshot.known;
    amend(&store, &mut rows, &late, known, app.edge.now().hour())?;
    if !interrupted {
        Journal::close(&app.state)?;
    }
    let send = wishes.send && !interrupted && consent.sharing == Sharing::Send;
    let delivery = deliver(app, &ready, &spool, send).await?;
    rows::report(&app.out, &rows, &delivery)?;
    let is_void = |row: &rows::Row| row.verdict.state == State::Void;
    Ok(match &delivery.stopped {
        _ if interrupted => Exit::Interrupted,
        Some(stop) => stop.exit,
        None if !rows.is_empty() && rows.iter().all(is_void) => Exit::Meaningless,
        None if unmeasured > 0 => Exit::Partial,
        None => Exit::Done,
    })
}

/// Sends what waits, where it may be sent; else counts it.
async fn deliver(
    app: &App,
    ready: &Ready,
    spool: &Spool,
    may_be_sent: bool,
) -> Result<Delivery, Stop> {
    if !may_be_sent {
        return Ok(Delivery { held: spool.list()?.len(), ..Delivery::default() });
    }
    let uploader = Uploader {
        state: &app.state,
        spool,
        keys: &ready.keys,
        collector: &ready.collector,
        edge: &app.edge,
    };
    uploader.deliver(Wish::Automatic).await
}

fn announce(app: &App, ready: &Ready, count: usize) {
    let issued = ready.here.edition.snapshot.issued.rfc3339();
    let network = ready.network.asn.map_or_else(|| "AS?".to_owned(), |asn| asn.to_string());
    let args = [
        ("count", Value::Count(count)),
        ("issued", Value::Text(&issued)),
        ("network", Value::Text(&network)),
    ];
    app.out.note("run-start", &args);
}
