//! `GET /api/v1/measurements/{id}` and `…/raw`: one measurement.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;

use dashboards::model::MeasurementView;

use crate::api::app::{App, Open, json};
use crate::api::question;
use crate::problem::Problem;
use crate::views;

/// Answers with everything about one measurement.
pub(super) async fn measurement(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Open<MeasurementView>, Problem> {
    let id = question::measurement(&id).ok_or_else(unknown)?;
    let found =
        app.read("read a measurement", move |tx, reference| views::measurement(tx, reference, id));
    found.await?.map(Open).ok_or_else(unknown)
}

/// Answers with the record's bytes as they were received: their SHA-256 is the measurement's name.
pub(super) async fn raw(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = question::measurement(&id).ok_or_else(unknown)?;
    let found = app.read("read a record", move |tx, _| tx.record(id)).await?.ok_or_else(unknown)?;
    let mut response = json(found.record);
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    Ok(response)
}

fn unknown() -> Problem {
    Problem::not_found(
        "no such measurement: a name has 64 hexadecimal digits, and what was sent a moment ago may \
         not be judged yet",
    )
}
