//! Which address is where, and how long the way is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::Deserialize;

use super::Port;
use crate::packet::sender;

/// A provider's addresses and the measures of its network.
///
/// Provider p has 198.18.(16p).0 and fifteen /24 after it: the first for its own resolver, the
/// last but one for its hops, the last for its interception host and, from .128 on, for a data centre
/// that is none of its own, those between for customers.
/// Over IPv6 it has sixteen /48 from `2001:db8:1p00::` on (RFC 3849), in the same order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The provider's number, from 1 to 15.
    pub provider: u8,
    /// The numbers of its customers, from 1.
    pub customers: u8,
    /// How long a packet takes to the world or back.
    pub delay: Duration,
    /// Routers between a customer and the censor.
    pub hops_before: u8,
    /// Routers between the censor and the world.
    pub hops_after: u8,
    /// What its customers have of IPv6.
    pub ipv6: Ipv6,
    /// What of it the censor sees.
    pub censored: Versions,
}

/// Versions of the Internet Protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Versions {
    /// Both.
    #[default]
    Both,
    /// IPv4 alone.
    Ipv4,
    /// IPv6 alone.
    Ipv6,
}

impl Versions {
    /// Returns whether that of `ip` is among them.
    pub(super) fn cover(self, ip: IpAddr) -> bool {
        match self {
            Self::Both => true,
            Self::Ipv4 => ip.is_ipv4(),
            Self::Ipv6 => ip.is_ipv6(),
        }
    }
}

/// What a provider's customers have of IPv6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6 {
    /// Nothing.
    #[default]
    None,
    /// An address and a way to the world.
    Works,
    /// An address and a route, and the provider swallows what is sent by it.
    Broken,
    /// An address and a route, and the provider says that it leads nowhere (`ICMPv6`).
    Unreachable,
    /// An address and a way to the world, and nothing of IPv4: the provider's resolver makes up
    /// addresses for names that have none of IPv6 (DNS64), and its network translates (NAT64).
    Nat64,
    /// The same, and besides an address of IPv4 that the volunteer's machine makes up for programs
    /// that know nothing else (464XLAT, RFC 6877). In the lab it leads to the world by itself.
    Clat,
}

impl Ipv6 {
    /// Returns whether the provider makes addresses up and translates.
    pub fn is_translated(self) -> bool {
        match self {
            Self::Nat64 | Self::Clat => true,
            Self::None | Self::Works | Self::Broken | Self::Unreachable => false,
        }
    }
}

