//! The command `run`: measures the list, keeps every record at once, sends, and shows a table.

pub mod journal;
pub mod prepare;

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use plan::{Confirm, Job};
use record::{Layer, Measurement, State, Target};

use crate::app::App;
use crate::backoff::Wish;
use crate::consent::{Consent, Sharing};
use crate::job::{Circumstances, measure};
use crate::out::{Out, table};
use crate::probe::{LocalFault, Prober};
use crate::spool::{Spool, SpoolError};
use crate::stop::{Exit, Stop};
use crate::upload::{Delivery, Uploader};
use crate::words::Value;

use journal::{Journal, Rounds};
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
    let jobs = prepare::jobs(app, &ready.here.edition, &wishes.targets, wishes.confirm)?;
    let spool = app.spool()?;
    let records = app.records()?;
    for folder in records.iter().chain([&spool]) {
        folder.sweep()?;
    }
    announce(app, &ready, jobs.len());
    let mut round = Round {
        app,
        here: Arc::new(ready.here.clone()),
        spool: Some(&spool).filter(|_| consent.sharing != Sharing::Local),
        records,
        measured: Vec::new(),
        faults: 0,
        dropped: 0,
    };
    let mut journal = Journal::open(&app.state, &format!("{wishes:?}"), app.edge.now());
    if journal.count() > 0 {
        app.out.note("run-resumed", &[("count", Value::Count(journal.count()))]);
    }
    let going = async {
        for number in 0..wishes.rounds {
            round.go(&ready.prober, &jobs, number, &mut journal).await?;
        }
        Ok::<_, Stop>(())
    };
    let interrupted = tokio::select! {
        gone = going => { gone?; false }
        _ = tokio::signal::ctrl_c() => true,
    };
    if interrupted {
        app.out.note("run-interrupted", &[]);
    } else {
        Journal::close(&app.state)?;
    }
    let Round { measured, faults, dropped, .. } = round;
    if dropped > 0 {
        app.out.note("run-dropped", &[("count", Value::Count(dropped))]);
    }
    let uploader = Uploader {
        state: &app.state,
        spool: &spool,
        keys: &ready.keys,
        collector: &ready.collector,
        edge: &app.edge,
    };
    let delivery = match consent.sharing {
        Sharing::Send if wishes.send && !interrupted => uploader.deliver(Wish::Automatic).await?,
        Sharing::Send | Sharing::Hold | Sharing::Local => {
            Delivery { held: spool.list()?.len(), ..Delivery::default() }
        }
    };
    report(&app.out, &measured, &delivery)?;
    Ok(exit(&measured, faults + usize::from(interrupted), &delivery))
}

/// One run's going through the list.
struct Round<'a> {
    app: &'a App,
    here: Arc<Circumstances>,
    spool: Option<&'a Spool>,
    records: Option<Spool>,
    measured: Vec<Measurement>,
    faults: usize,
    dropped: usize,
}

impl Round<'_> {
    /// Goes through the list once, several targets at a time.
    async fn go<P: Prober>(
        &mut self,
        prober: &Arc<P>,
        jobs: &[Job],
        number: u32,
        journal: &mut Journal,
    ) -> Result<(), Stop> {
        let mut left: VecDeque<&Job> =
            jobs.iter().filter(|job| !journal.is_done(number, &job.target)).collect();
        let all = left.len();
        let mut finished = 0;
        let mut running = JoinSet::new();
        loop {
            while running.len() < self.app.config.limits.targets_at_once {
                let Some(job) = left.pop_front() else { break };
                let hour = self.app.edge.now().hour();
                let round = Rounds::take(&self.app.state, &job.target, hour)?;
                let job = Job { round, ..job.clone() };
                let (prober, here) = (Arc::clone(prober), Arc::clone(&self.here));
                running.spawn(async move {
                    let done = measure(&prober, &job, hour, &here).await;
                    (job.target, done)
                });
            }
            let Some(joined) = running.join_next().await else {
                return Ok(());
            };
            finished += 1;
            let (target, done) =
                joined.map_err(|error| Stop::new(Exit::Failed, "error-measure").because(error))?;
            self.keep((number, &target), (finished, all), done, journal)?;
        }
    }

    /// Keeps one record, and only then writes that its target is done.
    fn keep(
        &mut self,
        (number, target): (u32, &Target),
        (finished, all): (usize, usize),
        done: Result<Measurement, LocalFault>,
        journal: &mut Journal,
    ) -> Result<(), Stop> {
        let out = &self.app.out;
        let (finished, all) = (finished.to_string(), all.to_string());
        let mut args = vec![
            ("number", Value::Text(&finished)),
            ("all", Value::Text(&all)),
            ("target", Value::Text(target.as_str())),
        ];
        let measurement = match done {
            Ok(measurement) => measurement,
            Err(fault) => {
                self.faults += 1;
                let reason = fault.to_string();
                args.push(("reason", Value::Text(&reason)));
                out.note("run-fault", &args);
                return Ok(());
            }
        };
        let free = self.app.free_bytes();
        if let Some(spool) = self.spool {
            self.dropped += spool.put(&measurement, free)?;
        }
        match self.records.as_ref().map(|records| records.put(&measurement, free)) {
            // A full disk costs the readable copy, not the run.
            None | Some(Ok(_) | Err(SpoolError::NoRoom { .. })) => {}
            Some(Err(error)) => return Err(error.into()),
        }
        journal.note(&self.app.state, (number, target), self.app.edge.now())?;
        let (mark, word) = (out.mark(measurement.verdict.state), here_word(out, &measurement));
        args.extend([("mark", Value::Text(&mark)), ("word", Value::Text(&word))]);
        out.note("run-progress", &args);
        self.measured.push(measurement);
        Ok(())
    }
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

