//! A scenario's lab with the real programs in it: measures as often as it is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use record::{Layer, State};

use crate::LabError;
use crate::censor::CensorSpec;
use crate::internet::WorldSpec;
use crate::lab::{Lab, LabSpec, ProviderSpec};
use crate::lists;
use crate::netns::Space;
use crate::programs::{Programs, Project, Settings, prepare_agent};
use crate::scenario::{Expected, Scenario};

/// A scenario's lab with collector, controls and one volunteer's agent in it.
#[derive(Debug)]
pub struct Stage<'a> {
    scenario: &'a Scenario,
    // In the order in which they must end.
    project: Project,
    agent: Programs,
    state: PathBuf,
    lab: Lab,
}

/// What one measurement came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// What the agent concluded.
    pub agent: Got,
    /// What the collector concluded from the record that it received; none where it concluded
    /// nothing.
    pub collector: Option<Got>,
    /// The observations that the collector's headline rests on.
    pub because: Vec<Value>,
    /// The record itself.
    #[serde(skip)]
    pub record: Value,
    /// What the collector tells of how far away the interference sits.
    pub reach: Value,
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
    #[serde(default)]
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

impl<'a> Stage<'a> {
    /// Builds the lab in the fresh folder `dir` and starts the programs in it.
    pub fn start(
        scenario: &'a Scenario,
        programs: &Programs,
        dir: &Path,
    ) -> Result<Self, LabError> {
        fs::create_dir_all(dir).map_err(LabError::failed("making a folder for a scenario"))?;
        let lab = built(scenario, lists::PROVIDERS[0].id, dir)?;
        let list = dir.join("lists");
        let unlisted = scenario.censors.iter().any(CensorSpec::is_unlisted);
        let known = (!unlisted).then_some(lab.national());
        lists::write(&list, lab.spec(), std::slice::from_ref(&scenario.target), known)?;
        let settings = Settings { dir, lists: &list, roots: lab.roots() };

        let project = Project::start(lab.world(), programs, &settings)?;
        let state = dir.join("volunteer");
        let (space, _) = lab.volunteer(0, 0);
        prepare_agent(space, programs, &settings, &state, &project.key)?;
        trust(scenario, &lab, dir, &state)?;
        lab.disturb(0, scenario.line.noise());
        lab.slow_resolver(0, Duration::from_millis(u64::from(scenario.line.resolver_ms)));
        let clock_offset_s = scenario.agent.clock_offset_s;
        let agent = Programs { clock_offset_s, ..programs.clone() };
        Ok(Self { scenario, project, agent, state, lab })
    }

    /// Lets the agent measure the target once, with the censors on or off, and send what it saw.
    pub fn measure(&mut self, censored: bool) -> Result<Judged, LabError> {
        self.lab.censor(0, censored);
        let mut command = self.agent.agent(&self.state);
        command.args(["--json", "run", self.scenario.target.as_str()]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = self.volunteer().spawn(command)?.output()?;
        let (id, agent) = measured(&output.stdout).ok_or_else(|| {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            LabError::Wrong(format!("the agent concluded nothing ({}): {words}", output.status))
        })?;
        let path = format!("/api/v1/measurements/{id}");
        let view = self.project.wait_for(self.lab.world(), &path, |_| true)?;
        let collector = view.get("verdict").and_then(conclusion);
        let because = because(&view).unwrap_or_default();
        let record = view.get("record").cloned().unwrap_or_default();
        let reach = view.get("reach").cloned().unwrap_or_default();
        Ok(Judged { agent, collector, because, record, reach })
    }

    /// Tells of censors on the path of which more or fewer never did anything than the scenario says.
    pub fn unlike(&self) -> Option<String> {
        let (idle, wanted) = (self.lab.idle(0), self.scenario.idle_censors);
        (idle != wanted).then(|| format!("idle_censors = {wanted}: {idle} never did anything"))
    }

    fn volunteer(&self) -> &Space {
        self.lab.volunteer(0, 0).0
    }
}

impl Judged {
    /// Returns whether agent and collector concluded the same.
    pub fn is_agreed(&self) -> bool {
        self.collector.as_ref() == Some(&self.agent)
    }