impl Plan {
    /// Returns the address of customer `number`, counted from 1.
    pub fn customer(&self, number: u8) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(number), 10)
    }

    /// Returns the addresses of customer `number`, counted from 1.
    pub fn addresses(&self, number: u8) -> Vec<IpAddr> {
        let (four, six) = (self.customer(number).into(), self.six(number, 0x10).into());
        match self.ipv6 {
            Ipv6::None => vec![four],
            Ipv6::Works | Ipv6::Broken | Ipv6::Unreachable | Ipv6::Clat => vec![four, six],
            Ipv6::Nat64 => vec![six],
        }
    }

    /// Returns the address of the provider's own resolver.
    pub fn resolver(&self) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(0), 53)
    }

    /// Returns the address that the provider's own resolver has over IPv6.
    pub fn resolver_6(&self) -> Ipv6Addr {
        self.six(0, 53)
    }

    /// Returns the address from which the world sees what was translated to IPv4.
    pub fn gate(&self) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(MITM), 64)
    }

    /// Returns the addresses of the interception host.
    pub fn mitm(&self) -> Vec<IpAddr> {
        let mut addresses = vec![Ipv4Addr::new(198, 18, self.third(MITM), 1).into()];
        if self.ipv6 != Ipv6::None {
            addresses.push(self.six(MITM, 1).into());
        }
        addresses
    }

    /// Returns the address of the router `number`, counted from the customer, from 1; of the same
    /// version as `like`.
    pub fn hop(&self, number: u8, like: IpAddr) -> IpAddr {
        match like {
            IpAddr::V4(_) => Ipv4Addr::new(198, 18, self.third(HOPS), number).into(),
            IpAddr::V6(_) => self.six(HOPS, number.into()).into(),
        }
    }

    /// Returns the ranges of all of the provider's addresses.
    pub fn ranges(&self) -> Vec<(IpAddr, u8)> {
        let mut ranges = vec![(Ipv4Addr::new(198, 18, self.third(0), 0).into(), 20)];
        if self.ipv6 != Ipv6::None {
            ranges.push((self.six(0, 0).into(), 40));
        }
        ranges
    }

    /// Returns the address `host` in the `number`th of the provider's /48.
    fn six(&self, number: u8, host: u16) -> Ipv6Addr {
        let third = SIX | u16::from(self.provider) << 8 | u16::from(number);
        Ipv6Addr::new(0x2001, 0xdb8, third, 0, 0, 0, 0, host)
    }

    /// Returns how many routers there are.
    pub fn hops(&self) -> u8 {
        self.hops_before + self.hops_after
    }

    /// Returns how long a packet takes between a customer and the censor.
    pub fn delay_before(&self) -> Duration {
        match u32::from(self.hops()) {
            0 => self.delay,
            hops => self.delay * u32::from(self.hops_before) / hops,
        }
    }

    /// Returns how long a packet takes between the censor and the world.
    pub fn delay_after(&self) -> Duration {
        self.delay - self.delay_before()
    }

    /// Returns the wire that leads to an address; none to the provider's own that nobody has.
    pub(super) fn port(&self, to: IpAddr) -> Option<Port> {
        if to == IpAddr::V4(self.gate()) {
            return Some(Port::Gate);
        }
        let number = match to {
            IpAddr::V4(to) => {
                let [a, b, third, _] = customer_behind(to).unwrap_or(to).octets();
                ((a, b) == (198, 18) && third & 0xf0 == self.third(0)).then_some(third & 0x0f)
            }
            IpAddr::V6(to) => {
                let [a, b, third, ..] = to.segments();
                let own = SIX | u16::from(self.provider) << 8;
                let low = u8::try_from(third & 0xff).ok();
                low.filter(|_| (a, b, third & 0xff00) == (0x2001, 0xdb8, own))
            }
        };
        match number {
            None => Some(Port::World),
            Some(number) if number <= self.customers => Some(Port::Near(self.third(number))),
            Some(MITM) => Some(Port::Mitm),
            Some(_) => None,
        }
    }

    /// Returns the wire that leads to a packet's sender.
    pub(super) fn port_of_sender(&self, packet: &[u8]) -> Option<Port> {
        self.port(sender(packet)?)
    }

    /// Returns the third byte of the `number`th of the provider's /24.
    pub fn third(&self, number: u8) -> u8 {
        self.provider * 16 + number
    }
}

/// Returns the address in a data centre from which a tunnel lets the customer at `customer` speak. For the
/// lab's convenience it is one of its provider's last addresses; the tables give these another network.
pub(crate) fn exit_of(customer: Ipv4Addr) -> Option<Ipv4Addr> {
    let [a, b, third, last] = customer.octets();
    let number = third & 0x0f;
    let is_customer = (a, b, last) == (198, 18, 10) && (1..HOPS).contains(&number);
    is_customer.then(|| Ipv4Addr::new(a, b, third | MITM, EXITS + number))
}

/// Returns the customer who speaks from `exit`.
pub(crate) fn customer_behind(exit: Ipv4Addr) -> Option<Ipv4Addr> {
    let [a, b, third, last] = exit.octets();
    let number = last.checked_sub(EXITS).filter(|number| (1..HOPS).contains(number))?;
    ((a, b) == (198, 18) && third & 0x0f == MITM)
        .then(|| Ipv4Addr::new(a, b, third & 0xf0 | number, 10))
}

/// How many customers a provider can have.
pub(crate) const MOST_CUSTOMERS: u8 = HOPS - 1;
/// How many providers there can be.
pub(crate) const MOST_PROVIDERS: usize = 15;

const HOPS: u8 = 14;
const MITM: u8 = 15;
/// The last byte before those of a data centre's addresses.
const EXITS: u8 = 200;
/// The first of the third words of the addresses that providers have over IPv6.
const SIX: u16 = 0x1000;
