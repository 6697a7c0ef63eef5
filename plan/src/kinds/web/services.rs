//! What the site offers beside TLS over TCP: HTTPS records, QUIC, encrypted names.

use std::net::SocketAddr;

use record::{
    Fetch, Hello, Observation, Part, Quic, Resolver, ServiceLookup, ServiceRecord, Step, Transport,
    Trust, Variant,
};

use super::hops::all_resolvers;
use super::place::site_address;
use super::view::{View, at_once};
use crate::Planned;

/// Returns the lookups of HTTPS records that are due: by one resolver over HTTPS, which nobody can
/// forge on the way, and by one over UDP.
pub(super) fn lookups(view: View<'_>) -> Vec<Planned> {
    if !view.job.target.is_https() || !view.job.addresses.is_empty() {
        return Vec::new();
    }
    let all = all_resolvers(view);
    let public = |resolver: &&Resolver, transport| {
        resolver.transport == transport && resolver.id != Resolver::PROVIDER
    };
    let ways = [Transport::Doh, Transport::Udp];
    let asked = ways.into_iter().filter_map(|way| all.iter().find(|one| public(one, way)));
    let steps = asked.map(|resolver| {
        let name = view.job.target.host();
        Step::Service(ServiceLookup { name, resolver: resolver.clone() })
    });
    steps
        .filter(|step| !view.did(step, Part::Screen))
        .map(|step| at_once(step, Part::Screen))
        .collect()
}

/// Returns what is due over QUIC once the visit over TCP has ended: a handshake where the site
/// offers HTTP/3, and its page where the certificate is valid.
pub(super) fn over_quic(view: View<'_>) -> Vec<Planned> {
    let target = &view.job.target;
    if !target.is_https() || !offers_http3(view) {
        return Vec::new();
    }
    let Some(to) = address(view) else { return Vec::new() };
    let quic = Quic { to, sni: target.host() };
    let Some(seen) = view.quic(&quic, Part::OverQuic) else {
        return vec![at_once(Step::Quic(quic), Part::OverQuic)];
    };
    let is_trusted = seen.outcome.as_ref().is_ok_and(|session| session.trust == Trust::Trusted);
    let page = Step::Http3(Fetch { to, url: target.clone() });
    if !is_trusted || view.did(&page, Part::OverQuic) {
        return Vec::new();
    }
    vec![at_once(page, Part::OverQuic)]
}

/// Returns the handshake with an encrypted name that is due where the site publishes a key.
pub(super) fn encrypted(view: View<'_>) -> Vec<Planned> {
    let step = encrypted_hello(view).map(Step::Variant);
    let due = step.filter(|step| !view.did(step, Part::Variation));
    due.map(|step| at_once(step, Part::Variation)).into_iter().collect()
}

/// Returns the handshake with an encrypted name, where the site publishes a key and an address
/// answers.
pub(super) fn encrypted_hello(view: View<'_>) -> Option<Variant> {
    let config = records(view).find_map(|record| record.ech.clone())?;
    let to = site_address(view, &view.job.target, Part::Screen)?;
    Some(Variant { to, name: view.job.target.host(), hello: Hello::Encrypted { config } })
}

/// Returns whether QUIC failed where TLS over TCP did not, or went to somebody without a valid
/// certificate.
pub(super) fn quic_failed(view: View<'_>) -> bool {
    let mut tried = view.seen.iter().filter_map(Observation::as_quic);
    tried.any(|seen| {
        let is_trusted = seen.outcome.as_ref().is_ok_and(|session| session.trust == Trust::Trusted);
        seen.part == Part::OverQuic && !is_trusted
    })
}

/// Returns whether the encrypted name got no answer.
pub(super) fn encrypted_failed(view: View<'_>) -> bool {
    let mut tried = view.seen.iter().filter_map(Observation::as_variant);
    tried.any(|seen| {
        let is_encrypted = matches!(seen.step.hello, Hello::Encrypted { .. });
        seen.part == Part::Variation && is_encrypted && seen.outcome.is_err()
    })
}

/// Returns where QUIC is tried: where TCP was, else the first address that anybody gave.
fn address(view: View<'_>) -> Option<SocketAddr> {
    let lookups = view.seen.iter().filter_map(Observation::as_lookup);
    let of_site = lookups.filter(|seen| seen.part == Part::Screen);
    let given = of_site.filter_map(|seen| seen.outcome.as_ref().ok());
    let first = given.flat_map(record::Answers::addresses).filter(|ip| crate::is_public(*ip)).min();
    let or_first = || first.map(|ip| SocketAddr::new(ip, view.job.target.port()));
    site_address(view, &view.job.target, Part::Screen).or_else(or_first)
}

/// Returns whether the site says that it speaks HTTP/3, or a control reached it so.
fn offers_http3(view: View<'_>) -> bool {
    let by_record = records(view).any(|record| record.alpn.iter().any(|word| word == "h3"));
    let pages = view.seen.iter().filter_map(Observation::as_fetch);
    let by_header = pages
        .filter(|seen| seen.part == Part::Screen && seen.step.url == view.job.target)
        .filter_map(|seen| seen.outcome.as_ref().ok()?.headers.get("alt-svc"))
        .any(|offer| offer.contains("h3="));
    let outside = view.plan.control.unwrap_or_default();
    let by_control = outside
        .iter()
        .filter_map(Observation::as_quic)
        .any(|seen| seen.part == Part::OverQuic && seen.outcome.is_ok());
    by_record || by_header || by_control
}

/// Returns what the site says of itself, what came over HTTPS first: that nobody on the way has changed.
fn records(view: View<'_>) -> impl Iterator<Item = &ServiceRecord> {
    let lookups = view.seen.iter().filter_map(Observation::as_service);
    let mut lookups: Vec<_> = lookups.collect();
    lookups.sort_by_key(|seen| seen.step.resolver.transport != Transport::Doh);
    let found = lookups.into_iter().filter_map(|seen| seen.outcome.as_ref().ok());
    found.flat_map(|found| &found.records)
}
