//! Old records are read for ever, unknown fields survive, and what is not ours is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up should panic")]

use std::path::Path;

use proptest::prelude::*;

use record::{
    Answer, Answers, Arm, Asn, Came, Certificates, Claim, Connect, Connected, Contrast, Datagram,
    DecodeError, Digest, EncryptedName, FORMAT, Failed, Failure, Fetch, Handshake, Hello, Hops,
    Hour, KeyText, Kind, Label, Layer, Load, Loaded, Lookup, Measurement, Observation, Page, Part,
    Quic, Resolver, Role, RunFacts, Rung, Rungs, Seen, ServiceLookup, ServiceRecord, Services,
    Session, Simhash, State, Step, Target, Transport, Trust, Variant, Verdict, VoidReason, limits,
};

#[test]
fn every_example_is_read_and_written_again_byte_for_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/v1");
    let made = [
        ("reached.json", reached()),
        ("no_answer_after_the_hello.json", dropped()),
        ("other_ways.json", other_ways()),
        ("told_of_the_line.json", told_of_the_line()),
    ];
    for (name, measurement) in made {
        let path = folder.join(name);
        // An example that was released is frozen; only a new one is written.
        if std::env::var_os("BLESS").is_some() && !path.exists() {
            std::fs::write(&path, measurement.encode()).unwrap();
        }
    }

    let mut read = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let measurement = Measurement::decode(&bytes).unwrap();
        assert_eq!(measurement.encode(), bytes, "{}", path.display());
        read += 1;
    }
    assert!(read >= 3, "only {read} examples");
}

#[test]
fn the_examples_say_what_the_types_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/v1");

    let read = Measurement::decode(&std::fs::read(folder.join("reached.json")).unwrap()).unwrap();

    assert_eq!(read, reached());
    let read =
        Measurement::decode(&std::fs::read(folder.join("other_ways.json")).unwrap()).unwrap();
    assert_eq!(read, other_ways());
    let read =
        Measurement::decode(&std::fs::read(folder.join("told_of_the_line.json")).unwrap()).unwrap();
    assert_eq!(read, told_of_the_line());
}

#[test]
fn fields_of_a_newer_writer_survive() {
    let text = String::from_utf8(reached().encode()).unwrap();
    let newer = format!("{},\"weather\":{{\"sky\":\"clear\"}}}}", text.strip_suffix('}').unwrap());

    let read = Measurement::decode(newer.as_bytes()).unwrap();

    assert_eq!(read.extra.len(), 1);
    assert_eq!(read.encode(), newer.as_bytes());
}

#[test]
fn another_format_is_refused_by_name() {
    let text = String::from_utf8(reached().encode()).unwrap().replace(FORMAT, "qoljetim/2");

    let refused = Measurement::decode(text.as_bytes());

    assert!(matches!(refused, Err(DecodeError::Format(format)) if format == "qoljetim/2"));
}

#[test]
fn limits_hold_at_their_edge() {
    let with = |observations: usize| {
        let mut measurement = reached();
        measurement.seen = vec![measurement.seen[0].clone(); observations];
        measurement.verdict.because.clear();
        measurement.verdict.layers.clear();
        Measurement::decode(&measurement.encode())
    };
    assert!(with(limits::OBSERVATIONS).is_ok());
    assert!(matches!(with(limits::OBSERVATIONS + 1), Err(DecodeError::TooMany { .. })));

    let mut dangling = reached();
    dangling.verdict.because = vec![dangling.seen.len()];
    assert!(matches!(Measurement::decode(&dangling.encode()), Err(DecodeError::Dangling(_))));

    let deep =
        format!("{}{}", "[".repeat(limits::JSON_DEPTH + 1), "]".repeat(limits::JSON_DEPTH + 1));
    assert!(matches!(Measurement::decode(deep.as_bytes()), Err(DecodeError::TooDeep)));
    let long = vec![b' '; limits::RECORD_BYTES + 1];
    assert!(matches!(Measurement::decode(&long), Err(DecodeError::TooLong(_))));
}

#[test]
fn a_certificate_under_a_false_digest_is_refused() {
    let good = reached();
    let digest = good.certificates.0.keys().next().unwrap().to_string();
    let text = String::from_utf8(good.encode()).unwrap();
    let false_name = "0".repeat(64);

    let refused = Measurement::decode(text.replace(&digest, &false_name).as_bytes());

    assert!(matches!(refused, Err(DecodeError::Shape(_))));
}

