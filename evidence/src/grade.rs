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
