//! The lists of targets: what is tested, why, and on whose word it is listed.

use record::{Day, Target};
use serde::{Deserialize, Serialize};

/// One row of a list of targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What to test.
    pub target: Target,
    /// Its category's id, one of `categories.toml`.
    pub category: String,
    /// How much risk a test carries for a volunteer.
    pub tier: Tier,
    /// When it was added.
    pub added: Day,
    /// Where the reason for listing it can be read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The reason, in a few words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// How much risk a test carries for a volunteer.
///
/// There is no tier for sites of organisations banned as extremist: they are never on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Everyday news and social sites: tested by default.
    Everyday,
    /// Political and circumvention sites: tested only by those who choose to.
    Sensitive,
}
