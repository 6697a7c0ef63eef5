//! `GET /api/v1/lists/snapshot`: the signed lists that agents measure by.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::api::app::{App, json};

/// Answers with the snapshot in force.
pub(super) async fn snapshot(State(app): State<Arc<App>>) -> Response {
    let mut response = json(app.snapshot().to_string());
    // A newer edition may know what controls saw a moment ago.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    std::future::ready(response).await
}
