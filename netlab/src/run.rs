//! Runs scenarios: each without its censor and with it, by the real programs.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use record::{Layer, State};
use serde::Serialize;
use serde_json::Value;

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
    /// How long both took together, the lab's building included.
    pub took_ms: u64,
}

/// What was concluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Got {
    /// The verdict's state.
    pub state: State,
    /// The layer of the headline.
    pub layer: Option<Layer>,
    /// The rule of the headline.
    pub rule: String,
}

/// Builds a lab in the fresh folder `dir` and runs `scenario` in it.
pub fn run(scenario: &Scenario, programs: &Programs, dir: &Path) -> Result<Outcome, LabError> {
    let began = Instant::now();
    let lab = built(scenario, dir)?;
    let targets = [scenario.target.clone()];
    let list = dir.join("lists");
    lists::write(&list, lab.spec(), &targets, lab.national())?;
    let settings = Settings { dir, lists: &list, roots: lab.roots() };

    let project = Project::start(lab.world(), programs, &settings)?;
    let state = dir.join("volunteer");
    let (space, _) = lab.volunteer(0, 0);
    prepare_agent(space, programs, &settings, &state, &project.key)?;
    let measure = || {
        let mut command = programs.agent(&state);
        command.args(["--json", "run", "--no-send", scenario.target.as_str()]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = space.spawn(command)?.output()?;
        got(&output.stdout).ok_or_else(|| {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            LabError::Wrong(format!("the agent concluded nothing ({}): {words}", output.status))
        })
    };
    lab.disturb(0, scenario.line.noise());
    lab.censor(0, false);
    let without = measure()?;
    lab.censor(0, true);
    let got = measure()?;

    let expected_without = scenario.expected_without();
    let pass = agrees(&scenario.expect, &got) && agrees(&expected_without, &without);
    Ok(Outcome {
        scenario: scenario.name.clone(),
        target: scenario.target.to_string(),
        pass,
        expected: scenario.expect.clone(),
        got,
        expected_without,
        without,
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
}

/// Reads the one verdict of `qoljetim run --json`.
fn got(stdout: &[u8]) -> Option<Got> {
    let told: Value = serde_json::from_slice(stdout).ok()?;
    let data = told.get("data").unwrap_or(&told);
    let one = data.get("measurements")?.get(0)?;
    let field = |key: &str| one.get(key).cloned().unwrap_or_default();
    Some(Got {
        state: serde_json::from_value(field("state")).ok()?,
        layer: serde_json::from_value(field("layer")).ok()?,
        rule: field("rule").as_str()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_read_and_compared() {
        let told = br#"{"ok":true,"data":{"measurements":[{"id":"x","state":"interference","layer":"tls","rule":"tls_name_reset"}]}}"#;
        let got = got(told).unwrap();
        let expect = |layer, rule: Option<&str>| Expected {
            state: State::Interference,
            layer,
            rule: rule.map(str::to_owned),
        };

        assert!(agrees(&expect(None, None), &got));
        assert!(agrees(&expect(Some(Layer::Tls), Some("tls_name_reset")), &got));
        assert!(!agrees(&expect(Some(Layer::Dns), None), &got));
        assert!(!agrees(&expect(Some(Layer::Tls), Some("tls_name_dropped")), &got));
    }
}
