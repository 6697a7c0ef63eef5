//! The grades of a cell and the public words for them.

use serde::{Deserialize, Serialize};

/// How strongly one network's cell of one day is established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// An artefact that proves itself, held by two agents in two prefixes.
    A,
    /// Bound to the name between the customer and the server: both contrasts pass with two agents trimmed.
    B,
    /// Bound to the name: the contrast on the site's address passes with one agent trimmed.
    C,
    /// Signs, not established.
    D,
    /// Reached on all measured lines, and enough of them.
    Reachable,
    /// Not reached from abroad either.
    Down,
    /// Too little to say anything.
    Insufficient,
}

/// What a cell must have, beside its numbers, before a grade may be given.
///
/// Lines are agents of which those that share a prefix count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The fewest lines.
    pub lines: u32,
    /// The fewest different prefixes.
    pub prefixes: u32,
    /// The fewest countries abroad in which the target is reached.
    pub countries: u32,
    /// Lines that are set aside before the e-value counts: f.
    pub set_aside: usize,
}

impl Floor {
    /// The floor of [`Grade::A`]: two that cannot be one hold the same artefact.
    pub const ARTEFACT: Self = Self { lines: 2, prefixes: 2, countries: 0, set_aside: 0 };
    /// The floor of [`Grade::B`].
    pub const BY_NAME: Self = Self { lines: 4, prefixes: 2, countries: 2, set_aside: 2 };
    /// The floor of [`Grade::C`].
    pub const LIKELY: Self = Self { lines: 3, prefixes: 1, countries: 1, set_aside: 1 };
}

/// The public word for a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Restriction confirmed by measurement.
    Confirmed,
    /// Restriction likely.
    Likely,
    /// Inconclusive: signs conflict.
    Inconclusive,
    /// Reachable when measured.
    Reachable,
    /// Not enough data.
    NoData,
}

impl Grade {
    /// Returns the public word.
    pub fn word(self) -> Word {
        match self {
            Self::A | Self::B => Word::Confirmed,
            Self::C => Word::Likely,
            Self::D | Self::Down => Word::Inconclusive,
            Self::Reachable => Word::Reachable,
            Self::Insufficient => Word::NoData,
        }
    }
}
