//! What lookups say.

mod forged;
mod hops;

use std::collections::BTreeSet;
use std::net::IpAddr;

use record::{
    Answers, Failure, Host, Layer, Lookup, Observation, Part, Resolver, Seen, State, Transport,
};

use super::Rule;
use crate::side::{At, given};
use crate::vouch::vouched;
use crate::{Answerer, Case, Screen};

/// An answer is shown to be forged.
pub(super) static FORGED_ANSWER: Rule = Rule {
    id: "dns_forged_answer",
    layer: Some(Layer::Dns),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| forged::forged(case).map(|forged| forged.because),
};

/// The system's resolver says that there is no such name or address, while the control resolves it
/// and another resolver inside gives an address that is vouched for. Filters at home deny names too: the
/// resolver must be the provider's by its address, or a public one deny the name over UDP that gives
/// an address over HTTPS.
pub(super) static NAME_DENIED: Rule = Rule {
    id: "dns_name_denied",
    layer: Some(Layer::Dns),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| {
        let can_serve = |ip: &IpAddr| !is_bogus(case, *ip);
        let resolves =
            case.outside().is_some_and(|outside| outside.addresses().iter().any(can_serve));
        let denied = system(case).filter(|(_, seen)| denies(seen) && is_meant(case, seen));
        let denied = denied.map(|(at, _)| at);
        let denied: Vec<usize> = denied.collect();
        let mut lookups = case.inside().lookups();
        let on_the_way = lookups.any(|(_, seen)| is_denied_on_the_way(case, seen));
        let theirs = match case.resolver {
            Answerer::Provider => true,
            Answerer::ProviderBehind | Answerer::Unknown => on_the_way,
            Answerer::Filter => false,
        };
        if !theirs || !resolves || denied.is_empty() || !system_gave(case).is_empty() {
            return None;
        }
        let vouched: BTreeSet<IpAddr> = vouched(case).into_iter().filter(can_serve).collect();
        let others = case.inside().lookups().filter(|(_, seen)| !given(seen).is_disjoint(&vouched));
        let others: Vec<usize> = others.map(|(at, _)| at).collect();
        (!others.is_empty()).then(|| [denied, others].concat())
    },
};

/// A question about the name to an address that runs no resolver is answered, with a denial or with
/// addresses that nobody vouches for; those about neutral names, two at least, are not: the answer was
/// made on the way, and for the name.
pub(super) static INJECTED: Rule = Rule {
    id: "dns_injected",
    layer: Some(Layer::Dns),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| {
        let (host, vouched) = (case.target.host(), vouched(case));
        let (named, neutral): (Vec<_>, Vec<_>) =
            asked_of_nobody(case).partition(|(_, seen)| seen.step.name == host);
        let speaks = |(_, seen): &At<'_, Lookup, Answers>| {
            let answers = seen.outcome.as_ref().ok();
            let false_ones = given(seen).is_disjoint(&vouched) && !given(seen).is_empty();
            answers.is_some_and(|answers| false_ones || answers.denies())
        };
        let bound = named.iter().any(speaks)
            && neutral.len() >= NEUTRAL_QUESTIONS
            && neutral.iter().all(|(_, seen)| is_silent(seen))
            && case.resolver != Answerer::Filter;
        bound.then(|| named.into_iter().chain(neutral).map(|(at, _)| at).collect())
    },
};

/// The provider's resolver, asked by the system and directly, says that a host that the site leads to does
/// not exist, while the control, which is led there too, resolves it and another resolver gives an address inside over HTTPS.
pub(super) static REDIRECT_DENIED: Rule = Rule {
    id: "dns_redirect_denied",
    layer: Some(Layer::Dns),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| {
        let outside: Vec<_> = hops::lookups(case.outside()?).map(|(_, seen)| seen).collect();
        let resolves = |name: &Host| {
            outside.iter().any(|there| {
                there.step.name == *name && given(there).iter().any(|ip| !is_bogus(case, *ip))
            })
        };
        let found = hops::without_answer(case).into_iter().filter(|(seen, _)| {
            let denied = seen.outcome.as_ref().is_ok_and(Answers::denies);
            denied && is_denied_directly(case, &seen.step.name) && resolves(&seen.step.name)
        });
        let theirs = case.resolver == Answerer::Provider;
        some_of(found.filter(|_| theirs).flat_map(|(_, because)| because))
    },
};

