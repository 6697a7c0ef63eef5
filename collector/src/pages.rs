//! Routes to the pages of the crate `dashboards`.

mod answer;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;

use dashboards::{Language, pages};

use crate::api::{App, OneDay, measurement_id};
use crate::views;

use answer::{Asker, css, not_found, page};

/// Returns the pages' routes.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(choose))
        .route("/assets/site.css", get(style))
        .route("/{language}", get(close))
        .route("/{language}/", get(overview))
        .route("/{language}/p/{provider}/", get(provider))
        .route("/{language}/s/{slug}/", get(site))
        .route("/{language}/e/{provider}/{slug}/", get(evidence))
        .route("/{language}/m/{id}", get(measurement))
        .route("/{language}/methods/", get(methods))
        .fallback(unknown)
}

/// Sends readers to their language.
async fn choose(headers: HeaderMap) -> Response {
    let language = preferred(&headers);
    let mut response = Redirect::to(&format!("/{}/", language.tag())).into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    std::future::ready(response).await
}

/// Sends a reader who typed `/kk` to `/kk/`.
async fn close(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    match in_addresses(uri.path().trim_start_matches('/')) {
        Some(language) => Redirect::permanent(&format!("/{}/", language.tag())).into_response(),
        None => unknown(State(app), uri, headers).await,
    }
}

async fn style() -> Response {
    std::future::ready(css()).await
}

async fn overview(State(app): State<Arc<App>>, asker: Asker) -> Response {
    let day = asker.day;
    page(&app, asker, pages::overview, move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::matrix(tx, reference, day).map(Some)
    })
    .await
}

async fn provider(
    State(app): State<Arc<App>>,
    asker: Asker,
    Path((_, provider)): Path<(String, String)>,
) -> Response {
    let day = asker.day;
    page(&app, asker, pages::provider, move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::provider(tx, reference, day, &provider)
    })
    .await
}

async fn site(
    State(app): State<Arc<App>>,
    asker: Asker,
    Path((_, slug)): Path<(String, String)>,
) -> Response {
    let day = asker.day;
    page(&app, asker, pages::site, move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::site(tx, reference, day, &slug)
    })
    .await
}

async fn evidence(
    State(app): State<Arc<App>>,
    asker: Asker,
    Path((_, provider, slug)): Path<(String, String, String)>,
) -> Response {
    let day = asker.day;
    page(&app, asker, pages::evidence, move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::evidence(tx, reference, day, (&provider, &slug))
    })
    .await
}

async fn measurement(
    State(app): State<Arc<App>>,
    asker: Asker,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    page(&app, asker, pages::measurement, move |tx, reference| match measurement_id(&id) {
        Some(id) => views::measurement(tx, reference, id),
        None => Ok(None),
    })
    .await
}

async fn methods(State(app): State<Arc<App>>, asker: Asker) -> Response {
    let plain = |frame: &_, (): &(), language| pages::methods(frame, language);
    page(&app, asker, plain, |_, _| Ok(Some(()))).await
}

async fn unknown(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let first = uri.path().trim_start_matches('/').split('/').next();
    let language = first.and_then(in_addresses).unwrap_or_else(|| preferred(&headers));
    not_found(&app, language).await
}

/// Returns the language of an address: exactly `kk`, `ru` or `en`.
fn in_addresses(tag: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.tag() == tag)
}

fn preferred(headers: &HeaderMap) -> Language {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::negotiate(accept)
}

/// Reads what a page's address asks for.
fn asked(query: Option<&str>) -> Option<OneDay> {
    let uri: Uri = format!("/?{}", query.unwrap_or_default()).parse().ok()?;
    axum::extract::Query::<OneDay>::try_from_uri(&uri).ok().map(|asked| asked.0)
}
