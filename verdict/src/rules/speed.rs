//! Whether a name is slowed down: the same thing is timed under it and under neutral names.

use record::{Arm, Failure, Layer, State};

use super::Rule;
use crate::blocks::{Attempt, End, Tried, tried};
use crate::contrast::{contrast, counts};
use crate::{Case, Channel, Screen};

/// Loads from the project's own server stop in the middle under the target's name; under a neutral
/// name they come in full.
pub(super) static NAME_STALLED: Rule = Rule {
    id: "tls_name_stalled",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| stalled(case, Layer::Tls),
};

/// Under the target's name everything works and is slow; under a neutral name it is not.
pub(super) static NAME_SLOWED: Rule = Rule {
    id: "tls_name_slowed",
    layer: Some(Layer::Tls),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| slowed(case, Layer::Tls),
};

/// Loads over plain HTTP stop in the middle or are slow under the target's name alone.
pub(super) static HTTP_NAME_SLOWED: Rule = Rule {
    id: "http_name_slowed",
    layer: Some(Layer::Http),
    claims: State::Interference,
    screen: Screen::Unclear,
    holds: |case| stalled(case, Layer::Http).or_else(|| slowed(case, Layer::Http)),
};

/// Returns the attempts of a block of loads that stop by name. A load of which nothing came counts
/// only where the beacon's own block shows that the name as such gets an answer there: else it was
/// dropped, which is another claim.
fn stalled(case: &Case<'_>, layer: Layer) -> Option<Vec<usize>> {
    let loads = |tried: &Tried| tried.channel == Channel::BeaconLoad && tried.layer() == layer;
    let answered = tried(case).iter().any(|tried| {
        tried.channel == Channel::Beacon
            && tried.layer() == layer
            && tried.count(Arm::Named, |end| end == End::Passed) >= 2
    });
    let stops = |end| end == End::Stalled || (answered && end == End::Failed(Failure::Timeout));
    contrast(case, loads, stops)
}

/// Returns the attempts of a block of loads that are slow by name, or of two blocks of handshakes,
/// the site's and the beacon's, that both are.
///
/// Three slow ones of six fall on the target's name by chance in 1 of 20 blocks; so one block is
/// enough only where the difference is large as well, and handshakes, which one lost packet delays by
/// a second, need two.
fn slowed(case: &Case<'_>, layer: Layer) -> Option<Vec<usize>> {
    let of_layer: Vec<Tried> =
        tried(case).into_iter().filter(|tried| tried.layer() == layer).collect();
    let slow = |channel, factor| {
        let mut blocks = of_layer.iter().filter(move |tried| tried.channel == channel);
        blocks.find(|tried| counts(case, tried) && follows(tried, factor))
    };
    let by_load = slow(Channel::BeaconLoad, LOAD_FACTOR).map(|load| vec![load]);
    let by_handshakes = || {
        let site = slow(Channel::Site, HANDSHAKE_FACTOR)?;
        Some(vec![site, slow(Channel::Beacon, HANDSHAKE_FACTOR)?])
    };
    let standing = by_load.or_else(by_handshakes)?;
    let mut because: Vec<usize> =
        standing.into_iter().flat_map(|tried| &tried.attempts).map(|attempt| attempt.at).collect();
    because.sort_unstable();
    Some(because)
}

/// Returns whether a block without a failure has its three slowest attempts under the target's name,
/// and their median is at least `factor` times that of the others and later by what a reader feels.
fn follows(tried: &Tried, factor: u32) -> bool {
    let passed = |arm| tried.count(arm, |end| end == End::Passed) == 3;
    if !passed(Arm::Named) || !passed(Arm::Neutral) {
        return false;
    }
    let times = |arm| {
        let of_arm = tried.attempts.iter().filter(move |attempt: &&Attempt| attempt.arm == arm);
        let mut times: Vec<u32> = of_arm.map(|attempt| attempt.took_ms).collect();
        times.sort_unstable();
        times
    };
    let (named, neutral) = (times(Arm::Named), times(Arm::Neutral));
    let separate = named.first() > neutral.last();
    let median = |times: &[u32]| times.get(1).copied().unwrap_or(0);
    let (named, neutral) = (median(&named), median(&neutral));
    separate && named >= neutral.saturating_mul(factor) && named - neutral >= LEAST_LATER_MS
}

/// Below a factor of two the time of handshakes says nothing (see `evidence`).
const HANDSHAKE_FACTOR: u32 = 2;
/// What a busy processor or one queue on the way adds says nothing, however short the other times.
const LEAST_LATER_MS: u32 = 300;
/// Loads of one object differ less than handshakes do.
const LOAD_FACTOR: u32 = 3;
