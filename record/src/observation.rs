//! What was seen: one step with its only outcome. Facts, never a judgement.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{
    Connect, Digest, Failed, Failure, Fetch, Handshake, Hops, Load, Loaded, Lookup, Part, Quic,
    Rungs, ServiceLookup, Services, Simhash, Step, Variant,
};

/// One step and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Observation {
    /// A name was looked up.
    Lookup(Seen<Lookup, Answers>),
    /// A TCP connection was opened.
    Connect(Seen<Connect, Connected>),
    /// A TLS handshake was made.
    Handshake(Seen<Handshake, Session>),
    /// A page was fetched.
    Fetch(Seen<Fetch, Page>),
    /// HTTPS records were looked up.
    Service(Seen<ServiceLookup, Services>),
    /// A TLS handshake was made with a ClientHello shaped otherwise.
    Variant(Seen<Variant, Session>),
    /// A QUIC handshake was made.
    Quic(Seen<Quic, Session>),
    /// A page was fetched over HTTP/3.
    Http3(Seen<Fetch, Page>),
    /// Bytes were loaded from the beacon.
    Load(Seen<Load, Loaded>),
    /// A ClientHello was sent with growing hop limits.
    Hops(Seen<Hops, Rungs>),
}

/// Applies an expression to what was seen, whichever step it was.
macro_rules! each {
    ($observation:expr, $seen:ident => $what:expr) => {
        match $observation {
            Observation::Lookup($seen) => $what,
            Observation::Connect($seen) => $what,
            Observation::Handshake($seen) => $what,
            Observation::Fetch($seen) => $what,
            Observation::Service($seen) => $what,
            Observation::Variant($seen) => $what,
            Observation::Quic($seen) => $what,
            Observation::Http3($seen) => $what,
            Observation::Load($seen) => $what,
            Observation::Hops($seen) => $what,
        }
    };
}

impl Observation {
    /// Returns the lookup, when it is one.
    pub fn as_lookup(&self) -> Option<&Seen<Lookup, Answers>> {
        if let Self::Lookup(seen) = self { Some(seen) } else { None }
    }

    /// Returns the TCP connection, when it is one.
    pub fn as_connect(&self) -> Option<&Seen<Connect, Connected>> {
        if let Self::Connect(seen) = self { Some(seen) } else { None }
    }

    /// Returns the TLS handshake, when it is one.
    pub fn as_handshake(&self) -> Option<&Seen<Handshake, Session>> {
        if let Self::Handshake(seen) = self { Some(seen) } else { None }
    }

    /// Returns the fetched page, when it is one.
    pub fn as_fetch(&self) -> Option<&Seen<Fetch, Page>> {
        if let Self::Fetch(seen) = self { Some(seen) } else { None }
    }

    /// Returns the lookup of HTTPS records, when it is one.
    pub fn as_service(&self) -> Option<&Seen<ServiceLookup, Services>> {
        if let Self::Service(seen) = self { Some(seen) } else { None }
    }

    /// Returns the handshake shaped otherwise, when it is one.
    pub fn as_variant(&self) -> Option<&Seen<Variant, Session>> {
        if let Self::Variant(seen) = self { Some(seen) } else { None }
    }

    /// Returns the QUIC handshake, when it is one.
    pub fn as_quic(&self) -> Option<&Seen<Quic, Session>> {
        if let Self::Quic(seen) = self { Some(seen) } else { None }
    }

    /// Returns the page fetched over HTTP/3, when it is one.
    pub fn as_http3(&self) -> Option<&Seen<Fetch, Page>> {
        if let Self::Http3(seen) = self { Some(seen) } else { None }
    }

    /// Returns the load, when it is one.
    pub fn as_load(&self) -> Option<&Seen<Load, Loaded>> {
        if let Self::Load(seen) = self { Some(seen) } else { None }
    }

    /// Returns the ladder of hop limits, when it is one.
    pub fn as_hops(&self) -> Option<&Seen<Hops, Rungs>> {
        if let Self::Hops(seen) = self { Some(seen) } else { None }
    }

