//! A prober without a network: it answers every step out of a script.

use std::collections::BTreeMap;

use tokio::time::Instant;

use plan::Planned;
use record::Observation;

use super::{LocalFault, Performed, Prober};

/// What a script says of one step.
type Script = dyn Fn(&Planned) -> Option<Observation> + Send + Sync;

/// Answers steps with prepared observations; what the script does not know is our own fault.
pub struct ScriptedProber {
    script: Box<Script>,
}

impl ScriptedProber {
    /// Answers every step with what `script` says of it.
    pub fn new(script: impl Fn(&Planned) -> Option<Observation> + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script) }
    }
}

impl std::fmt::Debug for ScriptedProber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScriptedProber")
    }
}

impl Prober for ScriptedProber {
    async fn perform(
        &self,
        planned: &Planned,
        _job_began: Instant,
    ) -> Result<Performed, LocalFault> {
        // A turn of the scheduler, so that steps in flight mix as they do on the wire.
        tokio::task::yield_now().await;
        let observation = (self.script)(planned).ok_or(LocalFault::Broken)?;
        Ok(Performed { observation, certificates: BTreeMap::new() })
    }
}
