//! `GET /api/v1/network`: which network the asker is on.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use record::{Asn, NetworkKind};
use testlists::Names;

use crate::api::app::{App, Open};
use crate::place::Peer;

/// The asker's network, and the provider that runs it.
#[derive(Serialize)]
struct Asker {
    asn: Option<Asn>,
    provider: Option<String>,
    names: Option<Names>,
    kind: Option<NetworkKind>,
}

/// Answers with the network of whoever asks; nothing is kept.
pub(super) async fn network(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let asn = app.intake.places.asn(&app.intake.speaker(peer, &headers));
    let lists = &app.reference.lists;
    let provider = asn.and_then(|asn| lists.provider_of(asn));
    let asker = Asker {
        asn,
        provider: provider.map(|provider| provider.id.0.clone()),
        names: provider.map(|provider| provider.names.clone()),
        kind: asn.and_then(|asn| lists.network(asn)).map(|network| network.kind),
    };
    let mut response = Open(asker).into_response();
    let headers = response.headers_mut();
    // An answer about one asker is no other's.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    std::future::ready(response).await
}
