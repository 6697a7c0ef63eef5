//! The screen with its redirects.

use record::{Answers, Lookup, Observation, Onward, Part, Resolver, Seen, Target, Transport};

use super::view::{View, system};
use super::visit::{Visit, visit};
use crate::Planned;

/// Returns what is due of the screen and of the redirects that it meets; nothing when it has ended.
///
/// A redirect ends the journey where it leads to something that is no web address, back to an
/// address that was visited, or further than the policy follows.
pub(super) fn due(view: View<'_>) -> Vec<Planned> {
    walk(view).1
}

/// Returns every web address of the journey so far, with the part that it plays; the target first.
pub(super) fn stations(view: View<'_>) -> Vec<(Target, Part)> {
    walk(view).0
}

fn walk(view: View<'_>) -> (Vec<(Target, Part)>, Vec<Planned>) {
    let policy = view.plan.policy;
    let mut target = view.job.target.clone();
    let mut stations: Vec<(Target, Part)> = Vec::new();
    for number in 0..=policy.redirects {
        let part = if number == 0 { Part::Screen } else { Part::Hop { number } };
        let resolvers = if number == 0 { all_resolvers(view) } else { few_resolvers(view) };
        let visit = visit(view, &target, part, &resolvers, policy.addresses);
        stations.push((target.clone(), part));
        let page = match visit {
            Visit::Due(due) => return (stations, due),
            Visit::Ended(fetch) => fetch.and_then(|fetch| fetch.outcome.as_ref().ok()),
        };
        let Some(Onward::To(onward)) = page.and_then(|page| page.onward(&target)) else { break };
        if stations.iter().any(|(visited, _)| *visited == onward) {
            break;
        }
        target = onward;
    }
    (stations, Vec::new())
}

/// Returns whether a redirect led to a host of which the system's resolver gave no address that is worth a
/// connection, and one over HTTPS did.
pub(in crate::kinds) fn leads_to_the_unfound(seen: &[Observation]) -> bool {
    let of_hops = |transport| {
        let lookups = seen.iter().filter_map(Observation::as_lookup);
        lookups.filter(move |seen| {
            matches!(seen.part, Part::Hop { .. }) && seen.step.resolver.transport == transport
        })
    };
    let gave = |seen: &Seen<Lookup, Answers>| {
        let given = seen.outcome.as_ref().map(Answers::addresses).unwrap_or_default();
        given.into_iter().any(crate::is_public)
    };
    of_hops(Transport::System).filter(|own| !gave(own)).any(|own| {
        of_hops(Transport::Doh).any(|other| other.step.name == own.step.name && gave(other))
    })
}

/// The system's resolver, the line's own, and every public one in every way it can be asked.
pub(super) fn all_resolvers(view: View<'_>) -> Vec<Resolver> {
    let mut all = vec![system()];
    if view.plan.own_resolver {
        all.push(Resolver { id: Resolver::PROVIDER.to_owned(), transport: Transport::Udp });
    }
    for resolver in view.plan.resolvers {
        let ways = [
            resolver.udp.is_some().then_some(Transport::Udp),
            resolver.doh.is_some().then_some(Transport::Doh),
        ];
        let named = |transport| Resolver { id: resolver.id.clone(), transport };
        all.extend(ways.into_iter().flatten().map(named));
    }
    all
}

/// The system's resolver, the line's own, and one that is asked over HTTPS, or over UDP where none can be.
fn few_resolvers(view: View<'_>) -> Vec<Resolver> {
    let is_own =
        |resolver: &Resolver| matches!(resolver.id.as_str(), Resolver::SYSTEM | Resolver::PROVIDER);
    let (mut few, mut public): (Vec<_>, Vec<_>) = all_resolvers(view).into_iter().partition(is_own);
    public.sort_by_key(|resolver| resolver.transport != Transport::Doh);
    few.extend(public.into_iter().take(1));
    few
}
