//! One job's record.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Asn, DecodeError, Digest, FORMAT, Hour, KeyText, Kind, Observation, Target, Verdict, limits,
};

/// One run of one kind of test against one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The format's name: [`FORMAT`].
    pub format: String,
    /// The program's version, such as `0.1.0`.
    pub software: String,
    /// Who measured: a volunteer's agent, or a control outside.
    pub role: Role,
    /// The public key that this agent uses on this network in this month; names nobody.
    pub credential: KeyText,
    /// How it was tested.
    pub kind: Kind,
    /// What was tested.
    pub target: Target,
    /// The hour it was begun: no finer time is kept.
    pub hour: Hour,
    /// The digest of the signed list snapshot that was in force: names lists, controls and seed.
    pub snapshot: Digest,
    /// The network as the agent knows it; the collector looks its own up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Asn>,
    /// What the run's self-checks found.
    #[serde(default)]
    pub run: RunFacts,
    /// What was done and what came of it, in the order of beginning; at most 400.
    pub seen: Vec<Observation>,
    /// Every certificate that a handshake showed, once each.
    #[serde(default)]
    pub certificates: Certificates,
    /// The fresh control that the agent asked for, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<MeasurementId>,
    /// What the agent concluded. The collector concludes again and never trusts this.
    pub verdict: Verdict,
    /// Fields that this reader does not know, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl Measurement {
    /// Writes the record's canonical bytes: JSON on one line, fields in the order of the type.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a measurement holds nothing that JSON cannot")
    }

    /// Reads a record and checks every limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > limits::RECORD_BYTES {
            return Err(DecodeError::TooLong(bytes.len()));
        }
        if depth(bytes) > limits::JSON_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(DecodeError::Shape)?;
        if head.format != FORMAT {
            return Err(DecodeError::Format(head.format.chars().take(40).collect()));
        }
        let read: Self = serde_json::from_slice(bytes).map_err(DecodeError::Shape)?;
        read.check()?;
        Ok(read)
    }

    /// Names the record: the SHA-256 of its canonical bytes.
    pub fn id(&self) -> MeasurementId {
        MeasurementId::of(&self.encode())
    }

    fn check(&self) -> Result<(), DecodeError> {
        let within = |what, found, most| {
            if found > most { Err(DecodeError::TooMany { what, found, most }) } else { Ok(()) }
        };
        within("observations", self.seen.len(), limits::OBSERVATIONS)?;
        within("certificates", self.certificates.0.len(), limits::CERTIFICATES)?;
        within("layers in its verdict", self.verdict.layers.len(), limits::LAYERS)?;
        within("unknown fields", self.extra.len(), limits::EXTRA_FIELDS)?;
        for seen in self.seen.iter().filter_map(Observation::as_lookup) {
            let datagrams = seen.outcome.as_ref().map_or(&[][..], |answers| &answers.datagrams);
            within("DNS answers in one lookup", datagrams.len(), limits::DATAGRAMS)?;
            for datagram in datagrams {
                within("DNS records in one answer", datagram.answers.len(), limits::ANSWERS)?;
            }
        }
        for seen in self.seen.iter().filter_map(Observation::as_service) {
            let records = seen.outcome.as_ref().map_or(&[][..], |services| &services.records);
            within("HTTPS records in one lookup", records.len(), limits::SERVICES)?;
            for record in records {
                within("words in one HTTPS record", record.alpn.len(), limits::ANSWERS)?;
                within("hints in one HTTPS record", record.hints.len(), limits::ANSWERS)?;
            }
        }
        for seen in self.seen.iter().filter_map(Observation::as_hops) {
            let rungs = seen.outcome.as_ref().map_or(&[][..], |path| &path.rungs);
            within("rungs in one ladder", rungs.len(), limits::RUNGS)?;
        }
        let claims = self.verdict.layers.iter().flat_map(|claim| &claim.because);
        match claims.chain(&self.verdict.because).find(|at| **at >= self.seen.len()) {
            Some(at) => Err(DecodeError::Dangling(*at)),
            None => Ok(()),
        }
    }
}

/// A measurement's name: the SHA-256 of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeasurementId(pub Digest);

impl MeasurementId {
    /// Names the record that `bytes` are.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Digest::of(bytes))
    }
}

impl fmt::Display for MeasurementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A volunteer's agent inside.
    Agent,
    /// The project's own eye outside.
    Control,
}

