//! What the sites of one address answer.

use std::collections::BTreeMap;

use hyper::StatusCode;
use hyper::header::{ALT_SVC, LOCATION, RETRY_AFTER};
use tokio::time::sleep;

use super::pages;
use crate::internet::http::{Asked, Sent};
use crate::internet::spec::{Behaviour, Site};

/// The sites of one address.
pub(super) struct Front(BTreeMap<String, Site>);

impl Front {
    /// Takes the sites of one address.
    pub(super) fn new(sites: &[&Site]) -> Self {
        Self(sites.iter().map(|site| (site.host.to_string(), (*site).clone())).collect())
    }

    /// Answers over plain HTTP.
    pub(super) async fn answer_plain(&self, asked: Asked) -> Sent {
        match self.0.get(&asked.host) {
            Some(site) if site.https() => Sent::html(StatusCode::MOVED_PERMANENTLY, pages::MOVED)
                .with(LOCATION, format!("https://{}{}", site.host, asked.path)),
            Some(site) => answer(site).await,
            None => unknown(),
        }
    }

    /// Answers over TLS, or over QUIC.
    pub(super) async fn answer_secure(&self, asked: Asked) -> Sent {
        match self.0.get(&asked.host).filter(|site| site.https()) {
            Some(site) if site.http3 => answer(site).await.with(ALT_SVC, HTTP_3_HERE),
            Some(site) => answer(site).await,
            None => unknown(),
        }
    }
}

async fn answer(site: &Site) -> Sent {
    match &site.behaviour {
        Behaviour::Normal | Behaviour::Refused | Behaviour::Silent => {}
        Behaviour::Slow(delay) => sleep(*delay).await,
        Behaviour::Redirect(to) => {
            return Sent::html(StatusCode::FOUND, pages::MOVED).with(LOCATION, to.as_str());
        }
        Behaviour::Status(code) => {
            let code = StatusCode::from_u16(*code).unwrap_or(StatusCode::FORBIDDEN);
            return Sent::html(code, pages::challenge(site)).with(RETRY_AFTER, "60");
        }
    }
    Sent::html(StatusCode::OK, pages::page(site))
}

fn unknown() -> Sent {
    Sent::html(StatusCode::NOT_FOUND, pages::UNKNOWN)
}

/// HTTP/3 on the same port number (RFC 9114 §3.1.1).
const HTTP_3_HERE: &str = "h3=\":443\"";
