//! Lookups of hosts that a site leads to.

use record::{Answers, Lookup, Observation, Part, Seen, Transport};

use super::is_bogus;
use crate::Case;
use crate::side::{At, Side, failed_there, given};

/// Returns the lookups of hosts that one side was led to, the target's own left out.
pub(super) fn lookups<'a>(side: Side<'a>) -> impl Iterator<Item = At<'a, Lookup, Answers>> {
    let host = side.target.host();
    side.all(Observation::as_lookup)
        .filter(move |(_, seen)| matches!(seen.part, Part::Hop { .. }) && seen.step.name != host)
}

/// Returns each lookup by the system that gave no address that a site can have, while another resolver
/// gave one over HTTPS, with the positions of both.
pub(super) fn without_answer<'a>(case: &Case<'a>) -> Vec<(&'a Seen<Lookup, Answers>, Vec<usize>)> {
    let of = |transport| {
        lookups(case.inside()).filter(move |(_, seen)| seen.step.resolver.transport == transport)
    };
    let answers =
        |seen: &Seen<Lookup, Answers>| given(seen).into_iter().any(|ip| !is_bogus(case, ip));
    let told = |seen: &Seen<Lookup, Answers>| seen.outcome.is_ok() || failed_there(seen);
    let silent = of(Transport::System).filter(|(_, seen)| told(seen) && !answers(seen));
    let found = silent.filter_map(|(at, seen)| {
        let same = |other: &Seen<Lookup, Answers>| other.step.name == seen.step.name;
        let mut others = of(Transport::Doh).filter(|(_, other)| same(other) && answers(other));
        let (other, _) = others.next()?;
        Some((seen, vec![at, other]))
    });
    found.collect()
}
