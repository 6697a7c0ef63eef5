//! Whether a finished screen calls for confirmation.

use std::net::IpAddr;

use record::{Fetch, Observation, Page, Part, Seen, Transport, Trust};

use super::view::is_trusted;
use crate::Job;

/// Returns whether the finished screen failed somewhere, or ended on a page that nothing vouches
/// for.
///
/// Failed: the system's resolver gives no address, or only such as no other resolver gives and no
/// certificate vouches for; over https a chain that is not valid for the name, or none that is;
/// no page; a redirect whose page was not reached. A page over plain HTTP may be anybody's: it takes
/// the beacon to tell.
pub(in crate::kinds) fn screen_failed(job: &Job, seen: &[Observation]) -> bool {
    lookup_failed(job, seen)
        || (job.target.is_https() && handshake_failed(seen))
        || page_failed(seen)
}

fn lookup_failed(job: &Job, seen: &[Observation]) -> bool {
    let host = job.target.host();
    let (mut own, mut others) = (Vec::<IpAddr>::new(), Vec::<IpAddr>::new());
    let lookups = seen.iter().filter_map(Observation::as_lookup);
    for lookup in lookups.filter(|seen| seen.part == Part::Screen && seen.step.name == host) {
        let given = lookup.outcome.as_ref().map(record::Answers::addresses).unwrap_or_default();
        match lookup.step.resolver.transport {
            Transport::System => own.extend(given),
            Transport::Udp | Transport::Doh => others.extend(given),
        }
    }
    let handshakes = seen.iter().filter_map(Observation::as_handshake);
    let trusted = handshakes.filter(|seen| seen.part == Part::Screen && is_trusted(seen));
    let vouched: Vec<IpAddr> = trusted.map(|seen| seen.step.to.ip()).collect();
    own.is_empty()
        || (!others.is_empty() && !own.iter().any(|ip| others.contains(ip) || vouched.contains(ip)))
}

fn handshake_failed(seen: &[Observation]) -> bool {
    let handshakes = seen.iter().filter_map(Observation::as_handshake);
    let mut sessions = handshakes
        .filter(|seen| seen.part == Part::Screen)
        .filter_map(|seen| seen.outcome.as_ref().ok())
        .peekable();
    sessions.peek().is_none() || sessions.any(|session| session.trust != Trust::Trusted)
}

/// Looks at the last page of the journey.
fn page_failed(seen: &[Observation]) -> bool {
    let hops = seen.iter().filter_map(|seen| match seen.part() {
        Part::Hop { number } => Some(number),
        Part::Screen | Part::Before | Part::After => None,
        Part::SiteBlock { .. } | Part::BeaconBlock { .. } => None,
    });
    let part = hops.max().map_or(Part::Screen, |number| Part::Hop { number });
    let mut fetches = seen.iter().filter_map(Observation::as_fetch);
    !fetches.any(|fetch| fetch.part == part && is_vouched_for(fetch))
}

fn is_vouched_for(fetch: &Seen<Fetch, Page>) -> bool {
    let session = fetch.outcome.as_ref().ok().and_then(|page| page.session.as_ref());
    session.is_some_and(|session| session.trust == Trust::Trusted)
}