/// Says in the person's words what was seen of one target from here.
pub fn here_word(out: &Out, measurement: &Measurement) -> String {
    let verdict = &measurement.verdict;
    match (verdict.state, verdict.layer) {
        (State::Inconclusive, Some(_)) => out.words().text("state-inconclusive-layer"),
        (state, _) => out.words().text(&format!("state-{}", state.word())),
    }
}

/// Names the step that the verdict is about.
pub fn step_word(out: &Out, measurement: &Measurement) -> String {
    let word = |layer: Layer| out.words().text(&format!("layer-{}", layer.word()));
    measurement.verdict.layer.map_or_else(String::new, word)
}

fn report(out: &Out, measured: &[Measurement], delivery: &Delivery) -> Result<(), Stop> {
    let data = json!({
        "measurements": measured.iter().map(brief).collect::<Vec<Json>>(),
        "sent": delivery.sent,
        "held": delivery.held,
        "rejected": delivery.rejected,
    });
    let head = ["column-site", "column-here", "column-step", "column-rule"];
    let mut rows = vec![head.map(|key| out.words().text(key)).to_vec()];
    rows.extend(measured.iter().map(|measurement| {
        let verdict = &measurement.verdict;
        let here = format!("{} {}", out.mark(verdict.state), here_word(out, measurement));
        let rule = verdict.rule.to_string();
        vec![measurement.target.to_string(), here, step_word(out, measurement), rule]
    }));
    out.data("run", &data, &table(&rows))?;
    let count = |states: &[State]| {
        measured.iter().filter(|one| states.contains(&one.verdict.state)).count()
    };
    let args = [
        ("all", Value::Count(measured.len())),
        ("open", Value::Count(count(&[State::Ok]))),
        ("failed", Value::Count(count(&[State::Interference]))),
        ("unclear", Value::Count(count(&[State::Inconclusive, State::Down, State::Server]))),
        ("none", Value::Count(count(&[State::Void]))),
    ];
    out.note("run-summary", &args);
    out.note("run-one-is-no-finding", &[]);
    tell_delivery(out, delivery);
    Ok(())
}

/// Says what was sent and what waits.
pub fn tell_delivery(out: &Out, delivery: &Delivery) {
    if delivery.sent > 0 {
        out.note("run-sent", &[("count", Value::Count(delivery.sent))]);
    }
    if delivery.held > 0 {
        out.note("run-held", &[("count", Value::Count(delivery.held))]);
    }
    if let Some(stop) = &delivery.stopped {
        out.tell(stop);
    }
}

/// Returns the short form of a record that `--json` prints.
pub fn brief(measurement: &Measurement) -> Json {
    let verdict = &measurement.verdict;
    json!({
        "id": measurement.id(),
        "target": measurement.target,
        "state": verdict.state,
        "layer": verdict.layer,
        "rule": verdict.rule,
        "verdict": verdict,
    })
}

fn exit(measured: &[Measurement], unmeasured: usize, delivery: &Delivery) -> Exit {
    let is_void = |one: &Measurement| one.verdict.state == State::Void;
    match &delivery.stopped {
        Some(stop) => stop.exit,
        None if !measured.is_empty() && measured.iter().all(is_void) => Exit::Meaningless,
        None if unmeasured > 0 => Exit::Partial,
        None => Exit::Done,
    }
}
