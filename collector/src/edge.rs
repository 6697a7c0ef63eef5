//! What enters the program from outside beside bytes: time and randomness.

use std::sync::Arc;

use record::Timestamp;

/// The clock and the source of randomness, handed down from `main.rs`.
#[derive(Clone)]
pub struct Edge {
    /// Reads the clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Draws 32 bytes that nobody can foresee.
    pub random: Arc<dyn Fn() -> [u8; 32] + Send + Sync>,
}
