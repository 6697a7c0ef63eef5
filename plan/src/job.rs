//! One test to run, and the interface of the recipes that run it.

use std::net::{IpAddr, SocketAddr};

use record::{Hour, Kind, Observation, Part, Seed, Step, Target};
use testlists::PublicResolver;

/// One test to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// How to test.
    pub kind: Kind,
    /// What to test.
    pub target: Target,
    /// Addresses to go to without asking any resolver: those of endpoints that have no name.
    pub addresses: Vec<IpAddr>,
    /// The known-good control measured before the screen (C0).
    pub before: Target,
    /// The known-good control measured after the screen (C1).
    pub after: Target,
    /// Counts this agent's confirm blocks for this target in this hour, from 0.
    pub round: u32,
    /// When to run the confirm blocks.
    pub confirm: Confirm,
}

/// When confirm blocks are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// When the screen fails.
    IfFailed,
    /// Whatever the screen says: the target is on watch, or one of the few drawn so that a
    /// suspicion cannot be told from routine.
    Always,
    /// Never: a control that measures from outside.
    Never,
}

/// Everything else a recipe decides by.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The snapshot's seed.
    pub seed: Seed,
    /// The agent's public key.
    pub credential: &'a [u8; 32],
    /// The hour of the measurement.
    pub hour: Hour,
    /// The resolvers asked beside the system's.
    pub resolvers: &'a [PublicResolver],
    /// Whether the resolver that this line was given can be asked directly.
    pub own_resolver: bool,
    /// What a control saw of the target lately, where one did.
    pub control: Option<&'a [Observation]>,
    /// The beacon for the contrast on the project's own server.
    pub beacon: Option<Beacon>,
    /// Pauses and limits.
    pub policy: Policy,
}

/// A server of the project that ends any name and says what arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beacon {
    /// Where it ends TLS.
    pub tls: SocketAddr,
    /// Where it answers HTTP.
    pub http: SocketAddr,
}

/// Pauses and limits of a recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Milliseconds between two attempts of a block, so that residual blocking of a flow cannot
    /// pass from one attempt to the next (at least 5,000: see `evidence/README.md`).
    pub spacing_ms: u32,
    /// Milliseconds between two attempts where both names failed together: longer than blocking
    /// of a whole address lasts after one hit (`CenTrace` waits 120 s).
    pub residual_ms: u32,
    /// Addresses out of one lookup that are tried at most.
    pub addresses: usize,
    /// Redirects that are followed at most.
    pub redirects: u8,
    /// Bytes that are loaded from the beacon to compare speeds.
    pub load_bytes: u32,
    /// The largest hop limit of a ladder.
    pub hops: u8,
}

impl Default for Policy {
    /// The values that are measured with unless settings say otherwise.
    fn default() -> Self {
        Self {
            spacing_ms: 5_000,
            residual_ms: 120_000,
            addresses: 3,
            redirects: 5,
            load_bytes: 128 << 10,
            hops: 24,
        }
    }
}

/// One step with its part and the pause before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What to do.
    pub step: Step,
    /// Why.
    pub part: Part,
    /// How long to wait first, in milliseconds.
    pub wait_ms: u32,
}

/// How one kind of test is carried out, one decision at a time.
///
/// # The driver's contract
///
/// The driver calls [`Recipe::next`] at the beginning and again after each finished step, with
/// everything seen so far in any order, and performs what comes back side by side, each step after
/// its own pause. `next` keeps nothing in mind: it names every step that is due and not yet seen,
/// steps in flight included, so the driver drops those that it has under way (same step, same
/// part). The test has ended when nothing comes back and nothing is under way.
pub trait Recipe: Sync {
    /// Returns the steps that are due and not yet seen; none ends the test. A step that was
    /// performed shows up in `seen` with the same step and part, whatever came of it.
    fn next(&self, job: &Job, plan: &Plan<'_>, seen: &[Observation]) -> Vec<Planned>;
}
