//! The HTTP interface: one file an endpoint.

mod app;
mod batches;
mod headers;
mod health;
mod matrix;
mod network;
mod snapshot;

use std::sync::Arc;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::get;

pub(crate) use app::App;

/// Returns everything that is answered.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/api/v1/batches", get(batches::counts).post(batches::upload))
        .route("/api/v1/lists/snapshot", get(snapshot::snapshot))
        .route("/api/v1/network", get(network::network))
        .route("/api/v1/matrix", get(matrix::matrix))
        .route("/api/v1/health", get(health::health))
        .with_state(Arc::new(app))
        .layer(map_response(headers::secure))
}

/// Placeholder.
pub fn openapi() {}
