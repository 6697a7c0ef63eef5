//! Runs scenarios: each without its censor and with it, by the real programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use record::{Layer, State};

use crate::LabError;
use crate::internet::WorldSpec;
use crate::lab::{Lab, LabSpec, ProviderSpec};
use crate::lists;
use crate::programs::{Programs, Project, Settings, prepare_agent};
use crate::scenario::{Expected, Scenario};

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
    pub got: Got,
    /// What must be concluded without it.
    pub expected_without: Expected,
    /// What was concluded without it.
    pub without: Got,
    /// Whether the collector, which judges again by itself, concluded the same both times.
    pub collector_agrees: bool,
    /// How long both took together, the lab's building included.
    pub took_ms: u64,
}

/// What was concluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Got {
    /// The verdict's state.
    pub state: State,
    /// The layer of the headline.
    #[serde(default)]
    pub layer: Option<Layer>,
    /// The rule of the headline.
    pub rule: String,
    /// What was claimed of each layer.
    pub layers: Vec<GotLayer>,
}

/// What was claimed of one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GotLayer {
    /// The layer.
    pub layer: Layer,
    /// What was claimed of it.
    pub state: State,
    /// The rule that claimed it.
    pub rule: String,
}

impl Outcome {
    /// Returns one line for a table.
    pub fn line(&self) -> String {
        let told = |got: &Got| format!("{} {}", got.state.word(), got.rule);
        let mark = if self.pass { "ok  " } else { "FAIL" };
        let doubt = if self.collector_agrees { "" } else { ", but the collector disagrees" };
        let (without, with) = (told(&self.without), told(&self.got));
        format!(
            "{mark} {:<28} without: {without:<26} with: {with:<38} {} ms{doubt}",
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
    fs::create_dir_all(dir).map_err(LabError::failed("making a folder for a scenario"))?;
    let lab = built(scenario, dir)?;
    let targets = [scenario.target.clone()];
    let list = dir.join("lists");
    lists::write(&list, lab.spec(), &targets, lab.national())?;
    let settings = Settings { dir, lists: &list, roots: lab.roots() };

    let mut project = Project::start(lab.world(), programs, &settings)?;
    let state = dir.join("volunteer");
    let (space, _) = lab.volunteer(0, 0);
    prepare_agent(space, programs, &settings, &state, &project.key)?;
    let mut measure = || {
        let mut command = programs.agent(&state);
        command.args(["--json", "run", scenario.target.as_str()]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = space.spawn(command)?.output()?;
        let (id, got) = measured(&output.stdout).ok_or_else(|| {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            LabError::Wrong(format!("the agent concluded nothing ({}): {words}", output.status))
        })?;
        let path = format!("/api/v1/measurements/{id}");
        let view = project.wait_for(lab.world(), &path, |_| true)?;
        let judged = view.get("verdict").and_then(conclusion);
        Ok::<_, LabError>((judged.as_ref() == Some(&got), got))
    };
    lab.disturb(0, scenario.line.noise());
    lab.censor(0, false);
    let (agrees_without, without) = measure()?;
    lab.censor(0, true);
    let (agrees_with, got) = measure()?;

    let expected_without = scenario.expected_without();
    let collector_agrees = agrees_without && agrees_with;
    let as_expected = agrees(&scenario.expect, &got) && agrees(&expected_without, &without);
    Ok(Outcome {
        scenario: scenario.name.clone(),
        target: scenario.target.to_string(),
        pass: as_expected && collector_agrees,
        expected: scenario.expect.clone(),
        got,
        expected_without,
        without,
        collector_agrees,
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// Builds the lab of a scenario: one provider with one volunteer.
pub fn built(scenario: &Scenario, dir: &Path) -> Result<Lab, LabError> {
    let provider = ProviderSpec {
        id: lists::PROVIDERS[0].id.to_owned(),
        volunteers: 1,
        delay_ms: scenario.line.delay_ms,
        hops: scenario.line.hops,
        censors: scenario.censors.clone(),
    };
    Lab::start(LabSpec {
        providers: vec![provider],
        world: WorldSpec::standard(),
        dir: dir.to_owned(),
    })
}

fn agrees(expected: &Expected, got: &Got) -> bool {
    expected.state == got.state
        && expected.layer.is_none_or(|layer| got.layer == Some(layer))
        && expected.rule.as_ref().is_none_or(|rule| *rule == got.rule)
        && expected.layers.iter().all(|wanted| {
            got.layers.iter().any(|claimed| {
                (claimed.layer, claimed.state) == (wanted.layer, wanted.state)
                    && wanted.rule.as_ref().is_none_or(|rule| *rule == claimed.rule)
            })
        })
}

/// Reads the one measurement of `qoljetim run --json`: its id and what the agent concluded.
fn measured(stdout: &[u8]) -> Option<(String, Got)> {
    let told: Value = serde_json::from_slice(stdout).ok()?;
    let data = told.get("data").unwrap_or(&told);
    let one = data.get("measurements")?.get(0)?;
    Some((one.get("id")?.as_str()?.to_owned(), conclusion(one.get("verdict")?)?))
}

fn conclusion(verdict: &Value) -> Option<Got> {
    serde_json::from_value(verdict.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ExpectedLayer;

    #[test]
    fn a_verdict_is_read_and_compared() {
        let told =
            br#"{"ok":true,"data":{"measurements":[{"id":"x","verdict":{"state":"interference",
            "layer":"tls","rule":"tls_name_reset","because":[3],"layers":[
                {"layer":"dns","state":"ok","rule":"dns_consistent","because":[1]}]}}]}}"#;
        let (_, got) = measured(told).unwrap();
        let expect = |layer, rule: Option<&str>| Expected {
            state: State::Interference,
            layer,
            rule: rule.map(str::to_owned),
            layers: Vec::new(),
        };
        let also = |layer, state| {
            let layers = vec![ExpectedLayer { layer, state, rule: None }];
            Expected { layers, ..expect(None, None) }
        };

        assert!(agrees(&expect(None, None), &got));
        assert!(agrees(&expect(Some(Layer::Tls), Some("tls_name_reset")), &got));
        assert!(!agrees(&expect(Some(Layer::Dns), None), &got));
        assert!(!agrees(&expect(Some(Layer::Tls), Some("tls_name_dropped")), &got));
        assert!(agrees(&also(Layer::Dns, State::Ok), &got));
        assert!(!agrees(&also(Layer::Dns, State::Interference), &got));
        assert!(!agrees(&also(Layer::Tcp, State::Ok), &got));
    }
}
