//! What a rule needs survives the way through OONI's format.

use std::collections::BTreeMap;

use record::{
    Answer, Answers, Arm, Asn, Certificates, Connect, Connected, Datagram, Digest, Failed, Failure,
    Fetch, Handshake, Hour, KeyText, Kind, Lookup, Measurement, Observation, Page, Part, Resolver,
    Role, RunFacts, Seen, Session, State, Transport, Trust, Verdict,
};

#[test]
fn the_steps_towards_the_target_come_back_as_they_were() {
    let written = measurement(towards_the_target());

    let read = ooni::read(ooni::write(&written).to_string().as_bytes()).unwrap();

    assert_eq!(read.measurement.seen, written.seen);
    assert_eq!(read.measurement.certificates, written.certificates);
    assert_eq!(read.measurement.target, written.target);
    assert_eq!((read.measurement.hour, read.measurement.network), (written.hour, written.network));
    assert_eq!((read.left_out, read.assumed, read.country), (0, 0, None));
}

#[test]
fn every_failure_comes_back_in_every_step() {
    for failure in [
        Failure::Timeout,
        Failure::Reset,
        Failure::Refused,
        Failure::Unreachable,
        Failure::Closed,
        Failure::Alert,
        Failure::BadMessage,
        Failure::NoRoute,
        Failure::Cancelled,
    ] {
        let failed = || Failed::plain(failure);
        let seen = vec![
            lookup("quad9", Transport::Udp, Err(failed())),
            Observation::Connect(seen(Connect { to: to() }, 20, Err(failed()))),
            Observation::Handshake(seen(shake("news.test"), 30, Err(failed()))),
            Observation::Fetch(seen(fetch(), 40, Err(failed()))),
        ];

        let read =
            ooni::read(ooni::write(&measurement(seen.clone())).to_string().as_bytes()).unwrap();

        assert_eq!(read.measurement.seen, seen, "{failure:?}");
    }
}

#[test]
fn blocks_and_controls_stay_at_home() {
    let block = Part::BeaconBlock { round: 0, slot: 2, arm: Arm::Neutral };
    let seen = [Part::Before, Part::After, block].map(|part| {
        let handshake = seen(shake("other.test"), 0, Err(Failed::plain(Failure::Reset)));
        Observation::Handshake(Seen { part, ..handshake })
    });

    let written = ooni::write(&measurement(seen.to_vec()));

    assert_eq!(written["test_keys"]["tls_handshakes"], serde_json::json!([]));
    assert!(!written.to_string().contains("other.test"));
}

#[test]
fn oonis_base_is_whole_and_claims_nothing() {
    let measurement = measurement(towards_the_target());

    let written = ooni::write(&measurement);

    for field in [
        "annotations",
        "data_format_version",
        "input",
        "measurement_start_time",
        "probe_asn",
        "probe_cc",
        "probe_ip",
        "probe_network_name",
        "report_id",
        "resolver_asn",
        "resolver_ip",
        "resolver_network_name",
        "software_name",
        "software_version",
        "test_keys",
        "test_name",
        "test_runtime",
        "test_start_time",
        "test_version",
    ] {
        assert!(written.get(field).is_some_and(|value| !value.is_null()), "{field}");
    }
    assert_eq!(written["measurement_start_time"], "2024-01-24 13:00:00");
    assert_eq!(written["annotations"]["qoljetim_id"], measurement.id().to_string());
    assert!(
        written["test_keys"]["blocking"].is_null() && written["test_keys"]["accessible"].is_null()
    );
    assert_eq!(written["test_keys"]["requests"][0]["tags"][0], "depth=1", "the latest comes first");
}

