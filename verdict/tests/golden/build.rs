//! Builds observations from a few words.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use record::{
    Answer, Answers, Arm, Connect, Connected, Datagram, Digest, Failed, Failure, Fetch, Handshake,
    Lookup, Observation, Page, Part, Resolver, Seen, Session, Target, Transport, Trust,
};

use crate::der::Certificate;

/// The site's address, another of its own, one that forged answers give, and the beacon's.
pub(crate) const SITE: &str = "192.0.2.7";
pub(crate) const SITE_TOO: &str = "192.0.2.8";
pub(crate) const STRANGE: &str = "203.0.113.66";
pub(crate) const BEACON: &str = "198.51.100.9";

/// Two addresses of a listed content network, and one between its ranges.
pub(crate) const CONTENT: &str = "198.51.100.130";
pub(crate) const CONTENT_TOO: &str = "198.51.100.230";
pub(crate) const BESIDE_CONTENT: &str = "198.51.100.200";

pub(crate) const HTTPS: &str = "https://news.test/";
pub(crate) const HTTP: &str = "http://news.test/";

/// What the system's resolver answers.
pub(crate) fn system(ips: &[&str]) -> Observation {
    answered("system", Transport::System, &[ips])
}

/// What a public resolver answers over UDP.
pub(crate) fn udp(ips: &[&str]) -> Observation {
    answered("quad", Transport::Udp, &[ips])
}

/// What a public resolver answers over HTTPS.
pub(crate) fn doh(ips: &[&str]) -> Observation {
    answered("quad", Transport::Doh, &[ips])
}

/// A lookup with several answers to one question, in the order of arrival; an empty one denies the
/// name.
pub(crate) fn answered(id: &str, transport: Transport, rows: &[&[&str]]) -> Observation {
    let datagram = |(at, ips): (usize, &&[&str])| Datagram {
        question: "A".to_owned(),
        after_ms: u32::try_from(at).unwrap_or(0) * 20 + 10,
        fits: true,
        rcode: if ips.is_empty() { 3 } else { 0 },
        answers: ips.iter().map(|ip| Answer::Address(parsed(ip))).collect(),
    };
    let datagrams = rows.iter().enumerate().map(datagram).collect();
    lookup(id, transport, Ok(Answers { datagrams }))
}

/// A question to an address that runs no resolver: silence, or an answer.
pub(crate) fn to_nobody(name: &str, answer: Option<&[&str]>) -> Observation {
    let silent = || lookup(Resolver::NOBODY, Transport::Udp, Err(Failed::plain(Failure::Timeout)));
    let answered = |ips| answered(Resolver::NOBODY, Transport::Udp, &[ips]);
    let mut observation = answer.map_or_else(silent, answered);
    if let Observation::Lookup(seen) = &mut observation {
        seen.step.name = parsed(name);
        seen.part = Part::Variation;
    }
    observation
}

/// A lookup of a host that the site leads to; an empty answer denies its name.
pub(crate) fn of_hop(id: &str, transport: Transport, name: &str, ips: &[&str]) -> Observation {
    let mut observation = answered(id, transport, &[ips]);
    if let Observation::Lookup(seen) = &mut observation {
        seen.step.name = parsed(name);
        seen.part = Part::Hop { number: 1 };
    }
    observation
}

/// A lookup that ends with the word that there is no address, but not that there is no name.
pub(crate) fn without_address(id: &str, transport: Transport) -> Observation {
    let datagram = |question: &str| Datagram {
        question: question.to_owned(),
        after_ms: 10,
        fits: true,
        rcode: 0,
        answers: Vec::new(),
    };
    lookup(id, transport, Ok(Answers { datagrams: vec![datagram("A"), datagram("AAAA")] }))
}

/// A lookup without any answer.
pub(crate) fn silent(transport: Transport) -> Observation {
    lookup("system", transport, Err(Failed::plain(Failure::Timeout)))
}

/// A lookup that the system's resolver answers with its own failure.
pub(crate) fn failing(transport: Transport) -> Observation {
    lookup("system", transport, Err(Failed::plain(Failure::ResolverFailed)))
}