    /// Returns whether this is what came of `step`.
    pub fn is_of(&self, step: &Step) -> bool {
        match (self, step) {
            (Self::Lookup(seen), Step::Lookup(step)) => seen.step == *step,
            (Self::Connect(seen), Step::Connect(step)) => seen.step == *step,
            (Self::Handshake(seen), Step::Handshake(step)) => seen.step == *step,
            (Self::Fetch(seen), Step::Fetch(step)) => seen.step == *step,
            (Self::Service(seen), Step::Service(step)) => seen.step == *step,
            (Self::Variant(seen), Step::Variant(step)) => seen.step == *step,
            (Self::Quic(seen), Step::Quic(step)) => seen.step == *step,
            (Self::Http3(seen), Step::Http3(step)) => seen.step == *step,
            (Self::Load(seen), Step::Load(step)) => seen.step == *step,
            (Self::Hops(seen), Step::Hops(step)) => seen.step == *step,
            _ => false,
        }
    }

    /// Returns the part the step played.
    pub fn part(&self) -> Part {
        each!(self, seen => seen.part)
    }

    /// Returns the failure, where the step failed.
    pub fn failure(&self) -> Option<Failure> {
        each!(self, seen => seen.failure())
    }

    /// Returns how the step failed, with what was known then; none when it succeeded.
    pub fn failed(&self) -> Option<&Failed> {
        each!(self, seen => seen.outcome.as_ref().err())
    }

    /// Returns when the step began, in milliseconds after the job began.
    pub fn at_ms(&self) -> u32 {
        each!(self, seen => seen.at_ms)
    }

    /// Returns how long the step took, in milliseconds.
    pub fn took_ms(&self) -> u32 {
        each!(self, seen => seen.took_ms)
    }

    /// Returns the TLS session that the step showed, where it showed one.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Handshake(seen) => seen.outcome.as_ref().ok(),
            Self::Variant(seen) => seen.outcome.as_ref().ok(),
            Self::Quic(seen) => seen.outcome.as_ref().ok(),
            Self::Fetch(seen) | Self::Http3(seen) => seen.outcome.as_ref().ok()?.session.as_ref(),
            Self::Lookup(_) | Self::Connect(_) => None,
            Self::Service(_) | Self::Load(_) | Self::Hops(_) => None,
        }
    }

    /// Returns where the step went; none for questions to resolvers.
    pub fn to(&self) -> Option<SocketAddr> {
        match self {
            Self::Lookup(_) | Self::Service(_) => None,
            Self::Connect(seen) => Some(seen.step.to),
            Self::Handshake(seen) => Some(seen.step.to),
            Self::Fetch(seen) | Self::Http3(seen) => Some(seen.step.to),
            Self::Variant(seen) => Some(seen.step.to),
            Self::Quic(seen) => Some(seen.step.to),
            Self::Load(seen) => Some(seen.step.to),
            Self::Hops(seen) => Some(seen.step.to),
        }
    }
}

/// What one step did, when, how long it took, and its only outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "S: Serialize, T: Serialize",
    deserialize = "S: Deserialize<'de>, T: Deserialize<'de>"
))]
pub struct Seen<S, T> {
    /// What was attempted.
    pub step: S,
    /// The part it played in the job.
    #[serde(default)]
    pub part: Part,
    /// When it began, in milliseconds after the job began.
    pub at_ms: u32,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// What came of it. A failure here is data, not an error.
    #[serde(with = "outcome")]
    pub outcome: Result<T, Failed>,
}

impl<S, T> Seen<S, T> {
    /// Returns the way the step failed, where it did.
    pub fn failure(&self) -> Option<Failure> {
        self.outcome.as_ref().err().map(|failed| failed.failure)
    }
}

/// What came back to a lookup: every answer of the window, in the order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The answers, at most 64.
    pub datagrams: Vec<Datagram>,
}

