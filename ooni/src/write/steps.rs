//! Writes steps as the entries of OONI's lists.

use base64::Engine as _;
use serde_json::{Value, json};

use record::{
    Answer, Answers, Certificates, Connect, Connected, Datagram, Failed, Fetch, Handshake, Hello,
    Lookup, Observation, Page, Seen, Session, Transport, Trust, Variant,
};

use super::{depth, seconds};
use crate::failure::to_ooni;
use crate::handshakes::OF_FETCH;

/// The entries of OONI's lists.
#[derive(Default)]
pub(super) struct Written {
    pub(super) queries: Vec<Value>,
    pub(super) duplicates: Vec<Value>,
    pub(super) connects: Vec<Value>,
    pub(super) handshakes: Vec<Value>,
    /// Handshakes over QUIC.
    pub(super) over_quic: Vec<Value>,
    /// Handshakes with the name encrypted, apart from the others: readers that do not know ECH would
    /// take them for handshakes with the name in the open.
    pub(super) encrypted: Vec<Value>,
    pub(super) requests: Vec<Value>,
}

impl Written {
    /// Writes observations, each with its position as its transaction.
    pub(super) fn of(all: &[(usize, &Observation)], certificates: &Certificates) -> Self {
        let mut written = Self::default();
        let mut over_quic = Vec::new();
        for (at, observation) in all {
            let tags = vec![format!("depth={}", depth(observation.part()).unwrap_or(0))];
            let entry = Entry { at: *at, tags, certificates };
            match observation {
                Observation::Lookup(seen) => entry.lookup(seen, &mut written),
                Observation::Connect(seen) => written.connects.push(entry.connect(seen)),
                Observation::Handshake(seen) => {
                    written.handshakes.push(entry.handshake(seen, &seen.step, &seen.outcome));
                }
                Observation::Fetch(seen) => {
                    written.requests.push(entry.request(seen));
                    written.handshakes.extend(entry.under(seen));
                }
                Observation::Quic(seen) => {
                    let step = Handshake { to: seen.step.to, sni: seen.step.sni.clone() };
                    written.over_quic.push(quic(entry.handshake(seen, &step, &seen.outcome)));
                }
                Observation::Http3(seen) => {
                    over_quic.push(http3(entry.request(seen)));
                    written.over_quic.extend(entry.under(seen).map(quic));
                }
                Observation::Variant(seen) => written.encrypted.extend(entry.encrypted(seen)),
                // No place in web_connectivity is meant for these.
                Observation::Service(_) | Observation::Load(_) | Observation::Hops(_) => {}
            }
        }
        // OONI lists the latest first, and takes the first for the page that was reached: what came
        // over QUIC, beside the visit itself, stands behind.
        written.requests.reverse();
        written.requests.extend(over_quic);
        written
    }
}

/// What all entries of one observation share.
struct Entry<'a> {
    at: usize,
    tags: Vec<String>,
    certificates: &'a Certificates,
}

