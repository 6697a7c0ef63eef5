//! What tells more about a contrast: the same hello in other shapes, and how far it gets.

use record::{Arm, Hello, Hops, Part, Step, Variant};

use super::confirm::{On, attempts};
use super::place::{site_address, subject};
use super::view::View;
use crate::{Planned, neutral};

/// Returns the next variation, one after another, each after the policy's pause.
///
/// Where the target's name fails on the site's address: the hello cut in two inside the name, and
/// one without a name. Where it fails and the neutral one does not: two ladders of hop limits, the
/// neutral name's first.
pub(super) fn due(view: View<'_>) -> Vec<Planned> {
    let (subject, part) = subject(view);
    let Some(to) = site_address(view, &subject, part).filter(|_| subject.is_https()) else {
        return Vec::new();
    };
    let failed =
        |arm| attempts(view, On::Site, arm).filter(|seen| seen.failure().is_some()).count();
    let (named, spared) = (failed(Arm::Named), failed(Arm::Neutral));
    if named < 2 {
        return Vec::new();
    }
    let name = subject.host();
    let shaped = |hello| Step::Variant(Variant { to, name: name.clone(), hello });
    let ladder = |sni| Step::Hops(Hops { to, sni, most: view.plan.policy.hops });
    let mut steps = vec![shaped(Hello::Split), shaped(Hello::Nameless)];
    if named >= spared + 2 {
        steps.push(ladder(neutral(&name, &view.plan.seed, 0)));
        steps.push(ladder(name.clone()));
    }
    let wait_ms = view.plan.policy.spacing_ms;
    let next = steps.into_iter().find(|step| !view.did(step, Part::Variation));
    next.map(|step| Planned { step, part: Part::Variation, wait_ms }).into_iter().collect()
}
