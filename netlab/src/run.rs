//! Runs scenarios: each without its censor and with it, by the real programs.

pub mod clean;
pub mod matrix;
mod stage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use serde::Serialize;

use crate::LabError;
use crate::programs::Programs;
use crate::scenario::{Expected, Scenario};

pub use stage::{Got, GotLayer, Judged, Stage, built};

/// What one run of a scenario came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The scenario's name.
    pub scenario: String,
    /// What was measured.
    pub target: String,
    /// Whether both verdicts are as they must be.
    pub pass: bool,
    /// What must be concluded with the censor.
    pub expected: Expected,
    /// What was concluded with the censor.
    pub got: Judged,
    /// What must be concluded without it.
    pub expected_without: Expected,
    /// What was concluded without it.
    pub without: Judged,
    /// Whether the collector, which judges again by itself, concluded the same both times.
    pub collector_agrees: bool,
    /// What a record lacks of what it must hold.
    pub lacks: Option<String>,
    /// How long both took together, the lab's building included.
    pub took_ms: u64,
}

impl Outcome {
    /// Returns one line for a table.
    pub fn line(&self) -> String {
        let told = |got: &Got| format!("{} {}", got.state.word(), got.rule);
        let mark = if self.pass { "ok  " } else { "FAIL" };
        let doubt = if self.collector_agrees { "" } else { ", but the collector disagrees" };
        let lacks = self.lacks.iter().map(|lacks| format!(", and the record lacks {lacks}"));
        let lacks: String = lacks.collect();
        let (without, with) = (told(&self.without.agent), told(&self.got.agent));
        format!(
            "{mark} {:<30} without: {without:<26} with: {with:<38} {} ms{doubt}{lacks}",
            self.scenario, self.took_ms
        )
    }
}

/// Runs each scenario in the fresh folder that stands beside it, `at_once` of them at a time, and
/// hands what came of each to `told`, in their order.
pub fn run_all(
    work: &[(Scenario, PathBuf)],
    programs: &Programs,
    at_once: usize,
    told: &mut dyn FnMut(&Scenario, Result<Outcome, LabError>),
) {
    let next = AtomicUsize::new(0);
    let (done, results) = channel();
    let take = |done: Sender<(usize, Result<Outcome, LabError>)>| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((scenario, dir)) = work.get(number) else { return };
            done.send((number, run(scenario, programs, dir))).ok();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..at_once.max(1) {
            let done = done.clone();
            scope.spawn(move || take(done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut wanted = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&wanted) {
                if let Some((scenario, _)) = work.get(wanted) {
                    told(scenario, result);
                }
                wanted += 1;
            }
        }
    });
}

/// Builds a lab in the fresh folder `dir` and runs `scenario` in it.
pub fn run(scenario: &Scenario, programs: &Programs, dir: &Path) -> Result<Outcome, LabError> {
    let began = Instant::now();
    let mut stage = Stage::start(scenario, programs, dir)?;
    let without = stage.measure(false)?;
    let got = stage.measure(true)?;

    let expected_without = scenario.expected_without();
    let collector_agrees = without.is_agreed() && got.is_agreed();
    let as_expected = got.agent.is(&scenario.expect) && without.agent.is(&expected_without);
    let lacks = got.lacks(&scenario.expect).or_else(|| without.lacks(&expected_without));
    let lacks = lacks.or_else(|| stage.unlike());
    Ok(Outcome {
        scenario: scenario.name.clone(),
        target: scenario.target.to_string(),
        pass: as_expected && collector_agrees && lacks.is_none(),
        expected: scenario.expect.clone(),
        got,
        expected_without,
        without,
        collector_agrees,
        lacks,
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}
