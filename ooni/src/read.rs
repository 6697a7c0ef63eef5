//! Reads one measurement of OONI's `web_connectivity`.

use record::{
    Asn, Day, Digest, FORMAT, Hour, KeyText, Kind, Measurement, Observation, Part, Role, RunFacts,
    Seen, State, Target, Verdict, limits,
};

use crate::certificates::Collected;
use crate::control::control;
use crate::handshakes::{Shaken, connects, handshakes};
use crate::lookups::lookups;
use crate::pages::{Beside, pages, target};
use crate::shape::{Base, TestKeys, entries};

/// What a measurement of OONI's says, in our words.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The measurement. Its credential and its snapshot are all zeros, since OONI has neither, and
    /// its verdict claims nothing: OONI's conclusions are not taken over.
    pub measurement: Measurement,
    /// What OONI's test helper saw of the same target, where it answered.
    pub control: Option<Vec<Observation>>,
    /// The country it was made in, two letters; none for OONI's `ZZ`.
    pub country: Option<String>,
    /// The report it is a part of, where one is named.
    pub report_id: Option<String>,
    /// The name that OONI's server gave it, where there is one.
    pub measurement_uid: Option<String>,
    /// Entries that a record has no word for, that are damaged or that are too many.
    pub left_out: u32,
    /// Pages whose address OONI does not tell (version 0.4 and older): the first one that connected
    /// is taken.
    pub assumed: u32,
}

