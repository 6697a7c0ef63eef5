//! `GET /api/v1/health`: whether the collector keeps up.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::api::app::{App, Open};
use crate::problem::Problem;

/// What is still to do.
#[derive(Serialize)]
struct Health {
    batches: u64,
    to_open: u64,
    to_judge: u64,
    to_grade: u64,
}

/// Answers with what is still to do: all zero when the derived tables are up to date.
pub(super) async fn health(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let health = app.read("look at the backlog", |tx, _| {
        let [to_open, to_judge, to_grade] = tx.backlog()?;
        Ok(Health { batches: tx.batch_count()?, to_open, to_judge, to_grade })
    });
    let mut response = Open(health.await?).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
