//! `GET /api/v1/matrix`: provider × site on one day.

use std::sync::Arc;

use axum::extract::State;

use dashboards::model::Matrix;

use crate::api::app::{App, Asked, Open};
use crate::api::question::OneDay;
use crate::problem::Problem;
use crate::views;

/// Answers with one day's matrix; the newest day with measurements unless another is named.
pub(super) async fn matrix(
    State(app): State<Arc<App>>,
    Asked(question): Asked<OneDay>,
) -> Result<Open<Matrix>, Problem> {
    let day = question.day()?;
    let matrix = app.read("read a matrix", move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::matrix(tx, reference, day)
    });
    Ok(Open(matrix.await?))
}
