//! Which addresses are the site's own, as far as can be known.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use record::{Answers, Kind, Lookup, Resolver, Seen, Transport, plain};

use testlists::ContentNetwork;

use crate::side::given;
use crate::{Case, range};

/// Returns the addresses that somebody vouches for; nothing is claimed from a connection to another.
///
/// The control gave it; or a certificate valid for the name was shown there; or a resolver gave it
/// over HTTPS, which nobody on the way can forge; or it belongs to a listed content network, which serves any name
/// from all of its addresses, and the control was given another of them. Where no control gave any address, and neither a control
/// nor a resolver over HTTPS says that there is no such name, it is enough that most of the resolvers
/// that answered, and at least two, agree on it. The addresses of an endpoint that is listed by address,
/// which no resolver was asked for, are the list's own word.
pub(crate) fn vouched(case: &Case<'_>) -> BTreeSet<IpAddr> {
    let mut vouched = vouched_exactly(case);
    let outside = case.outside().map(|outside| outside.addresses()).unwrap_or_default();
    let networks = &case.known.content_networks;
    let inside = case.inside();
    let given_here = inside.lookups().flat_map(|(_, seen)| given(seen));
    vouched.extend(given_here.filter(|ip| is_served_alike(networks, *ip, &outside)));
    vouched
}

/// Returns those of them that somebody vouches for by themselves, and not for their network: where a server
/// might treat its addresses differently, only these count.
pub(crate) fn vouched_exactly(case: &Case<'_>) -> BTreeSet<IpAddr> {
    let inside = case.inside();
    let is_over_https =
        |seen: &Seen<Lookup, Answers>| seen.step.resolver.transport == Transport::Doh;
    let over_https = || inside.lookups().filter(|(_, seen)| is_over_https(seen));
    let mut vouched = inside.trusted();
    vouched.extend(over_https().flat_map(|(_, seen)| given(seen)));
    let outside = case.outside().map(|outside| outside.addresses()).unwrap_or_default();
    let denies = |seen: &Seen<Lookup, Answers>| seen.outcome.as_ref().is_ok_and(Answers::denies);
    let there = case.outside().into_iter().flat_map(|outside| outside.lookups());
    let is_denied = there.chain(over_https()).any(|(_, seen)| denies(seen));
    if outside.is_empty() && !is_denied {
        vouched.extend(agreed(inside.lookups().map(|(_, seen)| seen)));
    }
    vouched.extend(outside);
    if case.kind == Kind::Endpoint && inside.lookups().next().is_none() {
        vouched.extend(inside.connects().map(|(_, seen)| plain(seen.step.to.ip())));
    }
    vouched
}

/// Returns whether `ip` and one of `others` are addresses of one content network.
fn is_served_alike(networks: &[ContentNetwork], ip: IpAddr, others: &BTreeSet<IpAddr>) -> bool {
    let holds =
        |network: &ContentNetwork, ip| network.ranges.iter().any(|range| range::holds(range, ip));
    let mut its = networks.iter().filter(|network| holds(network, ip));
    its.any(|network| others.iter().any(|other| holds(network, *other)))
}

/// The addresses that most of the resolvers, and at least two, give. The system's resolver and the
/// line's own have one voice together: mostly they are one.
pub(crate) fn agreed<'a>(
    lookups: impl Iterator<Item = &'a Seen<Lookup, Answers>>,
) -> BTreeSet<IpAddr> {
    let mut by_resolver = BTreeMap::<&str, BTreeSet<IpAddr>>::new();
    for seen in lookups {
        let id = seen.step.resolver.id.as_str();
        let voice = if id == Resolver::PROVIDER { Resolver::SYSTEM } else { id };
        by_resolver.entry(voice).or_default().extend(given(seen));
    }
    by_resolver.retain(|_, gave| !gave.is_empty());
    let all: BTreeSet<IpAddr> = by_resolver.values().flatten().copied().collect();
    let voices = |ip: &IpAddr| by_resolver.values().filter(|gave| gave.contains(ip)).count();
    let most = |ip: &IpAddr| voices(ip) >= 2 && voices(ip) * 2 > by_resolver.len();
    all.into_iter().filter(most).collect()
}