    /// Returns the first field of what the record must hold that it does not.
    pub fn lacks(&self, expected: &Expected) -> Option<String> {
        let held = |(key, wanted): &(&String, &Value)| {
            self.record.get(*key).is_some_and(|held| holds(held, wanted))
        };
        let missing = expected.record.iter().find(|field| !held(field));
        let is_there = |path: &&String| {
            path.split('.').try_fold(&self.record, |held, key| held.get(key)).is_some()
        };
        let unwanted = expected.absent.iter().find(is_there);
        let reach = Value::Object(expected.reach.clone());
        let far = (!expected.reach.is_empty() && !holds(&self.reach, &reach))
            .then(|| format!("reach = {reach}, but {}", self.reach));
        let missing = missing.map(|(key, wanted)| format!("{key} = {wanted}"));
        missing.or_else(|| unwanted.map(|path| format!("the absence of {path}"))).or(far)
    }
}

impl Got {
    /// Returns whether it is what must be concluded.
    pub fn is(&self, expected: &Expected) -> bool {
        if expected.or.contains(&self.state) {
            return true;
        }
        expected.state == self.state
            && expected.layer.is_none_or(|layer| self.layer == Some(layer))
            && expected.rule.as_ref().is_none_or(|rule| *rule == self.rule)
            && !self.claims_more(expected)
            && expected.layers.iter().all(|wanted| {
                self.layers.iter().any(|claimed| {
                    (claimed.layer, claimed.state) == (wanted.layer, wanted.state)
                        && wanted.rule.as_ref().is_none_or(|rule| *rule == claimed.rule)
                })
            })
    }

    /// Returns whether interference is claimed on a layer that is neither the headline's nor among those
    /// that must be claimed.
    fn claims_more(&self, expected: &Expected) -> bool {
        let Some(headline) = expected.layer else { return false };
        let is_awaited =
            |layer| layer == headline || expected.layers.iter().any(|wanted| wanted.layer == layer);
        let mut claimed = self.layers.iter().filter(|claimed| claimed.state == State::Interference);
        claimed.any(|claimed| !is_awaited(claimed.layer))
    }
}

/// Builds the lab of a scenario: one provider, of that id, with one volunteer.
pub fn built(scenario: &Scenario, provider: &str, dir: &Path) -> Result<Lab, LabError> {
    let provider = ProviderSpec {
        id: provider.to_owned(),
        volunteers: 1,
        delay_ms: scenario.line.delay_ms,
        hops: scenario.line.hops,
        ipv6: scenario.line.ipv6,
        censored: scenario.line.censored,
        home: scenario.line.home,
        censors: scenario.censors.clone(),
    };
    Lab::start(LabSpec {
        providers: vec![provider],
        world: WorldSpec::standard(),
        dir: dir.to_owned(),
    })
}

/// Tells the agent which roots the volunteer's own computer trusts.
fn trust(scenario: &Scenario, lab: &Lab, dir: &Path, state: &Path) -> Result<(), LabError> {
    let failed = || LabError::failed("writing what a computer trusts");
    let mut roots = fs::read_to_string(lab.roots()).map_err(failed())?;
    if scenario.censors.iter().any(|spec| matches!(spec, CensorSpec::LocalAntivirus {})) {
        roots.push_str(&lab.national().root_pem());
    }
    let path = dir.join("system-roots.pem");
    fs::write(&path, roots).map_err(failed())?;
    let settings = state.join("agent.toml");
    let text = fs::read_to_string(&settings).map_err(failed())?;
    fs::write(&settings, format!("system_roots = {path:?}\n{text}")).map_err(failed())
}

/// Reads the one measurement of `qoljetim run --json`: its id and what the agent concluded.
fn measured(stdout: &[u8]) -> Option<(String, Got)> {
    let told: Value = serde_json::from_slice(stdout).ok()?;
    let data = told.get("data").unwrap_or(&told);
    let one = data.get("measurements")?.get(0)?;
    Some((one.get("id")?.as_str()?.to_owned(), conclusion(one.get("verdict")?)?))
}

/// Returns whether a value holds all that is wanted: of a table every field, of a list every item in
/// any place.
fn holds(held: &Value, wanted: &Value) -> bool {
    match (held, wanted) {
        (Value::Object(held), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| held.get(key).is_some_and(|held| holds(held, wanted)))
        }
        (Value::Array(held), Value::Array(wanted)) => {
            wanted.iter().all(|wanted| held.iter().any(|held| holds(held, wanted)))
        }
        (held, wanted) => held == wanted,
    }
}

