//! Where blocks are made: the address, and the web address that the screen broke at.

use std::cmp::Reverse;
use std::net::SocketAddr;

use record::{Failure, Observation, Part, Target};

use super::hops::stations;
use super::view::{View, is_trusted, vouching};
use crate::Job;

/// Returns what the blocks contrast: the target itself, or where the screen passed and the journey
/// broke behind it, the web address that a redirect led to.
pub(super) fn subject(view: View<'_>) -> (Target, Part) {
    let mut stations = stations(view);
    let first = (view.job.target.clone(), Part::Screen);
    let last = stations.pop().unwrap_or_else(|| first.clone());
    let reached = |(target, part): &(Target, Part)| {
        let mut fetches = view.seen.iter().filter_map(Observation::as_fetch);
        fetches.any(|seen| seen.part == *part && seen.step.url == *target && seen.outcome.is_ok())
    };
    if !reached(&last) && stations.iter().all(reached) { last } else { first }
}

/// Chooses the one address for the site's blocks among those that connected: where a valid
/// certificate was shown, then the best vouched for, then the smallest.
pub(super) fn site_address(view: View<'_>, target: &Target, part: Part) -> Option<SocketAddr> {
    let host = target.host();
    let connects = view.seen.iter().filter_map(Observation::as_connect);
    let open = connects
        .filter(|seen| seen.part == part && seen.step.to.port() == target.port())
        .filter(|seen| seen.outcome.is_ok());
    open.map(|seen| seen.step.to).min_by_key(|to| {
        let trusted = view.handshake(*to, &host, part).is_some_and(is_trusted);
        (Reverse((trusted, vouching(view.seen, to.ip(), part))), *to)
    })
}

/// Chooses one address of the target's where the screen's handshake failed on the way, while another
/// address showed a valid certificate: of the version of IP that reached nothing, if there is such,
/// then the best vouched for, then the smallest.
pub(in crate::kinds) fn failing_address(job: &Job, seen: &[Observation]) -> Option<SocketAddr> {
    let host = job.target.host();
    let shaken = seen.iter().filter_map(Observation::as_handshake);
    let screen = shaken.filter(|seen| seen.part == Part::Screen && seen.step.sni == host);
    let screen: Vec<_> = screen.collect();
    let reached: Vec<SocketAddr> =
        screen.iter().filter(|seen| is_trusted(seen)).map(|seen| seen.step.to).collect();
    let failed = screen.iter().filter(|seen| seen.failure().is_some_and(Failure::is_on_the_way));
    let failed = failed.map(|seen| seen.step.to).filter(|_| !reached.is_empty());
    failed.min_by_key(|to| {
        let same_version = reached.iter().any(|other| other.is_ipv4() == to.is_ipv4());
        (same_version, Reverse(vouching(seen, to.ip(), Part::Screen)), *to)
    })
}
