//! Censors as they are written in a scenario.

use std::net::{IpAddr, Ipv4Addr};

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
        /// The host that the name is made an alias of, where it is; on the path only.
        #[serde(default)]
        alias: Option<Host>,
    },
    /// Denies that names exist.
    DnsDeny {
        /// Which.
        names: Vec<Host>,
        /// Where the lie is told.
        #[serde(default, rename = "where")]
        place: Place,
    },
    /// Lets questions about names fail.
    DnsFail(DnsFailSpec),
    /// Swallows packets to addresses.
    AddressDrop(Whom),
    /// Refuses connections to addresses.
    TcpRefuse(Whom),
    /// Says of addresses that there is no way to them.
    TcpUnreachable(Whom),
    /// Swallows datagrams.
    UdpDrop(UdpDropSpec),
    /// Swallows flows whose ClientHello names a listed name.
    SniDrop(SniDropSpec),
    /// Resets flows whose ClientHello names a listed name.
    SniReset {
        /// Which.
        names: Vec<Host>,
    },
    /// Closes flows whose ClientHello names a listed name.
    SniClose {
        /// Which.
        names: Vec<Host>,
    },
    /// Slows flows down whose ClientHello names a listed name.
    SniThrottle {
        /// Which.
        names: Vec<Host>,
        /// Kilobits a second that pass; 0 lets nothing pass.
        rate_kbit: u32,
        /// Kilobytes from the server that pass before.
        #[serde(default)]
        after_kb: u32,
    },
    /// Slows flows down whose plain HTTP request is for a listed name.
    HttpThrottle {
        /// Which.
        names: Vec<Host>,
        /// Kilobits a second that pass; 0 lets nothing pass.
        rate_kbit: u32,
        /// Kilobytes from the server that pass before.
        #[serde(default)]
        after_kb: u32,
    },
    /// Slows flows down with servers at listed addresses.
    AddressThrottle {
        /// Which.
        addresses: Vec<IpAddr>,
        /// Kilobits a second that pass.
        rate_kbit: u32,
    },
    /// Carries everything to a host in a data centre, which speaks in the volunteer's place.
    Vpn {
        /// Names at whose first ClientHello it begins; at once where there are none.
        #[serde(default)]
        begins_with: Vec<Host>,
    },
    /// Swallows flows whose ClientHello is encrypted.
    EchDrop {},
    /// Swallows QUIC flows whose ClientHello names a listed name.
    QuicDrop {
        /// Which.
        names: Vec<Host>,
    },
    /// Ends TLS with a certificate of the lab's national authority.
    Intercept(InterceptSpec),
    /// Ends all TLS with certificates of an authority that is on no list and that the volunteer's own
    /// computer trusts, as programs against viruses do.
    LocalAntivirus {},
    /// Answers plain HTTP requests with the lab's block page.
    HttpBlockPage {
        /// For which names.
        names: Vec<Host>,
        /// With which status.
        #[serde(default = "forbidden")]
        status: u16,
    },
    /// Swallows plain HTTP requests.
    HttpDrop {
        /// For which names.
        names: Vec<Host>,
    },
    /// Resets plain HTTP requests.
    HttpReset {
        /// For which names.
        names: Vec<Host>,
    },
    /// Closes flows whose plain HTTP request is for a listed name.
    HttpClose {
        /// For which names.
        names: Vec<Host>,
    },
    /// Leads everybody to a page where one must log in, whatever the name.
    Portal {},
}

/// How lookups of names fail.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsFailSpec {
    /// Which names.
    pub names: Vec<Host>,
    /// Where.
    #[serde(default, rename = "where")]
    pub place: Place,
    /// How.
    #[serde(default)]
    pub how: Fails,
    /// For which type of record; on the path only.
    #[serde(default)]
    pub asked: Asked,
}

/// Which datagrams are swallowed: those for a port and an address of both lists; an empty list means
/// all.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UdpDropSpec {
    /// Ports.
    pub ports: Vec<u16>,
    /// Addresses.
    pub addresses: Vec<IpAddr>,
}

/// Which flows are swallowed for the name in their ClientHello, and what else.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SniDropSpec {
    /// Which names.
    pub names: Vec<Host>,
    /// Seconds for which more is swallowed after a hit.
    #[serde(default)]
    pub residual_s: u32,
    /// What more is swallowed.
    #[serde(default)]
    pub residual: Residual,
    /// Whose hello is read.
    #[serde(default)]
    pub side: Side,
    /// How much of it is read.
    #[serde(default)]
    pub reads: Reads,
    /// The number of the first flow with a listed name that is swallowed; those before pass.
    #[serde(default)]
    pub from_attempt: u32,
    /// How many of a thousand flows with a listed name are swallowed; all unless given.
    #[serde(default)]
    pub share_permille: Option<u16>,
}

/// Whose TLS is ended, and how.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterceptSpec {
    /// For which names.
    pub names: Vec<Host>,
    /// What the forged chains look like.
    #[serde(default)]
    pub chain: Chains,
    /// At which addresses.
    #[serde(default)]
    pub reach: Reach,
    /// Whether the authority is one of those that are known.
    #[serde(default)]
    pub authority: Listing,
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
    pub addresses: Vec<IpAddr>,
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
    /// It comes before the forged one, which loses the race.
    After,
}

/// How a lookup fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fails {
    /// With the answer that the server failed.
    #[default]
    Servfail,
    /// With the answer that the question is refused.
    Refused,
    /// Without an answer.
    Silent,
}

/// For which type of record lookups fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Asked {
    /// For all.
    #[default]
    All,
    /// For addresses of IPv4.
    A,
    /// For addresses of IPv6.
    #[serde(rename = "AAAA")]
    Aaaa,
}

/// Whose ClientHello a censor reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// That of the provider's customers.
    #[default]
    Out,
    /// That of whoever connects to them from outside as well.
    Both,
}

/// How much of a flow's beginning a censor reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// All segments, joined in their order.
    #[default]
    Stream,
    /// The first segment with data in it, and no further one.
    FirstSegment,
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
    /// All are valid, and the root is sent along.
    WithRoot,
    /// All are valid; the intermediate is not sent along.
    LeafOnly,
}

/// At which addresses TLS is intercepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// At those of the named sites.
    #[default]
    Site,
    /// At every address, so that a server of the project meets it too.
    Everywhere,
}

/// Whether the lab's lists know the authority that interception shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// They do.
    #[default]
    Listed,
    /// They do not.
    Unlisted,
}

impl CensorSpec {
    /// Returns what the chains look like that it shows; none where it shows none.
    pub fn chain(&self) -> Option<Chains> {
        if let Self::Intercept(spec) = self { Some(spec.chain) } else { None }
    }

    /// Returns whether it shows an authority that the lists must not know.
    pub fn is_unlisted(&self) -> bool {
        let unlisted = matches!(self, Self::Intercept(spec) if spec.authority == Listing::Unlisted);
        unlisted || matches!(self, Self::LocalAntivirus {})
    }
}

fn block_page() -> Ipv4Addr {
    BLOCK_PAGE
}

fn forbidden() -> u16 {
    403
}
