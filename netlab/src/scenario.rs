//! One story each: who interferes with what, and what must be concluded.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use record::{Layer, State, Target};

use crate::LabError;
use crate::censor::CensorSpec;
use crate::lab::Home;
use crate::noise::Noise;
use crate::road::{Ipv6, Versions};

/// A scenario as it stands in its file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The file's name without its ending; not written in it.
    #[serde(skip)]
    pub name: String,
    /// What happens, in one or two sentences.
    pub story: String,
    /// What the agent measures.
    pub target: Target,
    /// The provider's line.
    #[serde(default)]
    pub line: LineSpec,
    /// The volunteer's computer.
    #[serde(default)]
    pub agent: AgentSpec,
    /// Who interferes; nobody in a clean story.
    #[serde(default, rename = "censor")]
    pub censors: Vec<CensorSpec>,
    /// How many of those on the path find nothing to do: the scenario fails where others did nothing.
    #[serde(default)]
    pub idle_censors: usize,
    /// What must be concluded.
    pub expect: Expected,
    /// What must be concluded without the censor: that the target is reached, unless told otherwise.
    #[serde(default)]
    pub without: Option<Expected>,
}

/// The provider's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LineSpec {
    /// Delay each way, in milliseconds.
    pub delay_ms: u32,
    /// Hops on the way to the world.
    pub hops: u8,
    /// Up to how many milliseconds a packet may be late.
    pub jitter_ms: u32,
    /// How many of a thousand packets are lost each way.
    pub loss_permille: u16,
    /// Kilobits a second each way; 0 means no limit.
    pub rate_kbit: u32,
    /// How long the provider's own resolver waits before each answer, in milliseconds.
    pub resolver_ms: u32,
    /// What the volunteer has of IPv6.
    pub ipv6: Ipv6,
    /// Of which versions the censors on the path see packets.
    pub censored: Versions,
    /// Whom the volunteer's computer asks for names.
    pub home: Home,
}

impl LineSpec {
    /// Returns how bad the line is.
    pub fn noise(&self) -> Noise {
        Noise {
            jitter: Duration::from_millis(u64::from(self.jitter_ms)),
            loss_permille: self.loss_permille,
            rate_kbit: self.rate_kbit,
        }
    }
}

impl Default for LineSpec {
    fn default() -> Self {
        Self {
            delay_ms: 20,
            hops: 4,
            jitter_ms: 0,
            loss_permille: 0,
            rate_kbit: 0,
            resolver_ms: 0,
            ipv6: Ipv6::None,
            censored: Versions::Both,
            home: Home::Bare,
        }
    }
}

/// The volunteer's computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentSpec {
    /// Seconds that its clock is ahead.
    pub clock_offset_s: i64,
}

/// What must be concluded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The verdict's state.
    pub state: State,
    /// States that will do as well, where chance decides; with them no more is compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<State>,
    /// The layer of the headline; not compared where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
    /// The rule of the headline; not compared where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What must be claimed of single layers below the headline; others are not compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<ExpectedLayer>,
    /// What the record must hold: of a table every field, of a list every item in any place.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub record: Map<String, Value>,
    /// Fields that the record must not hold, such as `run.resolver_direct`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// What must be told of how far away the interference sits; not compared where it is left out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub reach: Map<String, Value>,
}

/// What must be claimed of one layer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLayer {
    /// The layer.
    pub layer: Layer,
    /// What must be claimed of it.
    pub state: State,
    /// The rule that must claim it; not compared where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl Expected {
    /// Expects a state and nothing more.
    pub fn only(state: State) -> Self {
        let (or, layers) = (Vec::new(), Vec::new());
        let (record, reach) = (Map::new(), Map::new());
        let absent = Vec::new();
        Self { state, or, layer: None, rule: None, layers, record, absent, reach }
    }
}

impl Scenario {
    /// Reads a scenario from its file.
    pub fn read(path: &Path) -> Result<Self, LabError> {
        let told = path.display();
        let text = fs::read_to_string(path).map_err(LabError::failed(format!("reading {told}")))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Self::parse(&text, &name).map_err(LabError::failed(format!("reading {told}")))
    }

    /// Reads a scenario from `text`.
    pub fn parse(text: &str, name: &str) -> Result<Self, toml::de::Error> {
        let mut scenario: Self = toml::from_str(text)?;
        scenario.name = name.to_owned();
        Ok(scenario)
    }

    /// Returns what must be concluded when the censor is switched off.
    pub fn expected_without(&self) -> Expected {
        self.without.clone().unwrap_or_else(|| Expected::only(State::Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_read() {
        let text = "story = \"The network drops.\"\ntarget = \"https://tan-jarygy.test/\"\n\
            [[censor]]\nrule = \"sni_drop\"\nnames = [\"tan-jarygy.test\"]\nresidual_s = 5\n\
            [expect]\nstate = \"interference\"\nlayer = \"tls\"\nrule = \"tls_name_dropped\"\n";

        let scenario = Scenario::parse(text, "x").unwrap();

        assert_eq!(scenario.censors.len(), 1);
        assert_eq!(scenario.expect.layer, Some(Layer::Tls));
        assert_eq!(scenario.expected_without().state, State::Ok);
    }

    #[test]
    fn single_layers_are_read() {
        let text = "story = \"x\"\ntarget = \"https://a.test/\"\n[expect]\nstate = \"interference\"\n\
            [[expect.layers]]\nlayer = \"tls\"\nstate = \"ok\"\n";

        let scenario = Scenario::parse(text, "x").unwrap();

        let tls = ExpectedLayer { layer: Layer::Tls, state: State::Ok, rule: None };
        assert_eq!(scenario.expect.layers, [tls]);
    }

    #[test]
    fn what_the_record_must_hold_is_read() {
        let text = "story = \"x\"\ntarget = \"https://a.test/\"\n[expect]\nstate = \"ok\"\n\
            [expect.record]\nrun = { labels = [\"nat64\"] }\n";

        let scenario = Scenario::parse(text, "x").unwrap();

        let wanted = serde_json::json!({ "run": { "labels": ["nat64"] } });
        assert_eq!(Value::Object(scenario.expect.record), wanted);
    }

    #[test]
    fn a_misspelt_word_is_refused() {
        let text =
            "story = \"x\"\ntarget = \"https://a.test/\"\nexpects = 1\n[expect]\nstate = \"ok\"\n";

        assert!(Scenario::parse(text, "x").is_err());
    }

    #[test]
    fn every_scenario_of_the_folder_is_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut read = 0;
        for entry in fs::read_dir(folder).unwrap() {
            Scenario::read(&entry.unwrap().path()).unwrap();
            read += 1;
        }
        assert!(read >= 10, "only {read} scenarios");
    }
}
