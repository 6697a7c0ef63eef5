//! The test kinds, one file each.

mod web;

use record::{Kind, Observation, Part};

use crate::{Job, Recipe};

/// Returns the recipe of `kind`.
pub fn recipe(kind: Kind) -> &'static dyn Recipe {
    match kind {
        Kind::Web | Kind::Endpoint => &web::Web,
    }
}

/// Returns whether something about a finished job calls for a fresh control.
///
/// A failed screen does, or one that was slow, or QUIC that failed beside it, or one address of several,
/// or a redirect to a host that the system's resolver does not find.
pub fn is_suspicious(job: &Job, seen: &[Observation]) -> bool {
    let by_quic = |seen: &Observation| seen.part() == Part::OverQuic && seen.failure().is_some();
    screen_failed(job, seen)
        || web::is_slow(seen)
        || web::failing_address(job, seen).is_some()
        || web::leads_to_the_unfound(seen)
        || seen.iter().any(by_quic)
}

/// Returns whether a finished screen failed, or ended on a page that nothing vouches for: then
/// confirm blocks are due, and a fresh control is worth asking for.
pub fn screen_failed(job: &Job, seen: &[Observation]) -> bool {
    match job.kind {
        Kind::Web | Kind::Endpoint => web::screen_failed(job, seen),
    }
}