/// What the self-checks of a run found. Decided without looking at any target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// Why the run's measurements do not count, where they do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub void: Vec<VoidReason>,
    /// The embedded roots that certificates were judged against, such as `webpki-roots 1.0.10`.
    #[serde(default)]
    pub roots: String,
    /// The fingerprint (JA4) of the ClientHello that handshakes over TCP begin with: filters may look at it,
    /// so that what is measured holds for hellos of this shape.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hello: String,
    /// What else is known of the line and the machine: read beside the measurements, never against
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// The line's round-trip time to the project's own server, in milliseconds, where it was
    /// measured: the deadlines follow from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<u32>,
    /// The network from which this line's resolver asks, where it is one of the line's own provider's; OONI's
    /// agents tell others, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver_network: Option<Asn>,
    /// Whether the system's settings name, by its address, a resolver of the line's own provider, so that
    /// nothing in the home answers in its place.
    #[serde(default, skip_serializing_if = "is_false")]
    pub resolver_direct: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// What is known of a line or machine beside what makes a measurement void. Published words:
/// appended to, never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// IPv6 addresses are translated to IPv4 by the provider (NAT64, RFC 7050).
    Nat64,
    /// The machine has an IPv6 address, and nothing is reached over it.
    BrokenIpv6,
    /// The line has no IPv4 of its own.
    NoIpv4,
    /// The resolver sits in another network than the agent.
    ForeignResolver,
    /// A filter on the machine or line answers for names of advertisers.
    DnsFilter,
    /// The machine trusts roots beside the public ones, and one of them signed what was shown.
    SystemRoots,
    /// More than a tenth of the trial connections failed.
    LossyLine,
    /// The clock is off by more than a minute.
    ClockOff,
    /// Nothing outside was reached at all.
    NothingReached,
}

impl Label {
    /// All labels, in the order in which they were published.
    pub const ALL: [Self; 9] = [
        Self::Nat64,
        Self::BrokenIpv6,
        Self::NoIpv4,
        Self::ForeignResolver,
        Self::DnsFilter,
        Self::SystemRoots,
        Self::LossyLine,
        Self::ClockOff,
        Self::NothingReached,
    ];
}

/// Why a measurement does not count. Published words: appended to, never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// A known-good control beside the screen failed.
    ControlFailed,
    /// The clock is more than a day off.
    WrongClock,
    /// A page of the local network answers in place of every site.
    CaptivePortal,
    /// The agent is behind a VPN, a proxy or on a hosting network.
    Tunnel,
    /// The network changed during the run.
    NetworkChanged,
    /// The order of a block is not the one that the seed gives.
    WrongOrder,
    /// A program on this machine or line ends TLS for every site: what is seen is its work.
    LocalInterception,
    /// Too many of the line's trial connections failed.
    LossyLine,
}

impl VoidReason {
    /// All reasons, in the order in which they were published.
    pub const ALL: [Self; 8] = [
        Self::ControlFailed,
        Self::WrongClock,
        Self::CaptivePortal,
        Self::Tunnel,
        Self::NetworkChanged,
        Self::WrongOrder,
        Self::LocalInterception,
        Self::LossyLine,
    ];
}

/// DER certificates by their SHA-256, at most 40 of at most 16 kB each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificates(pub BTreeMap<Digest, Vec<u8>>);

impl Serialize for Certificates {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        let encode = |der: &Vec<u8>| base64::engine::general_purpose::STANDARD.encode(der);
        let texts = self.0.iter().map(|(digest, der)| (*digest, encode(der)));
        serializer.collect_map(texts)
    }
}

impl<'de> Deserialize<'de> for Certificates {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        use serde::de::Error as _;
        let texts = BTreeMap::<Digest, String>::deserialize(deserializer)?;
        let mut certificates = BTreeMap::new();
        for (digest, text) in texts {
            let decoded = base64::engine::general_purpose::STANDARD.decode(text);
            let der = decoded.map_err(|_| D::Error::custom("a certificate is not base64"))?;
            if der.len() > limits::CERTIFICATE_BYTES {
                return Err(D::Error::custom("a certificate is longer than 16 kB"));
            }
            if Digest::of(&der) != digest {
                return Err(D::Error::custom(
                    "a certificate does not have the digest that names it",
                ));
            }
            certificates.insert(digest, der);
        }
        Ok(Self(certificates))
    }
}

/// Returns how deep `json` is nested, without building anything.
fn depth(json: &[u8]) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}
