//! Everything that a rule may look at, and what a confirm block came to.

use record::{Certificates, Layer, Observation, Target, VoidReason};
use testlists::Fingerprints;

/// Everything that a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What was tested.
    pub target: &'a Target,
    /// What the agent saw.
    pub seen: &'a [Observation],
    /// The certificates that its handshakes showed.
    pub certificates: &'a Certificates,
    /// What a control saw of the same target, where one is known.
    pub control: Option<&'a [Observation]>,
    /// What is known of forged answers.
    pub known: &'a Fingerprints,
    /// What the run's self-checks found.
    pub void: &'a [VoidReason],
}

/// Where a block's contrast was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// On the target's own address: its name against a neutral name (T against S).
    Site,
    /// On the project's beacon: the target's name against a neutral name (M against N).
    Beacon,
}

/// What a confirm block of three and three attempts came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it was made.
    pub channel: Channel,
    /// Over TLS or over HTTP.
    pub layer: Layer,
    /// Which of the agent's blocks in the hour.
    pub round: u32,
    /// Attempts with the target's name that failed: x, 0 to 3. A lost attempt counts as passed.
    pub named_failed: u8,
    /// Attempts with the neutral name that failed: y, 0 to 3. A lost attempt counts as failed.
    pub neutral_failed: u8,
}
