//! What TLS handshakes with vouched addresses say, and blocks of two names.

use record::{
    Arm, Failure, Handshake, Kind, Layer, Observation, Seen, Session, State, Trust, plain,
};

use super::Rule;
use crate::blocks::{End, Tried, tried};
use crate::contrast::contrast;
use crate::fingerprint::Leaf;
use crate::side::{At, failed_there, is_answered, is_trusted};
use crate::vouch::vouched;
use crate::{Case, Channel, Screen, artefact};

/// A listed interception authority's certificate is shown under the target's name: it proves itself.
pub(super) static INTERCEPTION_LISTED: Rule = Rule {
    id: "tls_interception_listed",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| some(artefact::shown(case).into_iter().map(|(at, _)| at)),
};

/// On the project's own beacon, a handshake under the target's name shows somebody else's
/// certificate, and one under a neutral name shows the beacon's. What the machine's own list of roots
/// vouches for, or a program on the machine or line is known to sign, is not the network's.
pub(super) static INTERCEPTION_UNLISTED: Rule = Rule {
    id: "tls_interception_unlisted",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| {
        let on_beacon = tried(case)
            .into_iter()
            .filter(|tried| tried.channel == Channel::Beacon && tried.layer() == Layer::Tls);
        some(on_beacon.filter_map(|tried| intercepted(case, &tried)).flatten())
    },
};

/// Handshakes under the target's name fail at one of its addresses, where neutral names are answered
/// and outside the target's own is; at another address the site may well be reached. Filters that see
/// one version of IP alone look like this.
pub(super) static NAME_FAILS_ELSEWHERE: Rule = Rule {
    id: "tls_name_fails_elsewhere",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| {
        let elsewhere = |tried: &Tried| tried.channel == Channel::SiteElsewhere;
        let fails = |failure| contrast(case, elsewhere, |end| end == End::Failed(failure));
        FAILURES.into_iter().find_map(fails)
    },
};

/// A valid certificate is shown at a vouched address. Addresses where it is not are left aside. It
/// says nothing of a host behind it whose name fails.
pub(super) static REACHED: Rule = Rule {
    id: "tls_reached",
    layer: Some(Layer::Tls),
    claims: State::Ok,
    screen: Screen::Passed,
    holds: |case| {
        let behind = |tried: &Tried| by_name(tried) && tried.subject.is_behind();
        let fails = |failure| contrast(case, behind, |end| end == End::Failed(failure)).is_some();
        let reached = handshakes(case).filter(|(_, seen)| is_trusted(seen)).map(|(at, _)| at);
        if FAILURES.into_iter().any(fails) { None } else { some(reached) }
    },
};

/// A serving host shows the very certificate that it shows outside, though no public root vouches for it:
/// such hosts may have an authority that only their own programs know.
pub(super) static SAME_AS_OUTSIDE: Rule = Rule {
    id: "tls_same_as_outside",
    layer: Some(Layer::Tls),
    claims: State::Ok,
    screen: Screen::Passed,
    holds: |case| {
        if case.kind != Kind::Endpoint {
            return None;
        }
        let unknown = |session: &Session| session.trust == Trust::UnknownIssuer;
        let outside =
            case.outside()?.handshakes().filter_map(|(_, seen)| seen.outcome.as_ref().ok());
        let there: Vec<_> =
            outside.filter(|session| unknown(session)).filter_map(|s| s.chain.first()).collect();
        let same = |session: &Session| {
            unknown(session) && session.chain.first().is_some_and(|leaf| there.contains(&leaf))
        };
        some(
            handshakes(case)
                .filter(|(_, seen)| seen.outcome.as_ref().is_ok_and(same))
                .map(|(at, _)| at),
        )
    },
};

/// Handshakes under the target's name get no answer; under a neutral name they do.
pub(super) static NAME_DROPPED: Rule = Rule {
    id: "tls_name_dropped",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| named(case, Failure::Timeout),
};

/// Handshakes under the target's name are reset; under a neutral name they are not.
pub(super) static NAME_RESET: Rule = Rule {
    id: "tls_name_reset",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| named(case, Failure::Reset),
};

/// Connections are closed on handshakes under the target's name; under a neutral name they are not.
pub(super) static NAME_CLOSED: Rule = Rule {
    id: "tls_name_closed",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| named(case, Failure::Closed),
};

/// The control gets the same alert or the very certificate that is shown here, or where it tells no
/// chain the same fault of one: the site's own doing.
pub(super) static SERVER: Rule = Rule {
    id: "tls_server",
    layer: Some(Layer::Tls),
    claims: State::Server,
    screen: Screen::Excused,
    holds: |case| {
        let outside: Vec<_> = case.outside()?.handshakes().map(|(_, seen)| seen).collect();
        if outside.iter().any(|seen| is_trusted(seen)) {
            return None;
        }
        let same = |seen: &Seen<Handshake, Session>| {
            outside.iter().any(|other| is_same_answer(seen, other))
        };
        some(handshakes(case).filter(|(_, seen)| same(seen)).map(|(at, _)| at))
    },
};

/// No handshake gets an answer here, and none does outside.
pub(super) static DOWN: Rule = Rule {
    id: "tls_down",
    layer: Some(Layer::Tls),
    claims: State::Down,
    screen: Screen::Excused,
    holds: |case| {
        let outside: Vec<_> = case.outside()?.handshakes().map(|(_, seen)| seen).collect();
        let answered = outside.iter().any(|seen| is_answered(seen));
        let tried = outside.iter().any(|seen| failed_there(seen));
        let here = handshakes(case).any(|(_, seen)| is_answered(seen));
        if answered || !tried || here { None } else { unanswered(case) }
    },
};

