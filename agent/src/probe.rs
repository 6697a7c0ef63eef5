//! Performs one step of the network under test and says what came of it.

pub mod cut;
pub mod deadline;
pub mod dns;
pub mod doh;
pub mod ech;
pub mod eye;
pub mod failure;
pub mod hops;
pub mod http;
pub mod http3;
pub mod line;
pub mod load;
pub mod page;
pub mod provider;
pub mod quic;
pub mod scripted;
pub mod service;
pub mod similarity;
pub mod stream;
pub mod system;
pub mod tcp;
pub mod tls;
pub mod translation;
pub mod udp;
pub mod variant;
pub mod wire;

use std::collections::BTreeMap;
use std::future::Future;

use tokio::time::Instant;

use plan::Planned;
use record::{Digest, Observation};

pub use failure::LocalFault;
pub use wire::Wire;

/// Whoever can perform a step.
pub trait Prober: Send + Sync + 'static {
    /// Performs a step of the job that began at `job_began`. A step that fails is data; `Err` means
    /// that this machine could not do its part.
    fn perform(
        &self,
        planned: &Planned,
        job_began: Instant,
    ) -> impl Future<Output = Result<Performed, LocalFault>> + Send;

    /// Returns whether the resolver that this line was given can be asked directly.
    fn has_provider_resolver(&self) -> bool {
        false
    }
}

/// What one step brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// What was seen.
    pub observation: Observation,
    /// The certificates that were shown, by their digest.
    pub certificates: BTreeMap<Digest, Vec<u8>>,
}
