//! What is in the lab's world, as data: sites with their addresses, categories and behaviour.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use record::{Host, Target};

use super::authority::Flaw;
use super::sites;
use crate::LabError;
use crate::programs::{COLLECTOR, COLLECTOR_HOST};

/// What is in the world.
#[derive(Clone, Debug, Default)]
pub struct WorldSpec {
    /// Its sites.
    pub sites: Vec<Site>,
    /// Names of further servers, which run elsewhere.
    pub hosts: BTreeMap<Host, Ipv4Addr>,
    /// The networks that some sites treat otherwise than the rest of the world.
    pub near: Near,
}

impl WorldSpec {
    /// Returns the world that scenarios and the demo play in.
    pub fn standard() -> Self {
        let collector = COLLECTOR_HOST.parse().expect("the text is a host name");
        Self {
            sites: sites::standard(),
            hosts: [(collector, *COLLECTOR.ip())].into(),
            near: Near::default(),
        }
    }

    /// Returns all sites.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Returns the site of that name.
    pub fn site(&self, host: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.host.as_str() == host)
    }

    /// Returns the sites that share an address with others, or none of them: by address.
    pub(super) fn by_address(&self) -> Result<BTreeMap<IpAddr, Vec<&Site>>, LabError> {
        let mut found: BTreeMap<IpAddr, Vec<&Site>> = BTreeMap::new();
        for site in self.sites.iter().filter(|site| site.behaviour != Behaviour::Elsewhere) {
            for address in site.addresses.iter().chain(&site.nearby) {
                found.entry(*address).or_default().push(site);
            }
        }
        let crowded = found.values().find_map(|sites| {
            sites.iter().find(|site| site.behaviour.is_down() && sites.len() > 1)
        });
        match crowded {
            None => Ok(found),
            Some(site) => {
                let host = &site.host;
                Err(LabError::Wrong(format!("{host} is down: it needs an address of its own")))
            }
        }
    }
}

/// One site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name.
    pub host: Host,
    /// The name that its own is an alias (CNAME) of, where it is one.
    pub alias: Option<Host>,
    /// Names on the way to that one, each an alias of the next.
    pub via: Vec<Host>,
    /// What its pages are titled.
    pub title: String,
    /// Its addresses; other sites may have the same.
    pub addresses: Vec<IpAddr>,
    /// Further addresses that its name has, and that swallow connection attempts.
    pub dead: Vec<IpAddr>,
    /// The addresses that its zone tells to those who ask from near, where they differ.
    pub nearby: Vec<IpAddr>,
    /// How it is read.
    pub scheme: Scheme,
    /// The id of its category.
    pub category: String,
    /// Whether it is benign and fit to stand beside targets as a known-good control.
    pub known_good: bool,
    /// What it does to everybody, wherever they are.
    pub behaviour: Behaviour,
    /// What is wrong with its certificate.
    pub flaw: Flaw,
    /// How its addresses make handshakes.
    pub handshake: Handshake,
    /// Whether it answers over QUIC too, and says so over TLS and in its HTTPS record.
    pub http3: bool,
    /// The outer name of its encrypted hellos, where its HTTPS record offers them.
    pub ech: Option<Host>,
}

impl Site {
    /// Makes a site read over https that works and whose certificate is good.
    pub fn new(host: Host, title: &str, category: &str, addresses: Vec<IpAddr>) -> Self {
        Self {
            host,
            alias: None,
            via: Vec::new(),
            title: title.to_owned(),
            addresses,
            dead: Vec::new(),
            nearby: Vec::new(),
            scheme: Scheme::Https,
            category: category.to_owned(),
            known_good: false,
            behaviour: Behaviour::Normal,
            flaw: Flaw::None,
            handshake: Handshake::Usual,
            http3: false,
            ech: None,
        }
    }

    /// Returns whether it is read over https.
    pub fn https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Returns the target that stands for it on a list.
    pub fn target(&self) -> Target {
        let scheme = if self.https() { "https" } else { "http" };
        let target = format!("{scheme}://{}/", self.host);
        target.parse().expect("a host makes a target with either scheme")
    }

    /// Returns every address that its name has.
    pub(super) fn named(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.addresses.iter().chain(&self.dead).copied()
    }

    /// Returns whether it works and its certificate is good.
    pub fn is_plain(&self) -> bool {
        self.behaviour == Behaviour::Normal && self.flaw == Flaw::None
    }
}

/// How a site is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Over TLS; plain HTTP redirects there.
    Https,
    /// Over plain HTTP only.
    Http,
}

/// What a site does to everybody, wherever they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers with its page.
    Normal,
    /// Redirects to another page.
    Redirect(Target),
    /// Answers with this status and a page that asks for proof of being human.
    Status(u16),
    /// Its address refuses connections.
    Refused,
    /// Its address swallows connection attempts.
    Silent,
    /// Answers with its page, late.
    Slow(Duration),
    /// Answers at `/` with this status and this `Location`, whatever it says; elsewhere with its page.
    Sends(u16, &'static str),
    /// Redirects so many times within itself, then answers with its page.
    Winding(u8),
    /// Answers with a page of so many bytes.
    Large(usize),
    /// Announces its page, sends so many bytes of it, and falls silent.
    Stalls(usize),
    /// Answers with a page of no bytes.
    Empty,
    /// Answers with a page that stands on the lab's list of such pages.
    ListedPage,
    /// Answers those who ask from near otherwise; the rest of the world gets its page.
    RefusesNear(Refusal),
    /// Has no server of its own: its address, if it has one, is another's.
    Elsewhere,
}

/// How those who ask from near are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// With 403 and a page that names their country as the reason.
    Page,
    /// With this status and a page that asks for proof of being human.
    Challenge(u16),
    /// By closing the connection at the ClientHello.
    Close,
    /// By the alert `access_denied` at the ClientHello.
    Alert,
}

/// How an address makes handshakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// With TLS 1.2 or 1.3, and to completion whatever name is asked for.
    Usual,
    /// With TLS 1.2 only.
    OnlyTls12,
    /// As usual, but a name that is not there meets the alert `unrecognized_name`.
    AlertsUnknown,
    /// As usual, but a name that is not there meets a reset.
    ResetsUnknown,
}

/// Some networks, as one range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    network: Ipv4Addr,
    bits: u32,
}

impl Near {
    /// Makes the range of all addresses that begin with `bits` bits of `network`.
    pub fn new(network: Ipv4Addr, bits: u32) -> Self {
        Self { network, bits }
    }

    /// Returns whether `address` lies in it.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else { return false };
        let differing = address.to_bits() ^ self.network.to_bits();
        differing.leading_zeros() >= self.bits
    }
}

impl Default for Near {
    /// All of the lab's providers (RFC 2544).
    fn default() -> Self {
        Self::new(Ipv4Addr::new(198, 18, 0, 0), 15)
    }
}

impl Behaviour {
    /// Returns whether nothing answers at the site's address.
    pub fn is_down(&self) -> bool {
        matches!(self, Self::Refused | Self::Silent)
    }
}