/// The system's resolver gives no address of a host that the site leads to, and another one does over HTTPS.
pub(super) static REDIRECT_NO_ANSWER: Rule = Rule {
    id: "dns_redirect_no_answer",
    layer: Some(Layer::Dns),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: |case| some_of(hops::without_answer(case).into_iter().flat_map(|(_, because)| because)),
};

/// Nobody inside gives an address that a site can have, and outside there is none either.
pub(super) static DOWN: Rule = Rule {
    id: "dns_down",
    layer: Some(Layer::Dns),
    claims: State::Down,
    screen: Screen::Excused,
    holds: |case| {
        let outside = case.outside()?;
        let none = |given: &BTreeSet<IpAddr>| given.iter().all(|ip| is_bogus(case, *ip));
        let here = case.inside().addresses();
        // Silence outside may be the control's own; a word is needed. Where somebody inside gives an
        // address, a failure is none: some servers answer few.
        let is_said = |(_, seen): At<'_, Lookup, Answers>| {
            let failed = seen.failure() == Some(Failure::ResolverFailed);
            denies(seen) || !given(seen).is_empty() || (failed && here.is_empty())
        };
        let gone = none(&outside.addresses()) && outside.lookups().any(is_said);
        let own: Vec<usize> = case.inside().lookups().map(|(at, _)| at).collect();
        (gone && none(&here) && !own.is_empty()).then_some(own)
    },
};

/// The system's resolver gives an address that is vouched for.
pub(super) static CONSISTENT: Rule = Rule {
    id: "dns_consistent",
    layer: Some(Layer::Dns),
    claims: State::Ok,
    screen: Screen::Passed,
    holds: |case| {
        let vouched = vouched(case);
        some(system(case).filter(|(_, seen)| !given(seen).is_disjoint(&vouched)))
    },
};

/// The system's resolver gives no address.
pub(super) static NO_ANSWER: Rule = Rule {
    id: "dns_no_answer",
    layer: Some(Layer::Dns),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: |case| {
        let none = system_gave(case).is_empty();
        some(system(case).filter(|_| none))
    },
};

/// The system's resolver gives addresses; nobody vouches for any of them.
pub(super) static UNVOUCHED: Rule = Rule {
    id: "dns_unvouched",
    layer: Some(Layer::Dns),
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: |case| some(system(case)),
};

/// Returns the addresses that forged answers gave; nothing is claimed from what answers there.
pub(crate) fn forged_addresses(case: &Case<'_>) -> BTreeSet<IpAddr> {
    forged::forged(case).map(|forged| forged.addresses).unwrap_or_default()
}

fn system<'a>(case: &Case<'a>) -> impl Iterator<Item = At<'a, Lookup, Answers>> {
    let is_system =
        |seen: &Seen<Lookup, Answers>| seen.step.resolver.transport == Transport::System;
    case.inside().lookups().filter(move |(_, seen)| is_system(seen))
}

/// Returns whether a public resolver was asked over UDP, where whoever stands on the way can answer:
/// not where something answers for every resolver and any name, as routers at home do that send all
/// questions to a filter of their owner's choice.
fn is_public_over_udp(case: &Case<'_>, seen: &Seen<Lookup, Answers>) -> bool {
    let resolver = &seen.step.resolver;
    let host = case.target.host();
    let mut neutral = asked_of_nobody(case).filter(|(_, seen)| seen.step.name != host);
    resolver.transport == Transport::Udp
        && resolver.id != Resolver::PROVIDER
        && neutral.all(|(_, seen)| is_silent(seen))
}

