//! What OONI's test helper saw, as a control of ours would have seen it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;
use serde_json::Value;

use record::{
    Answer, Answers, Connect, Connected, Datagram, Digest, Failed, Fetch, Handshake, Host, Lookup,
    Observation, Page, Part, Resolver, Seen, Session, Target, Transport, Trust, limits,
};

use crate::body::{BODY_BYTES, Blob, headers, short_title};
use crate::failure::of_ooni;
use crate::shape::word;

/// The helper's answer (OONI's ts-017, "control").
#[derive(Default, Deserialize)]
#[serde(default)]
struct Control {
    dns: Option<Dns>,
    tcp_connect: Option<BTreeMap<String, End>>,
    tls_handshake: Option<BTreeMap<String, End>>,
    http_request: Option<Http>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dns {
    failure: Option<Value>,
    addrs: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    server_name: Option<String>,
    status: Option<bool>,
    failure: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Http {
    body_length: Option<i64>,
    failure: Option<Value>,
    title: Option<String>,
    headers: Option<BTreeMap<String, Blob>>,
    status_code: Option<i64>,
}

/// Makes observations of the helper's answer; none where it gave none.
///
/// It tells no certificates, no digest of the body (here all zeros, which no page has) and only
/// the last page of its redirects, which stands here as the target's own.
pub(crate) fn control(value: Value, target: &Target) -> Option<Vec<Observation>> {
    let control: Control = serde_json::from_value(value).ok()?;
    let mut seen = Vec::new();
    seen.extend(control.dns.as_ref().and_then(|dns| lookup(dns, target)));
    let connects = control.tcp_connect.iter().flatten();
    seen.extend(connects.filter_map(|(to, end)| connect(to, end)));
    let handshakes = control.tls_handshake.iter().flatten();
    seen.extend(handshakes.filter_map(|(to, end)| handshake(to, end, target)));
    seen.extend(control.http_request.as_ref().and_then(|http| fetch(http, &seen, target)));
    seen.truncate(limits::OBSERVATIONS);
    (!seen.is_empty()).then_some(seen)
}

fn lookup(dns: &Dns, target: &Target) -> Option<Observation> {
    let addresses = dns.addrs.iter().flatten().filter_map(|ip| ip.parse().ok());
    let addresses: Vec<IpAddr> = addresses.take(limits::ANSWERS).collect();
    let rcode = match word(dns.failure.as_ref()) {
        // Neither an address nor a failure: nothing was asked, and nothing is denied.
        None if addresses.is_empty() => return None,
        None | Some("dns_no_answer") => Ok(0),
        Some("dns_name_error" | "dns_nxdomain_error") => Ok(3),
        Some(failure) => Err(of_ooni(failure)),
    };
    let datagram = |question: &str, rcode, is_kind: fn(&IpAddr) -> bool| Datagram {
        question: question.to_owned(),
        after_ms: 0,
        fits: true,
        rcode,
        answers: addresses.iter().copied().filter(is_kind).map(Answer::Address).collect(),
    };
    let outcome = rcode.map(|rcode| Answers {
        datagrams: vec![
            datagram("A", rcode, IpAddr::is_ipv4),
            datagram("AAAA", rcode, IpAddr::is_ipv6),
        ],
    });
    let resolver = Resolver { id: "system".to_owned(), transport: Transport::System };
    Some(Observation::Lookup(seen(Lookup { name: target.host(), resolver }, outcome)))
}

fn connect(to: &str, end: &End) -> Option<Observation> {
    let to: SocketAddr = to.parse().ok()?;
    let outcome = ended(end)?.map(|()| Connected {});
    Some(Observation::Connect(seen(Connect { to }, outcome)))
}

fn handshake(to: &str, end: &End, target: &Target) -> Option<Observation> {
    let to: SocketAddr = to.parse().ok()?;
    let named = end.server_name.as_deref().filter(|name| !name.is_empty());
    let sni: Host = named.map_or_else(|| Some(target.host()), |name| name.parse().ok())?;
    let shown = |trust| Session { trust, ..bare_session() };
    let outcome = match word(end.failure.as_ref()) {
        Some("ssl_invalid_hostname") => Ok(shown(Trust::WrongName)),
        Some("ssl_unknown_authority") => Ok(shown(Trust::UnknownIssuer)),
        Some("ssl_invalid_certificate") => {
            Ok(shown(Trust::Other("ssl_invalid_certificate".to_owned())))
        }
        _ => ended(end)?.map(|()| bare_session()),
    };
    Some(Observation::Handshake(seen(Handshake { to, sni }, outcome)))
}

fn fetch(http: &Http, before: &[Observation], target: &Target) -> Option<Observation> {
    let connects: Vec<_> = before.iter().filter_map(Observation::as_connect).collect();
    let on_port = |seen: &&&Seen<Connect, Connected>| seen.step.to.port() == target.port();
    let open = connects.iter().filter(on_port).find(|seen| seen.outcome.is_ok());
    let looked_up = before.iter().filter_map(Observation::as_lookup);
    let addresses = looked_up.filter_map(|seen| seen.outcome.as_ref().ok());
    let first = addresses.flat_map(Answers::addresses).next();
    let to = open
        .map(|seen| seen.step.to)
        .or_else(|| first.map(|ip| SocketAddr::new(ip, target.port())))?;
    let status =
        http.status_code.and_then(|code| u16::try_from(code).ok()).filter(|code| *code > 0);
    let outcome = match (word(http.failure.as_ref()), status) {
        // The chain alone failed, and no page was asked for: older helpers tell of no handshake.
        (Some(failure), _) if failure.starts_with("ssl_") && target.is_https() => {
            let told = before.iter().any(|seen| seen.as_handshake().is_some());
            let end = End { failure: Some(failure.into()), ..End::default() };
            return if told { None } else { handshake(&to.to_string(), &end, target) };
        }
        (Some(failure), _) => Err(of_ooni(failure)),
        (None, Some(status)) => Ok(page(http, status, target)),
        (None, None) => return None,
    };
    Some(Observation::Fetch(seen(Fetch { to, url: target.clone() }, outcome)))
}

fn page(http: &Http, status: u16, target: &Target) -> Page {
    let length = http.body_length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
    let text =
        |value: &Blob| String::from_utf8_lossy(&value.bytes().unwrap_or_default()).into_owned();
    let told = http.headers.iter().flatten().map(|(name, value)| (name.as_str(), text(value)));
    Page {
        status,
        headers: headers(told),
        body: Digest([0; 32]),
        bytes: length.min(BODY_BYTES as u64),
        truncated: length > BODY_BYTES as u64,
        title: http.title.as_deref().and_then(short_title),
        similarity: None,
        marks: Vec::new(),
        session: target.is_https().then(bare_session),
    }
}

/// Reads how a step ended; none where that is not told.
fn ended(end: &End) -> Option<Result<(), Failed>> {
    match (word(end.failure.as_ref()), end.status) {
        (Some(failure), _) => Some(Err(of_ooni(failure))),
        (None, Some(true)) => Some(Ok(())),
        (None, Some(false) | None) => None,
    }
}

/// All that the helper tells of a handshake that went well: its client finds the chain valid, or
/// fails.
fn bare_session() -> Session {
    let (version, chain) = (String::new(), Vec::new());
    Session {
        version,
        chain,
        trust: Trust::Trusted,
        read: 0,
        written: 0,
        system: None,
        encrypted_name: None,
    }
}

fn seen<S, T>(step: S, outcome: Result<T, Failed>) -> Seen<S, T> {
    Seen { step, part: Part::Screen, at_ms: 0, took_ms: 0, outcome }
}
