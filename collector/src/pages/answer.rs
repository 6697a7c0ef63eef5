//! Reads, renders and answers; also when something is missing or fails.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use dashboards::model::Frame;
use dashboards::{Language, PageError, pages};
use record::Day;

use crate::api::App;
use crate::pages::{asked, in_addresses, preferred};
use crate::reference::Reference;
use crate::store::{ReadTx, StoreError};

/// Who asks for a page: in which language, and about which day.
pub(super) struct Asker {
    pub(super) language: Language,
    pub(super) day: Option<Day>,
}

impl FromRequestParts<Arc<App>> for Asker {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(axum::response::IntoResponse::into_response)?;
        let tag = params.iter().find(|(name, _)| *name == "language").map(|(_, tag)| tag);
        let Some(language) = tag.and_then(in_addresses) else {
            return Err(not_found(app, preferred(&parts.headers)).await);
        };
        let day = asked(parts.uri.query()).and_then(|asked| asked.day().ok());
        match day {
            Some(day) => Ok(Self { language, day }),
            None => Err(not_found(app, language).await),
        }
    }
}

/// Reads a page's value and renders it; a page that says so when there is none.
pub(super) async fn page<T: Send + 'static>(
    app: &Arc<App>,
    asker: Asker,
    render: impl FnOnce(&Frame, &T, Language) -> Result<String, PageError> + Send + 'static,
    read: impl FnOnce(&ReadTx<'_>, &Reference) -> Result<Option<T>, StoreError> + Send + 'static,
) -> Response {
    let language = asker.language;
    let found =
        app.read("read a page", move |tx, reference| Ok((tx.batch_count()?, read(tx, reference)?)));
    let (batches, found) = match found.await {
        Ok(found) => found,
        Err(problem) => return failed(app, language, problem.status),
    };
    let frame = frame(app, batches);
    let Some(found) = found else {
        return rendered(
            app,
            pages::not_found(&frame, language),
            (language, StatusCode::NOT_FOUND),
        );
    };
    // Large tables take a while; the threads that answer must not wait for them.
    let rendering = move || render(&frame, &found, language);
    match tokio::task::spawn_blocking(rendering).await {
        Ok(page) => rendered(app, page, (language, StatusCode::OK)),
        Err(_) => failed(app, language, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Answers that there is no such page.
pub(super) async fn not_found(app: &Arc<App>, language: Language) -> Response {
    let asker = Asker { language, day: None };
    page::<()>(app, asker, |_, (), _| Ok(String::new()), |_, _| Ok(None)).await
}

/// Answers with the style sheet.
pub(super) fn css() -> Response {
    let mut response = dashboards::SITE_CSS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

fn rendered(
    app: &App,
    page: Result<String, PageError>,
    (language, status): (Language, StatusCode),
) -> Response {
    match page {
        Ok(page) => html(page, language, status),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
            failed(app, language, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn failed(app: &App, language: Language, status: StatusCode) -> Response {
    match pages::error(&frame(app, 0), language) {
        Ok(page) => html(page, language, status),
        Err(_) => status.into_response(),
    }
}

fn frame(app: &App, batches: u64) -> Frame {
    Frame { made: (app.edge.now)().rfc3339(), batches, demo: app.reference.config.demo }
}

fn html(page: String, language: Language, status: StatusCode) -> Response {
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    let fresh = if status == StatusCode::OK { "public, max-age=60" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(fresh));
    response
}
