//! `POST /api/v1/batches`: takes a batch. `GET`: how many there are and what came of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;

use crate::api::app::{App, Open, json};
use crate::place::Peer;
use crate::problem::Problem;

/// How many batches there are and what came of them.
#[derive(Serialize)]
pub(super) struct Counts {
    batches: u64,
    opened: u64,
    quarantined: BTreeMap<String, u64>,
    measurements: u64,
    controls: u64,
    rejected: BTreeMap<String, u64>,
}

/// Takes a batch and answers with the signed receipt.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let receipt = app.intake.take(peer, &headers, body).await?;
    let mut response = json(receipt);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    Ok(response)
}

/// Counts batches.
pub(super) async fn counts(State(app): State<Arc<App>>) -> Result<Open<Counts>, Problem> {
    let counts = app.read("count batches", |tx, _| {
        let batches = tx.batch_count()?;
        let [unopened, ..] = tx.backlog()?;
        let quarantined = tx.quarantined()?.into_iter().collect();
        let (measurements, controls) = tx.measurement_counts()?;
        let rejected = tx.rejected()?.into_iter().collect();
        let opened = batches.saturating_sub(unopened);
        Ok(Counts { batches, opened, quarantined, measurements, controls, rejected })
    });
    Ok(Open(counts.await?))
}