#[test]
fn a_step_is_told_in_plain_words() {
    let step = Step::Connect(Connect { to: "203.0.113.7:443".parse().unwrap() });

    let told = serde_json::to_string(&step).unwrap();

    assert_eq!(told, r#"{"do":"connect","to":"203.0.113.7:443"}"#);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(Measurement::decode(&bytes).is_err());
    }

    #[test]
    fn a_damaged_record_never_makes_the_reader_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = dropped().encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;

        if let Ok(read) = Measurement::decode(&bytes) {
            prop_assert!(read.verdict.because.iter().all(|at| *at < read.seen.len()));
        }
    }
}

/// A site that was reached.
fn reached() -> Measurement {
    let certificate = b"not a real certificate".to_vec();
    let digest = Digest::of(&certificate);
    let session = Session {
        version: "TLSv1_3".into(),
        chain: vec![digest],
        trust: Trust::Trusted,
        read: 3120,
        written: 517,
        system: None,
        encrypted_name: None,
    };
    let page = Page {
        status: 200,
        headers: [("server".to_owned(), "lab".to_owned())].into(),
        body: Digest::of(b"hello"),
        bytes: 5,
        truncated: false,
        title: Some("Таң жарығы".into()),
        similarity: None,
        marks: Vec::new(),
        session: Some(session.clone()),
    };
    let mut measurement = dropped();
    measurement.seen = vec![
        measurement.seen[0].clone(),
        Observation::Handshake(seen(handshake("news.test"), Part::Screen, Ok(session))),
        Observation::Fetch(seen(Fetch { to: address(), url: target() }, Part::Screen, Ok(page))),
    ];
    measurement.certificates = Certificates([(digest, certificate)].into());
    measurement.verdict = Verdict {
        state: State::Ok,
        layer: Some(Layer::Http),
        rule: "http_reached".into(),
        because: vec![2],
        layers: vec![Claim {
            layer: Layer::Http,
            state: State::Ok,
            rule: "http_reached".into(),
            because: vec![2],
        }],
    };
    measurement
}

/// A site whose name gets no answer after the ClientHello.
fn dropped() -> Measurement {
    let datagram = Datagram {
        question: "A".into(),
        after_ms: 41,
        fits: true,
        rcode: 0,
        answers: vec![Answer::Alias("edge.test".into()), Answer::Address(address().ip())],
    };
    let resolver = Resolver { id: "quad-a".into(), transport: Transport::Udp };
    let lookup = Lookup { name: "news.test".parse().unwrap(), resolver };
    let block = |slot, arm| Part::SiteBlock { round: 0, slot, arm };
    let silent = || Failed { written: 252, ..Failed::plain(Failure::Timeout) };
    let answered =
        Failed { detail: "UnrecognisedName".into(), read: 7, ..Failed::plain(Failure::Alert) };
    Measurement {
        format: FORMAT.into(),
        software: "0.1.0".into(),
        role: Role::Agent,
        credential: KeyText::new([7; 32]),
        kind: Kind::Web,
        target: target(),
        hour: Hour(498_742),
        snapshot: Digest::of(b"snapshot"),
        network: None,
        run: RunFacts::default(),
        seen: vec![
            Observation::Lookup(seen(
                lookup,
                Part::Screen,
                Ok(Answers { datagrams: vec![datagram] }),
            )),
            Observation::Connect(seen(Connect { to: address() }, Part::Screen, Ok(Connected {}))),
            Observation::Handshake(seen(handshake("news.test"), Part::Screen, Err(silent()))),
            Observation::Handshake(seen(
                handshake("news.test"),
                block(0, Arm::Named),
                Err(silent()),
            )),
            Observation::Handshake(seen(
                handshake("mirt.test"),
                block(1, Arm::Neutral),
                Err(answered),
            )),
        ],
        certificates: Certificates::default(),
        control: None,
        verdict: Verdict {
            state: State::Inconclusive,
            layer: Some(Layer::Tls),
            rule: "tls_failed".into(),
            because: vec![2],
            layers: Vec::new(),
        },
        extra: std::collections::BTreeMap::new(),
    }
}

/// Every step beside those over TCP, on a line about which much is known.
fn other_ways() -> Measurement {
    let mut measurement = dropped();
    measurement.kind = Kind::Endpoint;
    measurement.run = RunFacts {
        void: vec![VoidReason::LossyLine],
        roots: "webpki-roots 1.0.10".into(),
        hello: String::new(),
        labels: Label::ALL.to_vec(),
        rtt_ms: Some(81),
        resolver_network: Some(Asn(9198)),
        resolver_direct: false,
    };
    measurement.seen = other_steps();
    measurement
}

