//! Time limits that keep what was known when they passed.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use record::{Failed, Failure};

use super::failure::failed;

/// The point in time at which a stage has failed.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// Sets the limit `wait` from now.
    pub fn after(wait: Duration) -> Self {
        Self(Instant::now() + wait)
    }

    /// Waits for `work`, at most until the deadline; `stage` tells where it stood.
    pub async fn hold<T>(
        self,
        stage: &'static str,
        work: impl Future<Output = T>,
    ) -> Result<T, Failed> {
        timeout_at(self.0, work).await.map_err(|_| failed(Failure::Timeout, stage))
    }
}

/// Returns the milliseconds of `span`, at most 49 days.
pub fn millis(span: Duration) -> u32 {
    u32::try_from(span.as_millis()).unwrap_or(u32::MAX)
}
