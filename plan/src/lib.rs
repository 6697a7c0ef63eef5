//! Decides what to do next. Performs nothing and reads no clock.

mod address;
mod job;
mod jobs;
mod kinds;
mod neutral;

pub use address::is_public;
pub use job::{Beacon, Confirm, Job, Plan, Planned, Policy, Recipe};
pub use jobs::jobs;
pub use kinds::{is_suspicious, recipe, screen_failed};
pub use neutral::neutral;
