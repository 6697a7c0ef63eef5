//! `GET /api/v1/matrix`: provider × site on one day.

use std::sync::Arc;

use axum::extract::State;
use dashboards::model::Matrix;
use record::Day;
use serde::Deserialize;

use crate::api::app::{App, Asked, Open};
use crate::problem::Problem;
use crate::views;

/// What may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    day: Option<String>,
}

/// Answers with one day's matrix; the newest day with measurements unless another is named.
pub(super) async fn matrix(
    State(app): State<Arc<App>>,
    Asked(question): Asked<Question>,
) -> Result<Open<Matrix>, Problem> {
    let day = day(question.day.as_deref())?;
    let matrix = app.read("read a matrix", move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::matrix(tx, reference, day)
    });
    Ok(Open(matrix.await?))
}

/// Reads a day as people write it.
pub(super) fn day(text: Option<&str>) -> Result<Option<Day>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let day = Day::parse(text);
    day.map(Some).ok_or_else(|| Problem::bad_query("day: write it as 2026-11-23"))
}
