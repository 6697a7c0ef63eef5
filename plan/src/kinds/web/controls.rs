//! The known-good controls beside the screen: does this line work at all?

use std::net::SocketAddr;

use record::{Failure, Fetch, Handshake, Lookup, Observation, Part, Step, Target};

use super::view::{View, at_once, system};
use super::visit::addresses;
use crate::Planned;

/// Returns what is due of the control `target`: one lookup by the system, one page.
///
/// The next address is tried only where this machine has no route to the one before, as for IPv6 on
/// a line without it. Where no page was asked for since the certificate is not valid, a handshake
/// keeps the chain: whoever ends TLS for every name must not go unseen.
pub(super) fn due(view: View<'_>, target: &Target, part: Part) -> Vec<Planned> {
    let name = target.host();
    let Some(lookup) = view.lookup(&name, &system(), part) else {
        return vec![at_once(Step::Lookup(Lookup { name, resolver: system() }), part)];
    };
    let Ok(answers) = &lookup.outcome else { return Vec::new() };
    for ip in addresses(answers, view.plan.policy.addresses) {
        let to = SocketAddr::new(ip, target.port());
        let Some(fetch) = view.fetch(to, target, part) else {
            return vec![at_once(Step::Fetch(Fetch { to, url: target.clone() }), part)];
        };
        match fetch.failure() {
            Some(Failure::NoRoute) => {}
            Some(Failure::BadMessage) if target.is_https() => {
                let step = Step::Handshake(Handshake { to, sni: name });
                let due = Some(step).filter(|step| !view.did(step, part));
                return due.map(|step| at_once(step, part)).into_iter().collect();
            }
            Some(_) | None => return Vec::new(),
        }
    }
    Vec::new()
}

/// Returns whether both controls brought a page.
pub(super) fn passed(view: View<'_>) -> bool {
    [Part::Before, Part::After].into_iter().all(|part| {
        let mut fetches = view.seen.iter().filter_map(Observation::as_fetch);
        fetches.any(|seen| seen.part == part && seen.outcome.is_ok())
    })
}
