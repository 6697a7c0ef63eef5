//! One zone: its records, what it delegates, and what it answers.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, HTTPS, NS, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::{Question, Reply, Speaker};
use crate::internet::spec::Near;

/// One zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    apex: Name,
    soa: Record,
    records: BTreeMap<Name, Vec<Record>>,
    nearby: BTreeMap<Name, (Near, Vec<Record>)>,
    delegations: BTreeMap<Name, Server>,
}

/// A name server: what it is called and where it answers.
#[derive(Clone, Debug)]
pub(super) struct Server {
    /// Its name.
    pub(super) name: Name,
    /// Its address.
    pub(super) address: Ipv4Addr,
}

impl Zone {
    /// Makes a zone that `server` answers for.
    pub(super) fn new(apex: Name, server: &Server) -> Self {
        // Serial and times matter to secondaries only, and there are none.
        let soa = SOA::new(server.name.clone(), server.name.clone(), 1, 3600, 600, 86_400, 30);
        let soa = record(&apex, RData::SOA(soa));
        let mut zone = Self {
            apex: apex.clone(),
            soa: soa.clone(),
            records: BTreeMap::new(),
            nearby: BTreeMap::new(),
            delegations: BTreeMap::new(),
        };
        zone.add(soa);
        zone.add(record(&apex, RData::NS(NS(server.name.clone()))));
        if apex.zone_of(&server.name) {
            zone.add_address(&server.name, server.address.into());
        }
        zone
    }

    /// Adds an A or an AAAA record.
    pub(super) fn add_address(&mut self, name: &Name, address: IpAddr) {
        let data = match address {
            IpAddr::V4(address) => RData::A(A(address)),
            IpAddr::V6(address) => RData::AAAA(AAAA(address)),
        };
        self.add(record(name, data));
    }

    /// Lets `name` exist, with or without records.
    pub(super) fn add_name(&mut self, name: &Name) {
        self.records.entry(name.to_lowercase()).or_default();
    }

    /// Tells those who ask from `near` other addresses.
    pub(super) fn add_nearby(&mut self, name: &Name, near: Near, addresses: &[IpAddr]) {
        let records = addresses.iter().map(|address| match address {
            IpAddr::V4(address) => record(name, RData::A(A(*address))),
            IpAddr::V6(address) => record(name, RData::AAAA(AAAA(*address))),
        });
        self.nearby.insert(name.to_lowercase(), (near, records.collect()));
    }

    /// Adds a CNAME record.
    pub(super) fn add_alias(&mut self, name: &Name, to: Name) {
        self.add(record(name, RData::CNAME(CNAME(to))));
    }

    /// Adds an HTTPS record.
    pub(super) fn add_service(&mut self, name: &Name, service: HTTPS) {
        self.add(record(name, RData::HTTPS(service)));
    }

    /// Leaves `apex` and everything below it to `server`.
    pub(super) fn delegate(&mut self, apex: Name, server: Server) {
        self.delegations.insert(apex, server);
    }

    /// Returns the zone's own name.
    pub(super) fn apex(&self) -> &Name {
        &self.apex
    }

    /// Answers a question about a name that lies in this zone.
    pub(super) fn answer(&self, question: &Question) -> Reply {
        let name = question.name.to_lowercase();
        if let Some(delegation) = self.delegations.iter().find(|(apex, _)| apex.zone_of(&name)) {
            return refer(delegation);
        }
        let mut reply = Reply::empty(ResponseCode::NoError, Speaker::Zone);
        let nearby = self.nearby.get(&name).filter(|(near, records)| {
            question.from.is_some_and(|from| near.contains(from))
                && records.iter().any(|record| record.record_type() == question.kind)
        });
        let here = nearby.map(|(_, records)| records).or_else(|| self.records.get(&name));
        let here = here.map_or(&[][..], Vec::as_slice);
        let fits = |record: &&Record| {
            let kind = record.record_type();
            kind == question.kind || kind == RecordType::CNAME
        };
        reply.answers = here.iter().filter(fits).cloned().collect();
        if reply.answers.is_empty() {
            // A name that has names below it exists, though it has no records (RFC 8020).
            let exists = self.records.keys().any(|known| name.zone_of(known));
            reply.code = if exists { ResponseCode::NoError } else { ResponseCode::NXDomain };
            reply.authorities.push(self.soa.clone());
        }
        reply
    }

    fn add(&mut self, record: Record) {
        let records = self.records.entry(record.name.to_lowercase()).or_default();
        // A server of several zones is added by each of them.
        if !records.contains(&record) {
            records.push(record);
        }
    }
}

fn refer((apex, server): (&Name, &Server)) -> Reply {
    let mut reply = Reply::empty(ResponseCode::NoError, Speaker::Parent);
    reply.authorities.push(record(apex, RData::NS(NS(server.name.clone()))));
    reply.additionals.push(record(&server.name, RData::A(A(server.address))));
    reply
}

fn record(name: &Name, data: RData) -> Record {
    Record::from_rdata(name.clone(), TTL_SECONDS, data)
}

const TTL_SECONDS: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_answers_refers_denies_and_knows_empty_names() {
        let server = Server { name: name("ns.dns.test."), address: Ipv4Addr::new(198, 51, 100, 3) };
        let mut zone = Zone::new(name("news.test."), &server);
        zone.add_address(&name("www.news.test."), [203, 0, 113, 1].into());
        zone.add_address(&name("a.b.news.test."), [203, 0, 113, 1].into());
        zone.add_address(&name("a.b.news.test."), [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into());
        zone.add_alias(&name("m.news.test."), name("www.news.test."));
        zone.delegate(name("sub.news.test."), server);
        let ask = |asked: &str, kind| zone.answer(&question(asked, kind));

        let cases = [
            ("WWW.news.test.", RecordType::A, ResponseCode::NoError, 1, 0, 0),
            ("www.news.test.", RecordType::AAAA, ResponseCode::NoError, 0, 1, 0),
            ("a.b.news.test.", RecordType::AAAA, ResponseCode::NoError, 1, 0, 0),
            ("m.news.test.", RecordType::A, ResponseCode::NoError, 1, 0, 0),
            ("b.news.test.", RecordType::A, ResponseCode::NoError, 0, 1, 0),
            ("x.news.test.", RecordType::A, ResponseCode::NXDomain, 0, 1, 0),
            ("y.sub.news.test.", RecordType::A, ResponseCode::NoError, 0, 1, 1),
        ];
        for (asked, kind, code, answers, authorities, additionals) in cases {
            let reply = ask(asked, kind);
            let sizes = (reply.answers.len(), reply.authorities.len(), reply.additionals.len());
            assert_eq!(reply.code, code, "{asked}");
            assert_eq!(sizes, (answers, authorities, additionals), "{asked} {kind}");
        }
        assert_eq!(ask("y.sub.news.test.", RecordType::A).speaker, Speaker::Parent);
    }

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn question(asked: &str, kind: RecordType) -> Question {
        Question {
            name: name(asked),
            kind,
            id: 1,
            recursion_desired: false,
            from: None,
            payload: None,
        }
    }
}
