//! What the steps beside lookups, connections, handshakes and pages bring.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Asn;

/// A 64-bit similarity hash of a page's words (Charikar 2002): the number of differing bits tells
/// how much two pages differ. Written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Simhash(pub u64);

impl Simhash {
    /// Returns the number of differing bits, 0 to 64.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

impl TryFrom<String> for Simhash {
    type Error = ParseSimhashError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parsed = u64::from_str_radix(&text, 16).ok().filter(|_| text.len() == 16);
        parsed.map(Self).ok_or(ParseSimhashError)
    }
}

impl From<Simhash> for String {
    fn from(hash: Simhash) -> Self {
        format!("{:016x}", hash.0)
    }
}

/// A text is not a similarity hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a similarity hash is written as 16 hexadecimal digits")]
pub struct ParseSimhashError;

/// The HTTPS records of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    /// The records, at most 16.
    pub records: Vec<ServiceRecord>,
}

/// One HTTPS record (RFC 9460).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRecord {
    /// Its priority; 0 makes it an alias.
    pub priority: u16,
    /// The name that serves, empty for the owner itself.
    pub target: String,
    /// The protocols that are offered, such as `h3`, at most 8.
    pub alpn: Vec<String>,
    /// Addresses that it suggests, at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<IpAddr>,
    /// The `ECHConfigList`, base64, at most 4 kB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ech: Option<String>,
}

/// How bytes came in from the beacon. What came before a stall is in the failure's `read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// Until TCP and TLS stood, in milliseconds.
    pub ready_ms: u32,
    /// Until the first byte of the body, in milliseconds from the step's begin.
    pub first_ms: u32,
    /// Bytes of the body that came.
    pub bytes: u32,
    /// Until the last byte, in milliseconds from the step's begin.
    pub last_ms: u32,
    /// Whether the beacon's own mark was on the answer.
    pub from_beacon: bool,
}

/// What came back for each hop limit, the smallest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rungs {
    /// The rungs, at most 32.
    pub rungs: Vec<Rung>,
}

/// What came back for one hop limit. No router's address is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// The hop limit of the ClientHello.
    pub limit: u8,
    /// What came back for the hello.
    pub came: Came,
    /// What came back for a connection attempt that travelled as far; an answer says that the server
    /// is no further away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knock: Option<Came>,
    /// The network of the router that reported the end of the attempt's limit, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Asn>,
}

/// What comes back for a ClientHello or a connection attempt that travels a limited way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// Nothing before the deadline.
    Nothing,
    /// A router's word that the limit was used up (ICMP time exceeded). For a hello it may also be
    /// the word that nothing leads to the host: systems report both alike.
    Expired,
    /// Data; for a connection attempt, its acceptance.
    Answer,
    /// A reset.
    Reset,
    /// The end of the connection.
    Closed,
    /// No connection could be set up for this rung.
    NoConnection,
}
