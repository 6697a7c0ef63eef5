//! Everything that a rule may look at, and what a confirm block came to.

use record::{
    Arm, Asn, Certificates, Contrast, Kind, Label, Layer, Observation, Part, RunFacts, Target,
    VoidReason,
};
use testlists::Fingerprints;

use crate::contrast::MARGIN;

/// Everything that a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// How it was tested.
    pub kind: Kind,
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
    /// Whose word the answers of the line's resolver are.
    pub resolver: Answerer,
}

/// Whose word the answers of a line's resolver are, as far as its run's self-checks tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answerer {
    /// The provider's: the system's settings name its resolver.
    Provider,
    /// Mostly the provider's: its resolver is asked in the end, but something at home may answer in
    /// its place, as filters for advertising do.
    ProviderBehind,
    /// Another network's, or not known.
    #[default]
    Unknown,
    /// A filter's on the machine or the line, which may answer in every other resolver's place too.
    Filter,
}

impl Answerer {
    /// Reads it off what a run's self-checks found, on the line's `network`.
    pub fn of(run: &RunFacts, network: Option<Asn>) -> Self {
        let is = |label| run.labels.contains(&label);
        if is(Label::DnsFilter) {
            return Self::Filter;
        }
        if is(Label::ForeignResolver) {
            return Self::Unknown;
        }
        match run.resolver_network.zip(network) {
            Some(_) if run.resolver_direct => Self::Provider,
            Some((resolver, own)) if resolver == own => Self::ProviderBehind,
            Some(_) | None => Self::Unknown,
        }
    }
}

/// Where a block's contrast was made, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// On the target's own address: its name against a neutral name (T against S).
    Site,
    /// On the project's beacon: the target's name against a neutral name (M against N).
    Beacon,
    /// QUIC handshakes on the target's own address.
    SiteQuic,
    /// QUIC handshakes on the project's beacon.
    BeaconQuic,
    /// Loads of the same object from the project's beacon.
    BeaconLoad,
    /// TLS handshakes on the target's own address for its name alone: encrypted against open.
    SiteEncrypted,
    /// TLS handshakes on an address of the target's where its name failed while another reached it.
    SiteElsewhere,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 7] = [
        Self::Site,
        Self::Beacon,
        Self::SiteQuic,
        Self::BeaconQuic,
        Self::BeaconLoad,
        Self::SiteEncrypted,
        Self::SiteElsewhere,
    ];

    /// Returns the published word; the order of a block is drawn with it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Beacon => "beacon",
            Self::SiteQuic => Contrast::SiteQuic.word(),
            Self::BeaconQuic => Contrast::BeaconQuic.word(),
            Self::BeaconLoad => Contrast::BeaconLoad.word(),
            Self::SiteEncrypted => Contrast::SiteEncrypted.word(),
            Self::SiteElsewhere => Contrast::SiteElsewhere.word(),
        }
    }
}

/// Which attempt of which block a step was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) channel: Channel,
    pub(crate) round: u32,
    pub(crate) slot: u8,
    pub(crate) arm: Arm,
}

impl Slot {
    /// Reads a part; none when it belongs to no block.
    pub(crate) fn of(part: Part) -> Option<Self> {
        let (channel, round, slot, arm) = match part {
            Part::SiteBlock { round, slot, arm } => (Channel::Site, round, slot, arm),
            Part::BeaconBlock { round, slot, arm } => (Channel::Beacon, round, slot, arm),
            Part::Block { on, round, slot, arm } => (on.into(), round, slot, arm),
            Part::Screen | Part::Before | Part::After | Part::Hop { .. } => return None,
            Part::Variation | Part::OverQuic => return None,
        };
        Some(Self { channel, round, slot, arm })
    }
}

impl From<Contrast> for Channel {
    fn from(contrast: Contrast) -> Self {
        match contrast {
            Contrast::SiteQuic => Self::SiteQuic,
            Contrast::BeaconQuic => Self::BeaconQuic,
            Contrast::BeaconLoad => Self::BeaconLoad,
            Contrast::SiteEncrypted => Self::SiteEncrypted,
            Contrast::SiteElsewhere => Self::SiteElsewhere,
        }
    }
}

/// What a confirm block of three and three attempts came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it was made.
    pub channel: Channel,
    /// Over TLS, over plain HTTP or over QUIC.
    pub layer: Layer,
    /// Which of the agent's blocks in the hour.
    pub round: u32,
    /// Attempts with the target's name that failed: x, 0 to 3. A lost attempt counts as passed.
    pub named_failed: u8,
    /// Attempts with the neutral name that failed: y, 0 to 3. A lost attempt counts as failed.
    pub neutral_failed: u8,
}

impl Block {
    /// Returns whether the target's name failed in every attempt, and in as many more than the neutral one as
    /// a claim needs.
    pub fn fails_by_name(&self) -> bool {
        self.named_failed == 3 && self.named_failed >= self.neutral_failed.saturating_add(MARGIN)
    }
}
