//! Writes a measurement as OONI's `web_connectivity`.

mod control;
mod steps;

use serde_json::{Value, json};

use record::{Day, Hour, Kind, Measurement, Observation, Part, Resolver};

use crate::failure::to_ooni;

/// Writes the screen and its redirects of `measurement` in OONI's base format, data format 0.2.0.
///
/// Confirm blocks and known-good controls are left out, since OONI's tools would take them for
/// steps towards the target; so is our verdict, and OONI's own (`blocking`, `accessible`) stays
/// null. The country is `ZZ`, since a record does not know it. The annotation `qoljetim_id` names
/// the record that holds everything. What OONI's format has no field for is in fields and tags that
/// begin with `x_`, as is OONI's own habit. The crate's documentation tells what is lost.
pub fn write(measurement: &Measurement) -> Value {
    write_with_control(measurement, None)
}

/// Writes `measurement` as [`write()`] does, with what a control saw of the same target.
///
/// It stands in the place of the answer of OONI's test helper, and tells as much as that does: the
/// screen's steps without certificates, and the last page without a digest.
pub fn write_with_control(measurement: &Measurement, control: Option<&[Observation]>) -> Value {
    let start = start(measurement.hour);
    let asn = measurement.network.map_or_else(|| "AS0".to_owned(), |asn| asn.to_string());
    json!({
        "annotations": {
            "engine_name": "qoljetim",
            "engine_version": measurement.software,
            "qoljetim_id": measurement.id().to_string(),
            "qoljetim_kind": match measurement.kind {
                Kind::Web => "web",
                Kind::Endpoint => "endpoint",
            },
        },
        "data_format_version": "0.2.0",
        "extensions": { "dnst": 0, "httpt": 0, "tcpconnect": 0, "tlshandshake": 0 },
        "input": measurement.target.as_str(),
        "input_hashes": [],
        "measurement_start_time": start,
        "options": [],
        "probe_asn": asn,
        "probe_cc": "ZZ",
        "probe_ip": "127.0.0.1",
        "probe_network_name": "",
        "report_id": "",
        "resolver_asn": "AS0",
        "resolver_ip": "127.0.0.2",
        "resolver_network_name": "",
        "software_name": "qoljetim",
        "software_version": measurement.software,
        "test_helpers": {},
        "test_keys": test_keys(measurement, control),
        "test_name": "web_connectivity",
        "test_runtime": runtime(&measurement.seen),
        "test_start_time": start,
        "test_version": TEST_VERSION,
    })
}

fn test_keys(measurement: &Measurement, control: Option<&[Observation]>) -> Value {
    let all = measurement.seen.iter().enumerate();
    let own: Vec<(usize, &Observation)> = all.filter(|(_, seen)| is_told(seen)).collect();
    let written = steps::Written::of(&own, &measurement.certificates);
    json!({
        "agent": "redirect",
        "client_resolver": "",
        "retries": null,
        "socksproxy": null,
        "network_events": null,
        "queries": written.queries,
        "x_dns_duplicate_responses": written.duplicates,
        "tcp_connect": written.connects,
        "tls_handshakes": written.handshakes,
        "quic_handshakes": written.over_quic,
        "requests": written.requests,
        "x_ech": { "tls_handshakes": written.encrypted },
        "control": control.map(|seen| control::control(seen, &measurement.target)),
        "control_failure": null,
        "dns_experiment_failure": failure(&own, is_system_lookup),
        "dns_consistency": null,
        "http_experiment_failure": failure(&own, |seen| seen.as_fetch().is_some()),
        "body_length_match": null,
        "body_proportion": 0,
        "headers_match": null,
        "status_code_match": null,
        "title_match": null,
        "blocking": null,
        "accessible": null,
    })
}

/// OONI's word for the failure of the first observation of a kind.
fn failure(own: &[(usize, &Observation)], is_kind: fn(&Observation) -> bool) -> Option<String> {
    let (_, first) = own.iter().find(|(_, seen)| is_kind(seen))?;
    let failed = match first {
        Observation::Lookup(seen) => seen.outcome.as_ref().err(),
        Observation::Fetch(seen) => seen.outcome.as_ref().err(),
        Observation::Connect(_) | Observation::Handshake(_) => None,
        Observation::Service(_) | Observation::Variant(_) | Observation::Quic(_) => None,
        Observation::Http3(_) | Observation::Load(_) | Observation::Hops(_) => None,
    };
    failed.map(to_ooni)
}

/// Whether an observation has a place in OONI's lists: a step towards the target, the visit over
/// QUIC beside it, or a handshake with the name encrypted.
fn is_told(seen: &Observation) -> bool {
    let is_asked = |id: &str| id != Resolver::NOBODY;
    let is_own = depth(seen.part()).is_some();
    match seen {
        // Where nobody is asked, silence is right: it must not read as a resolver's failure.
        Observation::Lookup(seen) => is_own && is_asked(&seen.step.resolver.id),
        Observation::Connect(_) | Observation::Handshake(_) | Observation::Fetch(_) => is_own,
        Observation::Quic(_) | Observation::Http3(_) => is_own || seen.part() == Part::OverQuic,
        Observation::Variant(_) => seen.part() == Part::Variation,
        Observation::Service(_) | Observation::Load(_) | Observation::Hops(_) => false,
    }
}

fn is_system_lookup(seen: &Observation) -> bool {
    seen.as_lookup().is_some_and(|seen| seen.step.resolver.transport == record::Transport::System)
}

/// Which of OONI's depths a step belongs to; none for what is no step towards the target.
fn depth(part: Part) -> Option<u8> {
    match part {
        Part::Screen => Some(0),
        Part::Hop { number } => Some(number),
        Part::Before | Part::After | Part::SiteBlock { .. } | Part::BeaconBlock { .. } => None,
        Part::Block { .. } | Part::Variation | Part::OverQuic => None,
    }
}

/// The beginning of the hour: no finer time is kept.
fn start(hour: Hour) -> String {
    let day = Day(hour.0 / 24);
    format!("{day} {:02}:00:00", hour.0 % 24)
}

fn runtime(seen: &[Observation]) -> f64 {
    let end = |seen: &Observation| seen.at_ms().saturating_add(seen.took_ms());
    seconds(seen.iter().map(end).max().unwrap_or(0))
}

fn seconds(millis: u32) -> f64 {
    f64::from(millis) / 1000.0
}

/// The version of OONI's test whose fields are written.
const TEST_VERSION: &str = "0.5.28";
