//! Turns what one measurement saw into claims. Pure: the same input always gives the same claim.

mod case;

pub use case::{Block, Case, Channel};
