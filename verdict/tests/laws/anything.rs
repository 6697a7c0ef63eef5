//! Draws cases: few names and addresses, so that what is drawn meets.

#[path = "beside.rs"]
mod beside;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use proptest::sample::select;

use record::{
    Answer, Answers, Arm, Certificates, Connect, Connected, Datagram, Digest, Failed, Failure,
    Fetch, Handshake, Host, Kind, Lookup, Observation, Page, Part, Resolver, Seen, Session, Target,
    Transport, Trust, VoidReason,
};
use testlists::{Authority, ContentNetwork, Fingerprints, PageMark};
use verdict::{Answerer, Case};

use crate::der::{Certificate, Name};

/// Everything of a case.
#[derive(Clone, Debug)]
pub(crate) struct Anything {
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    pub(crate) seen: Vec<Observation>,
    pub(crate) certificates: Certificates,
    pub(crate) control: Option<Vec<Observation>>,
    pub(crate) void: Vec<VoidReason>,
    pub(crate) resolver: Answerer,
}

impl Anything {
    pub(crate) fn case<'a>(&'a self, known: &'a Fingerprints) -> Case<'a> {
        Case {
            kind: self.kind,
            target: &self.target,
            seen: &self.seen,
            certificates: &self.certificates,
            control: self.control.as_deref(),
            known,
            void: &self.void,
            resolver: self.resolver,
        }
    }

    pub(crate) fn has_marked_page(&self, known: &Fingerprints) -> bool {
        let pages = self.seen.iter().filter_map(Observation::as_fetch);
        let mut pages = pages.filter_map(|seen| seen.outcome.as_ref().ok());
        pages.any(|page| page.title.as_ref() == Some(&known.pages[0].title))
    }

    /// Adds what an address shows that nobody gave.
    pub(crate) fn with_a_stranger(&self) -> Self {
        let ip: IpAddr = IpAddr::from([198, 51, 100, 200]);
        let port = self.target.port();
        let mut more = self.clone();
        for failure in [None, Some(Failure::Reset)] {
            let to = SocketAddr::new(ip, port);
            let refused = |failure| Err(Failed::plain(failure));
            let connected = failure.map_or(Ok(Connected {}), refused);
            more.seen.push(Observation::Connect(screen(Connect { to }, connected)));
            let session = session(Trust::WrongName, None);
            let shaken = failure.map_or(Ok(session), |failure| Err(Failed::plain(failure)));
            let sni = self.target.host();
            more.seen.push(Observation::Handshake(screen(Handshake { to, sni }, shaken)));
        }
        more
    }
}

fn screen<S, T>(step: S, outcome: Result<T, Failed>) -> Seen<S, T> {
    Seen { step, part: Part::Screen, at_ms: 0, took_ms: 1, outcome }
}

pub(crate) fn anything() -> impl Strategy<Value = Anything> {
    let target = select(vec!["https://news.test/", "http://news.test/"]);
    let kind = prop_oneof![4 => Just(Kind::Web), 1 => Just(Kind::Endpoint)];
    let void = prop::collection::vec(Just(VoidReason::WrongClock), 0..=1);
    let resolves = prop_oneof![
        3 => Just(Answerer::Provider),
        1 => Just(Answerer::ProviderBehind),
        1 => Just(Answerer::Unknown),
        1 => Just(Answerer::Filter),
    ];
    let void = prop_oneof![9 => Just(Vec::new()), 1 => void];
    let control =
        (site_like(), prop::collection::vec(observation(screen_part()), 0..12), beside::beside());
    let control = control.prop_map(|(site, loose, beside)| [site, loose, beside].concat());
    let control = prop::option::of(control);
    let loose = prop::collection::vec(observation(any_part()), 0..25);
    (
        (kind, target),
        loose,
        site_like(),
        (prop::option::of(block()), prop::option::of(block())),
        beside::beside(),
        control,
        (void, resolves),
    )
        .prop_map(
            |((kind, target), loose, site, (one, two), beside, control, (void, resolver))| {
                let target: Target = parsed(target);
                let blocks = one.into_iter().chain(two).flatten();
                let all = site.into_iter().chain(beside).chain(blocks).chain(loose);
                let seen = distinct(&target, all);
                let control = control.map(|seen| distinct(&target, seen));
                let certificates = shown().into_iter().map(|der| (Digest::of(&der), der)).collect();
                let certificates = Certificates(certificates);
                Anything { kind, target, seen, certificates, control, void, resolver }
            },
        )
}

