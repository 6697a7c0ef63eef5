//! Confirm blocks: three attempts with the target's name and three with a neutral one, in an order
//! that was committed before.

use std::net::SocketAddr;

use record::{
    Arm, Contrast, Digest, Failure, Fetch, Handshake, Host, Kind, Load, Lookup, Observation, Part,
    Quic, Resolver, Step, Target, Transport, Variant, order,
};

use super::place::{failing_address, site_address, subject};
use super::screen::{is_slow, screen_failed};
use super::services::{encrypted_failed, encrypted_hello, quic_failed};
use super::variations;
use super::view::{View, at_once};
use crate::{Confirm, Planned, neutral};

/// Returns the next attempt of each block; the blocks run side by side, the attempts of one block
/// one after another, each after the policy's pause (the first too: the screen came before). When
/// all have ended, what tells more about a contrast follows.
pub(super) fn due(view: View<'_>) -> Vec<Planned> {
    let always = match view.job.confirm {
        Confirm::Always => true,
        Confirm::IfFailed => false,
        Confirm::Never => return Vec::new(),
    };
    let failed = always || (screen_failed(view.job, view.seen) && !is_same_as_outside(view));
    let mut blocks = Vec::new();
    if failed || is_slow(view.seen) {
        blocks.extend(names(view, 0));
    }
    if is_slow(view.seen) {
        blocks.extend(loads(view));
    }
    if quic_failed(view) || (always && view.seen.iter().any(|seen| seen.as_quic().is_some())) {
        blocks.extend(quics(view));
    }
    if encrypted_failed(view) {
        blocks.extend(encryption(view));
    }
    blocks.extend(elsewhere(view));
    let mut due: Vec<Planned> = blocks.iter().filter_map(|block| block.attempt(view)).collect();
    if failed {
        due.extend(nobody(view));
    }
    if due.is_empty() && failed {
        let together = names(view, 1).into_iter().filter(|again| failed_together(view, again.on));
        due.extend(together.filter_map(|again| again.attempt(view)));
    }
    if due.is_empty() {
        due = variations::due(view);
    }
    due
}

/// Returns whether a serving host shows in every handshake the very certificate that a control was
/// shown: then an authority of its own is all that makes the screen fail.
fn is_same_as_outside(view: View<'_>) -> bool {
    let shown = |seen: &Observation| {
        let of_screen = seen.as_handshake().filter(|seen| seen.part == Part::Screen)?;
        let session = of_screen.outcome.as_ref().ok();
        Some(session.and_then(|session| session.chain.first().copied()))
    };
    let outside = view.plan.control.unwrap_or_default();
    let there: Vec<Digest> = outside.iter().filter_map(shown).flatten().collect();
    let here: Vec<Option<Digest>> = view.seen.iter().filter_map(shown).collect();
    let same = |leaf: &Option<Digest>| leaf.is_some_and(|leaf| there.contains(&leaf));
    view.job.kind == Kind::Endpoint && !here.is_empty() && here.iter().all(same)
}

/// What a block contrasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Site,
    Beacon,
    Other(Contrast),
}

impl On {
    /// Keeps the orders apart: the word that [`order`] is drawn with.
    fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Beacon => "beacon",
            Self::Other(contrast) => contrast.word(),
        }
    }

    pub(super) fn part(self, round: u32, slot: u8, arm: Arm) -> Part {
        match self {
            Self::Site => Part::SiteBlock { round, slot, arm },
            Self::Beacon => Part::BeaconBlock { round, slot, arm },
            Self::Other(on) => Part::Block { on, round, slot, arm },
        }
    }
}

/// One block.
#[derive(Clone, Debug)]
struct Block {
    on: On,
    round: u32,
    to: SocketAddr,
    subject: Target,
    wait_ms: u32,
}

impl Block {
    /// Plans the first attempt that was not made yet.
    fn attempt(&self, view: View<'_>) -> Option<Planned> {
        let View { job, plan, seen } = view;
        let order = order(
            &plan.seed,
            plan.credential,
            (&job.target, plan.hour, self.round),
            self.on.word(),
        );
        let parts =
            (0_u8..).zip(order).map(|(slot, arm)| (slot, arm, self.on.part(self.round, slot, arm)));
        let mut missing =
            parts.filter(|(_, _, part)| !seen.iter().any(|seen| seen.part() == *part));
        let (slot, arm, part) = missing.next()?;
        let host = self.subject.host();
        let name = match arm {
            Arm::Named => host,
            Arm::Neutral => neutral(&host, &plan.seed, slot),
        };
        let step = self.step(view, name, arm)?;
        Some(Planned { step, part, wait_ms: self.wait_ms })
    }

    fn step(&self, view: View<'_>, name: Host, arm: Arm) -> Option<Step> {
        let to = self.to;
        let tls = self.subject.is_https();
        let handshake = |sni| Some(Step::Handshake(Handshake { to, sni }));
        match self.on {
            On::Site | On::Beacon if tls => handshake(name),
            On::Other(Contrast::SiteElsewhere) => handshake(name),
            On::Site | On::Beacon => {
                Some(Step::Fetch(Fetch { to, url: request(&self.subject, &name)? }))
            }
            On::Other(Contrast::SiteQuic | Contrast::BeaconQuic) => {
                Some(Step::Quic(Quic { to, sni: name }))
            }
            On::Other(Contrast::BeaconLoad) => {
                let bytes = view.plan.policy.load_bytes;
                Some(Step::Load(Load { to, name, tls, bytes }))
            }
            On::Other(Contrast::SiteEncrypted) => match arm {
                Arm::Named => encrypted_hello(view).map(Step::Variant),
                Arm::Neutral => handshake(self.subject.host()),
            },
        }
    }
}

