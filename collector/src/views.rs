//! Fills the values that API answers and pages are made of.

mod matrix;

use record::Day;

pub(crate) use matrix::{matrix, provider_view, site_view};

use crate::store::{ReadTx, StoreError};

/// Returns the day that is asked for; without one the newest that was graded, and on an empty
/// database the first day there is.
pub(crate) fn day_or_newest(tx: &ReadTx<'_>, day: Option<Day>) -> Result<Day, StoreError> {
    match day {
        Some(day) => Ok(day),
        None => Ok(tx.newest_day()?.unwrap_or_default()),
    }
}
