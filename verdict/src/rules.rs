//! The rules, in the order in which they are tried.

mod dns;
mod http;
mod quic;
mod shape;
mod speed;
mod tcp;
mod tls;
mod void;

use record::{Layer, State};

pub(crate) use dns::forged_addresses;

use crate::{Case, Screen};

/// One branch of the decision. Its `id` is published: never rename or reuse one.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// The layer it is about; none for what voids the case.
    pub(crate) layer: Option<Layer>,
    pub(crate) claims: State,
    /// What a screen counts as when this rule makes the headline.
    pub(crate) screen: Screen,
    /// Returns the positions of the observations that make the rule hold; none when it does not.
    pub(crate) holds: fn(&Case<'_>) -> Option<Vec<usize>>,
}

/// A rule as published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The rule's id.
    pub id: &'static str,
    /// The layer it is about, where it is about one.
    pub layer: Option<Layer>,
    /// What it claims.
    pub state: State,
}

/// Returns every rule, in the order in which they are tried.
pub fn rule_ids() -> Vec<Published> {
    let published = |rule: &Rule| Published { id: rule.id, layer: rule.layer, state: rule.claims };
    RULES.iter().copied().chain([&NO_RULE]).map(published).collect()
}

/// Returns the rule that bears the name `id`.
pub(crate) fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().chain([&NO_RULE]).find(|rule| rule.id == id)
}

/// Within a layer the first rule that holds makes the claim.
pub(crate) static RULES: &[&Rule] = &[
    &void::CONTROLS,
    &void::RUN,
    &dns::FORGED_ANSWER,
    &dns::NAME_DENIED,
    &dns::INJECTED,
    &dns::REDIRECT_DENIED,
    &dns::REDIRECT_NO_ANSWER,
    &dns::DOWN,
    &dns::CONSISTENT,
    &dns::NO_ANSWER,
    &dns::UNVOUCHED,
    &tcp::CONNECTED,
    &tcp::DOWN,
    &tcp::UNREACHABLE,
    &tls::INTERCEPTION_LISTED,
    &tls::INTERCEPTION_UNLISTED,
    &speed::NAME_STALLED,
    &speed::NAME_SLOWED,
    &shape::ENCRYPTED_NAME_DROPPED,
    &tls::NAME_FAILS_ELSEWHERE,
    &tls::REACHED,
    &tls::SAME_AS_OUTSIDE,
    &tls::NAME_DROPPED,
    &tls::NAME_RESET,
    &tls::NAME_CLOSED,
    &shape::NAME_SPLIT,
    &tls::SERVER,
    &tls::DOWN,
    &tls::MACHINE_ROOT,
    &tls::UNTRUSTED,
    &tls::FAILED,
    &speed::HTTP_NAME_SLOWED,
    &http::REACHED,
    &http::INJECTED,
    &http::NAME_DROPPED,
    &http::NAME_RESET,
    &http::NAME_CLOSED,
    &http::SERVER_REFUSES,
    &http::REDIRECT_BROKEN,
    &http::DOWN,
    &http::DIFFERS,
    &http::FAILED,
    &quic::REACHED,
    &quic::NAME_DROPPED,
    &quic::UDP_DROPPED,
    &quic::ADDRESS_UNREACHABLE,
    &quic::DOWN,
    &quic::FAILED,
];

/// Nothing was seen that says anything.
pub(crate) static NO_RULE: Rule = Rule {
    id: "no_rule",
    layer: None,
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: |_| None,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use record::{Certificates, Observation, Target, VoidReason};
    use serde::Deserialize;
    use testlists::Fingerprints;

    use super::*;

    /// Where the order of two rules decides, a golden case shows it: the first wins.
    #[test]
    fn neighbours_have_a_case_in_which_both_hold_or_cannot_both_hold() {
        let together = together();

        for pair in RULES.windows(2).filter(|pair| pair[0].layer == pair[1].layer) {
            let ids = (pair[0].id, pair[1].id);
            let shown = together.contains(&ids);
            let cannot = EXCLUSIVE.contains(&ids);
            assert!(shown || cannot, "no golden case in which both hold: {ids:?}");
            assert!(!(shown && cannot), "they can both hold: {ids:?}");
        }
    }

    #[test]
    fn ids_are_distinct_and_begin_with_their_layer() {
        let ids: BTreeSet<&str> = rule_ids().iter().map(|rule| rule.id).collect();

        assert_eq!(ids.len(), RULES.len() + 1);
        for rule in RULES {
            let head = rule.layer.map_or("void", Layer::word);
            assert!(rule.id.starts_with(&format!("{head}_")), "{}", rule.id);
            assert!(find(rule.id).is_some_and(|found| found.claims == rule.claims));
        }
    }

    /// Pairs of neighbours that contradict each other.
    const EXCLUSIVE: &[(&str, &str)] = &[
        // Whoever finds no address is led nowhere.
        ("dns_redirect_no_answer", "dns_down"),
        // Somebody inside gives an address, or nobody does.
        ("dns_consistent", "dns_no_answer"),
        // A handshake is answered here, or none is.
        ("tls_server", "tls_down"),
        ("tls_down", "tls_machine_root"),
        // Loads that stop have not come in full.
        ("tls_name_stalled", "tls_name_slowed"),
        // No handshake was answered at the address, or the server answered.
        ("tls_name_split", "tls_server"),
        // Neutral names reach the project's server over QUIC, or they do not.
        ("quic_udp_dropped", "quic_address_unreachable"),
        // The control reaches the site over QUIC, or it does not.
        ("quic_address_unreachable", "quic_down"),
        // What refuses its reader does not send him on.
        ("http_server_refuses", "http_redirect_broken"),
    ];

    fn together() -> BTreeSet<(&'static str, &'static str)> {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        let known = fs::read(cases.join("known.json")).unwrap();
        let known: Fingerprints = serde_json::from_slice(&known).unwrap();
        let mut together = BTreeSet::new();
        for folder in fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()) {
            let Ok(seen) = fs::read(folder.join("seen.json")) else { continue };
            let inside: Inside = serde_json::from_slice(&seen).unwrap();
            let control = fs::read(folder.join("control.json")).ok();
            let control: Option<Vec<Observation>> =
                control.map(|control| serde_json::from_slice(&control).unwrap());
            let case = Case {
                kind: inside.kind,
                target: &inside.target,
                seen: &inside.seen,
                certificates: &inside.certificates,
                control: control.as_deref(),
                known: &known,
                void: &inside.void,
                resolver: crate::Answerer::Provider,
            };
            let holding: Vec<&str> = RULES
                .iter()
                .filter(|rule| (rule.holds)(&case).is_some())
                .map(|rule| rule.id)
                .collect();
            for (at, one) in holding.iter().enumerate() {
                together.extend(holding[at + 1..].iter().map(|other| (*one, *other)));
            }
        }
        together
    }

    #[derive(Deserialize)]
    struct Inside {
        #[serde(default)]
        kind: record::Kind,
        target: Target,
        void: Vec<VoidReason>,
        certificates: Certificates,
        seen: Vec<Observation>,
    }
}
