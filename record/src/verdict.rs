//! What one measurement means: the words of a verdict.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The ways in which a target is tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Can this page be fetched, and which step fails if it cannot?
    #[default]
    Web,
    /// Does this serving host of a messenger or platform answer, whatever page it may have?
    Endpoint,
}

/// The layer a claim is about, in the order in which a connection passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Name lookup.
    Dns,
    /// TCP.
    Tcp,
    /// TLS.
    Tls,
    /// HTTP.
    Http,
    /// QUIC, the way of HTTP/3: beside the others, not above them.
    Quic,
}

impl Layer {
    /// All layers, lowest first.
    pub const ALL: [Self; 5] = [Self::Dns, Self::Tcp, Self::Tls, Self::Http, Self::Quic];

    /// Returns the published word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Quic => "quic",
        }
    }
}

/// What is claimed of one target by one measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Reached.
    Ok,
    /// The control does not reach it either.
    Down,
    /// The site itself refuses this client or this country.
    Server,
    /// The connection was interfered with between the agent and the site.
    Interference,
    /// Something failed; what was seen does not say why.
    Inconclusive,
    /// The measurement does not count: the agent's own line, machine or run was at fault.
    Void,
}

impl State {
    /// Returns the published word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Down => "down",
            Self::Server => "server",
            Self::Interference => "interference",
            Self::Inconclusive => "inconclusive",
            Self::Void => "void",
        }
    }
}

/// The published name of a rule. Never renamed, never reused; a reader may meet newer ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub String);

impl RuleId {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RuleId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is claimed about one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The layer.
    pub layer: Layer,
    /// What is claimed.
    pub state: State,
    /// The rule that claims it.
    pub rule: RuleId,
    /// Positions in `Measurement::seen` of the observations it rests on.
    pub because: Vec<usize>,
}

/// The headline and, below it, the claim of every layer that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The headline's claim.
    pub state: State,
    /// The layer the headline is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
    /// The rule that made the headline.
    pub rule: RuleId,
    /// Positions in `Measurement::seen` of the observations the headline rests on.
    pub because: Vec<usize>,
    /// One claim a layer, lowest layer first; nothing is hidden by the headline.
    #[serde(default)]
    pub layers: Vec<Claim>,
}
