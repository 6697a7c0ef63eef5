//! A golden case: what was seen, what must be concluded, and why.

use std::collections::BTreeMap;

use record::{Certificates, Kind, Observation, Target, VoidReason};
use testlists::{Authority, ContentNetwork, Fingerprints, Interceptor, PageMark};
use verdict::{Answerer, Case, Screen};

use crate::build::{STRANGE, parsed};
use crate::der::{Certificate, Name};

/// One case and its conclusion.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    pub(crate) seen: Vec<Observation>,
    pub(crate) certificates: Certificates,
    pub(crate) control: Option<Vec<Observation>>,
    pub(crate) void: Vec<VoidReason>,
    /// Whose word the line's resolver gives; the provider's unless told otherwise.
    pub(crate) resolver: Answerer,
    /// The headline's rule.
    pub(crate) rule: &'static str,
    /// What its screen counts as.
    pub(crate) screen: Screen,
    /// Rules that must claim nothing here, though what was seen comes near them.
    pub(crate) against: &'static [&'static str],
}

impl Story {
    pub(crate) fn new(name: &'static str, target: &str, why: &'static str) -> Self {
        Self {
            name,
            why,
            kind: Kind::Web,
            target: parsed(target),
            seen: Vec::new(),
            certificates: Certificates(BTreeMap::new()),
            control: None,
            void: Vec::new(),
            resolver: Answerer::Provider,
            rule: "no_rule",
            screen: Screen::Unclear,
            against: &[],
        }
    }

    /// Adds what the agent saw.
    pub(crate) fn inside(mut self, seen: impl IntoIterator<Item = Observation>) -> Self {
        self.seen.extend(seen);
        for (at, seen) in self.seen.iter_mut().enumerate() {
            let at_ms = u32::try_from(at).unwrap_or(u32::MAX) * 100;
            match seen {
                Observation::Lookup(seen) => seen.at_ms = at_ms,
                Observation::Connect(seen) => seen.at_ms = at_ms,
                Observation::Handshake(seen) => seen.at_ms = at_ms,
                Observation::Fetch(seen) | Observation::Http3(seen) => seen.at_ms = at_ms,
                Observation::Service(seen) => seen.at_ms = at_ms,
                Observation::Variant(seen) => seen.at_ms = at_ms,
                Observation::Quic(seen) => seen.at_ms = at_ms,
                Observation::Load(seen) => seen.at_ms = at_ms,
                Observation::Hops(seen) => seen.at_ms = at_ms,
            }
        }
        self
    }

    /// Says what a control saw.
    pub(crate) fn outside(mut self, seen: impl IntoIterator<Item = Observation>) -> Self {
        self.control = Some(seen.into_iter().collect());
        self
    }

    /// Makes it a test of a serving host, without a page.
    pub(crate) fn of_an_endpoint(mut self) -> Self {
        self.kind = Kind::Endpoint;
        self
    }

    /// Says whose word the line's resolver gives.
    pub(crate) fn asking(mut self, resolver: Answerer) -> Self {
        self.resolver = resolver;
        self
    }

    pub(crate) fn with_certificates(mut self, shown: &[&Certificate]) -> Self {
        for certificate in shown {
            self.certificates.0.insert(certificate.digest(), certificate.0.clone());
        }
        self
    }

    pub(crate) fn void(mut self, reason: VoidReason) -> Self {
        self.void.push(reason);
        self
    }

    pub(crate) fn concludes(mut self, rule: &'static str, screen: Screen) -> Self {
        self.rule = rule;
        self.screen = screen;
        self
    }

    pub(crate) fn against(mut self, rules: &'static [&'static str]) -> Self {
        self.against = rules;
        self
    }

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
}

/// The name of a listed authority.
pub(crate) const AUTHORITY: Name<'static> =
    Name { country: "KZ", organisation: "ISCA", common: "Test State Authority" };

/// A certificate listed by its SHA-256, and the keys listed by theirs.
pub(crate) fn listed_by_digest() -> Certificate {
    Certificate::self_issued("Listed Root", 201)
}

/// A certificate listed by its SHA-1.
pub(crate) fn listed_by_sha1() -> Certificate {
    Certificate::self_issued("Older Root", 202)
}

/// The number of a key that is listed.
pub(crate) const LISTED_KEY: u8 = 203;

/// What is known of forged answers in every golden case.
pub(crate) fn known() -> Fingerprints {
    use sha1::{Digest as _, Sha1};
    Fingerprints {
        authorities: vec![Authority {
            id: "test_state_authority".to_owned(),
            name: "Test State Authority".to_owned(),
            sha256: vec![listed_by_digest().digest().to_string().to_uppercase()],
            sha1: vec![hex::encode(Sha1::digest(&listed_by_sha1().0))],
            spki_sha256: vec![Certificate::key_digest(LISTED_KEY)],
            issuer_names: vec![AUTHORITY.common.to_owned()],
            issuer_organisation: AUTHORITY.organisation.to_owned(),
            source: "invented".to_owned(),
        }],
        dns: vec![parsed("203.0.113.99")],
        aliases: vec![parsed("notice.test")],
        bogus: vec!["10.0.0.0/8".to_owned()],
        content_networks: vec![ContentNetwork {
            id: "test_content".to_owned(),
            ranges: vec!["198.51.100.128/26".to_owned(), "198.51.100.224/27".to_owned()],
        }],
        programs: vec![Interceptor {
            id: "test_program".to_owned(),
            name: "Test Guard".to_owned(),
            issuer: "Test Guard Filter CA".to_owned(),
        }],
        pages: vec![
            PageMark {
                id: "test_block_page".to_owned(),
                title: "Access restricted".to_owned(),
                source: format!("invented; served at {STRANGE}"),
                ..PageMark::default()
            },
            PageMark {
                id: "test_block_text".to_owned(),
                contains: "by the rules of this test".to_owned(),
                source: format!("invented; served at {STRANGE}"),
                ..PageMark::default()
            },
        ],
    }
}
