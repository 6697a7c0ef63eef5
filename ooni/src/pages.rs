//! Pages out of `requests`, which OONI lists latest first.

use std::net::SocketAddr;

use record::{
    Digest, Failed, Failure, Fetch, Host, Observation, Page, Seen, Session, Target, Trust,
};

use crate::body::{BODY_BYTES, headers, short_title, title};
use crate::failure::of_ooni;
use crate::handshakes::Shaken;
use crate::shape::{Response, Transaction, part, word};

/// What requests are read beside.
pub(crate) struct Beside<'a> {
    /// What was tested.
    pub(crate) target: &'a Target,
    /// The connections that were made.
    pub(crate) connects: &'a [Observation],
    /// The handshakes that were made.
    pub(crate) handshakes: &'a [Shaken],
}

/// What requests came to.
#[derive(Default)]
pub(crate) struct Pages {
    pub(crate) seen: Vec<Observation>,
    /// Requests that are not kept.
    pub(crate) left_out: u32,
    /// Requests whose address is not told: the first that connected is taken.
    pub(crate) assumed: u32,
}

/// Makes fetches of `requests`, in the order in which they were made.
pub(crate) fn pages(mut all: Vec<Transaction>, beside: &Beside<'_>) -> Pages {
    all.reverse();
    let mut pages = Pages::default();
    for (position, one) in all.iter().enumerate() {
        if is_handshakes(one, beside) {
            continue;
        }
        // Version 0.4 and older have no tags: there the requests are the redirects, one by one.
        let place = u8::try_from(position).unwrap_or(u8::MAX);
        let depth = one.when.depth().unwrap_or(place);
        match fetch(one, depth, beside) {
            Some((seen, is_told)) => {
                pages.seen.push(Observation::Fetch(seen));
                pages.assumed += u32::from(!is_told);
            }
            None => pages.left_out += 1,
        }
    }
    pages
}

/// Returns whether a request failed for its chain alone, which the handshake tells already: OONI's
/// client then asks for no page, and no page failed to come.
fn is_handshakes(one: &Transaction, beside: &Beside<'_>) -> bool {
    let url = one.request.as_ref().and_then(|request| target(request.url.as_deref()?));
    let Some(host) = url.filter(Target::is_https).map(|url| url.host()) else { return false };
    let untrusted = |shaken: &Shaken| {
        let session = shaken.seen.outcome.as_ref().ok();
        shaken.seen.step.sni == host && session.is_some_and(|shown| shown.trust != Trust::Trusted)
    };
    word(one.failure.as_ref()).is_some_and(|word| word.starts_with("ssl_"))
        && beside.handshakes.iter().any(untrusted)
}

/// Reads one request, and says whether its address is told.
fn fetch(one: &Transaction, depth: u8, beside: &Beside<'_>) -> Option<(Seen<Fetch, Page>, bool)> {
    let url = target(one.request.as_ref()?.url.as_deref()?)?;
    let told = one.address.as_deref().filter(|address| !address.is_empty());
    let to = match told {
        Some(address) => address.parse().ok()?,
        None => assumed(&url, beside)?,
    };
    let outcome = match (word(one.failure.as_ref()), &one.response) {
        (Some(failure), _) => Err(of_ooni(failure)),
        (None, Some(response)) => page(response, session(one, to, &url, beside)),
        (None, None) => Err(no_response()),
    };
    let seen = Seen {
        step: Fetch { to, url },
        part: part(depth),
        at_ms: one.when.at_ms(),
        took_ms: one.when.took_ms(),
        outcome,
    };
    Some((seen, told.is_some()))
}

/// Reads a web address as OONI writes it: unlike a target it may hold letters of any script.
pub(crate) fn target(text: &str) -> Option<Target> {
    url::Url::parse(text.trim()).ok()?.as_str().parse().ok()
}

/// The first address that connected on the page's port, else the first that was tried: version 0.4
/// and older do not tell it, and ask the addresses of the target's host only.
fn assumed(url: &Target, beside: &Beside<'_>) -> Option<SocketAddr> {
    if url.host() != beside.target.host() {
        return None;
    }
    let connects = beside.connects.iter().filter_map(Observation::as_connect);
    let tried: Vec<_> = connects.filter(|seen| seen.step.to.port() == url.port()).collect();
    let open = tried.iter().find(|seen| seen.outcome.is_ok());
    open.or_else(|| tried.first()).map(|seen| seen.step.to)
}

/// The session under a page: the handshake of the same transaction, else one to the same address
/// for the same name. OONI's client asks for no page before the chain was found valid, so where no
/// handshake is told, that much is known.
fn session(
    one: &Transaction,
    to: SocketAddr,
    url: &Target,
    beside: &Beside<'_>,
) -> Option<Session> {
    if !url.is_https() {
        return None;
    }
    let host: Host = url.host();
    let fits = |shaken: &&Shaken| {
        shaken.config.is_none() && shaken.seen.step.to == to && shaken.seen.step.sni == host
    };
    let mut own = beside.handshakes.iter().filter(fits);
    let same = |shaken: &&Shaken| shaken.transaction == one.when.transaction_id;
    let found = own.clone().find(same).or_else(|| own.next());
    found.and_then(|shaken| shaken.seen.outcome.as_ref().ok()).cloned().or_else(|| {
        let (version, chain) = (String::new(), Vec::new());
        Some(Session {
            version,
            chain,
            trust: Trust::Trusted,
            read: 0,
            written: 0,
            system: None,
            encrypted_name: None,
        })
    })
}

fn page(response: &Response, session: Option<Session>) -> Result<Page, Failed> {
    let code = response.code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    if code == 0 {
        return Err(no_response());
    }
    let mut body = response.body.as_ref().and_then(crate::body::Blob::bytes).unwrap_or_default();
    let truncated = response.body_is_truncated.unwrap_or(false) || body.len() > BODY_BYTES;
    body.truncate(BODY_BYTES);
    let kept = response.x_qoljetim.as_ref();
    Ok(Page {
        status: code,
        headers: read_headers(response),
        body: kept.map_or_else(|| Digest::of(&body), |kept| kept.body_sha256),
        bytes: kept.map_or(body.len() as u64, |kept| kept.bytes),
        truncated: kept.map_or(truncated, |kept| kept.truncated),
        similarity: None,
        marks: Vec::new(),
        title: match kept {
            Some(kept) => kept.title.as_deref().and_then(short_title),
            None => title(&body),
        },
        session,
    })
}

fn read_headers(response: &Response) -> std::collections::BTreeMap<String, String> {
    let text = |value: &crate::body::Blob| {
        String::from_utf8_lossy(&value.bytes().unwrap_or_default()).into_owned()
    };
    let listed = response.headers_list.iter().flatten();
    let listed = listed.map(|(name, value)| (name.as_str(), text(value)));
    let mapped = response.headers.iter().flatten();
    headers(listed.chain(mapped.map(|(name, value)| (name.as_str(), text(value)))))
}

fn no_response() -> Failed {
    Failed { detail: "no response is told".to_owned(), ..Failed::plain(Failure::Cancelled) }
}
