//! Censors: each a function of packets that keeps its state by flow.

mod address_drop;
mod build;
mod catch;
mod chain;
mod close;
mod dns_deny;
mod dns_fail;
mod dns_forge;
mod ech_drop;
mod ending;
mod http_block_page;
mod http_drop;
mod intercept;
mod names;
mod portal;
mod question;
mod quic_drop;
mod reset;
mod sni_drop;
mod spec;
mod tcp_refuse;
mod tcp_unreachable;
mod throttle;
mod udp_drop;
mod vpn;
mod watch;

use std::time::Instant;

pub use address_drop::AddressDrop;
pub use build::{Censorship, build};
pub use catch::Catch;
pub use chain::{Acted, Chain};
pub use close::Close;
pub use dns_deny::DnsDeny;
pub use dns_fail::DnsFail;
pub use dns_forge::DnsForge;
pub use ech_drop::EchDrop;
pub use http_block_page::HttpBlockPage;
pub use http_drop::HttpDrop;
pub use intercept::Intercept;
pub use names::Names;
pub use portal::Portal;
pub use quic_drop::QuicDrop;
pub use reset::Reset;
pub use sni_drop::SniDrop;
pub use spec::{
    Asked, CensorSpec, Chains, DnsFailSpec, Fails, InterceptSpec, Listing, Place, Reach, Reads,
    Residual, Side, SniDropSpec, Timing, UdpDropSpec, Whom,
};
pub use tcp_refuse::TcpRefuse;
pub use tcp_unreachable::TcpUnreachable;
pub use throttle::Throttle;
pub use udp_drop::UdpDrop;
pub use vpn::Vpn;

/// Which way a packet travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the provider's customers to the world.
    Out,
    /// From the world to the provider's customers.
    Back,
}

impl Way {
    /// Returns the other way.
    pub fn turned(self) -> Self {
        match self {
            Self::Out => Self::Back,
            Self::Back => Self::Out,
        }
    }
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