impl Answers {
    /// Returns the addresses of the first answers that fit the question, as a resolver would.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut found = Vec::new();
        for kind in ["A", "AAAA"] {
            let fits = |datagram: &&Datagram| datagram.fits && datagram.question == kind;
            if let Some(first) = self.datagrams.iter().find(fits) {
                found.extend(first.addresses());
            }
        }
        found
    }

    /// Returns the addresses of every answer, late and double ones included.
    pub fn all_addresses(&self) -> Vec<IpAddr> {
        self.datagrams.iter().flat_map(Datagram::addresses).collect()
    }

    /// Returns whether the first fitting answer says that the name does not exist (NXDOMAIN).
    pub fn denies(&self) -> bool {
        self.datagrams.iter().find(|datagram| datagram.fits).is_some_and(|first| first.rcode == 3)
    }
}

/// One answer to a lookup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Datagram {
    /// The type of record asked for: `A` or `AAAA`.
    pub question: String,
    /// Milliseconds after the question.
    pub after_ms: u32,
    /// Whether source, id and question are those of the query.
    pub fits: bool,
    /// The response code (RFC 1035 §4.1.1): 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
    pub rcode: u16,
    /// The records, at most 64.
    pub answers: Vec<Answer>,
}

impl Datagram {
    fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.answers.iter().filter_map(|answer| match answer {
            Answer::Address(ip) => Some(*ip),
            Answer::Alias(_) => None,
        })
    }
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// An A or AAAA record.
    Address(IpAddr),
    /// A CNAME record.
    Alias(String),
}

/// A TCP connection was established. Says nothing more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {}

/// What a finished TLS handshake showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `TLSv1_2` or `TLSv1_3`.
    pub version: String,
    /// The chain as the server sent it, leaf first: SHA-256 of each DER certificate. The bytes
    /// are in [`crate::Measurement::certificates`].
    pub chain: Vec<Digest>,
    /// What the embedded public roots say of the chain for the name that was sent.
    pub trust: Trust,
    /// Bytes read in the handshake.
    pub read: u64,
    /// Bytes written in the handshake.
    pub written: u64,
    /// What this machine's own list of roots says of the chain, where it was asked: a difference is
    /// a finding about the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<Trust>,
    /// What became of the encrypted name, where one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted_name: Option<EncryptedName>,
}

/// What became of an encrypted name (ECH).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncryptedName {
    /// The server read it.
    Accepted,
    /// The server could not read it and answered under its public name.
    Rejected,
}

/// Whether a certificate chain is valid for the name, judged against the embedded public roots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Valid.
    Trusted,
    /// No embedded root signs it.
    UnknownIssuer,
    /// Past its end.
    Expired,
    /// Before its beginning.
    NotYetValid,
    /// Valid for other names.
    WrongName,
    /// Anything else; the words of the verifier.
    Other(String),
}

/// What a fetch brought. The body itself never leaves the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The response headers of the allow-list, lower-case names: `server`, `content-type`,
    /// `content-length`, `location`, `via`, `retry-after`, `alt-svc`,
    /// `cf-mitigated`, `qoljetim-beacon`.
    pub headers: BTreeMap<String, String>,
    /// SHA-256 of the decoded body as far as it was read; where IP addresses stand in it, of its text with
    /// `[address]` in their places.
    pub body: Digest,
    /// Bytes of the body as far as it was read (at most 256 kB).
    pub bytes: u64,
    /// Whether the body was longer than what was read.
    pub truncated: bool,
    /// The text of `<title>`, at most 120 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A hash of the text that is close for texts that are close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<Simhash>,
    /// The ids of the listed page marks that were found in the body, at most 8.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// The TLS session under it, for https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// Writes `{"ok": …}` or `{"failed": …}`.
mod outcome {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Failed;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Outcome<T> {
        Ok(T),
        Failed(Failed),
    }

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        outcome: &Result<T, Failed>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match outcome {
            Ok(fact) => Outcome::Ok(fact),
            Err(failed) => Outcome::Failed(failed.clone()),
        }
        .serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Result<T, Failed>, D::Error> {
        Ok(match Outcome::deserialize(deserializer)? {
            Outcome::Ok(fact) => Ok(fact),
            Outcome::Failed(failed) => Err(failed),
        })
    }
}
