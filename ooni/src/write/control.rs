//! Writes what a control saw in the shape of the answer of OONI's test helper.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use record::{Handshake, Observation, Part, Seen, Session, Target};

use super::depth;
use super::steps::distrust;
use crate::failure::to_ooni;

/// Writes a control's steps towards `target` as `test_keys.control` (OONI's ts-017).
///
/// The helper tells the last page alone, without digest and certificates; where several steps went
/// to one address, one that went well is told.
pub(super) fn control(seen: &[Observation], target: &Target) -> Value {
    let screen: Vec<&Observation> =
        seen.iter().filter(|seen| seen.part() == Part::Screen).collect();
    json!({
        "dns": dns(&screen, target),
        "tcp_connect": connects(&screen),
        "tls_handshake": handshakes(&screen),
        "quic_handshake": {},
        "http_request": page(seen),
        "http3_request": null,
        "ip_info": {},
    })
}

fn dns(screen: &[&Observation], target: &Target) -> Value {
    let own = screen.iter().filter_map(|seen| seen.as_lookup());
    let own: Vec<_> = own.filter(|seen| seen.step.name == target.host()).collect();
    if own.is_empty() {
        return Value::Null;
    }
    let mut addresses = Vec::new();
    for ip in own.iter().filter_map(|seen| seen.outcome.as_ref().ok()).flat_map(|a| a.addresses()) {
        if !addresses.contains(&ip) {
            addresses.push(ip);
        }
    }
    let first = own.first().filter(|_| addresses.is_empty());
    let failure = first.map(|seen| match &seen.outcome {
        Ok(answers) if answers.denies() => "dns_nxdomain_error".to_owned(),
        Ok(_) => "dns_no_answer".to_owned(),
        Err(failed) => to_ooni(failed),
    });
    json!({ "failure": failure, "addrs": addresses })
}

fn connects(screen: &[&Observation]) -> Value {
    let mut ends = Ends::default();
    for seen in screen.iter().filter_map(|seen| seen.as_connect()) {
        ends.add(seen.step.to.to_string(), seen.outcome.as_ref().err().map(to_ooni), None);
    }
    ends.json()
}

fn handshakes(screen: &[&Observation]) -> Value {
    let mut ends = Ends::default();
    for seen in screen.iter().filter_map(|seen| seen.as_handshake()) {
        ends.add(seen.step.to.to_string(), end(seen), Some(seen.step.sni.as_str()));
    }
    ends.json()
}

/// The helper's client takes a chain that is not valid for a failure.
fn end(seen: &Seen<Handshake, Session>) -> Option<String> {
    match &seen.outcome {
        Ok(session) => distrust(&session.trust).map(str::to_owned),
        Err(failed) => Some(to_ooni(failed)),
    }
}

/// How the steps to each address ended.
#[derive(Default)]
struct Ends(BTreeMap<String, Value>);

impl Ends {
    fn add(&mut self, to: String, failure: Option<String>, name: Option<&str>) {
        let went_well = failure.is_none();
        let mut end = json!({ "status": went_well, "failure": failure });
        if let Some(name) = name {
            end["server_name"] = json!(name);
        }
        if went_well || !self.0.contains_key(&to) {
            self.0.insert(to, end);
        }
    }

    fn json(self) -> Value {
        Value::Object(Map::from_iter(self.0))
    }
}

/// The last page of the redirects; a failure has the numbers -1, as in OONI's.
fn page(seen: &[Observation]) -> Value {
    let fetches = seen.iter().filter_map(Observation::as_fetch);
    let of_way = fetches.filter_map(|seen| Some((depth(seen.part)?, seen)));
    let last = of_way.max_by_key(|(depth, seen)| (*depth, seen.outcome.is_ok(), seen.at_ms));
    match last.map(|(_, seen)| &seen.outcome) {
        // No page was asked for: none came, and none failed to come.
        None => Value::Null,
        Some(Err(failed)) => json!({
            "body_length": -1,
            "discovered_h3_endpoint": "",
            "failure": to_ooni(failed),
            "title": "",
            "headers": {},
            "status_code": -1,
        }),
        Some(Ok(page)) => json!({
            "body_length": page.bytes,
            "discovered_h3_endpoint": "",
            "failure": null,
            "title": page.title.as_deref().unwrap_or_default(),
            "headers": page.headers,
            "status_code": page.status,
        }),
    }
}
