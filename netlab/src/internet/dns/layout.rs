//! Which server answers for which zone: the root, `test.`, and one for everything below it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::Name;

use super::service::service;
use super::zone::{Server, Zone};
use super::{Answerer, Question, Reply, Speaker, name_of};
use crate::LabError;
use crate::internet::spec::WorldSpec;
use crate::internet::{
    LEAF_SERVER, ROOT_SERVER, TEST_SERVER, WHOAMI_HOST, WHOAMI_SERVER, WHOAMI_ZONE,
};

/// The zones of one server.
#[derive(Debug)]
pub(in crate::internet) struct Zones(Vec<Zone>);

impl Answerer for Zones {
    async fn answer(&self, question: &Question) -> Reply {
        let holds = |zone: &&Zone| zone.apex().zone_of(&question.name);
        let nearest = self.0.iter().filter(holds).max_by_key(|zone| zone.apex().num_labels());
        nearest.map_or_else(
            || Reply::empty(ResponseCode::Refused, Speaker::Parent),
            |zone| zone.answer(question),
        )
    }
}

/// Lays out the names of `spec` over the lab's three servers.
pub(in crate::internet) fn zones(spec: &WorldSpec) -> Result<[(Ipv4Addr, Zones); 3], LabError> {
    let root_server = server("a.tamyr-dns.test.", ROOT_SERVER)?;
    let test_server = server("a.tld-dns.test.", TEST_SERVER)?;
    let leaf_server = server("ns1.japyraq-dns.test.", LEAF_SERVER)?;
    let leaves = leaves(spec, &leaf_server)?;

    let mut root = Zone::new(Name::root(), &root_server);
    let mut test = Zone::new(name("test.")?, &test_server);
    // RFC 7050: whoever gets an address of IPv6 for this name is behind a NAT64.
    for last in [170, 171] {
        root.add_address(&name("ipv4only.arpa.")?, [192, 0, 0, last].into());
    }
    root.delegate(test.apex().clone(), test_server);
    test.add_address(&root_server.name, ROOT_SERVER.into());
    for apex in leaves.keys() {
        test.delegate(apex.clone(), leaf_server.clone());
    }
    let [whoami, its_server] = [WHOAMI_ZONE, WHOAMI_HOST].map(|name| format!("{name}."));
    test.delegate(name(&whoami)?, server(&its_server, WHOAMI_SERVER)?);
    let leaves = leaves.into_values().collect();
    Ok([
        (ROOT_SERVER, Zones(vec![root])),
        (TEST_SERVER, Zones(vec![test])),
        (LEAF_SERVER, Zones(leaves)),
    ])
}

/// Makes a zone of every name directly below `test.` that something lies under.
fn leaves(spec: &WorldSpec, server: &Server) -> Result<BTreeMap<Name, Zone>, LabError> {
    let mut leaves = BTreeMap::new();
    let own = Zone::new(server.name.trim_to(2), server);
    leaves.insert(own.apex().clone(), own);
    for site in &spec.sites {
        let mut owner = name_of(&site.host)?;
        for to in site.via.iter().chain(&site.alias) {
            let to = name_of(to)?;
            zone(&mut leaves, &owner, server).add_alias(&owner, to.clone());
            owner = to;
        }
        zone(&mut leaves, &owner, server).add_name(&owner);
        if !site.nearby.is_empty() {
            zone(&mut leaves, &owner, server).add_nearby(&owner, spec.near, &site.nearby);
        }
        for address in site.named() {
            zone(&mut leaves, &owner, server).add_address(&owner, address);
        }
        if let Some(service) = service(site) {
            zone(&mut leaves, &owner, server).add_service(&owner, service);
        }
        if let Some(outer) = &site.ech {
            let outer = name_of(outer)?;
            for address in site.named() {
                zone(&mut leaves, &outer, server).add_address(&outer, address);
            }
        }
    }
    for (host, address) in &spec.hosts {
        let host = name_of(host)?;
        zone(&mut leaves, &host, server).add_address(&host, (*address).into());
    }
    Ok(leaves)
}

fn zone<'a>(leaves: &'a mut BTreeMap<Name, Zone>, host: &Name, server: &Server) -> &'a mut Zone {
    let apex = host.trim_to(2).to_lowercase();
    leaves.entry(apex.clone()).or_insert_with(|| Zone::new(apex, server))
}

fn server(text: &str, address: Ipv4Addr) -> Result<Server, LabError> {
    Ok(Server { name: name(text)?, address })
}

fn name(text: &str) -> Result<Name, LabError> {
    Name::from_ascii(text).map_err(LabError::failed(format!("making a DNS name of {text}")))
}
