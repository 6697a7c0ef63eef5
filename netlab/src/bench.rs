//! How fast the agent measures a long list, what it costs, and how far that is from the floor.

mod cost;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::LabError;
use crate::lab::{Home, Lab, LabSpec, ProviderSpec};
use crate::lists;
use crate::netns::Space;
use crate::noise::Noise;
use crate::programs::{Programs, Project, Settings, prepare_agent, quiet};
use crate::road::{Ipv6, Versions};

use cost::{Cost, Traffic};
use world::Expected;

/// What is measured how.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Targets on the list.
    pub targets: u16,
    /// Targets of the list that are measured one at a time, for comparison; 0 leaves that out.
    pub one_by_one: u16,
}

/// Measures the list, prints a table through `say`, and returns whether every verdict was right.
pub fn run(
    amount: Amount,
    programs: &Programs,
    dir: &Path,
    say: &dyn Fn(&str),
) -> Result<bool, LabError> {
    let world = world::spec(amount.targets)?;
    let censors = world::censors(amount.targets)?;
    let provider = ProviderSpec {
        id: lists::PROVIDERS[0].id.to_owned(),
        volunteers: 1,
        delay_ms: DELAY_MS,
        hops: 6,
        ipv6: Ipv6::None,
        censored: Versions::Both,
        home: Home::Bare,
        censors,
    };
    let lab = Lab::start(LabSpec { providers: vec![provider], world, dir: dir.to_owned() })?;
    let targets = world::targets(amount.targets)?;
    let folder = dir.join("lists");
    lists::write(&folder, lab.spec(), &targets, Some(lab.national()))?;
    let settings = Settings { dir, lists: &folder, roots: lab.roots() };
    let project = Project::start(lab.world(), programs, &settings)?;
    lab.disturb(0, Noise { rate_kbit: RATE_KBIT, ..Noise::default() });
    lab.censor(0, true);
    let (space, _) = lab.volunteer(0, 0);
    let bench = Bench { space, programs, settings: &settings, key: &project.key, dir };
    let whole = bench.measure("whole", &[], None)?;
    say(&whole.table(&format!("{} targets", amount.targets)));
    if amount.one_by_one > 0 {
        let few = world::some(amount.targets, amount.one_by_one)?;
        let one = bench.measure("one-by-one", &few, Some(1))?;
        say(&one.table(&format!("{} of them, one at a time", few.len())));
    }
    Ok(whole.wrong.is_empty())
}

/// Where the agent is run.
struct Bench<'a> {
    space: &'a Space,
    programs: &'a Programs,
    settings: &'a Settings<'a>,
    key: &'a str,
    dir: &'a Path,
}

impl Bench<'_> {
    /// Runs the agent with its own default limits, apart from `at_once`.
    fn measure(
        &self,
        name: &str,
        named: &[String],
        at_once: Option<u16>,
    ) -> Result<Cost, LabError> {
        let state = self.dir.join(name);
        prepare_agent(self.space, self.programs, self.settings, &state, self.key)?;
        default_limits(&state, at_once)?;
        let mut command = self.programs.agent(&state);
        command.args(["--json", "run", "--no-send"]).args(named);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let before = Traffic::of(self.space)?;
        let began = Instant::now();
        let mut running = self.space.spawn(command)?;
        let process = running.process().id();
        let output = thread::spawn(move || running.output());
        let mut peak_kb = 0;
        while !output.is_finished() {
            peak_kb = peak_kb.max(cost::peak_kb(process));
            thread::sleep(Duration::from_millis(100));
        }
        let took = began.elapsed();
        let panicked = |_| LabError::Wrong("the agent's thread panicked".to_owned());
        let output = output.join().map_err(panicked)??;
        let after = Traffic::of(self.space)?;
        let told: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            LabError::Wrong(format!("the agent measured nothing ({}): {words}", output.status))
        })?;
        quiet(self.space, self.programs.agent(&state), ["queue", "send"])?;
        let sent = Traffic::of(self.space)?;
        let verdicts = verdicts(&told);
        let wrong = verdicts.iter().filter_map(|(target, state, rule)| {
            let expected = Expected::of(target);
            (!expected.fits(state, rule)).then(|| format!("{target}: {state} {rule}"))
        });
        let records = cost::records(&state.join("records"))?;
        Ok(Cost {
            measured: verdicts.len(),
            wrong: wrong.collect(),
            took,
            slowest: records.slowest,
            peak_kb,
            moved: after.since(before),
            uploaded: sent.since(after).sent,
            rate_kbit: RATE_KBIT,
        })
    }
}

/// Takes the lab's own, shorter limits out of the agent's settings: what a volunteer has is timed.
fn default_limits(state: &Path, at_once: Option<u16>) -> Result<(), LabError> {
    let path: PathBuf = state.join("agent.toml");
    let text =
        fs::read_to_string(&path).map_err(LabError::failed("reading an agent's settings"))?;
    let kept = text.split("[limits]").next().unwrap_or_default();
    let limits = at_once.map(|at_once| format!("[limits]\ntargets_at_once = {at_once}\n"));
    fs::write(&path, format!("{kept}{}", limits.unwrap_or_default()))
        .map_err(LabError::failed("writing an agent's settings"))
}

/// Returns target, state and rule of every measurement.
fn verdicts(told: &Value) -> Vec<(String, String, String)> {
    let data = told.get("data").unwrap_or(told);
    let rows = data.get("measurements").and_then(Value::as_array);
    let word = |row: &Value, key: &str| {
        row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let read = |row: &Value| (word(row, "target"), word(row, "state"), word(row, "rule"));
    rows.into_iter().flatten().map(read).collect()
}

/// Each way, so that a round trip takes 80 ms.
const DELAY_MS: u32 = 40;
/// The volunteer's line.
const RATE_KBIT: u32 = 20_000;
