//! Which address is where, and how long the way is.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::Port;

/// A provider's addresses and the measures of its network.
///
/// Provider p has 198.18.(16p).0 and fifteen /24 after it: the first for its own resolver, the
/// last but one for its hops, the last for its interception host, those between for customers.
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
}

impl Plan {
    /// Returns the address of customer `number`, counted from 1.
    pub fn customer(&self, number: u8) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(number), 10)
    }

    /// Returns the address of the provider's own resolver.
    pub fn resolver(&self) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(0), 53)
    }

    /// Returns the address of the interception host.
    pub fn mitm(&self) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(MITM), 1)
    }

    /// Returns the address of the router `number`, counted from the customer, from 1.
    pub fn hop(&self, number: u8) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(HOPS), number)
    }

    /// Returns the first address of the provider's /20.
    pub fn first(&self) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, self.third(0), 0)
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
    pub(super) fn port(&self, to: Ipv4Addr) -> Option<Port> {
        let [a, b, third, _] = to.octets();
        if (a, b) != (198, 18) || third & 0xf0 != self.third(0) {
            return Some(Port::World);
        }
        match third & 0x0f {
            number if number <= self.customers => Some(Port::Near(third)),
            MITM => Some(Port::Mitm),
            _ => None,
        }
    }

    /// Returns the wire that leads to a packet's sender.
    pub(super) fn port_of_sender(&self, packet: &[u8]) -> Option<Port> {
        let octets: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
        self.port(octets.into())
    }

    /// Returns the third byte of the `number`th of the provider's /24.
    pub fn third(&self, number: u8) -> u8 {
        self.provider * 16 + number
    }
}

/// How many customers a provider can have.
pub(crate) const MOST_CUSTOMERS: u8 = HOPS - 1;
/// How many providers there can be.
pub(crate) const MOST_PROVIDERS: usize = 15;

const HOPS: u8 = 14;
const MITM: u8 = 15;
