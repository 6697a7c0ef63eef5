//! Censors: each a function of packets that keeps its state by flow.

mod address_drop;
mod build;
mod chain;
mod dns_deny;
mod dns_forge;
mod http_block_page;
mod intercept;
mod names;
mod question;
mod sni_drop;
mod sni_reset;
mod spec;
mod watch;

use std::time::Instant;

pub use address_drop::AddressDrop;
pub use build::{Censorship, build};
pub use chain::Chain;
pub use dns_deny::DnsDeny;
pub use dns_forge::DnsForge;
pub use http_block_page::HttpBlockPage;
pub use intercept::Intercept;
pub use names::Names;
pub use sni_drop::SniDrop;
pub use sni_reset::SniReset;
pub use spec::{CensorSpec, Chains, Place, Residual, Timing, Whom};

/// Which way a packet travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the provider's customers to the world.
    Out,
    /// From the world to the provider's customers.
    Back,
}

/// Forged packets, each with the way that it is sent from where the censor stands.
pub type Forged = Vec<(Way, Vec<u8>)>;

/// What a censor does with one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Lets it pass.
    Pass,
    /// Swallows it.
    Drop,
    /// Sends these, then lets it pass.
    Inject(Forged),
    /// Sends these in its stead.
    Replace(Forged),
    /// Hands it to the interception host, unchanged.
    Divert,
}

/// One rule of a censor. It keeps its state by flow, so that one flow's fate is not another's.
pub trait Censor: Send {
    /// Decides about one packet, of whatever protocol and however damaged.
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act;
}
