//! What the sites of one address answer.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hyper::StatusCode;
use hyper::header::{ALT_SVC, HeaderName, LOCATION, RETRY_AFTER};
use tokio::time::sleep;

use super::pages;
use crate::internet::http::{Asked, Sent};
use crate::internet::spec::{Behaviour, Handshake, Near, Refusal, Site};

/// The sites of one address.
pub(super) struct Front {
    sites: BTreeMap<String, Site>,
    near: Near,
    handshake: Handshake,
}

/// How a handshake ends before it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// In silence.
    Close,
    /// With a reset.
    Reset,
    /// With this alert (RFC 8446 §6).
    Alert(u8),
}

impl Front {
    /// Takes the sites of one address, some of which may treat those from `near` otherwise.
    pub(super) fn new(sites: &[&Site], near: Near) -> Self {
        let unusual = sites.iter().map(|site| site.handshake).find(|how| *how != Handshake::Usual);
        Self {
            sites: sites.iter().map(|site| (site.host.to_string(), (*site).clone())).collect(),
            near,
            handshake: unusual.unwrap_or(Handshake::Usual),
        }
    }

    /// Returns how the address makes handshakes.
    pub(super) fn handshake(&self) -> Handshake {
        self.handshake
    }

    /// Returns how a handshake for `name` ends at once that comes from `from`; none where it is
    /// made. A site alone at its address refuses by the address, whatever name is asked for.
    pub(super) fn end(&self, name: &str, from: IpAddr) -> Option<End> {
        let alone = self.sites.values().next().filter(|_| self.sites.len() == 1);
        let refused = alone.filter(|site| self.refusal(site, from).is_some());
        let Some(site) = self.sites.get(name).or(refused) else {
            return match self.handshake {
                Handshake::Usual | Handshake::OnlyTls12 => None,
                Handshake::AlertsUnknown => Some(End::Alert(UNRECOGNIZED_NAME)),
                Handshake::ResetsUnknown => Some(End::Reset),
            };
        };
        match self.refusal(site, from)? {
            Refusal::Close => Some(End::Close),
            Refusal::Alert => Some(End::Alert(ACCESS_DENIED)),
            Refusal::Page | Refusal::Challenge(_) => None,
        }
    }

    fn refusal(&self, site: &Site, from: IpAddr) -> Option<Refusal> {
        let Behaviour::RefusesNear(refusal) = site.behaviour else { return None };
        self.near.contains(from).then_some(refusal)
    }

    /// Answers over plain HTTP.
    pub(super) async fn answer_plain(&self, asked: Asked, from: IpAddr) -> Sent {
        match self.sites.get(&asked.host) {
            Some(site) if site.https() => Sent::html(StatusCode::MOVED_PERMANENTLY, pages::MOVED)
                .with(LOCATION, format!("https://{}{}", site.host, asked.path)),
            Some(site) => self.answer(site, &asked.path, from).await,
            None => unknown(),
        }
    }

    /// Answers over TLS, or over QUIC.
    pub(super) async fn answer_secure(&self, asked: Asked, from: IpAddr) -> Sent {
        match self.sites.get(&asked.host).filter(|site| site.https()) {
            Some(site) if site.http3 => {
                self.answer(site, &asked.path, from).await.with(ALT_SVC, HTTP_3_HERE)
            }
            Some(site) => self.answer(site, &asked.path, from).await,
            None => unknown(),
        }
    }

    async fn answer(&self, site: &Site, path: &str, from: IpAddr) -> Sent {
        let page = |page: String| Sent::html(StatusCode::OK, page);
        match &site.behaviour {
            Behaviour::Slow(delay) => sleep(*delay).await,
            Behaviour::Redirect(to) => return moved(StatusCode::FOUND, to.as_str()),
            Behaviour::Sends(code, to) if path == "/" => return moved(status(*code), *to),
            Behaviour::Winding(turns) => {
                let done = path.trim_start_matches('/').parse().unwrap_or(0);
                if done < *turns {
                    return moved(StatusCode::FOUND, format!("/{}", done + 1));
                }
            }
            Behaviour::Status(code) => return challenge(site, *code),
            Behaviour::Large(bytes) => return page(pages::large(site, *bytes)),
            Behaviour::Stalls(bytes) => {
                return page(pages::large(site, bytes * 4)).stalling_after(*bytes);
            }
            Behaviour::Empty => return page(String::new()),
            Behaviour::ListedPage => return page(pages::listed()),
            Behaviour::RefusesNear(_) => match self.refusal(site, from) {
                Some(Refusal::Page) => {
                    return Sent::html(StatusCode::FORBIDDEN, pages::not_here(site));
                }
                // A good status says nothing, nor does that of a server at fault: the header names the
                // challenge.
                Some(Refusal::Challenge(code @ (200 | 503))) => {
                    return challenge(site, code).with(MITIGATED, "challenge");
                }
                Some(Refusal::Challenge(code)) => return challenge(site, code),
                // These never came so far over TLS.
                Some(Refusal::Close | Refusal::Alert) | None => {}
            },
            Behaviour::Normal
            | Behaviour::Sends(..)
            | Behaviour::Refused
            | Behaviour::Silent
            | Behaviour::Elsewhere => {}
        }
        page(pages::page(site))
    }
}

/// What Cloudflare names its challenges with.
const MITIGATED: HeaderName = HeaderName::from_static("cf-mitigated");

fn moved(status: StatusCode, to: impl Into<String>) -> Sent {
    Sent::html(status, pages::MOVED).with(LOCATION, to)
}

fn challenge(site: &Site, code: u16) -> Sent {
    Sent::html(status(code), pages::challenge(site)).with(RETRY_AFTER, "60")
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::FORBIDDEN)
}

fn unknown() -> Sent {
    Sent::html(StatusCode::NOT_FOUND, pages::UNKNOWN)
}

const UNRECOGNIZED_NAME: u8 = 112;
const ACCESS_DENIED: u8 = 49;
/// HTTP/3 on the same port number (RFC 9114 §3.1.1).
const HTTP_3_HERE: &str = "h3=\":443\"";