/// The machine's own list of roots vouches for the chain that is shown, and the public one does not:
/// programs on the machine, employers and states put such roots there. Whose it is, one machine cannot
/// tell.
pub(super) static MACHINE_ROOT: Rule = Rule {
    id: "tls_machine_root",
    layer: Some(Layer::Tls),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: |case| {
        let believed = |session: &Session| {
            session.trust != Trust::Trusted && session.system == Some(Trust::Trusted)
        };
        let shown = handshakes(case).filter(|(_, seen)| seen.outcome.as_ref().is_ok_and(believed));
        some(shown.map(|(at, _)| at))
    },
};

/// The chain that is shown is not valid for the name; who made it is not known.
pub(super) static UNTRUSTED: Rule = Rule {
    id: "tls_untrusted",
    layer: Some(Layer::Tls),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: |case| some(handshakes(case).filter(|(_, seen)| seen.outcome.is_ok()).map(|(at, _)| at)),
};

/// Handshakes fail, and nothing tells why.
pub(super) static FAILED: Rule = Rule {
    id: "tls_failed",
    layer: Some(Layer::Tls),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: unanswered,
};

/// The screen's handshakes at vouched addresses.
fn handshakes<'a>(case: &Case<'a>) -> impl Iterator<Item = At<'a, Handshake, Session>> {
    let vouched = vouched(case);
    let handshakes = case.inside().handshakes();
    handshakes.filter(move |(_, seen)| vouched.contains(&plain(seen.step.to.ip())))
}

fn unanswered(case: &Case<'_>) -> Option<Vec<usize>> {
    some(handshakes(case).filter(|(_, seen)| failed_there(seen)).map(|(at, _)| at))
}

/// Returns the attempts that show a failure of one kind to follow the name.
fn named(case: &Case<'_>, failure: Failure) -> Option<Vec<usize>> {
    contrast(case, by_name, |end| end == End::Failed(failure))
}

fn by_name(tried: &Tried) -> bool {
    matches!(tried.channel, Channel::Site | Channel::Beacon) && tried.layer() == Layer::Tls
}

fn is_same_answer(one: &Seen<Handshake, Session>, other: &Seen<Handshake, Session>) -> bool {
    match (&one.outcome, &other.outcome) {
        // Some controls (OONI's) tell what was wrong with a chain and not the chain itself.
        (Ok(one), Ok(other)) if one.chain.is_empty() || other.chain.is_empty() => {
            std::mem::discriminant(&one.trust) == std::mem::discriminant(&other.trust)
        }
        (Ok(one), Ok(other)) => one.chain.first() == other.chain.first(),
        (Err(one), Err(other)) => {
            one.failure.is_answer() && one.failure == other.failure && one.detail == other.detail
        }
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}

/// Returns a beacon block's handshakes where they show interception under the target's name.
///
/// The beacon signs its certificates itself. So at least two neutral handshakes must show
/// certificates that sign themselves while two or more under the target's name, and all of them, show
/// another issuer's; or the neutral ones one common key and those under the target's name others.
fn intercepted(case: &Case<'_>, tried: &Tried) -> Option<Vec<usize>> {
    let leaves = |arm: Arm| -> Vec<(usize, Leaf)> {
        let of_arm = tried.attempts.iter().filter(|attempt| attempt.arm == arm);
        let read = of_arm.filter_map(|attempt| Some((attempt.at, leaf(case, attempt.at)?)));
        read.collect()
    };
    let (named, neutral) = (leaves(Arm::Named), leaves(Arm::Neutral));
    let at_home = |(at, _): &(usize, Leaf)| is_made_at_home(case, *at);
    if named.len() < 2 || neutral.len() < 2 || named.iter().any(at_home) {
        return None;
    }
    let signed = neutral.iter().all(|(_, leaf)| leaf.self_issued)
        && !named.iter().any(|(_, leaf)| leaf.self_issued);
    let key = neutral[0].1.key;
    let keyed = neutral.iter().all(|(_, leaf)| leaf.key == key)
        && !named.iter().any(|(_, leaf)| leaf.key == key);
    (signed || keyed).then(|| named.into_iter().chain(neutral).map(|(at, _)| at).collect())
}

/// Returns whether a session was made by a program of the machine or of the line.
fn is_made_at_home(case: &Case<'_>, at: usize) -> bool {
    let session = case.seen.get(at).and_then(Observation::session);
    session.is_some_and(|session| {
        let shown = session.chain.iter().filter_map(|digest| case.certificates.0.get(digest));
        let made = |der: &Vec<u8>| case.known.programs.iter().any(|program| program.made(der));
        session.system == Some(Trust::Trusted) || shown.into_iter().any(made)
    })
}

fn leaf(case: &Case<'_>, at: usize) -> Option<Leaf> {
    let handshake = case.seen.get(at).and_then(Observation::as_handshake)?;
    Leaf::of(handshake.outcome.as_ref().ok()?, case.certificates)
}

fn some(found: impl Iterator<Item = usize>) -> Option<Vec<usize>> {
    let mut found: Vec<usize> = found.collect();
    found.sort_unstable();
    (!found.is_empty()).then_some(found)
}

/// The ways in which a name that is filtered fails.
const FAILURES: [Failure; 3] = [Failure::Timeout, Failure::Reset, Failure::Closed];
