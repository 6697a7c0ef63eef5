//! Certificates come from strangers: whatever they hold, judging them does not fail.

#[path = "golden/der.rs"]
mod der;

use std::net::SocketAddr;

use proptest::prelude::*;

use record::{
    Arm, Certificates, Digest, Handshake, Observation, Part, Seen, Session, State, Target, Trust,
};
use testlists::{Authority, Fingerprints};
use verdict::{Case, artefacts, judge};

use der::{Certificate, Name};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_certificate_with_any_bytes_changed_or_cut_is_read_or_passed_over(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut der = Certificate::issued(&LISTED, "news.test", 1).0;
        for (at, byte) in changes {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if is_cut {
            der.truncate(cut.index(der.len()));
        }

        let _: State = judged(&der);
    }

    #[test]
    fn noise_is_no_listed_authoritys(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_ne!(judged(&noise), State::Interference);
    }
}

#[test]
fn the_certificate_as_it_is_is_the_listed_authoritys() {
    let der = Certificate::issued(&LISTED, "news.test", 1).0;

    assert_eq!(judged(&der), State::Interference);
    // By neither of its other marks, and neither of the others' certificates.
    assert_ne!(judged(&Certificate::public("news.test").0), State::Interference);
    assert_ne!(judged(&Certificate::self_issued("news.test", 1).0), State::Interference);
}

/// Judges a case in which `der` is shown at site and beacon.
fn judged(der: &[u8]) -> State {
    let target: Target = "https://news.test/".parse().expect("the target is well written");
    let parts = [
        Part::Screen,
        Part::BeaconBlock { round: 0, slot: 0, arm: Arm::Named },
        Part::BeaconBlock { round: 0, slot: 1, arm: Arm::Named },
    ];
    let seen: Vec<Observation> = parts.into_iter().map(|part| shown(&target, part, der)).collect();
    let known = Fingerprints {
        authorities: vec![Authority {
            id: "listed".into(),
            issuer_names: vec![LISTED.common.into()],
            sha256: vec![Certificate::self_issued("Root", 7).digest().to_string()],
            spki_sha256: vec![Certificate::key_digest(7)],
            ..Authority::default()
        }],
        ..Fingerprints::default()
    };
    let certificates = Certificates([(Digest::of(der), der.to_vec())].into_iter().collect());
    let case = Case {
        kind: record::Kind::Web,
        target: &target,
        seen: &seen,
        certificates: &certificates,
        control: None,
        known: &known,
        void: &[],
        resolver: verdict::Answerer::default(),
    };
    let state = judge(case).state;
    assert_eq!(state == State::Interference, !artefacts(&case).is_empty());
    state
}

fn shown(target: &Target, part: Part, der: &[u8]) -> Observation {
    let step = Handshake { to: SocketAddr::from(([192, 0, 2, 7], 443)), sni: target.host() };
    let session = Session {
        version: "TLSv1_3".into(),
        chain: vec![Digest::of(der)],
        trust: Trust::UnknownIssuer,
        read: 1,
        written: 1,
        system: None,
        encrypted_name: None,
    };
    Observation::Handshake(Seen { step, part, at_ms: 0, took_ms: 1, outcome: Ok(session) })
}

const LISTED: Name<'static> = Name { country: "KZ", organisation: "", common: "Listed" };
