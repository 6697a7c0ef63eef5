//! What tells more about a contrast: the same hello in other shapes, and how far it gets.

use record::{Arm, Hello, Hops, Part, Step, Variant};

use super::confirm::{On, attempts};
use super::place::{site_address, subject};
use super::view::View;
use crate::{Planned, neutral};

/// Returns the variations that are due next.
///
/// Where the target's name fails on the site's address, after the policy's pause: a hello without a name,
/// and right behind it, since that provokes nobody, the one that is cut in two inside the name. Where the neutral
/// name does not fail, its ladder of hop limits is climbed beside the first, and the target's beside the
/// second.
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
    let pause = view.plan.policy.spacing_ms;
    let (mut quiet, mut naming) = (vec![shaped(Hello::Nameless)], vec![shaped(Hello::Split)]);
    if named >= spared + 2 {
        quiet.push(ladder(neutral(&name, &view.plan.seed, 0)));
        naming.push(ladder(name.clone()));
    }
    let stages = [(pause, quiet), (0, naming)];
    let left = stages.into_iter().map(|(wait_ms, mut steps)| {
        steps.retain(|step| !view.did(step, Part::Variation));
        (wait_ms, steps)
    });
    let next = left.into_iter().find(|(_, steps)| !steps.is_empty());
    let planned = next.into_iter().flat_map(|(wait_ms, steps)| {
        steps.into_iter().map(move |step| Planned { step, part: Part::Variation, wait_ms })
    });
    planned.collect()
}