/// The same on a line whose resolver the settings name, told with the hello that was sent.
fn told_of_the_line() -> Measurement {
    let mut measurement = other_ways();
    measurement.run.hello = "t13d1010h1_61a7ad8aa9b6_6a7d638fc319".into();
    measurement.run.resolver_direct = true;
    measurement
}

fn other_steps() -> Vec<Observation> {
    let name = || "news.test".parse().unwrap();
    let session = |encrypted_name| Session {
        version: "TLSv1_3".into(),
        chain: Vec::new(),
        trust: Trust::UnknownIssuer,
        read: 3120,
        written: 517,
        system: Some(Trust::Trusted),
        encrypted_name,
    };
    let page = Page {
        status: 200,
        headers: [("alt-svc".to_owned(), "h3=\":443\"".to_owned())].into(),
        body: Digest::of(b"hello"),
        bytes: 5,
        truncated: false,
        title: None,
        similarity: Some(Simhash(0x0123_4567_89ab_cdef)),
        marks: vec!["captcha-lab".into()],
        session: Some(session(None)),
    };
    let variant = |hello| Variant { to: address(), name: name(), hello };
    let encrypted = Hello::Encrypted { config: "AEX+DQBB".into() };
    let rung = |limit, came, network| Rung { limit, came, knock: None, network };
    let rungs = Rungs {
        rungs: vec![
            rung(1, Came::Expired, None),
            rung(2, Came::Expired, Some(Asn(9198))),
            rung(3, Came::Nothing, None),
            rung(4, Came::Answer, None),
            rung(5, Came::Reset, None),
            rung(6, Came::Closed, None),
            rung(7, Came::NoConnection, None),
        ],
    };
    let resolver = |id: &str| Resolver { id: id.into(), transport: Transport::Udp };
    let loaded =
        Loaded { ready_ms: 90, first_ms: 130, bytes: 131_072, last_ms: 900, from_beacon: true };
    let block = |on, slot, arm| Part::Block { on, round: 1, slot, arm };
    let stalled = Failed { read: 65_536, ..Failed::plain(Failure::Timeout) };
    let load = || Load { to: address(), name: name(), tls: true, bytes: 131_072 };
    vec![
        Observation::Lookup(seen(
            Lookup { name: name(), resolver: resolver(Resolver::NOBODY) },
            Part::Variation,
            Err(Failed::plain(Failure::Timeout)),
        )),
        Observation::Service(seen(
            ServiceLookup { name: name(), resolver: resolver("quad-a") },
            Part::Screen,
            Ok(services()),
        )),
        Observation::Variant(seen(variant(Hello::Split), Part::Variation, Ok(session(None)))),
        Observation::Variant(seen(variant(Hello::Nameless), Part::Variation, Ok(session(None)))),
        Observation::Variant(seen(
            variant(encrypted),
            block(Contrast::SiteEncrypted, 0, Arm::Named),
            Ok(session(Some(EncryptedName::Rejected))),
        )),
        Observation::Quic(seen(
            Quic { to: address(), sni: name() },
            block(Contrast::SiteQuic, 0, Arm::Named),
            Err(Failed::plain(Failure::Timeout)),
        )),
        Observation::Http3(seen(Fetch { to: address(), url: target() }, Part::OverQuic, Ok(page))),
        Observation::Load(seen(load(), block(Contrast::BeaconLoad, 0, Arm::Neutral), Ok(loaded))),
        Observation::Load(seen(load(), block(Contrast::BeaconLoad, 1, Arm::Named), Err(stalled))),
        Observation::Hops(seen(
            Hops { to: address(), sni: name(), most: 24 },
            Part::Variation,
            Ok(rungs),
        )),
    ]
}

fn services() -> Services {
    Services {
        records: vec![ServiceRecord {
            priority: 1,
            target: String::new(),
            alpn: vec!["h3".into(), "h2".into()],
            hints: vec![address().ip()],
            ech: Some("AEX+DQBB".into()),
        }],
    }
}

fn seen<S, T>(step: S, part: Part, outcome: Result<T, Failed>) -> Seen<S, T> {
    Seen { step, part, at_ms: 12, took_ms: 80, outcome }
}

fn handshake(sni: &str) -> Handshake {
    Handshake { to: address(), sni: sni.parse().unwrap() }
}

fn target() -> Target {
    "https://news.test/".parse().unwrap()
}

fn address() -> std::net::SocketAddr {
    "203.0.113.7:443".parse().unwrap()
}