/// One of everything, in the order of time.
fn towards_the_target() -> Vec<Observation> {
    let session = |trust| Session {
        version: "TLSv1_3".to_owned(),
        chain: vec![Digest::of(b"leaf")],
        trust,
        read: 0,
        written: 0,
        system: None,
        encrypted_name: None,
    };
    let hop = Part::Hop { number: 1 };
    let page = |status, session| Page {
        status,
        headers: BTreeMap::from([("server".to_owned(), "one".to_owned())]),
        body: Digest::of(b"a page"),
        bytes: 6,
        truncated: false,
        title: Some("Жаңалықтар".to_owned()),
        similarity: None,
        marks: Vec::new(),
        session,
    };
    let denied = Answers { datagrams: vec![datagram("A", 3, 3, &[]), datagram("AAAA", 3, 3, &[])] };
    let forged = Datagram { fits: false, ..datagram("A", 1, 0, &["10.0.0.1"]) };
    let doubled = Answers {
        datagrams: vec![
            forged,
            datagram("A", 2, 0, &["10.0.0.1"]),
            datagram("A", 9, 0, &["192.0.2.7"]),
            datagram("AAAA", 4, 0, &[]),
        ],
    };
    let https = Answers { datagrams: vec![datagram("A", 12, 0, &["192.0.2.7", "192.0.2.8"])] };
    vec![
        lookup("system", Transport::System, Ok(denied)),
        took(lookup("cloudflare", Transport::Udp, Ok(doubled)), 9),
        took(lookup("quad9", Transport::Doh, Ok(https)), 12),
        Observation::Connect(seen(Connect { to: to() }, 20, Ok(Connected {}))),
        Observation::Handshake(seen(shake("news.test"), 30, Ok(session(Trust::UnknownIssuer)))),
        Observation::Handshake(seen(shake("news.test"), 35, Err(Failed::plain(Failure::Reset)))),
        Observation::Fetch(seen(fetch(), 40, Ok(page(301, Some(session(Trust::Trusted)))))),
        Observation::Fetch(Seen { part: hop, ..seen(fetch(), 50, Ok(page(200, None))) }),
    ]
    .into_iter()
    .map(plain_http_has_no_session)
    .collect()
}

/// The redirect leads to plain HTTP, where there is no session.
fn plain_http_has_no_session(observation: Observation) -> Observation {
    if let Observation::Fetch(mut seen) = observation {
        if seen.part != Part::Screen {
            seen.step.url = "http://news.test/kk".parse().expect("a target");
            seen.step.to.set_port(80);
        }
        return Observation::Fetch(seen);
    }
    observation
}

fn measurement(seen: Vec<Observation>) -> Measurement {
    Measurement {
        format: record::FORMAT.to_owned(),
        software: "0.1.0".to_owned(),
        role: Role::Agent,
        credential: KeyText::new([7; 32]),
        kind: Kind::Web,
        target: "https://news.test/".parse().expect("a target"),
        hour: Hour(473_917),
        snapshot: Digest::of(b"snapshot"),
        network: Some(Asn(9198)),
        run: RunFacts::default(),
        certificates: Certificates(BTreeMap::from_iter(
            seen.iter()
                .any(|seen| seen.failure().is_none())
                .then(|| (Digest::of(b"leaf"), b"leaf".to_vec())),
        )),
        seen,
        control: None,
        verdict: Verdict {
            state: State::Ok,
            layer: None,
            rule: "http_reached".into(),
            because: vec![],
            layers: vec![],
        },
        extra: BTreeMap::new(),
    }
}

fn lookup(id: &str, transport: Transport, outcome: Result<Answers, Failed>) -> Observation {
    let resolver = Resolver { id: id.to_owned(), transport };
    let name = "news.test".parse().expect("a name");
    let step = Lookup { name, resolver };
    Observation::Lookup(Seen { step, part: Part::Screen, at_ms: 0, took_ms: 3, outcome })
}

fn took(observation: Observation, took_ms: u32) -> Observation {
    if let Observation::Lookup(seen) = observation {
        return Observation::Lookup(Seen { took_ms, ..seen });
    }
    observation
}

fn datagram(question: &str, after_ms: u32, rcode: u16, addresses: &[&str]) -> Datagram {
    let answers = addresses.iter().map(|ip| Answer::Address(ip.parse().expect("an address")));
    Datagram {
        question: question.to_owned(),
        after_ms,
        fits: true,
        rcode,
        answers: answers.collect(),
    }
}

fn seen<S, T>(step: S, at_ms: u32, outcome: Result<T, Failed>) -> Seen<S, T> {
    Seen { step, part: Part::Screen, at_ms, took_ms: 5, outcome }
}

fn shake(sni: &str) -> Handshake {
    Handshake { to: to(), sni: sni.parse().expect("a name") }
}

fn fetch() -> Fetch {
    Fetch { to: to(), url: "https://news.test/".parse().expect("a target") }
}

fn to() -> std::net::SocketAddr {
    "192.0.2.7:443".parse().expect("an address")
}