fn lookup(id: &str, transport: Transport, outcome: Result<Answers, Failed>) -> Observation {
    let resolver = Resolver { id: id.to_owned(), transport };
    let step = Lookup { name: parsed("news.test"), resolver };
    Observation::Lookup(Seen { step, part: Part::Screen, at_ms: 0, took_ms: 20, outcome })
}

/// A connection to the port of https.
pub(crate) fn connect(ip: &str, failure: Option<Failure>) -> Observation {
    connect_to(to(ip, 443), failure)
}

/// A connection to the port of http.
pub(crate) fn connect_80(ip: &str, failure: Option<Failure>) -> Observation {
    connect_to(to(ip, 80), failure)
}

fn connect_to(to: SocketAddr, failure: Option<Failure>) -> Observation {
    let outcome = failure.map_or(Ok(Connected {}), |failure| Err(Failed::plain(failure)));
    Observation::Connect(Seen {
        step: Connect { to },
        part: Part::Screen,
        at_ms: 0,
        took_ms: 30,
        outcome,
    })
}

/// The screen's handshake.
pub(crate) fn shake(ip: &str, outcome: Result<Session, Failure>) -> Observation {
    shake_as(Part::Screen, "news.test", ip, outcome)
}

/// A handshake under any name, as any part.
pub(crate) fn shake_as(
    part: Part,
    sni: &str,
    ip: &str,
    outcome: Result<Session, Failure>,
) -> Observation {
    Observation::Handshake(Seen {
        step: Handshake { to: to(ip, 443), sni: parsed(sni) },
        part,
        at_ms: 0,
        took_ms: 60,
        outcome: outcome.map_err(Failed::plain),
    })
}

/// A session with a chain that is valid for the name.
pub(crate) fn trusted() -> Session {
    session(Trust::Trusted, &[&Certificate::public("news.test")])
}

/// A session with a chain that is not.
pub(crate) fn untrusted(chain: &[&Certificate]) -> Session {
    session(Trust::UnknownIssuer, chain)
}

/// A session with a chain that the machine's own list of roots vouches for, and no public one.
pub(crate) fn believed_by_the_machine(chain: &[&Certificate]) -> Session {
    Session { system: Some(Trust::Trusted), ..untrusted(chain) }
}

/// A session.
pub(crate) fn session(trust: Trust, chain: &[&Certificate]) -> Session {
    Session {
        version: "TLSv1_3".to_owned(),
        chain: chain.iter().map(|certificate| certificate.digest()).collect(),
        trust,
        read: 3000,
        written: 500,
        system: None,
        encrypted_name: None,
    }
}

/// The screen's fetch of the target.
pub(crate) fn fetch(url: &str, ip: &str, outcome: Result<Page, Failure>) -> Observation {
    fetch_as(Part::Screen, url, ip, outcome)
}

/// A fetch of anything, as any part.
pub(crate) fn fetch_as(
    part: Part,
    url: &str,
    ip: &str,
    outcome: Result<Page, Failure>,
) -> Observation {
    let url: Target = parsed(url);
    Observation::Fetch(Seen {
        step: Fetch { to: to(ip, url.port()), url },
        part,
        at_ms: 0,
        took_ms: 80,
        outcome: outcome.map_err(Failed::plain),
    })
}

/// A page over plain HTTP.
pub(crate) fn page(status: u16, title: &str) -> Page {
    Page {
        status,
        headers: BTreeMap::new(),
        body: Digest::of(title.as_bytes()),
        bytes: 1000,
        truncated: false,
        title: Some(title.to_owned()),
        similarity: None,
        marks: Vec::new(),
        session: None,
    }
}

/// A page over TLS with a valid chain.
pub(crate) fn secure(status: u16, title: &str) -> Page {
    Page { session: Some(trusted()), ..page(status, title) }
}

/// A page that sends its reader on.
pub(crate) fn onward(page: Page, location: &str) -> Page {
    let headers = BTreeMap::from([("location".to_owned(), location.to_owned())]);
    Page { status: 302, headers, title: None, body: Digest::of(b""), bytes: 0, ..page }
}

