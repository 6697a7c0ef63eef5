//! The volunteers' rounds.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use record::{Day, Timestamp};

use super::figures::Figures;
use super::stage::Stage;
use crate::LabError;
use crate::netns::Space;
use crate::programs::{Programs, Settings, prepare_agent};

/// One volunteer of the demo.
pub(super) struct Volunteer {
    /// The volunteer's host.
    pub(super) space: Space,
    /// The addresses that must be found nowhere.
    pub(super) addresses: Vec<IpAddr>,
    state: PathBuf,
}

/// Sets the programs' clocks to nine in the morning of today in Kazakhstan, so that the rounds of
/// one demo always fall on one day.
pub(super) fn at_the_same_hour_of_day(programs: &Programs) -> Programs {
    let now = Timestamp::now();
    let today: Day = now.hour().local_day();
    let nine = today.first_hour().start().0.saturating_add(FIRST_HOUR * 3600);
    let offset = i64::try_from(nine).unwrap_or(0) - i64::try_from(now.0).unwrap_or(0);
    Programs { clock_offset_s: offset, ..programs.clone() }
}

/// Makes every volunteer's folder: settings, consent, lists.
pub(super) fn enlist(
    stage: &Stage,
    programs: &Programs,
    settings: &Settings<'_>,
    key: &str,
) -> Result<Vec<Volunteer>, LabError> {
    let mut volunteers = Vec::new();
    for (name, space, addresses) in stage.lines() {
        let state = settings.dir.join(name);
        prepare_agent(&space, programs, settings, &state, key)?;
        volunteers.push(Volunteer { space, addresses, state });
    }
    Ok(volunteers)
}

/// Lets every volunteer measure the list once, a few at a time, and returns how many
/// measurements were made and sent. In a demo the collector counts every run as a slot of its own.
pub(super) fn run(
    volunteers: &[Volunteer],
    programs: &Programs,
    figures: &mut Figures,
) -> Result<u64, LabError> {
    let mut measured = 0;
    for group in volunteers.chunks(AT_ONCE) {
        let mut running = Vec::new();
        for volunteer in group {
            let mut command = programs.agent(&volunteer.state);
            command.args(["--json", "run"]).stdout(Stdio::piped()).stderr(Stdio::piped());
            running.push(volunteer.space.spawn(command)?);
        }
        let ids: Vec<u32> = running.iter_mut().map(|one| one.process().id()).collect();
        let outputs: Vec<_> =
            running.into_iter().map(|one| thread::spawn(move || one.output())).collect();
        while outputs.iter().any(|output| !output.is_finished()) {
            ids.iter().for_each(|id| figures.see_agent(*id));
            thread::sleep(Duration::from_millis(200));
        }
        for output in outputs {
            let panicked = |_| LabError::Wrong("the thread of an agent panicked".to_owned());
            measured += sent(&output.join().map_err(panicked)??)?;
        }
    }
    Ok(measured)
}

/// Returns how many records a run made and sent; all must have been sent.
fn sent(output: &Output) -> Result<u64, LabError> {
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !output.status.success() {
        return Err(LabError::Wrong(format!("an agent ended with {}: {words}", output.status)));
    }
    let told: Value = serde_json::from_slice(&output.stdout)
        .map_err(LabError::failed("reading what an agent measured"))?;
    let data = told.get("data").unwrap_or(&told);
    let made = data.get("measurements").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    let sent = data.get("sent").and_then(Value::as_u64).unwrap_or(0);
    if made == 0 || sent < made {
        return Err(LabError::Wrong(format!(
            "an agent made {made} records and sent {sent}: {words}"
        )));
    }
    Ok(made)
}

/// Agents that run at the same time: more would measure the machine instead of the network.
const AT_ONCE: usize = 10;

/// The local hour at which every demo begins.
const FIRST_HOUR: u64 = 9;
