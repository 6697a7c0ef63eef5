//! Looks up how a site wants to be reached: its HTTPS records (RFC 9460).

use std::net::{IpAddr, SocketAddr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hickory_proto::rr::rdata::SVCB;
use hickory_proto::rr::rdata::svcb::SvcParamValue;
use hickory_proto::rr::{RData, RecordType};

use record::{Host, ServiceRecord, Services, limits};
use testlists::DohServer;

use super::dns::{self, Heard, Question};
use super::doh;
use super::eye::Shown;
use super::failure::Trouble;
use super::tls::Tls;
use crate::edge::Edge;

/// Asks the resolver at `server` for the HTTPS records of `name`; none are an answer, too.
pub async fn lookup(
    name: &Host,
    server: SocketAddr,
    patience: dns::Patience,
    edge: &Edge,
) -> Result<Services, Trouble> {
    let question = Question::new(name, RecordType::HTTPS, edge)?;
    conclude(&question.ask(server, patience).await?)
}

/// Asks the same over HTTPS.
pub async fn lookup_over_https(
    name: &Host,
    server: &DohServer,
    (tls, edge): (&Tls, &Edge),
    patience: doh::Patience,
    shown: &mut Shown,
) -> Result<Services, Trouble> {
    let question = Question::new(name, RecordType::HTTPS, edge)?;
    conclude(&doh::ask(vec![question], server, tls, patience, shown).await?)
}

/// Takes the records of the first answer to the question that is whole, as a resolver would.
fn conclude(heard: &[Heard]) -> Result<Services, Trouble> {
    dns::conclude(heard.iter().map(|heard| heard.datagram.clone()).collect())?;
    let answers = || heard.iter().filter(|heard| heard.datagram.fits);
    let first = answers().find(|heard| !heard.is_cut()).or_else(|| answers().next());
    let records = first.and_then(|heard| heard.message.as_ref()).map(|message| {
        let https = message.answers.iter().filter_map(|record| {
            let RData::HTTPS(https) = &record.data else { return None };
            Some(told(&https.0))
        });
        https.take(limits::SERVICES).collect()
    });
    Ok(Services { records: records.unwrap_or_default() })
}

/// Returns what of a record is told. A key that is longer than its limit is left out: a part of it
/// is of no use.
fn told(record: &SVCB) -> ServiceRecord {
    let mut service = ServiceRecord {
        priority: record.svc_priority,
        target: record.target_name.to_ascii().trim_end_matches('.').to_owned(),
        ..ServiceRecord::default()
    };
    for (_, value) in &record.svc_params {
        if let SvcParamValue::Alpn(names) = value {
            service.alpn = names.0.iter().take(PROTOCOLS).map(|name| plain(name)).collect();
        }
        if let SvcParamValue::Ipv4Hint(hint) = value {
            service.hints.extend(hint.0.iter().map(|a| IpAddr::from(a.0)));
        }
        if let SvcParamValue::Ipv6Hint(hint) = value {
            service.hints.extend(hint.0.iter().map(|aaaa| IpAddr::from(aaaa.0)));
        }
        if let SvcParamValue::EchConfigList(list) = value {
            service.ech = Some(STANDARD.encode(&list.0)).filter(|text| text.len() <= KEY_CHARS);
        }
    }
    service.hints.truncate(HINTS);
    service
}

/// A protocol's name is any bytes; here it is a word.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(PROTOCOL_CHARS).collect()
}

/// `ServiceRecord` names them.
const PROTOCOLS: usize = 8;
const HINTS: usize = 16;
const KEY_CHARS: usize = 4 << 10;
const PROTOCOL_CHARS: usize = 32;
