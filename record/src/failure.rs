//! The closed vocabulary of ways in which a step fails.

use serde::{Deserialize, Serialize};

/// How a step failed. Published words: appended to, never renamed, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Nothing came back before the deadline.
    Timeout,
    /// The connection was reset (TCP RST).
    Reset,
    /// The address refused the connection (TCP RST in answer to SYN).
    Refused,
    /// A router said that the host or the network cannot be reached.
    Unreachable,
    /// The peer closed the connection before the step was finished.
    Closed,
    /// The peer sent a fatal TLS alert; `detail` names it.
    Alert,
    /// What came back breaks the protocol; `detail` says how.
    BadMessage,
    /// The resolver failed by its own word (SERVFAIL) or the system's resolver did.
    ResolverFailed,
    /// The resolver refuses to answer this agent (REFUSED).
    ResolverRefused,
    /// More redirects than are followed.
    TooManyRedirects,
    /// The redirect leads to something that is not tested.
    BadRedirect,
    /// This machine has no route for the address family: says nothing about the target.
    NoRoute,
    /// The attempt was cut short by the target's own deadline or by the user.
    Cancelled,
}

impl Failure {
    /// All failures, in the order in which they were published.
    pub const ALL: [Self; 13] = [
        Self::Timeout,
        Self::Reset,
        Self::Refused,
        Self::Unreachable,
        Self::Closed,
        Self::Alert,
        Self::BadMessage,
        Self::ResolverFailed,
        Self::ResolverRefused,
        Self::TooManyRedirects,
        Self::BadRedirect,
        Self::NoRoute,
        Self::Cancelled,
    ];

    /// Returns whether an attempt that ended so still got an answer from the far end.
    ///
    /// An alert is a valid TLS message: by `evidence`'s rule such an attempt passes.
    pub fn is_answer(self) -> bool {
        self == Self::Alert
    }

    /// Returns whether what stands on the way can make an attempt end so on a connection that was
    /// opened.
    pub fn is_on_the_way(self) -> bool {
        matches!(self, Self::Timeout | Self::Reset | Self::Closed)
    }

    /// Returns whether the failure is about this machine or the run, not about the target.
    pub fn is_local(self) -> bool {
        matches!(self, Self::NoRoute | Self::Cancelled)
    }
}

/// A failure with what was known when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The way it failed.
    pub failure: Failure,
    /// A few words of detail, such as the name of an alert; at most 120 characters, no addresses.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Bytes read from the peer in this step.
    #[serde(default)]
    pub read: u64,
    /// Bytes written to the peer in this step.
    #[serde(default)]
    pub written: u64,
}

impl Failed {
    /// The detail of a step that failed before its connection stood: nothing was sent.
    pub const NOT_OPENED: &str = "connect";

    /// Makes a failure without detail.
    pub fn plain(failure: Failure) -> Self {
        Self { failure, detail: String::new(), read: 0, written: 0 }
    }
}
