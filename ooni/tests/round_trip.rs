//! What a rule needs survives the way through OONI's format.

use std::collections::BTreeMap;

use record::{
    Answer, Answers, Arm, Asn, Certificates, Connect, Connected, Datagram, Digest, Failed, Failure,
    Fetch, Handshake, Hello, Hour, KeyText, Kind, Lookup, Measurement, Observation, Page, Part,
    Quic, Resolver, Role, RunFacts, Seen, Session, State, Transport, Trust, Variant, Verdict,
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
fn the_visit_over_quic_and_encrypted_names_come_back_apart_from_the_visit() {
    let over_quic = |seen: Seen<Fetch, Page>| Seen { part: Part::OverQuic, ..seen };
    let shaken = seen(Quic { to: to(), sni: "news.test".parse().expect("a name") }, 60, ok());
    let hello = Hello::Encrypted { config: "AAQ=".to_owned() };
    let variant = Variant { to: to(), name: "news.test".parse().expect("a name"), hello };
    let reset = Err(Failed::plain(Failure::Reset));
    let also = vec![
        Observation::Quic(Seen { part: Part::OverQuic, ..shaken }),
        Observation::Http3(over_quic(seen(fetch(), 70, Ok(page(200, ok().ok()))))),
        Observation::Variant(Seen { part: Part::Variation, ..seen(variant, 80, reset) }),
    ];
    let all = [towards_the_target(), also].concat();

    let written = ooni::write(&measurement(all.clone()));
    let read = ooni::read(written.to_string().as_bytes()).unwrap();

    assert_eq!((read.measurement.seen, read.left_out), (all, 0));
    let keys = &written["test_keys"];
    assert_eq!(keys["quic_handshakes"][0]["network"], "udp");
    assert_eq!(keys["requests"][0]["network"], "tcp", "the page that was reached comes first");
    assert_eq!(keys["x_ech"]["tls_handshakes"][0]["echconfig"], "AAQ=");
    assert!(!keys["tls_handshakes"].to_string().contains("echconfig"));
}

#[test]
fn what_has_no_place_is_left_out_and_nothing_else() {
    let nobody = lookup("nobody", Transport::Udp, Err(Failed::plain(Failure::Timeout)));
    let split =
        Variant { to: to(), name: "news.test".parse().expect("a name"), hello: Hello::Split };
    let split = Seen { part: Part::Variation, ..seen(split, 0, ok()) };

    let written = ooni::write(&measurement(vec![nobody, Observation::Variant(split)]));

    let keys = &written["test_keys"];
    for list in ["queries", "tcp_connect", "tls_handshakes", "requests", "quic_handshakes"] {
        assert_eq!(keys[list], serde_json::json!([]), "{list}");
    }
    assert_eq!(keys["x_ech"]["tls_handshakes"], serde_json::json!([]));
}

#[test]
fn a_control_is_told_as_oonis_helper_would_and_comes_back_as_one() {
    let answers = Answers { datagrams: vec![datagram("A", 3, 0, &["192.0.2.7"])] };
    let moved = seen(fetch(), 40, Ok(page(301, ok().ok())));
    let hop = Part::Hop { number: 1 };
    let landed = Seen { part: hop, ..seen(fetch(), 50, Ok(page(200, ok().ok()))) };
    let untrusted = ok().map(|session| Session { trust: Trust::WrongName, ..session });
    let there = [
        lookup("system", Transport::System, Ok(answers)),
        Observation::Connect(seen(Connect { to: to() }, 20, Ok(Connected {}))),
        Observation::Handshake(seen(shake("news.test"), 30, untrusted)),
        Observation::Fetch(moved),
        Observation::Fetch(landed),
    ];

    let written = ooni::write_with_control(&measurement(Vec::new()), Some(&there));
    let read = ooni::read(written.to_string().as_bytes()).unwrap();

    let control = &written["test_keys"]["control"];
    assert_eq!(control["dns"]["addrs"], serde_json::json!(["192.0.2.7"]));
    assert_eq!(control["tcp_connect"]["192.0.2.7:443"]["status"], true);
    let end = &control["tls_handshake"]["192.0.2.7:443"];
    assert_eq!((&end["status"], &end["failure"]), (&false.into(), &"ssl_invalid_hostname".into()));
    assert_eq!(control["http_request"]["status_code"], 200, "the last page");
    let back = read.control.unwrap();
    assert_eq!(back.len(), 4);
    let trust = back.iter().find_map(Observation::as_handshake).unwrap().outcome.clone();
    assert_eq!(trust.unwrap().trust, Trust::WrongName);
    let none = ooni::write_with_control(&measurement(Vec::new()), Some(&[]));
    for step in ["dns", "http_request"] {
        assert!(none["test_keys"]["control"][step].is_null(), "nothing was asked, nothing came");
    }
    assert_eq!(ooni::read(none.to_string().as_bytes()).unwrap().control, None);
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
    let hop = Part::Hop { number: 1 };
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

fn ok() -> Result<Session, Failed> {
    Ok(session(Trust::Trusted))
}

fn session(trust: Trust) -> Session {
    Session {
        version: "TLSv1_3".to_owned(),
        chain: vec![Digest::of(b"leaf")],
        trust,
        read: 0,
        written: 0,
        system: None,
        encrypted_name: None,
    }
}

fn page(status: u16, session: Option<Session>) -> Page {
    Page {
        status,
        headers: BTreeMap::from([("server".to_owned(), "one".to_owned())]),
        body: Digest::of(b"a page"),
        bytes: 6,
        truncated: false,
        title: Some("Жаңалықтар".to_owned()),
        similarity: None,
        marks: Vec::new(),
        session,
    }
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