impl Entry<'_> {
    fn lookup(&self, seen: &Seen<Lookup, Answers>, written: &mut Written) {
        let is_system = seen.step.resolver.transport == Transport::System;
        match &seen.outcome {
            Err(failed) => {
                let asked = if is_system { "ANY" } else { "A" };
                written.queries.push(self.query(seen, asked, None, Some(to_ooni(failed))));
            }
            Ok(answers) if is_system => {
                let all = answers.datagrams.iter().flat_map(|one| one.answers.clone()).collect();
                let rcode = answers.datagrams.first().map_or(0, |first| first.rcode);
                let after_ms = answers.datagrams.first().map_or(0, |first| first.after_ms);
                let question = "ANY".to_owned();
                let one = Datagram { question, after_ms, fits: true, rcode, answers: all };
                written.queries.push(self.query(seen, "ANY", Some(&one), word(&one)));
            }
            Ok(answers) => {
                let mut asked: Vec<&str> = Vec::new();
                for one in &answers.datagrams {
                    let entry = self.query(seen, &one.question, Some(one), word(one));
                    if one.fits && !asked.contains(&one.question.as_str()) {
                        asked.push(&one.question);
                        written.queries.push(entry);
                    } else {
                        written.duplicates.push(entry);
                    }
                }
            }
        }
    }

    fn query(
        &self,
        seen: &Seen<Lookup, Answers>,
        asked: &str,
        one: Option<&Datagram>,
        failure: Option<String>,
    ) -> Value {
        let engine = match seen.step.resolver.transport {
            Transport::System => "getaddrinfo",
            Transport::Udp => "udp",
            Transport::Doh => "doh",
        };
        let mut tags = self.tags.clone();
        tags.push(format!("resolver={}", seen.step.resolver.id));
        let answers: Vec<Value> = one.iter().flat_map(|one| &one.answers).map(answer).collect();
        let after_ms = one.map_or(seen.took_ms, |one| one.after_ms);
        json!({
            "answers": if answers.is_empty() { Value::Null } else { Value::Array(answers) },
            "engine": engine,
            "failure": failure,
            "hostname": seen.step.name,
            "query_type": asked,
            "rcode": one.map(|one| one.rcode).filter(|_| engine != "getaddrinfo"),
            "resolver_hostname": null,
            "resolver_port": null,
            "resolver_address": "",
            "t0": seconds(seen.at_ms),
            "t": seconds(seen.at_ms.saturating_add(after_ms)),
            "tags": tags,
            "transaction_id": self.at,
        })
    }

    fn connect(&self, seen: &Seen<Connect, Connected>) -> Value {
        json!({
            "ip": seen.step.to.ip(),
            "port": seen.step.to.port(),
            "status": {
                "failure": seen.outcome.as_ref().err().map(to_ooni),
                "success": seen.outcome.is_ok(),
            },
            "t0": seconds(seen.at_ms),
            "t": seconds(seen.at_ms.saturating_add(seen.took_ms)),
            "tags": self.tags,
            "transaction_id": self.at,
        })
    }

    fn handshake<S, T>(
        &self,
        seen: &Seen<S, T>,
        step: &Handshake,
        outcome: &Result<Session, Failed>,
    ) -> Value {
        let session = outcome.as_ref().ok();
        let chain = session.iter().flat_map(|session| &session.chain);
        let certificates = chain.filter_map(|digest| self.certificates.0.get(digest));
        let encode = |der: &Vec<u8>| base64::engine::general_purpose::STANDARD.encode(der);
        let certificates: Vec<Value> =
            certificates.map(|der| json!({ "data": encode(der), "format": "base64" })).collect();
        json!({
            "network": "tcp",
            "address": step.to.to_string(),
            "cipher_suite": "",
            "failure": match outcome {
                Ok(session) => distrust(&session.trust).map(str::to_owned),
                Err(failed) => Some(to_ooni(failed)),
            },
            "negotiated_protocol": "",
            "no_tls_verify": false,
            "peer_certificates": certificates,
            "server_name": step.sni,
            "t0": seconds(seen.at_ms),
            "t": seconds(seen.at_ms.saturating_add(seen.took_ms)),
            "tags": self.tags,
            "tls_version": session.map_or("", |session| &session.version).replace('_', "."),
            "transaction_id": self.at,
        })
    }

    /// Writes the handshake under a page.
    fn under(&self, seen: &Seen<Fetch, Page>) -> Option<Value> {
        let session = seen.outcome.as_ref().ok()?.session.clone()?;
        let step = Handshake { to: seen.step.to, sni: seen.step.url.host() };
        let mut entry = self.handshake(seen, &step, &Ok(session));
        let tags = self.tags.iter().map(String::as_str).chain([OF_FETCH]);
        entry["tags"] = tags.collect();
        Some(entry)
    }

    /// Writes a handshake with the name encrypted; none for a hello of another shape.
    fn encrypted(&self, seen: &Seen<Variant, Session>) -> Option<Value> {
        let config = match &seen.step.hello {
            Hello::Encrypted { config } => config,
            Hello::Split | Hello::Nameless => return None,
        };
        let step = Handshake { to: seen.step.to, sni: seen.step.name.clone() };
        let mut entry = self.handshake(seen, &step, &seen.outcome);
        entry["echconfig"] = json!(config);
        entry["outer_server_name"] = json!(crate::ech::public_name(config));
        Some(entry)
    }

    fn request(&self, seen: &Seen<Fetch, Page>) -> Value {
        let page = seen.outcome.as_ref().ok();
        let headers = page.map(|page| page.headers.clone()).unwrap_or_default();
        let list: Vec<(&String, &String)> = headers.iter().collect();
        json!({
            "network": "tcp",
            "address": seen.step.to.to_string(),
            "alpn": "",
            "failure": seen.outcome.as_ref().err().map(to_ooni),
            "request": {
                "body": "",
                "body_is_truncated": false,
                "headers_list": [],
                "headers": {},
                "method": "GET",
                "tor": { "exit_ip": null, "exit_name": null, "is_tor": false },
                "x_transport": "tcp",
                "url": seen.step.url.as_str(),
            },
            "response": {
                "body": "",
                "body_is_truncated": page.is_some(),
                "code": page.map_or(0, |page| page.status),
                "headers_list": list,
                "headers": headers,
                "x_qoljetim": page.map(|page| json!({
                    "body_sha256": page.body,
                    "bytes": page.bytes,
                    "truncated": page.truncated,
                    "title": page.title,
                })),
            },
            "t0": seconds(seen.at_ms),
            "t": seconds(seen.at_ms.saturating_add(seen.took_ms)),
            "tags": self.tags,
            "transaction_id": self.at,
        })
    }
}

