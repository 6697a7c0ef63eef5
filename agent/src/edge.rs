//! What only `main.rs` can get: the clock and randomness, handed down as values.

use std::fmt;
use std::sync::Arc;

use record::Timestamp;

/// The doors to the clock and to randomness.
#[derive(Clone)]
pub struct Edge {
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    random: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl Edge {
    /// Wraps the two doors: seconds since 1970, and 64 unpredictable bits a call.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), random: Arc::new(random) }
    }

    /// Returns the time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Draws 64 random bits.
    pub fn random(&self) -> u64 {
        (self.random)()
    }

    /// Draws 32 random bytes.
    pub fn random_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.random().to_be_bytes());
        }
        bytes
    }
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edge")
    }
}
