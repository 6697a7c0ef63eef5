//! The control's API: a fresh measurement of a listed target.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use record::Target;

use super::measure::{Desk, Fresh};

/// Answers requests for ever. Whoever asks is not written down anywhere.
pub async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    accept(listener, move |stream| {
        let desk = Arc::clone(&desk);
        async move {
            talk(stream, move |request| {
                let desk = Arc::clone(&desk);
                async move { answer(request, &desk).await }
            })
            .await;
        }
    })
    .await;
}

/// Accepts connections for ever, a bounded number at a time and each for a bounded time.
pub async fn accept<F>(listener: TcpListener, handle: impl Fn(TcpStream) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let handling = handle(stream);
                tokio::spawn(async move {
                    let _place = place;
                    tokio::time::timeout(CONNECTION_TIME, handling).await.ok();
                });
            }
            // Out of file descriptors, most likely: let some connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Speaks HTTP/1.1 on one connection: small heads, no keep-alive.
pub async fn talk<S, F>(stream: S, answer: impl Fn(Request<Incoming>) -> F)
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = Response<Full<Bytes>>>,
{
    let service = service_fn(|request| {
        let answering = answer(request);
        async move { Ok::<_, Infallible>(answering.await) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await
        // A peer that goes away is nobody's fault.
        .ok();
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    target: Target,
}

async fn answer(request: Request<Incoming>, desk: &Desk) -> Response<Full<Bytes>> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/api/v1/health") => {
            json(StatusCode::OK, Bytes::from_static(b"{\"ok\":true}"))
        }
        (&Method::POST, "/api/v1/control") => {
            let body = Limited::new(request.into_body(), QUESTION_BYTES).collect().await;
            let bytes = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            match serde_json::from_slice::<Question>(&bytes) {
                Ok(question) => fresh(desk.fresh(&question.target).await),
                Err(_) => problem(StatusCode::BAD_REQUEST, "send {\"target\": \"https://…\"}"),
            }
        }
        (_, "/api/v1/control" | "/api/v1/health") => {
            problem(StatusCode::METHOD_NOT_ALLOWED, "this method is not served here")
        }
        _ => problem(StatusCode::NOT_FOUND, "there is nothing here"),
    }
}

fn fresh(fresh: Fresh) -> Response<Full<Bytes>> {
    match fresh {
        Fresh::Record(record) => json(StatusCode::OK, Bytes::from(record.as_ref().clone())),
        Fresh::NotListed => problem(StatusCode::NOT_FOUND, "the target is not on the list"),
        Fresh::Busy => {
            let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "busy: try again later");
            let wait = header::HeaderValue::from_static("10");
            response.headers_mut().insert(header::RETRY_AFTER, wait);
            response
        }
        Fresh::Fault => problem(StatusCode::INTERNAL_SERVER_ERROR, "the control could not measure"),
    }
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    typed(status, "application/json", body)
}

fn problem(status: StatusCode, detail: &str) -> Response<Full<Bytes>> {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    typed(status, "application/problem+json", Bytes::from(body.to_string()))
}

fn typed(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

const CONNECTIONS: usize = 256;
const CONNECTION_TIME: Duration = Duration::from_secs(120);
const HEAD_TIME: Duration = Duration::from_secs(10);
/// hyper takes no less than 8 kB.
const HEAD_BYTES: usize = 8192;
const QUESTION_BYTES: usize = 4096;