/// Returns whether a public resolver denies the name over UDP and gives a vouched address over HTTPS:
/// some resolvers filter by themselves.
fn is_denied_on_the_way(case: &Case<'_>, seen: &Seen<Lookup, Answers>) -> bool {
    let vouched = vouched(case);
    let itself = |(_, other): At<'_, Lookup, Answers>| {
        let (own, over) = (&seen.step.resolver, &other.step.resolver);
        own.id == over.id && over.transport == Transport::Doh && !given(other).is_disjoint(&vouched)
    };
    is_public_over_udp(case, seen) && denies(seen) && case.inside().lookups().any(itself)
}

/// Returns the questions that were sent to an address that runs no resolver.
fn asked_of_nobody<'a>(case: &Case<'a>) -> impl Iterator<Item = At<'a, Lookup, Answers>> {
    case.inside().all(Observation::as_lookup).filter(|(_, seen)| {
        seen.part == Part::Variation && seen.step.resolver.id == Resolver::NOBODY
    })
}

/// Returns whether the line's own resolver, asked directly, denies the name of a host that the site leads
/// to: systems report other failures as denials, too.
fn is_denied_directly(case: &Case<'_>, name: &Host) -> bool {
    hops::lookups(case.inside()).any(|(_, seen)| {
        seen.step.resolver.id == Resolver::PROVIDER
            && seen.step.name == *name
            && seen.outcome.as_ref().is_ok_and(Answers::denies)
    })
}

/// Returns whether nothing came back, not even what fits no question.
fn is_silent(seen: &Seen<Lookup, Answers>) -> bool {
    let failed = seen.outcome.as_ref().err();
    failed.is_some_and(|failed| failed.failure == Failure::Timeout && failed.detail.is_empty())
}

/// Returns whether no public site can have `ip`.
fn is_bogus(case: &Case<'_>, ip: IpAddr) -> bool {
    case.known.bogus.iter().any(|range| crate::range::holds(range, ip))
}

fn system_gave(case: &Case<'_>) -> BTreeSet<IpAddr> {
    system(case).flat_map(|(_, seen)| given(seen)).collect()
}

/// Returns whether a resolver says that the name does not exist or has no address.
fn denies(seen: &Seen<Lookup, Answers>) -> bool {
    let said_so = |answers: &Answers| {
        let empty = answers.datagrams.iter().any(|datagram| datagram.fits && datagram.rcode == 0);
        answers.denies() || empty
    };
    given(seen).is_empty() && seen.outcome.as_ref().is_ok_and(said_so)
}

/// Returns whether a denial by the system is its resolver's word.
///
/// That the name does not exist is. "No address" is not by itself: systems say so too where the
/// question for one family was lost or failed and the other has no address (glibc: `EAI_NODATA`). Then
/// the line's own resolver, asked directly, must say it of IPv4.
fn is_meant(case: &Case<'_>, seen: &Seen<Lookup, Answers>) -> bool {
    let says_so = |seen: &Seen<Lookup, Answers>| {
        let answers = seen.outcome.as_ref().ok();
        let empty = answers.into_iter().flat_map(|answers| &answers.datagrams).any(|datagram| {
            datagram.fits && datagram.question == "A" && matches!(datagram.rcode, 0 | 3)
        });
        empty && given(seen).is_empty()
    };
    let own = |seen: &Seen<Lookup, Answers>| seen.step.resolver.id == Resolver::PROVIDER;
    seen.outcome.as_ref().is_ok_and(Answers::denies)
        || case.inside().lookups().any(|(_, other)| own(other) && says_so(other))
}

fn some<'a>(found: impl Iterator<Item = At<'a, Lookup, Answers>>) -> Option<Vec<usize>> {
    some_of(found.map(|(at, _)| at))
}

fn some_of(found: impl Iterator<Item = usize>) -> Option<Vec<usize>> {
    let found: Vec<usize> = found.collect();
    (!found.is_empty()).then_some(found)
}

/// Questions under neutral names that must stay without an answer; one alone may have been lost.
const NEUTRAL_QUESTIONS: usize = 2;
