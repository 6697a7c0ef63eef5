//! Turns what one measurement saw into claims. Pure: the same input always gives the same claim.

mod artefact;
mod blocks;
mod case;
mod contrast;
mod fingerprint;
mod journey;
mod order;
mod range;
mod reach;
mod rules;
mod screen;
mod side;
mod subject;
mod vouch;

use record::{Claim, Kind, Layer, State, Verdict};

pub use artefact::{Artefact, artefacts};
pub use blocks::blocks;
pub use case::{Answerer, Block, Case, Channel};
pub use order::order_followed;
pub use reach::{Reach, reach};
pub use rules::{Published, rule_ids};
pub use screen::{Screen, screen};

use rules::{NO_RULE, RULES, Rule};

/// Judges one case: a claim for each layer that was reached, then the headline.
///
/// The first rule of a layer that holds makes the layer's claim. The headline is the lowest layer's
/// claim of interference; else that the site is down; else that the server refuses; else the lowest
/// layer's open question; else the highest layer that was reached, if it is TLS or HTTP: a name that
/// resolves, or an open connection, is no site reached. QUIC makes the headline with a claim of
/// interference only: it stands beside the way over TCP. A case that does not count has no claims
/// about layers.
pub fn judge(case: Case<'_>) -> Verdict {
    if let Some((rule, because)) = first(&case, None) {
        return verdict(rule, because, Vec::new());
    }
    let judged = layers(&case);
    let claims = judged.iter().filter_map(|(rule, because)| claim(rule, because)).collect();
    match headline(&case, &judged) {
        Some((rule, because)) => verdict(rule, because, claims),
        None => verdict(&NO_RULE, Vec::new(), claims),
    }
}

/// Returns the rule that makes the headline of what was seen over TCP.
pub(crate) fn over_tcp(case: &Case<'_>) -> Option<&'static Rule> {
    if let Some((rule, _)) = first(case, None) {
        return Some(rule);
    }
    let mut judged = layers(case);
    judged.retain(|(rule, _)| rule.layer != Some(Layer::Quic));
    headline(case, &judged).map(|(rule, _)| rule)
}

fn layers(case: &Case<'_>) -> Vec<(&'static Rule, Vec<usize>)> {
    Layer::ALL.into_iter().filter_map(|layer| first(case, Some(layer))).collect()
}

/// Returns the first rule about `layer` that holds, and what it rests on.
fn first(case: &Case<'_>, layer: Option<Layer>) -> Option<(&'static Rule, Vec<usize>)> {
    let about = RULES.iter().filter(|rule| rule.layer == layer);
    about.copied().find_map(|rule| (rule.holds)(case).map(|because| (rule, because)))
}

fn headline(
    case: &Case<'_>,
    judged: &[(&'static Rule, Vec<usize>)],
) -> Option<(&'static Rule, Vec<usize>)> {
    let reached = match case.kind {
        // Without TLS and without a page an open connection is all there is to reach.
        Kind::Endpoint if !case.target.is_https() => Layer::Tcp,
        Kind::Web | Kind::Endpoint => Layer::Tls,
    };
    let found = |state| judged.iter().find(move |(rule, _)| rule.claims == state);
    // QUIC stands beside the others: what fails there alone keeps nobody from the site.
    let over_tcp: Vec<_> =
        judged.iter().filter(|(rule, _)| rule.layer != Some(Layer::Quic)).collect();
    let lowest = |state| over_tcp.iter().copied().find(move |(rule, _)| rule.claims == state);
    found(State::Interference)
        .or_else(|| [State::Down, State::Server, State::Inconclusive].into_iter().find_map(lowest))
        .or_else(|| over_tcp.last().copied().filter(|(rule, _)| rule.layer >= Some(reached)))
        .cloned()
}

fn claim(rule: &Rule, because: &[usize]) -> Option<Claim> {
    let layer = rule.layer?;
    Some(Claim { layer, state: rule.claims, rule: rule.id.into(), because: because.to_vec() })
}

fn verdict(rule: &Rule, because: Vec<usize>, layers: Vec<Claim>) -> Verdict {
    Verdict { state: rule.claims, layer: rule.layer, rule: rule.id.into(), because, layers }
}
