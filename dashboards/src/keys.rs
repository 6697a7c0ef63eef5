//! The key of the text for each published word.

use evidence::{Grade, Word};
use record::{
    Failure, Label, Layer, NetworkKind, Role, RuleId, State, Transport, Trust, VoidReason,
};

use crate::Language;
use crate::model::Serves;

/// Something whose name is a text in every language.
pub trait Key {
    /// Returns the text's key.
    fn key(&self) -> &'static str;
}

impl Language {
    /// Returns the name of `thing`.
    pub fn name(self, thing: &impl Key) -> String {
        self.say(thing.key(), &[])
    }

    /// Returns one of the further texts about `thing`, such as `short` of a public word.
    pub fn about(self, thing: &impl Key, attribute: &str) -> String {
        self.say(&format!("{}.{attribute}", thing.key()), &[])
    }

    /// Says what a rule found; the rule's id where it is newer than these texts.
    pub fn rule(self, rule: &RuleId) -> String {
        self.of_family("rule", &rule.0)
    }

    /// Returns the text `family-id`, with hyphens for underscores; the id itself where there is none.
    pub(crate) fn of_family(self, family: &str, id: &str) -> String {
        let key = format!("{family}-{}", id.replace('_', "-"));
        self.find(&key, &[]).unwrap_or_else(|| id.to_owned())
    }
}

impl Key for Word {
    fn key(&self) -> &'static str {
        match self {
            Self::Confirmed => "word-confirmed",
            Self::Likely => "word-likely",
            Self::Inconclusive => "word-inconclusive",
            Self::Reachable => "word-reachable",
            Self::NoData => "word-no-data",
        }
    }
}

impl Key for Grade {
    fn key(&self) -> &'static str {
        match self {
            Self::A => "grade-a",
            Self::B => "grade-b",
            Self::C => "grade-c",
            Self::D => "grade-d",
            Self::Reachable => "grade-reachable",
            Self::Down => "grade-down",
            Self::Insufficient => "grade-insufficient",
        }
    }
}

impl Key for State {
    fn key(&self) -> &'static str {
        match self {
            Self::Ok => "state-ok",
            Self::Down => "state-down",
            Self::Server => "state-server",
            Self::Interference => "state-interference",
            Self::Inconclusive => "state-inconclusive",
            Self::Void => "state-void",
        }
    }
}

impl Key for Layer {
    fn key(&self) -> &'static str {
        match self {
            Self::Dns => "layer-dns",
            Self::Tcp => "layer-tcp",
            Self::Tls => "layer-tls",
            Self::Http => "layer-http",
            Self::Quic => "layer-quic",
        }
    }
}

impl Key for Serves {
    fn key(&self) -> &'static str {
        match self {
            Self::Api => "serves-api",
            Self::Web => "serves-web",
            Self::Cdn => "serves-cdn",
            Self::Socket => "serves-socket",
        }
    }
}

impl Key for Role {
    fn key(&self) -> &'static str {
        match self {
            Self::Agent => "role-agent",
            Self::Control => "role-control",
        }
    }
}

impl Key for NetworkKind {
    fn key(&self) -> &'static str {
        match self {
            Self::Fixed => "kind-fixed",
            Self::Mobile => "kind-mobile",
            Self::Mixed => "kind-mixed",
            Self::Hosting => "kind-hosting",
        }
    }
}

impl Key for VoidReason {
    fn key(&self) -> &'static str {
        match self {
            Self::ControlFailed => "void-control-failed",
            Self::WrongClock => "void-wrong-clock",
            Self::CaptivePortal => "void-captive-portal",
            Self::Tunnel => "void-tunnel",
            Self::NetworkChanged => "void-network-changed",
            Self::WrongOrder => "void-wrong-order",
            Self::LocalInterception => "void-local-interception",
            Self::LossyLine => "void-lossy-line",
        }
    }
}

impl Key for Label {
    fn key(&self) -> &'static str {
        match self {
            Self::Nat64 => "label-nat64",
            Self::BrokenIpv6 => "label-broken-ipv6",
            Self::NoIpv4 => "label-no-ipv4",
            Self::ForeignResolver => "label-foreign-resolver",
            Self::DnsFilter => "label-dns-filter",
            Self::SystemRoots => "label-system-roots",
            Self::LossyLine => "label-lossy-line",
            Self::ClockOff => "label-clock-off",
            Self::NothingReached => "label-nothing-reached",
        }
    }
}

impl Key for Failure {
    fn key(&self) -> &'static str {
        match self {
            Self::Timeout => "failure-timeout",
            Self::Reset => "failure-reset",
            Self::Refused => "failure-refused",
            Self::Unreachable => "failure-unreachable",
            Self::Closed => "failure-closed",
            Self::Alert => "failure-alert",
            Self::BadMessage => "failure-bad-message",
            Self::ResolverFailed => "failure-resolver-failed",
            Self::ResolverRefused => "failure-resolver-refused",
            Self::TooManyRedirects => "failure-too-many-redirects",
            Self::BadRedirect => "failure-bad-redirect",
            Self::NoRoute => "failure-no-route",
            Self::Cancelled => "failure-cancelled",
        }
    }
}

impl Key for Transport {
    fn key(&self) -> &'static str {
        match self {
            Self::System => "transport-system",
            Self::Udp => "transport-udp",
            Self::Doh => "transport-doh",
        }
    }
}

impl Key for Trust {
    fn key(&self) -> &'static str {
        match self {
            Self::Trusted => "trust-trusted",
            Self::UnknownIssuer => "trust-unknown-issuer",
            Self::Expired => "trust-expired",
            Self::NotYetValid => "trust-not-yet-valid",
            Self::WrongName => "trust-wrong-name",
            Self::Other(_) => "trust-other",
        }
    }
}
