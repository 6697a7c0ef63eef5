//! HTTP/1.1 as all servers of the lab speak it, with limits on what comes in.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt as _, Either, Full, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, SERVER};
use hyper::http::request::Parts;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

/// A request, as far as the lab's servers look at it.
#[derive(Debug)]
pub(super) struct Asked {
    /// The method.
    pub(super) method: Method,
    /// The Host header in lower case, without a port; empty when there is none.
    pub(super) host: String,
    /// Path and query.
    pub(super) path: String,
    /// The content type; empty when there is none.
    pub(super) content_type: String,
    /// The body.
    pub(super) body: Bytes,
}

impl Asked {
    /// Reads a request's head, as if nothing followed it.
    pub(super) fn bare(head: Parts) -> Self {
        let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        // HTTP/3 names the host in the address of what is asked for.
        let host = text(HOST).or_else(|| head.uri.host()).unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
        Self {
            host: host.to_ascii_lowercase(),
            path: head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            content_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
            method: head.method,
            body: Bytes::new(),
        }
    }
}

/// A response.
#[derive(Debug)]
pub(super) struct Sent {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
    /// Bytes of the body after which nothing comes.
    stalls: Option<usize>,
}

impl Sent {
    /// Sends a page of HTML.
    pub(super) fn html(status: StatusCode, page: impl Into<Bytes>) -> Self {
        Self::new(status, page).with(CONTENT_TYPE, "text/html; charset=utf-8")
    }

    /// Sends `body`, of no type yet.
    pub(super) fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), stalls: None }
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Falls silent after so many bytes of the body, which is announced in full.
    pub(super) fn stalling_after(mut self, bytes: usize) -> Self {
        self.stalls = Some(bytes);
        self
    }

    /// Returns the head, with its length told, and the body.
    pub(super) fn into_parts(self) -> (Response<()>, Bytes) {
        let mut response = Response::new(());
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_LENGTH, self.body.len().into());
        response.headers_mut().insert(SERVER, HeaderValue::from_static(SERVER_NAME));
        for (name, value) in self.headers {
            // Values that no header may have are left out: they can only come from a request.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
        (response, self.body)
    }

    fn into_response(self) -> Response<Either<Full<Bytes>, Stalling>> {
        let stalls = self.stalls;
        let (response, mut body) = self.into_parts();
        response.map(|()| match stalls {
            None => Either::Left(Full::new(body)),
            Some(bytes) => {
                body.truncate(bytes);
                Either::Right(Stalling(Some(body)))
            }
        })
    }
}

/// The beginning of a body whose rest never comes.
struct Stalling(Option<Bytes>);

impl Body for Stalling {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(Frame::data(bytes)))))
    }
}

/// Answers the requests of one connection until it ends.
pub(super) async fn serve<S, F>(stream: S, answer: impl Fn(Asked) -> F)
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = Sent>,
{
    let answer = &answer;
    let service = service_fn(move |request| async move {
        let sent = match read(request).await {
            Some(asked) => answer(asked).await,
            None => Sent::html(StatusCode::PAYLOAD_TOO_LARGE, "<title>Too much</title>\n"),
        };
        Ok::<_, Infallible>(sent.into_response())
    });
    let served = Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEAD_BYTES)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // How a client or a censor ends its connection is nothing to act upon here.
    drop(served);
}

async fn read(request: Request<Incoming>) -> Option<Asked> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES).collect().await.ok()?.to_bytes();
    Some(Asked { body, ..Asked::bare(head) })
}

const SERVER_NAME: &str = "dombyra/2";
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// hyper takes no less than 8,192.
const HEAD_BYTES: usize = 16 << 10;
const MOST_HEADERS: usize = 64;
const BODY_BYTES: usize = 4 << 10;
