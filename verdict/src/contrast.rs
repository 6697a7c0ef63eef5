//! The contrast between two names: failures that follow the target's name and spare the neutral one.

use std::net::IpAddr;

use record::{Arm, Hello, Observation, Part, plain};

use crate::blocks::{End, Tried, tried};
use crate::reach::passes_to_the_server;
use crate::side::is_answered;
use crate::vouch::{vouched, vouched_exactly};
use crate::{Case, Channel};

/// Returns the attempts of every selected block in which the target's name failed each time, and came to
/// such an end in at least [`MARGIN`] attempts more than the neutral name failed in any way; none when
/// there is no such block. A connection that was never opened carried no name: it does not make an end
/// that often.
///
/// A block on the site's address counts only where somebody vouches for the address and the control,
/// where one is known, does get an answer under the same name: else the server itself may treat
/// its names differently, as it does where every router passes the target's hello on. Where the name
/// is reached at another address, the control must have got its answer at the very address. A block on
/// the beacon needs neither, since the server is our own.
pub(crate) fn contrast(
    case: &Case<'_>,
    selected: impl Fn(&Tried) -> bool,
    is_such: impl Fn(End) -> bool,
) -> Option<Vec<usize>> {
    let blocks = tried(case);
    let selected = blocks.iter().filter(|tried| selected(tried));
    let standing = selected.filter(|tried| follows_the_name(tried, &is_such));
    let counting = standing.filter(|tried| counts(case, tried));
    let mut because: Vec<usize> =
        counting.flat_map(|tried| &tried.attempts).map(|attempt| attempt.at).collect();
    because.sort_unstable();
    (!because.is_empty()).then_some(because)
}

/// Returns whether the target's name failed each time, and came to such an end in at least [`MARGIN`] attempts
/// more than the neutral name failed in any way.
fn follows_the_name(tried: &Tried, is_such: impl Fn(End) -> bool) -> bool {
    let all = tried.count(Arm::Named, |end| end != End::Passed) == 3;
    all && tried.count_after_hello(is_such) >= tried.neutral_failed().saturating_add(MARGIN)
}

/// Returns whether a block can say anything about the way to the site.
pub(crate) fn counts(case: &Case<'_>, tried: &Tried) -> bool {
    let vouched = || {
        let vouched = tried.subject.vouched(case);
        tried.to.is_some_and(|to| vouched.contains(&plain(to.ip())))
    };
    match tried.channel {
        Channel::Beacon | Channel::BeaconQuic | Channel::BeaconLoad => true,
        Channel::Site => {
            let at_the_server = tried.to.is_some_and(|to| passes_to_the_server(case.seen, to));
            vouched()
                && !tried.subject.fails_outside(case)
                && !at_the_server
                && is_exact(case, tried)
        }
        Channel::SiteQuic => vouched() && over_quic_outside(case) != Some(false),
        Channel::SiteEncrypted => vouched() && is_read_outside(case),
        Channel::SiteElsewhere => tried.to.is_some_and(|to| is_answered_outside(case, to.ip())),
    }
}

/// Returns whether a block's address is vouched for by itself. Where its network alone vouches for it, the
/// target's name must fail on the project's own server, too: the network may serve it from other
/// addresses than it seemed.
fn is_exact(case: &Case<'_>, of: &Tried) -> bool {
    let by_network = |ip| {
        vouched(case).contains(&ip)
            && !vouched_exactly(case).contains(&ip)
            && !of.subject.is_behind()
    };
    let fails = |other: &Tried| {
        (other.channel, other.layer()) == (Channel::Beacon, of.layer())
            && follows_the_name(other, |end| end != End::Passed)
    };
    !of.to.is_some_and(|to| by_network(plain(to.ip()))) || tried(case).iter().any(fails)
}

/// Returns whether a control that tried QUIC got an answer over it; none when none tried.
pub(crate) fn over_quic_outside(case: &Case<'_>) -> Option<bool> {
    let outside = case.control?.iter().filter(|seen| seen.part() == Part::OverQuic);
    let tried: Vec<bool> = outside
        .filter_map(Observation::as_quic)
        .map(|seen| seen.failure().is_none_or(record::Failure::is_answer))
        .collect();
    (!tried.is_empty()).then(|| tried.contains(&true))
}

/// Returns whether a control got an answer under the target's name at this very address: a site may be
/// broken at one of its addresses alone.
fn is_answered_outside(case: &Case<'_>, ip: IpAddr) -> bool {
    let there = case.outside().into_iter().flat_map(|outside| outside.handshakes());
    there
        .filter(|(_, seen)| plain(seen.step.to.ip()) == plain(ip))
        .any(|(_, seen)| is_answered(seen))
}

/// Returns whether a control got an answer to an encrypted name. A hello with one is longer than
/// others and bears another name outside, so that a server may fail over it by itself.
fn is_read_outside(case: &Case<'_>) -> bool {
    let outside = case.control.unwrap_or_default().iter().filter_map(Observation::as_variant);
    outside
        .filter(|seen| seen.part == Part::Variation)
        .any(|seen| matches!(seen.step.hello, Hello::Encrypted { .. }) && seen.outcome.is_ok())
}

/// The least difference that counts, beside three failures of three. Three failures of six fall on the
/// target's name by chance in 1 of 20 blocks, four with one beside them in 1 of 5 of those with four:
/// enough to say what one measurement saw, which failed before, never to accuse; that takes many
/// (`evidence`).
pub(crate) const MARGIN: u8 = 2;
