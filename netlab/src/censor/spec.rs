//! Censors as they are written in a scenario.

use std::net::Ipv4Addr;

use serde::Deserialize;

use record::Host;

use crate::internet::BLOCK_PAGE;

/// One censor of a provider.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum CensorSpec {
    /// Forges the address in DNS answers.
    DnsForge {
        /// Whose.
        names: Vec<Host>,
        /// Where the lie is told.
        #[serde(default, rename = "where")]
        place: Place,
        /// The false address; that of the lab's block page unless given.
        #[serde(default = "block_page")]
        address: Ipv4Addr,
        /// Whether the true answer follows; on the path only.
        #[serde(default)]
        timing: Timing,
    },
    /// Denies that names exist.
    DnsDeny {
        /// Which.
        names: Vec<Host>,
        /// Where the lie is told.
        #[serde(default, rename = "where")]
        place: Place,
    },
    /// Swallows packets to addresses.
    AddressDrop(Whom),
    /// Swallows flows whose ClientHello names a listed name.
    SniDrop {
        /// Which.
        names: Vec<Host>,
        /// Seconds for which more is swallowed after a hit.
        #[serde(default)]
        residual_s: u32,
        /// What more is swallowed.
        #[serde(default)]
        residual: Residual,
    },
    /// Resets flows whose ClientHello names a listed name.
    SniReset {
        /// Which.
        names: Vec<Host>,
    },
    /// Ends TLS with a certificate of the lab's national authority.
    Intercept {
        /// For which names; their true addresses are diverted.
        names: Vec<Host>,
        /// What the forged chains look like.
        #[serde(default)]
        chain: Chains,
    },
    /// Answers plain HTTP requests with the lab's block page.
    HttpBlockPage {
        /// For which names.
        names: Vec<Host>,
        /// With which status.
        #[serde(default = "forbidden")]
        status: u16,
    },
}

/// Addresses, given by themselves or by the names of the sites that live there.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whom {
    /// Names of sites of the lab's world.
    #[serde(default)]
    pub names: Vec<Host>,
    /// Addresses.
    #[serde(default)]
    pub addresses: Vec<Ipv4Addr>,
}

/// Where a lie about names is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// On the path, whichever resolver was asked.
    #[default]
    Path,
    /// By the provider's own resolver.
    Resolver,
}

/// Whether the true answer follows a forged one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// It does: the forged answer only comes first.
    #[default]
    Before,
    /// It does not: the question is swallowed.
    Instead,
}

/// What is swallowed for some time after a flow was hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residual {
    /// Connections with the same addresses and ports.
    #[default]
    Flow,
    /// Connections from the same address to the same address and port.
    Address,
}

/// What the chains that interception shows look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chains {
    /// All certificates are valid.
    #[default]
    Valid,
    /// The intermediate's time is over, as is often seen.
    Expired,
}

fn block_page() -> Ipv4Addr {
    BLOCK_PAGE
}

fn forbidden() -> u16 {
    403
}