/// The target's own request with `name` in place of its host.
fn request(target: &Target, name: &Host) -> Option<Target> {
    let port = if target.port() == 80 { String::new() } else { format!(":{}", target.port()) };
    format!("http://{name}{port}{}", target.path()).parse().ok()
}

/// The blocks on the site and on the beacon; `again` is 1 for the repeat with long pauses.
fn names(view: View<'_>, again: u32) -> Vec<Block> {
    let (subject, part) = subject(view);
    // Without TLS and without a page there is no name in what an endpoint is sent.
    if view.job.kind == Kind::Endpoint && !subject.is_https() {
        return Vec::new();
    }
    let policy = view.plan.policy;
    let wait_ms = if again == 0 { policy.spacing_ms } else { policy.residual_ms };
    let beacon = view.plan.beacon.map(|at| if subject.is_https() { at.tls } else { at.http });
    let site = site_address(view, &subject, part);
    let places = [(On::Site, site), (On::Beacon, beacon)];
    let round = view.job.round.saturating_add(again);
    let block = |(on, to): (On, Option<SocketAddr>)| {
        Some(Block { on, round, to: to?, subject: subject.clone(), wait_ms })
    };
    places.into_iter().filter_map(block).collect()
}

/// The blocks that set QUIC handshakes against each other.
fn quics(view: View<'_>) -> Vec<Block> {
    let mut tried = view.seen.iter().filter_map(Observation::as_quic);
    let site = tried.find(|seen| seen.part == Part::OverQuic).map(|seen| seen.step.to);
    let beacon = view.plan.beacon.map(|beacon| beacon.tls);
    let places = [(Contrast::SiteQuic, site), (Contrast::BeaconQuic, beacon)];
    places.into_iter().filter_map(|(on, to)| own(view, on, to)).collect()
}

/// The block that sets loads from the beacon against each other.
fn loads(view: View<'_>) -> Option<Block> {
    let at = view.plan.beacon?;
    own(view, Contrast::BeaconLoad, Some(if view.job.target.is_https() { at.tls } else { at.http }))
}

/// The block that sets encrypted names against open ones.
fn encryption(view: View<'_>) -> Option<Block> {
    let Variant { to, .. } = encrypted_hello(view)?;
    own(view, Contrast::SiteEncrypted, Some(to))
}

/// The block at an address where the name failed while another reached it.
fn elsewhere(view: View<'_>) -> Option<Block> {
    own(view, Contrast::SiteElsewhere, Some(failing_address(view.job, view.seen)?))
}

fn own(view: View<'_>, on: Contrast, to: Option<SocketAddr>) -> Option<Block> {
    let wait_ms = view.plan.policy.spacing_ms;
    let subject = view.job.target.clone();
    Some(Block { on: On::Other(on), round: view.job.round, to: to?, subject, wait_ms })
}

/// Returns whether a block of the first round ended with both names failing, though a control
/// reaches the site: then blocking that outlasts the pauses is not ruled out, and the block is
/// repeated with longer ones.
fn failed_together(view: View<'_>, on: On) -> bool {
    let outside = view.plan.control.unwrap_or_default();
    let reached = outside.iter().any(|seen| seen.part() == Part::Screen && is_reached(seen));
    let failed = |arm| attempts(view, on, arm).filter(|seen| seen.failure().is_some()).count();
    reached && failed(Arm::Named) >= 2 && failed(Arm::Neutral) >= 2
}

/// Returns whether the site answered a control's step.
fn is_reached(seen: &Observation) -> bool {
    seen.session().is_some() || seen.as_fetch().is_some_and(|seen| seen.outcome.is_ok())
}

/// Returns the attempts of one arm of a block's first round.
pub(super) fn attempts(view: View<'_>, on: On, arm: Arm) -> impl Iterator<Item = &Observation> {
    let round = view.job.round;
    view.seen.iter().filter(move |seen| {
        (0..6).any(|slot| seen.part() == on.part(round, slot, arm))
            && !seen.failure().is_some_and(Failure::is_answer)
    })
}

/// Asks for the name where no resolver runs, the beacon's address, and for two neutral ones: routers
/// that answer for every resolver do so for any name, and one silence may be a loss.
fn nobody(view: View<'_>) -> Vec<Planned> {
    if view.plan.beacon.is_none() || !view.job.addresses.is_empty() {
        return Vec::new();
    }
    let resolver = Resolver { id: Resolver::NOBODY.to_owned(), transport: Transport::Udp };
    let host = view.job.target.host();
    let names = (0..NEUTRAL_QUESTIONS)
        .map(|slot| neutral(&host, &view.plan.seed, slot))
        .chain([host.clone()]);
    let steps = names.map(|name| Step::Lookup(Lookup { name, resolver: resolver.clone() }));
    let due = steps.filter(|step| !view.did(step, Part::Variation));
    due.map(|step| at_once(step, Part::Variation)).collect()
}

/// The rule `dns_injected` wants so many to stay without an answer.
const NEUTRAL_QUESTIONS: u8 = 2;
