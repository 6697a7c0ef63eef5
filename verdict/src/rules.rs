//! The rules, in the order in which they are tried.

mod dns;
mod http;
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
    &dns::DOWN,
    &dns::CONSISTENT,
    &dns::NO_ANSWER,
    &dns::UNVOUCHED,
    &tcp::CONNECTED,
    &tcp::DOWN,
    &tcp::UNREACHABLE,
    &tls::INTERCEPTION_LISTED,
    &tls::INTERCEPTION_UNLISTED,
    &tls::REACHED,
    &tls::NAME_DROPPED,
    &tls::NAME_RESET,
    &tls::NAME_CLOSED,
    &tls::SERVER,
    &tls::DOWN,
    &tls::UNTRUSTED,
    &tls::FAILED,
    &http::REACHED,
    &http::INJECTED,
    &http::NAME_DROPPED,
    &http::NAME_RESET,
    &http::SERVER_REFUSES,
    &http::DOWN,
    &http::DIFFERS,
    &http::FAILED,
];

/// Nothing was seen that says anything.
pub(crate) static NO_RULE: Rule = Rule {
    id: "no_rule",
    layer: None,
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: |_| None,
};
