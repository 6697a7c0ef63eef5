//! Carries out one job: asks the recipe what is due, performs it, and makes the record.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use plan::{Beacon, Job, Plan, Policy, Recipe};
use record::{
    Asn, Certificates, Digest, FORMAT, Hour, KeyText, Measurement, Observation, Part, Role,
    RunFacts, Step, VoidReason, limits,
};
use verdict::Case;

use crate::collector::Collector;
use crate::lists::Edition;
use crate::probe::{LocalFault, Performed, Prober, line};

/// What holds for every job of a run.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Who measures.
    pub role: Role,
    /// The lists in force.
    pub edition: Arc<Edition>,
    /// The key that will sign the records.
    pub credential: KeyText,
    /// The network, where it is known.
    pub network: Option<Asn>,
    /// What the run's self-checks found.
    pub facts: RunFacts,
    /// This machine's own address when the run began: never written anywhere.
    pub own_address: Option<IpAddr>,
    /// Pauses and limits.
    pub policy: Policy,
    /// The time for one target.
    pub deadline: Duration,
    /// The way to ask controls for a fresh measurement, where that may be done.
    pub controls: Option<Collector>,
}

/// A record, and what it was judged with.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The record.
    pub record: Measurement,
    /// The control's record that was asked for, where one was and came.
    pub control: Option<Measurement>,
}

/// Carries out `job` in `hour` and makes its record.
pub async fn measure<P: Prober>(
    prober: &Arc<P>,
    job: &Job,
    hour: Hour,
    here: &Circumstances,
) -> Result<Measured, LocalFault> {
    let snapshot = &here.edition.snapshot;
    let control = snapshot.controls.first();
    let recent = match here.role {
        Role::Agent => {
            here.edition.recent(&job.target, hour).map(|control| control.seen.as_slice())
        }
        Role::Control => None,
    };
    let plan = Plan {
        seed: snapshot.seed,
        credential: here.credential.bytes(),
        hour,
        resolvers: &snapshot.resolvers,
        own_resolver: prober.has_provider_resolver(),
        control: recent,
        beacon: control.map(|at| Beacon { tls: at.beacon_tls, http: at.beacon_http }),
        policy: here.policy,
    };
    let done = carry_out(prober, plan::recipe(job.kind), job, &plan, here.deadline).await?;
    let mut facts = here.facts.clone();
    if line::own_address() != here.own_address {
        facts.void.push(VoidReason::NetworkChanged);
    }
    let fresh = match here.role {
        Role::Agent if plan::is_suspicious(job, &done.seen) => ask_controls(job, here).await,
        Role::Agent | Role::Control => None,
    };
    let verdict = verdict::judge(Case {
        kind: job.kind,
        target: &job.target,
        seen: &done.seen,
        certificates: &done.certificates,
        control: fresh.as_ref().map(|control| control.seen.as_slice()).or(recent),
        known: &snapshot.known,
        void: &facts.void,
        resolver: verdict::Answerer::of(&facts, here.network),
    });
    let mut record = Measurement {
        format: FORMAT.to_owned(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        role: here.role,
        credential: here.credential,
        kind: job.kind,
        target: job.target.clone(),
        hour,
        snapshot: here.edition.digest,
        network: here.network,
        run: facts,
        seen: done.seen,
        certificates: done.certificates,
        control: fresh.as_ref().map(Measurement::id),
        verdict,
        extra: BTreeMap::new(),
    };
    // Only a server that shows dozens of long chains gets here; its last ones are let go.
    while record.encode().len() > limits::RECORD_BYTES {
        if record.certificates.0.pop_last().is_none() {
            break;
        }
    }
    Ok(Measured { record, control: fresh })
}

/// Everything that a job saw.
#[derive(Debug, Default)]
struct Done {
    seen: Vec<Observation>,
    certificates: Certificates,
}

/// Performs what the recipe plans until nothing is due or the time is over; what was seen stays.
async fn carry_out<P: Prober>(
    prober: &Arc<P>,
    recipe: &dyn Recipe,
    job: &Job,
    plan: &Plan<'_>,
    patience: Duration,
) -> Result<Done, LocalFault> {
    let began = Instant::now();
    let mut end = began + patience;
    let mut begun: Vec<(Step, Part)> = Vec::new();
    let mut in_flight = JoinSet::new();
    let mut finished: Vec<(u32, usize, Observation)> = Vec::new();
    let mut done = Done::default();
    loop {
        for planned in recipe.next(job, plan, &done.seen) {
            // The recipe sees what is finished and plans again what is under way.
            let name = (planned.step.clone(), planned.part);
            if begun.contains(&name) || begun.len() >= limits::OBSERVATIONS {
                continue;
            }
            let number = begun.len();
            begun.push(name);
            let pause = Duration::from_millis(planned.wait_ms.into());
            let start = Instant::now() + pause;
            // The long pauses of a repeat are not the target's slowness.
            if planned.wait_ms >= plan.policy.residual_ms {
                end = end.max(start + patience);
            }
            let prober = Arc::clone(prober);
            in_flight.spawn(async move {
                sleep_until(start).await;
                (number, prober.perform(&planned, began).await)
            });
        }
        let Ok(next) = timeout_at(end, in_flight.join_next()).await else {
            return Ok(done);
        };
        let Some(joined) = next else {
            return Ok(done);
        };
        let (number, performed) = joined.map_err(|_| LocalFault::Broken)?;
        let Performed { observation, certificates } = performed?;
        keep(&mut done.certificates, certificates);
        let at = (observation.at_ms(), number);
        let place = finished.partition_point(|(at_ms, number, _)| (*at_ms, *number) < at);
        finished.insert(place, (at.0, at.1, observation));
        done.seen = finished.iter().map(|(_, _, observation)| observation.clone()).collect();
    }
}

/// Keeps certificates up to the number that a record may hold.
fn keep(kept: &mut Certificates, shown: BTreeMap<Digest, Vec<u8>>) {
    for (digest, der) in shown {
        if kept.0.len() < limits::CERTIFICATES {
            kept.0.entry(digest).or_insert(der);
        }
    }
}

/// Asks the controls in turn for a fresh measurement of the job's target.
async fn ask_controls(job: &Job, here: &Circumstances) -> Option<Measurement> {
    let way = here.controls.as_ref()?;
    let question = serde_json::json!({ "target": job.target }).to_string();
    for control in &here.edition.snapshot.controls {
        let Some(bytes) = way.ask_control(&control.url, question.clone()).await else { continue };
        let fitting = Measurement::decode(&bytes).ok().filter(|fresh| {
            fresh.role == Role::Control
                && fresh.credential == control.credential
                && fresh.target == job.target
        });
        if fitting.is_some() {
            return fitting;
        }
    }
    None
}

#[cfg(test)]
#[path = "job/tests.rs"]
mod tests;
