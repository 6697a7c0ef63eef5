//! What many measurements prove: e-values, trimming, grades and intervals. Pure.

mod grade;
mod interval;

pub use grade::{Grade, Word};
pub use interval::Interval;
