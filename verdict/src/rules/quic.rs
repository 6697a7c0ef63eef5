//! What QUIC says, beside the same visit over TCP: it never decides whether a site is reached.

use record::{Arm, Failure, Layer, Observation, Part, Quic, Seen, Session, State, plain};

use super::Rule;
use crate::blocks::{End, Tried, tried};
use crate::contrast::{contrast, over_quic_outside};
use crate::side::At;
use crate::vouch::vouched;
use crate::{Case, Channel, Screen};

/// A valid certificate is shown over QUIC at a vouched address.
pub(super) static REACHED: Rule = Rule {
    id: "quic_reached",
    layer: Some(Layer::Quic),
    claims: State::Ok,
    screen: Screen::Unclear,
    holds: |case| some(visit(case).filter(|(_, seen)| is_trusted(seen)).map(|(at, _)| at)),
};

/// QUIC handshakes under the target's name fail; under a neutral name they are answered.
pub(super) static NAME_DROPPED: Rule = Rule {
    id: "quic_name_dropped",
    layer: Some(Layer::Quic),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| {
        // Whatever else fails is the far end's own word.
        let lost = |end| matches!(end, End::Failed(Failure::Timeout | Failure::Reset));
        contrast(case, over_quic, lost)
    },
};

/// QUIC does not even reach the project's own server under neutral names: all of it is cut off, or
/// all of UDP.
pub(super) static UDP_DROPPED: Rule = Rule {
    id: "quic_udp_dropped",
    layer: Some(Layer::Quic),
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: |case| {
        let failed = failed(case)?;
        let beacon = tried(case).into_iter().find(|tried| tried.channel == Channel::BeaconQuic)?;
        let lost = beacon.count(Arm::Neutral, |end| matches!(end, End::Failed(_))) == 3;
        let attempts = beacon.attempts.into_iter().map(|attempt| attempt.at);
        lost.then(|| sorted(failed.into_iter().chain(attempts)))
    },
};

/// QUIC works to the project's server and, for a control, to the site; here the site's address
/// answers under no name.
pub(super) static ADDRESS_UNREACHABLE: Rule = Rule {
    id: "quic_address_unreachable",
    layer: Some(Layer::Quic),
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: |case| {
        let failed = failed(case)?;
        if over_quic_outside(case) != Some(true) {
            return None;
        }
        let blocks = tried(case);
        let find = |channel| blocks.iter().find(|tried| tried.channel == channel);
        let (site, beacon) = (find(Channel::SiteQuic)?, find(Channel::BeaconQuic)?);
        let dead = |arm| site.count(arm, |end| matches!(end, End::Failed(_))) == 3;
        let alive = beacon.count(Arm::Neutral, |end| end == End::Passed) >= 2;
        let both = site.attempts.iter().chain(&beacon.attempts).map(|attempt| attempt.at);
        (dead(Arm::Named) && dead(Arm::Neutral) && alive)
            .then(|| sorted(failed.into_iter().chain(both)))
    },
};

/// The site is not reached over QUIC, by the control neither.
pub(super) static DOWN: Rule = Rule {
    id: "quic_down",
    layer: Some(Layer::Quic),
    claims: State::Down,
    screen: Screen::Unclear,
    holds: |case| if over_quic_outside(case) == Some(false) { failed(case) } else { None },
};

/// The site is not reached over QUIC, and nothing tells why.
pub(super) static FAILED: Rule = Rule {
    id: "quic_failed",
    layer: Some(Layer::Quic),
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: failed,
};

fn over_quic(tried: &Tried) -> bool {
    matches!(tried.channel, Channel::SiteQuic | Channel::BeaconQuic)
}

/// The target's own handshakes over QUIC at vouched addresses.
fn visit<'a>(case: &Case<'a>) -> impl Iterator<Item = At<'a, Quic, Session>> {
    let (host, vouched) = (case.target.host(), vouched(case));
    let all = case.inside().all(Observation::as_quic);
    all.filter(move |(_, seen)| {
        seen.part == Part::OverQuic
            && seen.step.sni == host
            && vouched.contains(&plain(seen.step.to.ip()))
    })
}

fn is_trusted(seen: &Seen<Quic, Session>) -> bool {
    seen.outcome.as_ref().is_ok_and(|session| session.trust == record::Trust::Trusted)
}

/// The target's own handshakes that did not reach it, for whatever reason that is not this machine's.
fn failed(case: &Case<'_>) -> Option<Vec<usize>> {
    let lost = |seen: &Seen<Quic, Session>| {
        !is_trusted(seen) && !seen.failure().is_some_and(Failure::is_local)
    };
    some(visit(case).filter(|(_, seen)| lost(seen)).map(|(at, _)| at))
}

fn sorted(found: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut found: Vec<usize> = found.collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn some(found: impl Iterator<Item = usize>) -> Option<Vec<usize>> {
    let found = sorted(found);
    (!found.is_empty()).then_some(found)
}
