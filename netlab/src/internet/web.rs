//! The sites' servers: for each address one listener for HTTP and one for HTTPS.

mod door;
mod front;
mod pages;
mod quic;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::DEFAULT_VERSIONS;
use rustls::server::ResolvesServerCert;
use rustls::version::TLS12;
use tokio::task::JoinSet;

use super::authority::{Flaw, LabAuthority};
use super::sites::EDGE_NETWORK;
use super::sockets::{Silent, Sockets};
use super::spec::{Behaviour, Handshake, Site, WorldSpec};
use super::tls::{ByName, acceptor_of};
use super::{HTTP, HTTPS};
use crate::LabError;

pub use pages::LISTED_PAGE_TITLE;

use door::Door;
use front::Front;

/// Binds every address of every site that is up, and returns what serves them.
pub(super) fn prepare(
    spec: &WorldSpec,
    sockets: &Sockets,
    authority: &LabAuthority,
) -> Result<impl Future<Output = ()> + use<>, LabError> {
    let (mut listeners, mut endpoints) = (Vec::new(), Vec::new());
    let mut silent = Vec::new();
    for (address, sites) in spec.by_address()? {
        if sites.iter().any(|site| site.behaviour == Behaviour::Refused) {
            continue;
        }
        if sites.iter().any(|site| site.behaviour == Behaviour::Silent) {
            silent.extend(fall_silent(sockets, address)?);
            continue;
        }
        let front = Arc::new(Front::new(&sites, spec.near));
        listeners.push((sockets.tcp(address, HTTP)?, Door::Plain(Arc::clone(&front))));
        if sites.iter().any(|site| site.https()) {
            let certificates: Arc<dyn ResolvesServerCert> =
                Arc::new(certificates(address, &sites, authority)?);
            if sites.iter().any(|site| site.http3) {
                let socket = sockets.datagrams(address, HTTPS)?;
                let endpoint = quic::open(socket, Arc::clone(&certificates))?;
                endpoints.push((endpoint, Arc::clone(&front)));
            }
            let versions = match front.handshake() {
                Handshake::OnlyTls12 => &[&TLS12],
                Handshake::Usual | Handshake::AlertsUnknown | Handshake::ResetsUnknown => {
                    DEFAULT_VERSIONS
                }
            };
            let tls = acceptor_of(versions, certificates)?;
            listeners.push((sockets.tcp(address, HTTPS)?, Door::Secure(front, tls)));
        }
    }
    for address in spec.sites().iter().flat_map(|site| &site.dead) {
        silent.extend(fall_silent(sockets, *address)?);
    }
    Ok(async move {
        let _kept = silent;
        let mut serving = JoinSet::new();
        for (listener, door) in listeners {
            serving.spawn(door.keep_open(listener));
        }
        for (endpoint, front) in endpoints {
            serving.spawn(quic::serve(endpoint, front));
        }
        serving.join_all().await;
    })
}

fn fall_silent(sockets: &Sockets, address: IpAddr) -> Result<[Silent; 2], LabError> {
    Ok([sockets.silent(address, HTTP)?, sockets.silent(address, HTTPS)?])
}

/// Chooses the certificates of one address. Where several sites share it, names of none of them
/// get the content network's own.
fn certificates(
    address: IpAddr,
    sites: &[&Site],
    authority: &LabAuthority,
) -> Result<ByName, LabError> {
    let mut named = BTreeMap::new();
    for site in sites.iter().filter(|site| site.https()) {
        let host = site.host.as_str();
        named.insert(host.to_owned(), authority.issue(host, site.flaw)?);
    }
    let alone = named.values().next().filter(|_| named.len() == 1).cloned();
    for outer in sites.iter().filter_map(|site| site.ech.as_ref()) {
        named.insert(outer.to_string(), authority.issue(outer.as_str(), Flaw::None)?);
    }
    let default = match alone {
        Some(only) => only,
        None => {
            let last = last_byte(address);
            authority.issue(&format!("edge-{last}.{EDGE_NETWORK}"), Flaw::None)?
        }
    };
    Ok(ByName { named, default })
}

fn last_byte(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(address) => address.octets()[3],
        IpAddr::V6(address) => address.octets()[15],
    }
}
