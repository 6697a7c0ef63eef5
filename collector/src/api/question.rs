//! What may be asked, and how it is read.

use serde::Deserialize;

use record::{Day, Digest, Hour, MeasurementId};

use crate::problem::Problem;

/// A question about one day.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneDay {
    day: Option<String>,
}

impl OneDay {
    /// Returns the day that is named.
    pub(crate) fn day(&self) -> Result<Option<Day>, Problem> {
        day(self.day.as_deref())
    }
}

/// A question without anything to choose.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Reads a day as people write it.
pub(super) fn day(text: Option<&str>) -> Result<Option<Day>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let day = Day::parse(text);
    day.map(Some).ok_or_else(|| Problem::bad_query("day: write it as 2026-11-23"))
}

/// Reads how many rows are wanted.
pub(super) fn limit(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else { return Ok(USUAL_ROWS) };
    let limit = text.parse().ok().filter(|limit| (1..=MOST_ROWS).contains(limit));
    limit.ok_or_else(|| {
        Problem::bad_query(format!(
            "limit: give a number from 1 to {MOST_ROWS}; page on with `after`"
        ))
    })
}

/// Reads a measurement's name.
pub(crate) fn measurement(text: &str) -> Option<MeasurementId> {
    text.parse::<Digest>().ok().map(MeasurementId)
}

/// Writes where a list goes on.
pub(super) fn cursor(hour: Hour, id: MeasurementId) -> String {
    format!("{}.{id}", hour.0)
}

/// Reads where a list goes on.
pub(super) fn after(text: Option<&str>) -> Result<Option<(Hour, MeasurementId)>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let parts = text.split_once('.');
    let read = parts.and_then(|(hour, id)| Some((Hour(hour.parse().ok()?), measurement(id)?)));
    let advice = "after: give the `next` of the answer before, unchanged";
    read.map(Some).ok_or_else(|| Problem::bad_query(advice))
}

/// Rows in one answer at most, and when nothing is said.
pub(super) const MOST_ROWS: usize = 1_000;
const USUAL_ROWS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_lies_between_one_and_a_thousand() {
        for (text, wanted) in
            [("0", None), ("1", Some(1)), ("999", Some(999)), ("1000", Some(1000))]
        {
            assert_eq!(limit(Some(text)).ok(), wanted, "{text}");
        }
        for text in ["1001", "-1", "x", ""] {
            assert!(limit(Some(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let (hour, id) = (Hour(498_000), MeasurementId(Digest([9; 32])));

        assert_eq!(after(Some(&cursor(hour, id))).unwrap(), Some((hour, id)));
        for text in ["", "1", "1.zz", "x.00"] {
            assert!(after(Some(text)).is_err(), "{text}");
        }
    }
}
