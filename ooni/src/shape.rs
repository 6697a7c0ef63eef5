//! The shape of OONI's JSON, as far as it is read: every field may be missing or null.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use record::Part;

use crate::body::Blob;

/// The base of every measurement (df-000).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Base {
    pub(crate) test_name: Option<String>,
    pub(crate) test_version: Option<String>,
    pub(crate) software_name: Option<String>,
    pub(crate) software_version: Option<String>,
    pub(crate) input: Option<String>,
    pub(crate) measurement_start_time: Option<String>,
    pub(crate) probe_asn: Option<String>,
    pub(crate) resolver_asn: Option<String>,
    pub(crate) probe_cc: Option<String>,
    pub(crate) report_id: Option<String>,
    pub(crate) measurement_uid: Option<String>,
    pub(crate) test_keys: Option<TestKeys>,
}

/// What `web_connectivity` adds. Entries stay unread, so that one of another shape spoils no other.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TestKeys {
    pub(crate) queries: Option<Vec<Value>>,
    pub(crate) x_dns_duplicate_responses: Option<Vec<Value>>,
    pub(crate) tcp_connect: Option<Vec<Value>>,
    pub(crate) tls_handshakes: Option<Vec<Value>>,
    pub(crate) quic_handshakes: Option<Vec<Value>>,
    pub(crate) x_ech: Option<Encrypted>,
    pub(crate) requests: Option<Vec<Value>>,
    pub(crate) network_events: Option<Vec<Value>>,
    pub(crate) control: Option<Value>,
}

/// Handshakes with the name encrypted, as this project writes them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Encrypted {
    pub(crate) tls_handshakes: Option<Vec<Value>>,
}

/// One question to a resolver (df-002).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    pub(crate) answers: Option<Vec<QueryAnswer>>,
    pub(crate) engine: Option<String>,
    pub(crate) failure: Option<Value>,
    pub(crate) hostname: Option<String>,
    pub(crate) query_type: Option<String>,
    pub(crate) rcode: Option<u16>,
    pub(crate) resolver_address: Option<String>,
    #[serde(flatten)]
    pub(crate) when: When,
}

/// One record of an answer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct QueryAnswer {
    pub(crate) answer_type: Option<String>,
    pub(crate) hostname: Option<String>,
    pub(crate) ipv4: Option<String>,
    pub(crate) ipv6: Option<String>,
}

/// One TCP connection (df-005).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TcpConnect {
    pub(crate) ip: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) status: Option<Status>,
    #[serde(flatten)]
    pub(crate) when: When,
}

/// How a connection ended.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) failure: Option<Value>,
    pub(crate) success: Option<bool>,
}

/// One TLS handshake (df-006).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TlsHandshake {
    pub(crate) address: Option<String>,
    pub(crate) echconfig: Option<String>,
    pub(crate) failure: Option<Value>,
    pub(crate) no_tls_verify: Option<bool>,
    pub(crate) peer_certificates: Option<Vec<Blob>>,
    pub(crate) server_name: Option<String>,
    pub(crate) tls_version: Option<String>,
    #[serde(flatten)]
    pub(crate) when: When,
}

/// One request with its response (df-001).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Transaction {
    pub(crate) address: Option<String>,
    pub(crate) failure: Option<Value>,
    pub(crate) network: Option<String>,
    pub(crate) request: Option<Request>,
    pub(crate) response: Option<Response>,
    #[serde(flatten)]
    pub(crate) when: When,
}

impl Transaction {
    /// Returns whether it went over QUIC.
    pub(crate) fn is_over_quic(&self) -> bool {
        matches!(self.network.as_deref(), Some("udp" | "quic"))
    }
}

/// What was asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request {
    pub(crate) url: Option<String>,
}

/// What was answered.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Response {
    pub(crate) body: Option<Blob>,
    pub(crate) body_is_truncated: Option<bool>,
    pub(crate) code: Option<i64>,
    pub(crate) headers_list: Option<Vec<(String, Blob)>>,
    pub(crate) headers: Option<std::collections::BTreeMap<String, Blob>>,
    /// What this project writes in place of the body.
    pub(crate) x_qoljetim: Option<Kept>,
}

/// What is kept of a body that is not.
#[derive(Deserialize)]
pub(crate) struct Kept {
    pub(crate) body_sha256: record::Digest,
    pub(crate) bytes: u64,
    pub(crate) truncated: bool,
    pub(crate) title: Option<String>,
}

/// One network event (df-008).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkEvent {
    pub(crate) address: Option<String>,
    pub(crate) failure: Option<Value>,
    pub(crate) operation: Option<String>,
    pub(crate) t: Option<f64>,
}

/// When something was done, and as part of what.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct When {
    pub(crate) t0: Option<f64>,
    pub(crate) t: Option<f64>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) transaction_id: Option<i64>,
}

impl When {
    /// Returns when it began, in milliseconds; older records tell only the end.
    pub(crate) fn at_ms(&self) -> u32 {
        millis(self.t0.or(self.t))
    }

    /// Returns when it ended, in milliseconds.
    pub(crate) fn end_ms(&self) -> u32 {
        millis(self.t.or(self.t0))
    }

    /// Returns how long it took, in milliseconds; 0 where only the end is told.
    pub(crate) fn took_ms(&self) -> u32 {
        self.end_ms().saturating_sub(self.at_ms())
    }

    /// Returns the hop it belongs to by its tag; older records have none.
    pub(crate) fn depth(&self) -> Option<u8> {
        self.tag("depth=").and_then(|depth| depth.parse().ok())
    }

    /// Returns the rest of the tag that begins with `name`.
    pub(crate) fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().flatten().find_map(|tag| tag.strip_prefix(name))
    }
}

/// Returns the part that a hop is: the target's own steps are the screen.
pub(crate) fn part(depth: u8) -> Part {
    if depth == 0 { Part::Screen } else { Part::Hop { number: depth } }
}

/// Returns a failure's word; null, `false` (written until 2019) and the empty text are none.
pub(crate) fn word(failure: Option<&Value>) -> Option<&str> {
    failure.and_then(Value::as_str).filter(|word| !word.is_empty())
}

/// Reads the entries of a list and counts those of another shape.
pub(crate) fn entries<T: DeserializeOwned>(list: Option<Vec<Value>>, left_out: &mut u32) -> Vec<T> {
    let list = list.unwrap_or_default();
    let all = list.len();
    let read: Vec<T> =
        list.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect();
    *left_out += u32::try_from(all - read.len()).unwrap_or(u32::MAX);
    read
}

fn millis(seconds: Option<f64>) -> u32 {
    let since = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    since.and_then(|since| u32::try_from(since.as_millis()).ok()).unwrap_or(0)
}
