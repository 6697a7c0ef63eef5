//! Fills the values that API answers and pages are made of.

mod alternatives;
mod evidence;
mod matrix;
mod measurement;
mod provider;
mod site;

use record::{Day, Target};

pub(crate) use evidence::evidence;
pub(crate) use matrix::{matrix, provider_view, site_view};
pub(crate) use measurement::{measurement, row_view};
pub(crate) use provider::provider;
pub(crate) use site::site;

use crate::reference::Reference;
use crate::store::{DayRow, ReadTx, StoreError};

/// Returns the day that is asked for; without one the newest that was graded, and before any was,
/// the day of the newest snapshot.
pub(crate) fn day_or_newest(tx: &ReadTx<'_>, day: Option<Day>) -> Result<Day, StoreError> {
    if let Some(day) = day {
        return Ok(day);
    }
    if let Some(day) = tx.newest_day()? {
        return Ok(day);
    }
    let issued = tx.last_issue()?;
    Ok(issued.map(|issued| issued.hour().local_day()).unwrap_or_default())
}

/// Finds the target of a slug among the listed ones and those of a day's rows.
fn find_target(slug: &str, reference: &Reference, rows: &[DayRow]) -> Option<Target> {
    let listed = reference.lists.targets.iter().map(|listed| &listed.target);
    dashboards::find(slug, listed.chain(rows.iter().map(|row| &row.target))).cloned()
}
