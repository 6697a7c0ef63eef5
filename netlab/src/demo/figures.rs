//! What the demo cost: time, measurements, memory.

use std::fs;
use std::time::Duration;

use serde::Serialize;

/// The figures as they are written to `figures.json`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Figures {
    /// Measurements that the volunteers made.
    pub(super) measurements: u64,
    /// Seconds from the first round's beginning to the last round's end.
    pub(super) measuring_s: f64,
    /// Measurements a second, all volunteers together.
    pub(super) measurements_per_s: f64,
    /// Seconds from the start to the comparison.
    pub(super) whole_s: f64,
    /// The most memory that any agent held, in megabytes.
    pub(super) agent_peak_mb: f64,
    /// The most memory that the collector held, in megabytes.
    pub(super) collector_peak_mb: f64,
}

impl Figures {
    /// Enters what the rounds came to.
    pub(super) fn measured(&mut self, measurements: u64, took: Duration) {
        self.measurements = measurements;
        self.measuring_s = rounded(took.as_secs_f64());
        let seconds = took.as_secs_f64().max(0.001);
        self.measurements_per_s = rounded(whole(measurements) / seconds);
    }

    /// Enters a process's peak if it is the highest so far.
    pub(super) fn see_agent(&mut self, process: u32) {
        self.agent_peak_mb = self.agent_peak_mb.max(peak_mb(process));
    }

    /// Enters the collector's peak.
    pub(super) fn see_collector(&mut self, process: u32) {
        self.collector_peak_mb = self.collector_peak_mb.max(peak_mb(process));
    }

    /// Enters how long everything took.
    pub(super) fn ended(&mut self, took: Duration) {
        self.whole_s = rounded(took.as_secs_f64());
    }
}

/// Returns the most memory that a running process ever held (`VmHWM`), 0 when it has ended.
fn peak_mb(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.and_then(|number| number.trim().parse().ok()).unwrap_or(0);
    rounded(whole(kilobytes) / 1000.0)
}

fn whole(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_process_has_a_peak_and_a_missing_one_has_none() {
        assert!(peak_mb(std::process::id()) > 0.1);
        assert!(peak_mb(u32::MAX) < f64::EPSILON);
    }
}
