//! The test kinds, one file each.

mod web;

use record::{Kind, Observation};

use crate::{Job, Recipe};

/// Returns the recipe of `kind`.
pub fn recipe(kind: Kind) -> &'static dyn Recipe {
    match kind {
        Kind::Web => &web::Web,
    }
}

/// Returns whether a finished screen failed, or ended on a page that nothing vouches for: then
/// confirm blocks are due, and a fresh control is worth asking for.
pub fn screen_failed(job: &Job, seen: &[Observation]) -> bool {
    match job.kind {
        Kind::Web => web::screen_failed(job, seen),
    }
}
