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
    /// Look up how a site wants to be reached: its HTTPS records (RFC 9460).
    Service(ServiceLookup),
    /// Make a TLS handshake with a ClientHello that is shaped otherwise.
    Variant(Variant),
    /// Make a QUIC handshake (RFC 9001).
    Quic(Quic),
    /// Fetch one page over a fresh QUIC connection with HTTP/3 (RFC 9114).
    Http3(Fetch),
    /// Load a known number of bytes from the beacon under a name, to see how fast they come.
    Load(Load),
    /// Send a ClientHello with growing hop limits, to see how far away something answers.
    Hops(Hops),
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
    /// An attempt of a confirm block by another contrast.
    Block {
        /// Which contrast.
        on: Contrast,
        /// Counts this agent's blocks for this target in this hour, from 0.
        round: u32,
        /// Position in the block, 0 to 5.
        slot: u8,
        /// Whether this attempt carries the target's name.
        arm: Arm,
    },
    /// A variation that tells more about a failure: one a variation, outside of every block.
    Variation,
    /// The target's own visit over QUIC, beside the one over TCP.
    OverQuic,
}

/// The contrasts beside the handshakes and requests over TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// QUIC handshakes on the target's address.
    SiteQuic,
    /// QUIC handshakes on the beacon.
    BeaconQuic,
    /// Loads of the same object from the beacon.
    BeaconLoad,
    /// TLS handshakes on the target's address, all for the target's name: encrypted (ECH) where the
    /// arm is named, in the open where it is neutral.
    SiteEncrypted,
    /// TLS handshakes on another address of the target's than that of the site's block: one where
    /// the name failed, while it was reached at that one.
    SiteElsewhere,
}

impl Contrast {
    /// All contrasts, in the order in which they were published.
    pub const ALL: [Self; 5] = [
        Self::SiteQuic,
        Self::BeaconQuic,
        Self::BeaconLoad,
        Self::SiteEncrypted,
        Self::SiteElsewhere,
    ];

    /// Returns the published word; the order of a block is drawn with it.
    pub fn word(self) -> &'static str {
        match self {
            Self::SiteQuic => "site_quic",
            Self::BeaconQuic => "beacon_quic",
            Self::BeaconLoad => "beacon_load",
            Self::SiteEncrypted => "site_encrypted",
            Self::SiteElsewhere => "site_elsewhere",
        }
    }
}

/// Who is asked about a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resolver {
    /// [`Resolver::SYSTEM`], [`Resolver::PROVIDER`], [`Resolver::NOBODY`], or the resolver's id in
    /// `testlists/resolvers.toml`. Never an address: the address of a home's own resolver would
    /// give the volunteer away.
    pub id: String,
    /// How it is asked.
    pub transport: Transport,
}

impl Resolver {
    /// What the system asks by itself, hosts file and caches included.
    pub const SYSTEM: &'static str = "system";
    /// The resolver that this line was given, asked directly.
    pub const PROVIDER: &'static str = "provider";
    /// An address outside that runs no resolver: whatever answers was injected on the way.
    pub const NOBODY: &'static str = "nobody";
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

/// Look up the HTTPS records of `name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLookup {
    /// The name.
    pub name: Host,
    /// Who is asked.
    pub resolver: Resolver,
}

/// Make a TLS handshake with a ClientHello that is shaped otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Where to.
    pub to: SocketAddr,
    /// The name that the handshake is for.
    pub name: Host,
    /// How its ClientHello is shaped.
    pub hello: Hello,
}

/// How a ClientHello is shaped. An ordinary one is sent whole and carries the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Hello {
    /// The same as ever, cut into two TCP segments inside the name.
    Split,
    /// Without a name (no `server_name` extension).
    Nameless,
    /// With the name encrypted (ECH, RFC 9849) by the site's published key.
    Encrypted {
        /// The `ECHConfigList` of the site's HTTPS record, base64, at most 4 kB.
        config: String,
    },
}

/// Make a QUIC handshake on a fresh socket, ALPN `h3`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quic {
    /// Where to.
    pub to: SocketAddr,
    /// The name in the ClientHello.
    pub sni: Host,
}

/// Load bytes from the beacon under a name, whatever certificate it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// The beacon.
    pub to: SocketAddr,
    /// The name in the ClientHello, or in the Host header where there is no TLS.
    pub name: Host,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// How many bytes are asked for, at most 1 MiB.
    pub bytes: u32,
}

/// Send the ClientHello with growing hop limits on connections that were set up with the usual one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hops {
    /// Where to.
    pub to: SocketAddr,
    /// The name in the ClientHello.
    pub sni: Host,
    /// The largest hop limit that is tried, at most 32.
    pub most: u8,
}
