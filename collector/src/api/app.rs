//! What every endpoint may use.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::Edge;
use crate::intake::Intake;
use crate::problem::Problem;
use crate::reference::Reference;
use crate::store::{ReadTx, Store, StoreError};

/// What every endpoint may use.
pub(crate) struct App {
    /// The way in.
    pub(crate) intake: Intake,
    /// The lists and settings.
    pub(crate) reference: Arc<Reference>,
    /// The clock, for pages' frames.
    pub(crate) edge: Edge,
    store: Arc<Store>,
    snapshot: Arc<RwLock<Arc<str>>>,
    readers: Semaphore,
}

impl App {
    /// Puts the parts together.
    pub(crate) fn new(
        store: Arc<Store>,
        reference: Arc<Reference>,
        intake: Intake,
        snapshot: Arc<RwLock<Arc<str>>>,
        edge: Edge,
    ) -> Self {
        Self { intake, reference, edge, store, snapshot, readers: Semaphore::new(READERS) }
    }

    /// Returns the signed snapshot in force.
    pub(crate) fn snapshot(&self) -> Arc<str> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads from the database beside the threads that answer.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        name: &'static str,
        f: impl FnOnce(&ReadTx<'_>, &Reference) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let _permit = self.readers.acquire().await.map_err(|_| Problem::busy("shutting down"))?;
        let app = Arc::clone(self);
        let reading = move || app.store.read(name, |tx| f(tx, &app.reference));
        let read = tokio::task::spawn_blocking(reading).await;
        read.map_err(|_| Problem::busy("the answer could not be made"))?.map_err(Problem::from)
    }
}

/// JSON for anybody: a short time in caches, and for pages of any origin.
pub(crate) struct Open<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Open<T> {
    fn into_response(self) -> Response {
        match serde_json::to_string(&self.0) {
            Ok(body) => json(body),
            Err(source) => Problem::from(StoreError::Foreign(source.to_string())).into_response(),
        }
    }
}

/// Answers with a JSON text.
pub(crate) fn json(body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A question whose mistakes are answered with what to do.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Problem::bad_query(error.body_text())),
        }
    }
}

/// Readers at once: more would only wait for the two cores.
const READERS: usize = 8;
