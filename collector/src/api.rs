//! The HTTP interface: one file an endpoint.

mod app;
mod batches;
mod days;
mod evidence;
mod headers;
mod health;
mod matrix;
mod measurement;
mod measurements;
mod network;
mod openapi;
mod providers;
mod question;
mod snapshot;
mod targets;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::map_response;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

pub(crate) use app::App;
pub use openapi::openapi;
pub(crate) use question::{OneDay, measurement as measurement_id};

use crate::pages;
use crate::problem::Problem;

/// Returns everything that is answered.
pub(crate) fn router(app: App) -> Router {
    let api = Router::new()
        .route("/batches", get(batches::counts).post(batches::upload))
        .route("/days", get(days::days))
        .route("/evidence/{provider}/{slug}", get(evidence::evidence))
        .route("/health", get(health::health))
        .route("/lists/snapshot", get(snapshot::snapshot))
        .route("/matrix", get(matrix::matrix))
        .route("/measurements", get(measurements::measurements))
        .route("/measurements/{id}", get(measurement::measurement))
        .route("/measurements/{id}/raw", get(measurement::raw))
        .route("/network", get(network::network))
        .route("/openapi.json", get(openapi::answer))
        .route("/providers", get(providers::providers))
        .route("/targets", get(targets::targets))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown);
    Router::new()
        .nest("/api/v1", api)
        .merge(pages::router())
        .with_state(Arc::new(app))
        .layer(CatchPanicLayer::custom(|_| {
            let detail = "the collector failed; its log says why";
            let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error", detail);
            axum::response::IntoResponse::into_response(problem)
        }))
        .layer(map_response(headers::secure))
}

async fn unknown(uri: Uri) -> Problem {
    let detail = format!("there is no {}: see /api/v1/openapi.json", uri.path());
    std::future::ready(Problem::not_found(detail)).await
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} does not take {method}: see /api/v1/openapi.json", uri.path());
    let status = StatusCode::METHOD_NOT_ALLOWED;
    std::future::ready(Problem::new(status, "wrong method", detail)).await
}
