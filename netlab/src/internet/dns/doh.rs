//! DNS over HTTPS (RFC 8484): questions in GET and POST requests.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use hyper::{Method, StatusCode};

use super::{Answerer, Carrier, read, write};
use crate::internet::http::{Asked, Sent};

/// Answers a request for `/dns-query`.
pub(in crate::internet) async fn answer_over_https<A: Answerer>(
    asked: Asked,
    answerer: Arc<A>,
) -> Sent {
    let plain = |status: StatusCode| Sent::new(status, "").with(CONTENT_TYPE, "text/plain");
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    if path != PATH {
        return plain(StatusCode::NOT_FOUND);
    }
    let bytes = match asked.method {
        Method::GET => {
            let dns = query.split('&').find_map(|pair| pair.strip_prefix("dns="));
            dns.and_then(|dns| URL_SAFE_NO_PAD.decode(dns).ok())
        }
        Method::POST if asked.content_type == DNS_MESSAGE => Some(asked.body.to_vec()),
        Method::POST => return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED).with(ALLOW, "GET, POST"),
    };
    let Some(question) = bytes.as_deref().and_then(read) else {
        return plain(StatusCode::BAD_REQUEST);
    };
    let reply = answerer.answer(&question).await;
    let freshness = reply.answers.iter().map(|record| record.ttl).min().unwrap_or(0);
    let Some(bytes) = write(&question, reply, Carrier::Https) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR);
    };
    Sent::new(StatusCode::OK, bytes)
        .with(CONTENT_TYPE, DNS_MESSAGE)
        .with(CACHE_CONTROL, format!("max-age={freshness}"))
}

const PATH: &str = "/dns-query";
const DNS_MESSAGE: &str = "application/dns-message";
