//! What hellos (`ClientHello`) of other shapes say: cut in two inside the name, or with the name encrypted.

use record::{Arm, Failure, Hello, Layer, Observation, Part, State, Trust, plain};

use super::Rule;
use crate::blocks::{End, tried};
use crate::contrast::contrast;
use crate::subject::Subject;
use crate::vouch::vouched;
use crate::{Case, Channel, Screen};

/// Handshakes whose name is encrypted get no answer; those for the same name in the open do.
pub(super) static ENCRYPTED_NAME_DROPPED: Rule = Rule {
    id: "tls_encrypted_name_dropped",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| {
        let encrypted = |tried: &crate::blocks::Tried| tried.channel == Channel::SiteEncrypted;
        contrast(case, encrypted, is_cut)
    },
};

/// A hello sent whole fails again and again at an address; cut in two inside the name it is answered
/// there with a certificate that is valid for the name (another host may answer what it cannot read):
/// something on the way reads the name, and the server is not it. Neutral names must fare otherwise: an
/// outage that ended before the cut hello would look the same.
pub(super) static NAME_SPLIT: Rule = Rule {
    id: "tls_name_split",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: split,
};

fn split(case: &Case<'_>) -> Option<Vec<usize>> {
    let (host, vouched) = (case.target.host(), vouched(case));
    let cut = case.inside().all(Observation::as_variant).find(|(_, seen)| {
        seen.part == Part::Variation
            && seen.step.hello == Hello::Split
            && seen.step.name == host
            && vouched.contains(&plain(seen.step.to.ip()))
            && seen.outcome.as_ref().is_ok_and(|session| session.trust == Trust::Trusted)
    })?;
    let to = cut.1.step.to;
    let screen = case.inside().handshakes().filter(|(_, seen)| seen.step.to == to);
    let screen: Vec<(usize, Option<Failure>)> =
        screen.map(|(at, seen)| (at, seen.failure())).collect();
    if Subject::target(case).fails_outside(case) {
        return None;
    }
    let site = tried(case).into_iter().find(|tried| {
        tried.channel == Channel::Site && tried.to == Some(to) && !tried.subject.is_behind()
    });
    let attempts = site.into_iter().flat_map(|tried| tried.attempts);
    let (named, neutral): (Vec<_>, Vec<_>) =
        attempts.partition(|attempt| attempt.arm == Arm::Named);
    let all_fail = screen.iter().all(|(_, failure)| failure.is_some_and(Failure::is_on_the_way))
        && named.iter().all(|attempt| is_cut(attempt.end));
    let mut whole: Vec<usize> = screen.iter().map(|(at, _)| *at).collect();
    whole.extend(named.iter().map(|attempt| attempt.at));
    let spared = neutral.iter().filter(|attempt| {
        attempt.end == End::Passed || named.iter().all(|other| other.end != attempt.end)
    });
    let spared: Vec<usize> = spared.map(|attempt| attempt.at).collect();
    if !all_fail || whole.len() < LEAST_WHOLE || named.is_empty() || spared.is_empty() {
        return None;
    }
    whole.extend(spared);
    whole.push(cut.0);
    whole.sort_unstable();
    Some(whole)
}

/// Returns whether an attempt was cut off on the way.
fn is_cut(end: End) -> bool {
    matches!(end, End::Failed(failure) if failure.is_on_the_way())
}

/// Hellos sent whole that must fail at the address, the screen's among them: one that is cut and
/// passes could have been luck beside fewer.
const LEAST_WHOLE: usize = 3;
