//! Fetches one page on a connection that already stands.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::response::Parts;
use hyper::{HeaderMap, Request, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use record::{Failed, Failure, Page, Target};
use testlists::PageMark;

use super::deadline::Deadline;
use super::failure::{LocalFault, Trouble, failed, of_http};
use super::page;

/// How long a fetch waits on a connection that stands.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the request until the response's head.
    pub head: Duration,
    /// From there until the body's end, or as much of it as is read.
    pub body: Duration,
}

/// Asks for `target` on `stream` and reads the page, at most 256 kB of it; tells which of the
/// `marks` it bears.
pub async fn fetch<S>(
    stream: S,
    target: &Target,
    patience: Patience,
    marks: &[PageMark],
) -> Result<Page, Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = request(target).ok_or_else(|| LocalFault::Name(target.host().to_string()))?;
    let deadline = Deadline::after(patience.head);
    let talk = async {
        let (mut sender, connection) = lenient()
            .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
            .await
            .map_err(|error| of_http(&error))?;
        // Dropped with this future, and the connection with it: no step outlives its end.
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let response = sender.send_request(request).await.map_err(|error| of_http(&error))?;
        Ok::<_, Failed>((response, sender, driver))
    };
    let (response, _sender, _driver) = deadline.hold("request", talk).await??;
    let (parts, body) = response.into_parts();
    let read = read(&parts, body, Deadline::after(patience.body)).await?;
    let read = (read.0.as_slice(), read.1);
    Ok(page::tell((parts.status.as_u16(), &parts.headers), &target.host(), read, marks))
}

/// Reads a body, and says whether there was more of it.
async fn read(
    parts: &Parts,
    mut body: Incoming,
    deadline: Deadline,
) -> Result<(Vec<u8>, bool), Failed> {
    // A filter's page often ends in a reset without ever saying its length: then what came is the
    // page. Where a length was promised, less is a failure.
    let promised = body.size_hint().exact().is_some_and(|length| length > 0)
        || parts.headers.contains_key(header::TRANSFER_ENCODING);
    let mut bytes = Vec::new();
    let mut truncated = false;
    loop {
        let next = match deadline.hold("body", body.frame()).await {
            Ok(next) => next.map(|frame| frame.map_err(|error| of_http(&error))),
            Err(late) => Some(Err(late)),
        };
        match next {
            None => break,
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                let room = BODY_BYTES - bytes.len();
                bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
                if data.len() > room {
                    truncated = true;
                    break;
                }
            }
            Some(Err(broken)) if promised || bytes.is_empty() => {
                let detail = format!("body after {} bytes", bytes.len());
                return Err(failed(broken.failure, detail));
            }
            Some(Err(_)) => {
                truncated = true;
                break;
            }
        }
    }
    Ok((bytes, truncated))
}

/// Says that a page was not asked for because nobody vouches for who would answer.
pub fn untrusted() -> Failed {
    failed(Failure::BadMessage, "the certificate is not valid: no page was asked for")
}

/// A client as lax as browsers are: injected pages are often malformed.
fn lenient() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .http09_responses(false)
        .title_case_headers(true);
    builder
}

/// An ordinary browser's request, without cookies. No compression is asked for, so that the digest
/// is that of the page.
fn request(target: &Target) -> Option<Request<Empty<Bytes>>> {
    let default = if target.is_https() { 443 } else { 80 };
    let host = match target.port() {
        port if port == default => target.host().to_string(),
        port => format!("{}:{port}", target.host()),
    };
    let mut request = Request::get(target.path()).body(Empty::new()).ok()?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_str(&host).ok()?);
    dress(headers);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Some(request)
}

/// Puts in the headers that every request bears.
pub fn dress(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
}

const HEADERS: &[(HeaderName, &str)] = &[
    (header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (header::ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (header::ACCEPT_LANGUAGE, "ru-RU,ru;q=0.9,kk;q=0.8,en;q=0.5"),
    (header::ACCEPT_ENCODING, "identity"),
];
/// Bytes of a body that are read at most.
pub const BODY_BYTES: usize = 256 << 10;
