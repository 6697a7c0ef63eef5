//! `GET /api/v1/days`: which days were measured and how they stand.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;

use record::{Day, Hour};

use crate::api::app::{App, Asked, Open};
use crate::api::question::Nothing;
use crate::problem::Problem;
use crate::store::Late;

/// The days.
#[derive(Serialize)]
pub(super) struct Days {
    days: Vec<OneDay>,
}

/// One day.
#[derive(Serialize)]
struct OneDay {
    day: Day,
    /// The day as people write it.
    date: String,
    /// Whether it was graded for good.
    closed: bool,
    /// 0 for the first and only test at 5 %; later ones are second looks.
    revision: Option<u32>,
    /// When it was graded so.
    hour: Option<Hour>,
    /// The last batch that counts in it.
    through: Option<u64>,
    /// Whether more has come since, which counts in the next look only.
    more_since: bool,
}

/// Answers with every measured day, oldest first.
pub(super) async fn days(
    State(app): State<Arc<App>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Open<Days>, Problem> {
    let days = app.read("read the days", |tx, _| tx.measured_days()).await?;
    let one = |Late { day, closing, newest }| OneDay {
        day,
        date: day.to_string(),
        closed: closing.is_some(),
        revision: closing.map(|closing| closing.revision),
        hour: closing.map(|closing| closing.hour),
        through: closing.map(|closing| closing.through),
        more_since: closing.is_some_and(|closing| newest > closing.through),
    };
    Ok(Open(Days { days: days.into_iter().map(one).collect() }))
}
