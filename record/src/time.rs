//! Points and spans of time as records hold them: whole seconds, hours and days.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Reads the system's clock: the only door to it; only a program's `main.rs` calls it.
    #[expect(clippy::disallowed_methods, reason = "this is the one door to the clock")]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self(since.as_secs())
    }

    /// Returns the hour that holds this second.
    pub fn hour(self) -> Hour {
        Hour(u32::try_from(self.0 / 3600).unwrap_or(u32::MAX))
    }

    /// Moves by `seconds`, forwards or backwards; stays within the type's range.
    #[must_use]
    pub fn shifted(self, seconds: i64) -> Self {
        Self(self.0.saturating_add_signed(seconds))
    }

    /// Prints as RFC 3339 in UTC: `2026-11-23T18:05:00Z`.
    pub fn rfc3339(self) -> String {
        let day = Day(u32::try_from(self.0 / 86_400).unwrap_or(u32::MAX));
        let rest = self.0 % 86_400;
        format!("{day}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
    }
}

/// Hours since 1970-01-01 00:00 UTC: the finest time that is published.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Hour(pub u32);

impl Hour {
    /// Returns the first second of the hour.
    pub fn start(self) -> Timestamp {
        Timestamp(u64::from(self.0) * 3600)
    }

    /// Returns the Kazakh calendar day (UTC+5) that holds the hour: the day of a cell.
    pub fn local_day(self) -> Day {
        Day(self.0.saturating_add(Day::KAZAKH_OFFSET_HOURS) / 24)
    }
}

/// Days since 1970-01-01. A cell's day is a Kazakh calendar day (UTC+5 all over the country since 2024).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Day(pub u32);

impl Day {
    /// Kazakhstan's offset from UTC in hours, one for the whole country since 2024-03-01.
    pub const KAZAKH_OFFSET_HOURS: u32 = 5;

    /// Returns the first UTC hour of this Kazakh day.
    pub fn first_hour(self) -> Hour {
        Hour((self.0 * 24).saturating_sub(Self::KAZAKH_OFFSET_HOURS))
    }

    /// Returns year, month (1 to 12) and day of the month (1 to 31) in the Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
    pub fn civil(self) -> (u32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z / 146_097;
        let doe = z - era * 146_097;
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + u32::from(month <= 2);
        (year, month, doy - (153 * mp + 2) / 5 + 1)
    }

    /// Reads `YYYY-MM-DD`; none for anything else or for a date before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let mut number = |len: usize| {
            let part = parts.next()?;
            (part.len() == len).then(|| part.parse::<u32>().ok()).flatten()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1970 {
            return None;
        }
        let y = if month <= 2 { year - 1 } else { year };
        let era = y / 400;
        let yoe = y - era * 400;
        let mp = if month > 2 { month - 3 } else { month + 9 };
        let doy = (153 * mp + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        let parsed = Self((era * 146_097 + doe).checked_sub(719_468)?);
        (parsed.civil() == (year, month, day)).then_some(parsed)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_prints_as_rfc_3339() {
        assert_eq!(Timestamp(1_795_471_500).rfc3339(), "2026-11-23T22:05:00Z");
    }

    #[test]
    fn a_day_is_read_as_it_is_printed() {
        for text in ["1970-01-01", "2000-02-29", "2024-03-01", "2026-11-23", "2099-12-31"] {
            assert_eq!(Day::parse(text).map(|day| day.to_string()).as_deref(), Some(text));
        }
        for text in ["2026-02-30", "1969-12-31", "2026-1-1", "x", ""] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_kazakh_day_begins_at_seven_in_the_evening_utc() {
        let day = Day::parse("2026-11-24").unwrap();

        assert_eq!(day.first_hour().start().rfc3339(), "2026-11-23T19:00:00Z");
        assert_eq!(day.first_hour().local_day(), day);
        assert_eq!(Hour(day.first_hour().0 - 1).local_day(), Day(day.0 - 1));
    }
}
