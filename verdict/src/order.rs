//! Checks blocks against the order that was committed before.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use record::{Arm, Host, Hour, Observation, Part, Seed, order};

use crate::{Case, Channel};

/// Returns whether the attempts of every block were made in the order that `seed` gives.
///
/// Each slot holds the arm that was drawn for it, at most once, under a name of that arm (the
/// target's, or another of the same length), begun no earlier than the slot before, all of a block
/// at one address. Missing attempts are no breach; they count against a finding (see
/// [`crate::blocks`]). Where this is false the measurement is void: `VoidReason::WrongOrder`.
pub fn order_followed(case: &Case<'_>, seed: &Seed, credential: &[u8; 32], hour: Hour) -> bool {
    let mut by_block = BTreeMap::<(Channel, u32), Vec<Attempt<'_>>>::new();
    for seen in case.seen {
        let (channel, round, slot, arm) = match seen.part() {
            Part::SiteBlock { round, slot, arm } => (Channel::Site, round, slot, arm),
            Part::BeaconBlock { round, slot, arm } => (Channel::Beacon, round, slot, arm),
            Part::Screen | Part::Before | Part::After | Part::Hop { .. } => continue,
        };
        by_block.entry((channel, round)).or_default().push(Attempt { slot, arm, seen });
    }
    let host = case.target.host();
    by_block.into_iter().all(|((channel, round), mut attempts)| {
        let word = match channel {
            Channel::Site => "site",
            Channel::Beacon => "beacon",
        };
        let drawn = order(seed, credential, (case.target, hour, round), word);
        attempts.sort_by_key(|attempt| attempt.slot);
        let drawn_so = |attempt: &Attempt<'_>| {
            drawn.get(usize::from(attempt.slot)) == Some(&attempt.arm) && attempt.is_named_so(&host)
        };
        attempts.iter().all(drawn_so) && attempts.windows(2).all(|pair| follows(&pair[0], &pair[1]))
    })
}

struct Attempt<'a> {
    slot: u8,
    arm: Arm,
    seen: &'a Observation,
}

impl Attempt<'_> {
    fn is_named_so(&self, host: &Host) -> bool {
        let name = match self.seen {
            Observation::Handshake(seen) => seen.step.sni.clone(),
            Observation::Fetch(seen) => seen.step.url.host(),
            Observation::Connect(_) => return true,
            Observation::Lookup(_) => return false,
        };
        match self.arm {
            Arm::Named => name == *host,
            Arm::Neutral => name != *host && name.as_str().len() == host.as_str().len(),
        }
    }

    fn begun(&self) -> Option<(SocketAddr, u32)> {
        match self.seen {
            Observation::Handshake(seen) => Some((seen.step.to, seen.at_ms)),
            Observation::Fetch(seen) => Some((seen.step.to, seen.at_ms)),
            Observation::Connect(seen) => Some((seen.step.to, seen.at_ms)),
            Observation::Lookup(_) => None,
        }
    }
}

fn follows(one: &Attempt<'_>, next: &Attempt<'_>) -> bool {
    let (Some((place, begun)), Some((next_place, next_begun))) = (one.begun(), next.begun()) else {
        return false;
    };
    one.slot < next.slot && place == next_place && begun <= next_begun
}
