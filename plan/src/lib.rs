//! Decides what to do next. Performs nothing and reads no clock.

mod job;

pub use job::{Beacon, Confirm, Job, Plan, Planned, Policy, Recipe};
