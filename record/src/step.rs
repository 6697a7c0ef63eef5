//! What the agent does next: one network action.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{Arm, Host, Target};

/// One network action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Step {
    /// Look a name up.
    Lookup(Lookup),
    /// Open a TCP connection, and close it again.
    Connect(Connect),
    /// Open a TCP connection and make a TLS handshake on it.
    Handshake(Handshake),
    /// Fetch one page over a fresh connection (TCP, for https TLS, then HTTP).
    Fetch(Fetch),
}

/// The part that a step plays in its job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Part {
    /// The screen: the one attempt at the target that every job makes.
    #[default]
    Screen,
    /// The known-good control C0 before the screen.
    Before,
    /// The known-good control C1 after the screen.
    After,
    /// A redirect's own steps; the first hop is 1.
    Hop {
        /// Which hop.
        number: u8,
    },
    /// An attempt of a confirm block on the target's address (T against S).
    SiteBlock {
        /// Counts this agent's blocks for this target in this hour, from 0.
        round: u32,
        /// Position in the block, 0 to 5.
        slot: u8,
        /// Whether this attempt carries the target's name.
        arm: Arm,
    },
    /// An attempt of the same contrast on the beacon (M against N).
    BeaconBlock {
        /// Counts this agent's blocks for this target in this hour, from 0.
        round: u32,
        /// Position in the block, 0 to 5.
        slot: u8,
        /// Whether this attempt carries the target's name.
        arm: Arm,
    },
}

/// Who is asked about a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resolver {
    /// `system`, or the resolver's id in `testlists/resolvers.toml`. Never an address: the address
    /// of a home's own resolver would give the volunteer away.
    pub id: String,
    /// How it is asked.
    pub transport: Transport,
}

/// How a resolver is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Through the system (`getaddrinfo`): what the user's browser would get.
    System,
    /// DNS over UDP, every datagram of the window kept.
    Udp,
    /// DNS over HTTPS (RFC 8484).
    Doh,
}

/// Look `name` up: its A and AAAA records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The name.
    pub name: Host,
    /// Who is asked.
    pub resolver: Resolver,
}

/// Open a TCP connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// Where to.
    pub to: SocketAddr,
}

/// Make a TLS handshake on a fresh TCP connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// Where to.
    pub to: SocketAddr,
    /// The name in the ClientHello.
    pub sni: Host,
}

/// Fetch one page on a fresh connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Where to.
    pub to: SocketAddr,
    /// What to ask for: scheme, Host header (and SNI) and path.
    pub url: Target,
}