pub(crate) fn known() -> Fingerprints {
    Fingerprints {
        authorities: vec![Authority {
            id: "listed".into(),
            sha256: vec![Certificate::self_issued("Listed", 250).digest().to_string()],
            spki_sha256: vec![Certificate::key_digest(250)],
            issuer_names: vec![LISTED.common.into()],
            ..Authority::default()
        }],
        dns: vec![parsed("203.0.113.99")],
        aliases: Vec::new(),
        programs: Vec::new(),
        bogus: vec!["10.0.0.0/8".into()],
        content_networks: vec![ContentNetwork {
            id: "content".into(),
            ranges: vec!["192.0.2.0/29".into()],
        }],
        pages: vec![PageMark { id: "mark".into(), title: "Stop".into(), ..PageMark::default() }],
    }
}

/// Puts observations into another order.
pub(crate) fn shuffled(seen: &[Observation], order: u64) -> Vec<Observation> {
    let mut keyed: Vec<(Digest, Observation)> = seen
        .iter()
        .enumerate()
        .map(|(at, seen)| (Digest::of(format!("{order} {at}").as_bytes()), seen.clone()))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, seen)| seen).collect()
}

/// Keeps what a recipe can bring: each step of a part once, one page a part.
fn distinct(target: &Target, seen: impl IntoIterator<Item = Observation>) -> Vec<Observation> {
    let mut met = BTreeSet::new();
    let key = |seen: &Observation| match seen {
        Observation::Service(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Variant(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Quic(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Http3(seen) => format!("page over quic {:?}", seen.part),
        Observation::Load(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Hops(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Lookup(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Connect(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Handshake(seen) => format!("{:?} {:?}", seen.step, seen.part),
        Observation::Fetch(seen) => format!("page {:?}", seen.part),
    };
    let fits = |seen: &Observation| match seen.as_fetch() {
        Some(fetch) if fetch.part == Part::Screen => fetch.step.url == *target,
        _ => true,
    };
    seen.into_iter().filter(fits).filter(|seen| met.insert(key(seen))).collect()
}

/// What resolves and connects like a site, or almost, so that not every case ends at its lookups.
fn site_like() -> impl Strategy<Value = Vec<Observation>> {
    let lookup = |id: &str, transport, ip: Option<&str>| {
        let answers: Vec<Answer> = ip.map(|ip| Answer::Address(parsed(ip))).into_iter().collect();
        let rcode = if answers.is_empty() { 3 } else { 0 };
        let datagram = Datagram { question: "A".into(), after_ms: 9, fits: true, rcode, answers };
        let step =
            Lookup { name: parsed("news.test"), resolver: Resolver { id: id.into(), transport } };
        Observation::Lookup(screen(step, Ok(Answers { datagrams: vec![datagram] })))
    };
    let connect = |port, failure: Option<Failure>| {
        let to = SocketAddr::new(parsed(IPS[0]), port);
        let failed = |failure| Err(Failed::plain(failure));
        Observation::Connect(screen(Connect { to }, failure.map_or(Ok(Connected {}), failed)))
    };
    let silent = prop_oneof![3 => Just(None), 1 => Just(Some(Failure::Timeout))];
    (0..8_u8, silent).prop_map(move |(like, silent)| match like {
        0 | 1 => Vec::new(),
        _ => vec![
            lookup("system", Transport::System, (like != 2).then_some(IPS[0])),
            lookup("quad", Transport::Doh, (like != 3).then_some(IPS[0])),
            connect(443, silent),
            connect(80, silent),
        ],
    })
}

/// Six attempts; each arm mostly ends in one way.
fn block() -> impl Strategy<Value = Vec<Observation>> {
    let end = || prop_oneof![4 => Just(None), 6 => failure().prop_map(Some)];
    let ways = (
        end(),
        end(),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(end(), 6),
        0..64_u8,
        1..5_usize,
    );
    ways.prop_map(|(named, neutral, is_site, is_https, noise, noisy, shows)| {
        let attempt = |slot: u8| {
            let arm = if slot.is_multiple_of(2) { Arm::Named } else { Arm::Neutral };
            let (name, usual) = match arm {
                Arm::Named => ("news.test", named),
                Arm::Neutral => ("bcdf.test", neutral),
            };
            let shows = match arm {
                Arm::Named => shows,
                Arm::Neutral => 2,
            };
            let is_noisy = noisy & 1 << slot != 0 && noisy.count_ones() < 3;
            let end = if is_noisy { noise[usize::from(slot)] } else { usual };
            let part = if is_site {
                Part::SiteBlock { round: 0, slot, arm }
            } else {
                Part::BeaconBlock { round: 0, slot, arm }
            };
            let to = |port| SocketAddr::new(parsed(if is_site { IPS[0] } else { BEACON }), port);
            let outcome = |failure: Option<Failure>| {
                failure.map_or(Ok(()), |failure| Err(Failed::plain(failure)))
            };
            if is_https {
                let step = Handshake { to: to(443), sni: parsed(name) };
                let outcome = outcome(end).map(|()| session(Trust::UnknownIssuer, Some(shows)));
                Observation::Handshake(Seen { step, part, at_ms: 0, took_ms: 1, outcome })
            } else {
                let step = Fetch { to: to(80), url: parsed(&format!("http://{name}/")) };
                let outcome = outcome(end).map(|()| page(200, "News", !is_site, None, None));
                Observation::Fetch(Seen { step, part, at_ms: 0, took_ms: 1, outcome })
            }
        };
        (0..6).map(attempt).collect()
    })
}

fn observation(
    part: impl Strategy<Value = Part> + Clone + 'static,
) -> impl Strategy<Value = Observation> {
    let name = || select(vec!["news.test", "www.news.test", "bcdf.test"]).prop_map(parsed::<Host>);
    let url = || {
        let urls = [
            "https://news.test/",
            "http://news.test/",
            "http://bcdf.test/",
            "https://www.news.test/a",
        ];
        select(urls.to_vec()).prop_map(parsed::<Target>)
    };
    let to =
        |ports: Vec<u16>| (ip(), select(ports)).prop_map(|(ip, port)| SocketAddr::new(ip, port));
    let seen = |part, took_ms| (part, took_ms);
    prop_oneof![
        (name(), resolver(), part.clone(), result(answers())).prop_map(
            move |(name, resolver, part, outcome)| {
                let (part, took_ms) = seen(part, 1);
                let step = Lookup { name, resolver };
                Observation::Lookup(Seen { step, part, at_ms: 0, took_ms, outcome })
            }
        ),
        (to(vec![443, 80]), part.clone(), result(Just(Connected {}))).prop_map(
            |(to, part, outcome)| {
                Observation::Connect(Seen {
                    step: Connect { to },
                    part,
                    at_ms: 0,
                    took_ms: 1,
                    outcome,
                })
            }
        ),
        (to(vec![443]), name(), part.clone(), result(any_session())).prop_map(
            |(to, sni, part, outcome)| {
                Observation::Handshake(Seen {
                    step: Handshake { to, sni },
                    part,
                    at_ms: 0,
                    took_ms: 1,
                    outcome,
                })
            }
        ),
        (ip(), url(), part, result(any_page())).prop_map(|(ip, url, part, outcome)| {
            let to = SocketAddr::new(ip, url.port());
            Observation::Fetch(Seen {
                step: Fetch { to, url },
                part,
                at_ms: 0,
                took_ms: 1,
                outcome,
            })
        }),
    ]
}

fn screen_part() -> impl Strategy<Value = Part> + Clone {
    prop_oneof![6 => Just(Part::Screen), 1 => (1..3_u8).prop_map(|number| Part::Hop { number })]
}

fn any_part() -> impl Strategy<Value = Part> + Clone {
    let arm = || prop_oneof![Just(Arm::Named), Just(Arm::Neutral)];
    prop_oneof![
        12 => Just(Part::Screen),
        2 => (1..3_u8).prop_map(|number| Part::Hop { number }),
        1 => Just(Part::After),
        3 => (0..2_u32, 0..8_u8, arm()).prop_map(|(round, slot, arm)| Part::SiteBlock { round, slot, arm }),
        3 => (0..2_u32, 0..8_u8, arm()).prop_map(|(round, slot, arm)| Part::BeaconBlock { round, slot, arm }),
    ]
}

fn result<T: std::fmt::Debug + Clone>(
    ok: impl Strategy<Value = T>,
) -> impl Strategy<Value = Result<T, Failed>> {
    prop_oneof![2 => ok.prop_map(Ok), 1 => failure().prop_map(|failure| Err(Failed::plain(failure)))]
}

fn failure() -> impl Strategy<Value = Failure> {
    select(vec![
        Failure::Timeout,
        Failure::Reset,
        Failure::Closed,
        Failure::Alert,
        Failure::Refused,
        Failure::NoRoute,
        Failure::Cancelled,
        Failure::BadMessage,
        Failure::ResolverFailed,
    ])
}

fn resolver() -> impl Strategy<Value = Resolver> {
    let ways = [
        ("system", Transport::System),
        ("quad", Transport::Udp),
        ("quad", Transport::Doh),
        ("other", Transport::Udp),
    ];
    select(ways.to_vec()).prop_map(|(id, transport)| Resolver { id: id.into(), transport })
}

fn answers() -> impl Strategy<Value = Answers> {
    let address = ip().prop_map(Answer::Address);
    let rcode = prop_oneof![4 => Just(0), 1 => Just(3), 1 => Just(2)];
    let question = select(vec!["A", "AAAA"]);
    let datagram = (question, any::<bool>(), rcode, prop::collection::vec(address, 0..3));
    let datagram = datagram.prop_map(|(question, fits, rcode, answers)| Datagram {
        question: question.into(),
        after_ms: 1,
        fits,
        rcode,
        answers,
    });
    prop::collection::vec(datagram, 0..3).prop_map(|datagrams| Answers { datagrams })
}

fn any_session() -> impl Strategy<Value = Session> {
    let trust = select(vec![
        Trust::Trusted,
        Trust::Trusted,
        Trust::UnknownIssuer,
        Trust::WrongName,
        Trust::Expired,
    ]);
    (trust, select(vec![None, None, Some(0), Some(1), Some(2), Some(3), Some(4)]))
        .prop_map(|(trust, shown)| session(trust, shown))
}

fn session(trust: Trust, certificate: Option<usize>) -> Session {
    let chain = certificate.map(|at| Digest::of(&shown()[at])).into_iter().collect();
    Session {
        version: "TLSv1_3".into(),
        chain,
        trust,
        read: 1,
        written: 1,
        system: None,
        encrypted_name: None,
    }
}

fn any_page() -> impl Strategy<Value = Page> {
    let status = select(vec![200, 200, 302, 403, 404, 451, 502, 503]);
    let title = select(vec!["News", "Stop", "Just a moment..."]);
    let location = prop::option::of(select(vec!["https://news.test/", "/x"]));
    (status, title, any::<bool>(), location, prop::option::of(any_session())).prop_map(
        |(status, title, is_beacons, location, session)| {
            page(status, title, is_beacons, location, session)
        },
    )
}

fn page(
    status: u16,
    title: &str,
    is_beacons: bool,
    location: Option<&str>,
    session: Option<Session>,
) -> Page {
    let mut headers = BTreeMap::new();
    headers.extend(location.map(|to| ("location".to_owned(), to.to_owned())));
    headers.extend(is_beacons.then(|| ("qoljetim-beacon".to_owned(), "0".repeat(16))));
    Page {
        status,
        headers,
        body: Digest::of(title.as_bytes()),
        bytes: 10,
        truncated: false,
        title: Some(title.to_owned()),
        similarity: None,
        marks: Vec::new(),
        session,
    }
}

fn ip() -> impl Strategy<Value = IpAddr> {
    select(IPS.to_vec()).prop_map(parsed)
}

fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("the text is well written")
}

const IPS: &[&str] =
    &["192.0.2.7", "192.0.2.8", "203.0.113.66", "203.0.113.99", "10.0.0.1", "2001:db8::7"];
const BEACON: &str = "198.51.100.9";

/// What handshakes show: noise, what begins like a certificate, the beacon's, and two others'.
fn shown() -> [Vec<u8>; 5] {
    [
        b"no certificate at all".to_vec(),
        vec![0x30, 0x82, 0x01, 0x0a, 0x30, 0x81, 0xff, 0xa0, 0x03],
        Certificate::self_issued("bcdf.test", 100).0,
        Certificate::issued(&LISTED, "news.test", 1).0,
        Certificate::public("news.test").0,
    ]
}

const LISTED: Name<'static> = Name { country: "KZ", organisation: "", common: "Listed" };