/// Why bytes are not a measurement that can be read.
#[derive(Debug, thiserror::Error)]
pub enum OoniError {
    /// Longer than [`MOST_BYTES`].
    #[error("the measurement has {0} bytes; at most {MOST_BYTES} are read")]
    TooLong(usize),
    /// Not JSON, nested deeper than 128 levels, or not of the shape of a measurement.
    #[error("not a measurement in OONI's format")]
    Shape(#[source] serde_json::Error),
    /// Another test.
    #[error("a measurement of {0:?}; only web_connectivity is read")]
    Test(String),
    /// No `test_keys`.
    #[error("the measurement has no test_keys")]
    NoTestKeys,
    /// The input is missing or no web address with a host's name.
    #[error("its input {0:?} is not a web address that can be tested")]
    Input(String),
    /// The time of its beginning is missing or not `YYYY-MM-DD HH:MM:SS`.
    #[error("its measurement_start_time {0:?} is not a time")]
    Time(String),
}

/// Reads one `web_connectivity` measurement; unknown fields are passed over, nulls and missing
/// fields taken as such, and single damaged entries counted in [`Read::left_out`].
pub fn read(bytes: &[u8]) -> Result<Read, OoniError> {
    if bytes.len() > MOST_BYTES {
        return Err(OoniError::TooLong(bytes.len()));
    }
    let mut base: Base = serde_json::from_slice(bytes).map_err(OoniError::Shape)?;
    let test = base.test_name.clone().unwrap_or_default();
    if test != "web_connectivity" {
        return Err(OoniError::Test(test.chars().take(40).collect()));
    }
    let mut keys = base.test_keys.take().ok_or(OoniError::NoTestKeys)?;
    let input = base.input.as_deref().unwrap_or_default();
    let target =
        target(input).ok_or_else(|| OoniError::Input(input.chars().take(200).collect()))?;
    let hour = hour(base.measurement_start_time.as_deref().unwrap_or_default())?;
    let control = keys.control.take().and_then(|value| control(value, &target));
    let facts = Facts::of(keys, &target);
    Ok(Read {
        control,
        country: base.probe_cc.clone().filter(|code| code.len() == 2 && code != "ZZ"),
        report_id: base.report_id.clone().filter(|id| !id.is_empty()),
        measurement_uid: base.measurement_uid.clone().filter(|id| !id.is_empty()),
        left_out: facts.left_out,
        assumed: facts.assumed,
        measurement: measurement(&base, target, hour, facts),
    })
}

fn measurement(base: &Base, target: Target, hour: Hour, facts: Facts) -> Measurement {
    let words = [
        base.software_name.as_deref().unwrap_or("unknown"),
        base.software_version.as_deref().unwrap_or(""),
        "web_connectivity",
        base.test_version.as_deref().unwrap_or(""),
    ];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    Measurement {
        format: FORMAT.to_owned(),
        software: words.join(" ").chars().take(120).collect(),
        role: Role::Agent,
        credential: KeyText::new([0; 32]),
        kind: Kind::Web,
        target,
        hour,
        snapshot: Digest([0; 32]),
        network: base.probe_asn.as_deref().and_then(network),
        run: run(base),
        seen: facts.seen,
        certificates: facts.certificates.finish(),
        control: None,
        verdict: Verdict {
            state: State::Inconclusive,
            layer: None,
            rule: "no_rule".into(),
            because: Vec::new(),
            layers: Vec::new(),
        },
        extra: std::collections::BTreeMap::new(),
    }
}

/// OONI finds out who asks on behalf of the line's resolver; something at home may still answer in its
/// place. Whether two networks are one provider's it does not tell, so none is called foreign.
fn run(base: &Base) -> RunFacts {
    let of = |text: &Option<String>| text.as_deref().and_then(network);
    RunFacts { resolver_network: of(&base.resolver_asn), ..RunFacts::default() }
}

/// What was done and what came of it.
struct Facts {
    seen: Vec<Observation>,
    certificates: Collected,
    left_out: u32,
    assumed: u32,
}

impl Facts {
    fn of(keys: TestKeys, target: &Target) -> Self {
        let (mut certificates, mut left_out) = (Collected::default(), 0);
        let mut queries = entries(keys.queries, &mut left_out);
        queries.extend(entries(keys.x_dns_duplicate_responses, &mut left_out));
        let events = entries(keys.network_events, &mut 0);
        let mut seen = lookups(queries, &mut left_out);
        let connects = connects(&entries(keys.tcp_connect, &mut left_out), &mut left_out);
        let mut all = entries(keys.tls_handshakes, &mut left_out);
        all.extend(entries(keys.x_ech.and_then(|ech| ech.tls_handshakes), &mut left_out));
        let shaken = handshakes(&all, &events, &mut certificates, &mut left_out);
        let all = entries(keys.quic_handshakes, &mut left_out);
        let quic = handshakes(&all, &[], &mut certificates, &mut left_out);
        let (over_quic, requests) = entries(keys.requests, &mut left_out)
            .into_iter()
            .partition(crate::shape::Transaction::is_over_quic);
        let beside = Beside { target, connects: &connects, handshakes: &shaken };
        let pages = pages(requests, &beside);
        let beside = Beside { target, connects: &[], handshakes: &quic };
        let quic_pages = crate::pages::pages(over_quic, &beside);
        left_out += pages.left_out + quic_pages.left_out + certificates.left_out;
        seen.extend(connects);
        let own = |shaken: &Shaken| !shaken.of_fetch;
        seen.extend(shaken.into_iter().filter(own).map(Shaken::observation));
        seen.extend(quic.into_iter().filter(own).map(Shaken::over_quic));
        seen.extend(pages.seen);
        seen.extend(quic_pages.seen.into_iter().map(over_http3));
        seen.sort_by_key(Observation::at_ms);
        left_out += u32::try_from(seen.len().saturating_sub(limits::OBSERVATIONS)).unwrap_or(0);
        seen.truncate(limits::OBSERVATIONS);
        Self { seen, certificates, left_out, assumed: pages.assumed }
    }
}

/// Makes a page one over HTTP/3.
fn over_http3(seen: Observation) -> Observation {
    if let Observation::Fetch(seen) = seen {
        return Observation::Http3(Seen { part: Part::OverQuic, ..seen });
    }
    seen
}

/// Reads `AS9198`; none for `AS0`, OONI's word for "unknown".
fn network(text: &str) -> Option<Asn> {
    text.strip_prefix("AS")?.parse().ok().filter(|number| *number > 0).map(Asn)
}

fn hour(text: &str) -> Result<Hour, OoniError> {
    let read = || {
        let (day, time) = text.split_once([' ', 'T'])?;
        let hour: u32 = time.split_once(':')?.0.parse().ok().filter(|hour| *hour < 24)?;
        Some(Hour(Day::parse(day)?.0 * 24 + hour))
    };
    read().ok_or_else(|| OoniError::Time(text.chars().take(40).collect()))
}

/// The longest measurement that is read. OONI keeps up to 2^17 bytes of each body, and a
/// measurement of many redirects holds several.
pub const MOST_BYTES: usize = 16 << 20;
