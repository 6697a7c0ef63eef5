//! What TCP connections to vouched addresses say.

use std::net::IpAddr;

use record::{Layer, Observation, State, plain};

use super::Rule;
use crate::side::{failed_there, is_answered};
use crate::vouch::vouched;
use crate::{Case, Screen};

/// An address that is vouched for answers. Addresses that do not are left aside.
pub(super) static CONNECTED: Rule = Rule {
    id: "tcp_connected",
    layer: Some(Layer::Tcp),
    claims: State::Ok,
    screen: Screen::Passed,
    holds: |case| {
        let answered = |at: &usize| {
            let seen = &case.seen[*at];
            seen.failure().is_none() || seen.as_handshake().is_some_and(is_answered)
        };
        some(attempts(case).into_iter().filter(answered).collect())
    },
};

/// No address answers here, and none does outside.
pub(super) static DOWN: Rule = Rule {
    id: "tcp_down",
    layer: Some(Layer::Tcp),
    claims: State::Down,
    screen: Screen::Excused,
    holds: |case| {
        let outside = case.outside()?;
        let tried = outside.connects().any(|(_, seen)| failed_there(seen));
        (tried && outside.connected().is_empty()).then(|| failed(case))?
    },
};

/// No address that is vouched for answers here. Two names cannot be set against each other on a
/// connection that carries none, so this never proves interference.
pub(super) static UNREACHABLE: Rule = Rule {
    id: "tcp_unreachable",
    layer: Some(Layer::Tcp),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: failed,
};

fn failed(case: &Case<'_>) -> Option<Vec<usize>> {
    let failed_at = |at: &usize| case.seen[*at].as_connect().is_some_and(failed_there);
    some(attempts(case).into_iter().filter(failed_at).collect())
}

/// The screen's steps at vouched addresses.
fn attempts(case: &Case<'_>) -> Vec<usize> {
    let vouched = vouched(case);
    let inside = case.inside();
    let connects = inside.connects().map(|(at, _)| at);
    let handshakes = inside.handshakes().map(|(at, _)| at);
    let fetches = inside.fetches().map(|(at, _)| at);
    let mut all: Vec<usize> = connects.chain(handshakes).chain(fetches).collect();
    all.sort_unstable();
    all.retain(|at| place(&case.seen[*at]).is_some_and(|ip| vouched.contains(&ip)));
    all
}

fn place(seen: &Observation) -> Option<IpAddr> {
    seen.to().map(|to| plain(to.ip()))
}

fn some(found: Vec<usize>) -> Option<Vec<usize>> {
    (!found.is_empty()).then_some(found)
}