/// Makes a handshake one over QUIC.
fn quic(mut entry: Value) -> Value {
    entry["network"] = json!("udp");
    if entry["tls_version"] != "" {
        entry["negotiated_protocol"] = json!("h3");
    }
    entry
}

/// Makes a request one over HTTP/3.
fn http3(mut entry: Value) -> Value {
    entry["network"] = json!("udp");
    entry["alpn"] = json!("h3");
    entry["request"]["x_transport"] = json!("udp");
    entry
}

fn answer(answer: &Answer) -> Value {
    match answer {
        Answer::Address(ip) if ip.is_ipv4() => {
            json!({ "answer_type": "A", "ipv4": ip, "ttl": null })
        }
        Answer::Address(ip) => json!({ "answer_type": "AAAA", "ipv6": ip, "ttl": null }),
        Answer::Alias(name) => {
            json!({ "answer_type": "CNAME", "hostname": format!("{name}."), "ttl": null })
        }
    }
}

/// OONI's word for an answer without addresses, or to another question.
fn word(one: &Datagram) -> Option<String> {
    let has_address = one.answers.iter().any(|answer| matches!(answer, Answer::Address(_)));
    let word = match one.rcode {
        _ if !one.fits => "dns_reply_with_wrong_query_id",
        0 if has_address => return None,
        0 => "dns_no_answer",
        2 => "dns_servfail_error",
        3 => "dns_nxdomain_error",
        5 => "dns_refused_error",
        _ => "dns_server_misbehaving",
    };
    Some(word.to_owned())
}

/// OONI's word for a chain that is not valid.
pub(super) fn distrust(trust: &Trust) -> Option<&'static str> {
    match trust {
        Trust::Trusted => None,
        Trust::WrongName => Some("ssl_invalid_hostname"),
        Trust::UnknownIssuer => Some("ssl_unknown_authority"),
        Trust::Expired | Trust::NotYetValid | Trust::Other(_) => Some("ssl_invalid_certificate"),
    }
}
