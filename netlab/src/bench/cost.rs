//! What a run cost, and the floor below which it cannot fall.

use std::fs;
use std::path::Path;
use std::time::Duration;

use record::{Measurement, Observation};

use crate::LabError;
use crate::netns::Space;

/// What one run of the agent came to.
#[derive(Clone, Debug)]
pub(super) struct Cost {
    pub(super) measured: usize,
    /// Verdicts that are not as they must be.
    pub(super) wrong: Vec<String>,
    pub(super) took: Duration,
    /// From begin to end of the target that took longest: pauses and deadlines, no queue.
    pub(super) slowest: Duration,
    pub(super) peak_kb: u64,
    pub(super) moved: Traffic,
    /// Bytes that left for the collector, everything below HTTP included.
    pub(super) uploaded: u64,
    pub(super) rate_kbit: u32,
}

impl Cost {
    /// The least time in which the same could be done: the slowest target alone, or all bytes at
    /// the line's rate, whichever is more.
    fn floor(&self) -> Duration {
        let bytes = self.moved.received.max(self.moved.sent);
        let line = bytes.saturating_mul(8) / u64::from(self.rate_kbit.max(1));
        self.slowest.max(Duration::from_millis(line))
    }

    /// Returns the figures as a table.
    pub(super) fn table(&self, what: &str) -> String {
        let count = u64::try_from(self.measured.max(1)).unwrap_or(1);
        let floor = self.floor();
        let times = self.took.as_secs_f64() / floor.as_secs_f64().max(0.001);
        let mut lines = vec![
            format!("| {what} | figure |"),
            "|---|---|".to_owned(),
            format!("| measured | {} |", self.measured),
            format!("| verdicts that are wrong | {} |", self.wrong.len()),
            format!("| time | {:.1} s |", self.took.as_secs_f64()),
            format!(
                "| floor: slowest target, or bytes over the line | {:.1} s |",
                floor.as_secs_f64()
            ),
            format!("| time over floor | {times:.2} |"),
            format!("| resident memory, peak | {} MB |", tenths(self.peak_kb, 1000)),
            format!("| received a target | {} kB |", tenths(self.moved.received / count, 1000)),
            format!("| sent a target | {} kB |", tenths(self.moved.sent / count, 1000)),
            format!("| uploaded a target | {} kB |", tenths(self.uploaded / count, 1000)),
        ];
        lines.extend(self.wrong.iter().take(20).map(|wrong| format!("wrong: {wrong}")));
        lines.join("\n")
    }
}

/// Bytes that passed a volunteer's one wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) received: u64,
    pub(super) sent: u64,
}

impl Traffic {
    /// Reads the counters of the volunteer's wire.
    pub(super) fn of(space: &Space) -> Result<Self, LabError> {
        let read = || fs::read_to_string("/proc/thread-self/net/dev");
        let text = space.run(read)?.map_err(LabError::failed("reading a wire's counters"))?;
        Self::parse(&text).ok_or_else(|| LabError::Wrong("the wire has no counters".to_owned()))
    }

    /// Returns what passed since `before`.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            received: self.received.saturating_sub(before.received),
            sent: self.sent.saturating_sub(before.sent),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("net0:"))?;
        let mut numbers = line.split_whitespace().map(str::parse);
        let received = numbers.next()?.ok()?;
        let sent = numbers.nth(7)?.ok()?;
        Some(Self { received, sent })
    }
}

/// What the records of a run tell of its time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Records {
    pub(super) slowest: Duration,
}

/// Reads the records that the agent keeps for its user.
pub(super) fn records(folder: &Path) -> Result<Records, LabError> {
    let reading = || LabError::failed::<std::io::Error>("reading an agent's records");
    let mut slowest = 0;
    for entry in fs::read_dir(folder).map_err(reading())? {
        let bytes = fs::read(entry.map_err(reading())?.path()).map_err(reading())?;
        let Ok(record) = Measurement::decode(&bytes) else { continue };
        let end = |seen: &Observation| seen.at_ms().saturating_add(seen.took_ms());
        slowest = slowest.max(record.seen.iter().map(end).max().unwrap_or(0));
    }
    Ok(Records { slowest: Duration::from_millis(slowest.into()) })
}

/// Returns the most memory that a running process ever held (`VmHWM`), in kB; 0 when it has ended.
pub(super) fn peak_kb(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// Writes `number` in units of `unit` with one digit behind the point.
fn tenths(number: u64, unit: u64) -> String {
    let tenths = number.saturating_mul(10) / unit;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_a_wire_are_read() {
        let text = "Inter-| Receive | Transmit\n face |bytes\n    lo: 0 0 0 0 0 0 0 0 0 0\n  net0: 123 4 0 0 0 0 0 0 567 8 0 0 0 0 0 0\n";

        assert_eq!(Traffic::parse(text), Some(Traffic { received: 123, sent: 567 }));
        assert_eq!(Traffic::parse("lo: 1"), None);
    }

    #[test]
    fn the_floor_is_the_slowest_target_or_the_line() {
        let cost = |received, slowest| Cost {
            measured: 1,
            wrong: Vec::new(),
            took: Duration::from_secs(10),
            slowest: Duration::from_secs(slowest),
            peak_kb: 1,
            moved: Traffic { received, sent: 0 },
            uploaded: 0,
            rate_kbit: 8,
        };

        assert_eq!(cost(1_000, 5).floor(), Duration::from_secs(5));
        assert_eq!(cost(9_000, 5).floor(), Duration::from_secs(9));
    }
}