/// Reads the observations that the headline of a measurement's view rests on.
fn because(view: &Value) -> Option<Vec<Value>> {
    let seen = view.get("record")?.get("seen")?.as_array()?;
    let positions = view.get("verdict")?.get("because")?.as_array()?;
    let at = |position: &Value| seen.get(usize::try_from(position.as_u64()?).ok()?).cloned();
    Some(positions.iter().filter_map(at).collect())
}

fn conclusion(verdict: &Value) -> Option<Got> {
    serde_json::from_value(verdict.clone()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenario::ExpectedLayer;

    #[test]
    fn a_verdict_is_read_and_compared() {
        let told =
            br#"{"ok":true,"data":{"measurements":[{"id":"x","verdict":{"state":"interference",
            "layer":"tls","rule":"tls_name_reset","because":[3],"layers":[
                {"layer":"dns","state":"ok","rule":"dns_consistent","because":[1]}]}}]}}"#;
        let (_, got) = measured(told).unwrap();
        let expect = |layer, rule: Option<&str>| {
            let rule = rule.map(str::to_owned);
            Expected { layer, rule, ..Expected::only(State::Interference) }
        };
        let also = |layer, state| {
            let layers = vec![ExpectedLayer { layer, state, rule: None }];
            Expected { layers, ..expect(None, None) }
        };

        assert!(got.is(&expect(None, None)));
        assert!(got.is(&expect(Some(Layer::Tls), Some("tls_name_reset"))));
        assert!(!got.is(&expect(Some(Layer::Dns), None)));
        assert!(!got.is(&expect(Some(Layer::Tls), Some("tls_name_dropped"))));
        assert!(got.is(&also(Layer::Dns, State::Ok)));
        assert!(!got.is(&also(Layer::Dns, State::Interference)));
        assert!(!got.is(&also(Layer::Tcp, State::Ok)));
        let extra = |layer| ExpectedLayer { layer, state: State::Interference, rule: None };
        let claimed = |layer| GotLayer { layer, state: State::Interference, rule: "x".to_owned() };
        let more = Got { layers: vec![claimed(Layer::Tls), claimed(Layer::Quic)], ..got };
        let tls = expect(Some(Layer::Tls), None);
        assert!(!more.is(&tls), "QUIC was not to be accused");
        assert!(more.is(&Expected { layers: vec![extra(Layer::Quic)], ..tls }));
    }

    #[test]
    fn what_a_headline_rests_on_is_read() {
        let view = json!({
            "record": { "seen": ["one", "two", "three"] },
            "verdict": { "because": [2, 0, 7] },
        });

        assert_eq!(because(&view).unwrap(), ["three", "one"]);
    }

    #[test]
    fn a_record_lacks_what_it_does_not_hold() {
        let expected = |record: Value| {
            let record = record.as_object().cloned().unwrap();
            Expected { record, ..Expected::only(State::Ok) }
        };
        let agent = Got {
            state: State::Ok,
            layer: None,
            rule: "http_reached".to_owned(),
            layers: Vec::new(),
        };
        let record =
            json!({ "seen": [{ "did": "fetch", "outcome": { "ok": { "status": 200 } } }] });
        let judged =
            Judged { agent, collector: None, because: Vec::new(), record, reach: Value::Null };

        let fetched = json!({ "seen": [{ "did": "fetch", "outcome": { "ok": {} } }] });
        let failed = json!({ "seen": [{ "did": "fetch", "outcome": { "failed": {} } }] });
        assert_eq!(judged.lacks(&expected(fetched)), None);
        assert!(judged.lacks(&expected(failed)).is_some_and(|told| told.starts_with("seen = ")));
        assert!(judged.lacks(&expected(json!({ "run": {} }))).is_some());
    }

    #[test]
    fn where_chance_decides_several_states_will_do() {
        let got = |state| Got { state, layer: None, rule: "x".to_owned(), layers: Vec::new() };
        let or = vec![State::Inconclusive];
        let rule = Some("tls_name_dropped".to_owned());
        let expected = Expected { or, rule, ..Expected::only(State::Interference) };

        assert!(got(State::Inconclusive).is(&expected));
        assert!(!got(State::Interference).is(&expected));
        assert!(!got(State::Ok).is(&expected));
    }
}