/// A page that says in a header that it challenges its reader.
pub(crate) fn challenging(page: Page) -> Page {
    let headers = BTreeMap::from([("cf-mitigated".to_owned(), "challenge".to_owned())]);
    Page { headers, ..page }
}

/// A page with this hash of its words.
pub(crate) fn worded(page: Page, similarity: u64) -> Page {
    Page { similarity: Some(record::Simhash(similarity)), ..page }
}

/// An answer of the system's resolver that makes the site an alias.
pub(crate) fn aliased(host: &str, ips: &[&str]) -> Observation {
    let mut observation = system(ips);
    if let Observation::Lookup(seen) = &mut observation
        && let Ok(answers) = &mut seen.outcome
    {
        answers.datagrams[0].answers.insert(0, Answer::Alias(host.to_owned()));
    }
    observation
}

/// The beacon's answer.
pub(crate) fn beacon_page() -> Page {
    let headers = BTreeMap::from([("qoljetim-beacon".to_owned(), "0123456789abcdef".to_owned())]);
    Page { headers, ..page(200, "qoljetim beacon") }
}

/// Six handshakes in turn, the target's name first, three of each arm.
pub(crate) fn tls_block(
    part: BlockPart,
    ip: &str,
    named: [Result<Session, Failure>; 3],
    neutral: [Result<Session, Failure>; 3],
) -> Vec<Observation> {
    let mut attempts = Vec::new();
    for (turn, (named, neutral)) in (0_u8..).zip(named.into_iter().zip(neutral)) {
        attempts.push(shake_as(part(2 * turn, Arm::Named), "news.test", ip, named));
        let part = part(2 * turn + 1, Arm::Neutral);
        attempts.push(shake_as(part, neutral_name(turn), ip, neutral));
    }
    attempts
}

/// The same attempts, whose failing connections were never opened.
pub(crate) fn unopened(mut attempts: Vec<Observation>) -> Vec<Observation> {
    for observation in &mut attempts {
        if let Observation::Handshake(seen) = observation
            && let Err(failed) = &mut seen.outcome
        {
            failed.detail = Failed::NOT_OPENED.to_owned();
        }
    }
    attempts
}

/// Six fetches in turn, the target's name first, three of each arm.
pub(crate) fn http_block(
    part: BlockPart,
    ip: &str,
    named: &Result<Page, Failure>,
    neutral: &Result<Page, Failure>,
) -> Vec<Observation> {
    let mut attempts = Vec::new();
    for turn in 0_u8..3 {
        attempts.push(fetch_as(part(2 * turn, Arm::Named), HTTP, ip, named.clone()));
        let url = format!("http://{}/", neutral_name(turn));
        attempts.push(fetch_as(part(2 * turn + 1, Arm::Neutral), &url, ip, neutral.clone()));
    }
    attempts
}

/// Makes the part of one attempt.
pub(crate) type BlockPart = fn(u8, Arm) -> Part;

pub(crate) const ON_SITE: BlockPart = |slot, arm| Part::SiteBlock { round: 0, slot, arm };
pub(crate) const ON_BEACON: BlockPart = |slot, arm| Part::BeaconBlock { round: 0, slot, arm };

pub(crate) fn neutral_name(turn: u8) -> &'static str {
    ["bcdf.test", "cdfg.test", "dfgh.test"][usize::from(turn)]
}

/// What the control sees of a site over https that is up.
pub(crate) fn up_outside() -> Vec<Observation> {
    vec![
        system(&[SITE]),
        connect(SITE, None),
        shake(SITE, Ok(trusted())),
        fetch(HTTPS, SITE, Ok(secure(200, "News"))),
    ]
}

/// What the control sees of a site over http that is up.
pub(crate) fn up_outside_http() -> Vec<Observation> {
    vec![system(&[SITE]), connect_80(SITE, None), fetch(HTTP, SITE, Ok(page(200, "News")))]
}

pub(crate) fn to(ip: &str, port: u16) -> SocketAddr {
    SocketAddr::new(parsed::<IpAddr>(ip), port)
}

/// Reads a text that is known to be well written.
pub(crate) fn parsed<T: FromStr>(text: &str) -> T {
    text.parse().ok().expect("the text is well written")
}
