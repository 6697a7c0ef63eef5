//! The contrast between two names: failures that follow the target's name and spare the neutral one.

use record::Arm;

use crate::blocks::{End, Tried, tried};
use crate::side::{is_answered, plain};
use crate::vouch::vouched;
use crate::{Case, Channel};

/// Returns the attempts of every block in which the target's name ended in `end` at least
/// [`MARGIN`] times more often than the neutral name failed in any way; none when there is no such
/// block.
///
/// A block on the site's address counts only where somebody vouches for the address and the control,
/// where one is known, does get an answer under the target's name: else the server itself may treat
/// its names differently. A block on the beacon needs neither, since the server is our own.
pub(crate) fn contrast(case: &Case<'_>, end: End) -> Option<Vec<usize>> {
    let vouched = vouched(case);
    let counts = |tried: &&Tried| match tried.channel {
        Channel::Beacon => true,
        Channel::Site => {
            let ours = tried.to.is_some_and(|to| vouched.contains(&plain(to.ip())));
            ours && !fails_outside(case)
        }
    };
    let tried = tried(case);
    let stands = |tried: &&Tried| {
        let named = tried.count(Arm::Named, |ended| ended == end);
        named >= tried.neutral_failed().saturating_add(MARGIN)
    };
    let standing = tried.iter().filter(counts).filter(stands);
    let mut because: Vec<usize> =
        standing.flat_map(|tried| &tried.attempts).map(|attempt| attempt.at).collect();
    because.sort_unstable();
    (!because.is_empty()).then_some(because)
}

/// Returns whether a control tried the target's name and got no answer under it.
fn fails_outside(case: &Case<'_>) -> bool {
    let Some(outside) = case.outside() else { return false };
    if case.target.is_https() {
        let mut tried = outside.handshakes().peekable();
        return tried.peek().is_some() && !tried.any(|(_, seen)| is_answered(seen));
    }
    let mut tried = outside.fetches().peekable();
    tried.peek().is_some() && !tried.any(|(_, seen)| seen.outcome.is_ok())
}

/// The least difference that counts, of three attempts each. By chance alone, two failures of six
/// fall on the target's name both in 1 of 5 blocks, three in 1 of 20: enough to say what one
/// measurement saw, which failed before, never to accuse; that takes many (`evidence`).
const MARGIN: u8 = 2;
