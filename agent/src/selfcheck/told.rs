//! Tells the person in plain words what the checks concluded.

use record::{Label, VoidReason};

use super::Conclusion;
use crate::out::Out;

/// Says why the run does not count, and what else is known of line and machine; the reasons that
/// were `told` before are left out.
pub fn tell(out: &Out, concluded: &Conclusion, told: &[VoidReason]) {
    for reason in concluded.void.iter().filter(|reason| !told.contains(reason)) {
        out.note(void_key(*reason), &[]);
    }
    for label in &concluded.labels {
        out.note(label_key(*label), &[]);
    }
}

/// Returns the key of the words for a reason.
pub(super) fn void_key(reason: VoidReason) -> &'static str {
    match reason {
        VoidReason::ControlFailed => "check-void-control-failed",
        VoidReason::WrongClock => "check-void-wrong-clock",
        VoidReason::CaptivePortal => "check-void-captive-portal",
        VoidReason::Tunnel => "check-void-tunnel",
        VoidReason::NetworkChanged => "check-void-network-changed",
        VoidReason::WrongOrder => "check-void-wrong-order",
        VoidReason::LocalInterception => "check-void-local-interception",
        VoidReason::LossyLine => "check-void-lossy-line",
    }
}

/// Returns the key of the words for a label.
pub fn label_key(label: Label) -> &'static str {
    match label {
        Label::Nat64 => "check-label-nat64",
        Label::BrokenIpv6 => "check-label-broken-ipv6",
        Label::NoIpv4 => "check-label-no-ipv4",
        Label::ForeignResolver => "check-label-foreign-resolver",
        Label::DnsFilter => "check-label-dns-filter",
        Label::SystemRoots => "check-label-system-roots",
        Label::LossyLine => "check-label-lossy-line",
        Label::ClockOff => "check-label-clock-off",
        Label::NothingReached => "check-label-nothing-reached",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Lang, Words};

    #[test]
    fn every_reason_and_label_has_words_in_every_language() {
        let keys = VoidReason::ALL.map(void_key).into_iter().chain(Label::ALL.map(label_key));
        let keys: Vec<&str> = keys.collect();

        for words in Lang::ALL.map(Words::new) {
            for key in &keys {
                assert_ne!(words.text(key), **key, "{:?}", words.lang());
            }
        }
    }
}
