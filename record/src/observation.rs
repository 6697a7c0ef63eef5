//! What was seen: one step with its only outcome. Facts, never a judgement.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{Connect, Digest, Failed, Failure, Fetch, Handshake, Lookup, Part};

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
}

impl Observation {
    /// Returns the lookup, when it is one.
    pub fn as_lookup(&self) -> Option<&Seen<Lookup, Answers>> {
        match self {
            Self::Lookup(seen) => Some(seen),
            Self::Connect(_) | Self::Handshake(_) | Self::Fetch(_) => None,
        }
    }

    /// Returns the TCP connection, when it is one.
    pub fn as_connect(&self) -> Option<&Seen<Connect, Connected>> {
        match self {
            Self::Connect(seen) => Some(seen),
            Self::Lookup(_) | Self::Handshake(_) | Self::Fetch(_) => None,
        }
    }

    /// Returns the TLS handshake, when it is one.
    pub fn as_handshake(&self) -> Option<&Seen<Handshake, Session>> {
        match self {
            Self::Handshake(seen) => Some(seen),
            Self::Lookup(_) | Self::Connect(_) | Self::Fetch(_) => None,
        }
    }

    /// Returns the fetched page, when it is one.
    pub fn as_fetch(&self) -> Option<&Seen<Fetch, Page>> {
        match self {
            Self::Fetch(seen) => Some(seen),
            Self::Lookup(_) | Self::Connect(_) | Self::Handshake(_) => None,
        }
    }

    /// Returns the part the step played.
    pub fn part(&self) -> Part {
        match self {
            Self::Lookup(seen) => seen.part,
            Self::Connect(seen) => seen.part,
            Self::Handshake(seen) => seen.part,
            Self::Fetch(seen) => seen.part,
        }
    }

    /// Returns the failure, where the step failed.
    pub fn failure(&self) -> Option<Failure> {
        match self {
            Self::Lookup(seen) => seen.failure(),
            Self::Connect(seen) => seen.failure(),
            Self::Handshake(seen) => seen.failure(),
            Self::Fetch(seen) => seen.failure(),
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
    /// `content-length`, `location`, `via`, `retry-after`, `alt-svc`, `qoljetim-beacon`.
    pub headers: BTreeMap<String, String>,
    /// SHA-256 of the decoded body as far as it was read.
    pub body: Digest,
    /// Bytes of the body as far as it was read (at most 256 kB).
    pub bytes: u64,
    /// Whether the body was longer than what was read.
    pub truncated: bool,
    /// The text of `<title>`, at most 120 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
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
