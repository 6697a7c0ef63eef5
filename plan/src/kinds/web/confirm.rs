//! Confirm blocks: three attempts with the target's name and three with a neutral one, in an order
//! that was committed before.

use std::cmp::Reverse;
use std::net::SocketAddr;

use record::{Arm, Fetch, Handshake, Host, Observation, Part, Step, Target, order};

use super::screen::screen_failed;
use super::view::{View, is_trusted, vouching};
use crate::{Confirm, Planned, neutral};

/// Returns the next attempt of each block; the two blocks run side by side, the attempts of one
/// block one after another, each after the policy's pause (the first too: the screen came before).
pub(super) fn due(view: View<'_>) -> Vec<Planned> {
    let wanted = match view.job.confirm {
        Confirm::Always => true,
        Confirm::IfFailed => screen_failed(view.job, view.seen),
        Confirm::Never => false,
    };
    if !wanted {
        return Vec::new();
    }
    let beacon = view
        .plan
        .beacon
        .map(|beacon| if view.job.target.is_https() { beacon.tls } else { beacon.http });
    let site = site_address(view).and_then(|to| attempt(view, Channel::Site, to));
    let beacon = beacon.and_then(|to| attempt(view, Channel::Beacon, to));
    site.into_iter().chain(beacon).collect()
}

#[derive(Clone, Copy)]
enum Channel {
    Site,
    Beacon,
}

impl Channel {
    /// Keeps the two orders apart: the word that [`order`] is drawn with.
    fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Beacon => "beacon",
        }
    }

    fn part(self, round: u32, slot: u8, arm: Arm) -> Part {
        match self {
            Self::Site => Part::SiteBlock { round, slot, arm },
            Self::Beacon => Part::BeaconBlock { round, slot, arm },
        }
    }
}

/// Plans the first attempt that was not made yet.
fn attempt(view: View<'_>, channel: Channel, to: SocketAddr) -> Option<Planned> {
    let View { job, plan, seen } = view;
    let at = (&job.target, plan.hour, job.round);
    let order = order(&plan.seed, plan.credential, at, channel.word());
    let parts =
        (0_u8..).zip(order).map(|(slot, arm)| (slot, arm, channel.part(job.round, slot, arm)));
    let mut missing = parts.filter(|(_, _, part)| !seen.iter().any(|seen| seen.part() == *part));
    let (slot, arm, part) = missing.next()?;
    let host = job.target.host();
    let name = match arm {
        Arm::Named => host,
        Arm::Neutral => neutral(&host, &plan.seed, slot),
    };
    let step = step(&job.target, name, to)?;
    Some(Planned { step, part, wait_ms: plan.policy.spacing_ms })
}

/// A handshake for https; for http the target's own request with `name` in place of its host.
fn step(target: &Target, name: Host, to: SocketAddr) -> Option<Step> {
    if target.is_https() {
        return Some(Step::Handshake(Handshake { to, sni: name }));
    }
    let port = if target.port() == 80 { String::new() } else { format!(":{}", target.port()) };
    let url = format!("http://{name}{port}{}", target.path()).parse().ok()?;
    Some(Step::Fetch(Fetch { to, url }))
}

/// Chooses the one address for the site's block among those that connected: where a valid
/// certificate was shown, then the best vouched for, then the smallest.
fn site_address(view: View<'_>) -> Option<SocketAddr> {
    let host = view.job.target.host();
    let connects = view.seen.iter().filter_map(Observation::as_connect);
    let open = connects.filter(|seen| seen.part == Part::Screen && seen.outcome.is_ok());
    open.map(|seen| seen.step.to).min_by_key(|to| {
        let trusted = view.handshake(*to, &host, Part::Screen).is_some_and(is_trusted);
        (Reverse((trusted, vouching(view, to.ip(), Part::Screen))), *to)
    })
}
