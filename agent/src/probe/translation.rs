//! Reaches IPv4 through a network's translator (NAT64), where this machine has no IPv4 of its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The first 96 bits under which a network's translator knows IPv4 addresses (RFC 6052 §2.2).
///
/// What is recorded names the address that was meant, not the one that the network made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Translation(Ipv6Addr);

impl Translation {
    /// Reads it off the addresses that a resolver made up for `ipv4only.arpa`, which has none of IPv6
    /// (RFC 7050 §3); none where no prefix of 96 bits explains any of them.
    pub fn of(addresses: &[IpAddr]) -> Option<Self> {
        addresses.iter().find_map(|ip| {
            let IpAddr::V6(v6) = ip else { return None };
            let prefix = Self(*v6);
            WELL_KNOWN.into_iter().any(|known| prefix.embed(known) == *v6).then_some(prefix)
        })
    }

    /// Returns where to go for `to`.
    pub fn way_to(self, to: SocketAddr) -> SocketAddr {
        match to {
            SocketAddr::V4(v4) => SocketAddr::new(self.embed(*v4.ip()).into(), v4.port()),
            SocketAddr::V6(_) => to,
        }
    }

    fn embed(self, v4: Ipv4Addr) -> Ipv6Addr {
        let prefix = self.0.to_bits() & !u128::from(u32::MAX);
        Ipv6Addr::from_bits(prefix | u128::from(v4.to_bits()))
    }
}

/// The addresses of `ipv4only.arpa` (RFC 7050 §2.2).
const WELL_KNOWN: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 170), Ipv4Addr::new(192, 0, 0, 171)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_read_off_a_made_up_address_and_leads_to_others() {
        for (made_up, way) in [
            ("64:ff9b::c000:aa", "[64:ff9b::c000:207]:443"),
            ("2001:db8:64::c000:ab", "[2001:db8:64::c000:207]:443"),
        ] {
            let addresses = ["192.0.0.170", made_up].map(|ip| ip.parse().unwrap());

            let translation = Translation::of(&addresses).unwrap();

            let to = translation.way_to("192.0.2.7:443".parse().unwrap());
            assert_eq!(to.to_string(), way);
        }
    }

    #[test]
    fn what_no_prefix_of_96_bits_explains_is_no_translation_and_ipv6_stays_as_it_is() {
        let other: Vec<IpAddr> =
            ["192.0.0.170", "2001:db8::7"].map(|ip| ip.parse().unwrap()).to_vec();
        let known = Translation::of(&["64:ff9b::192.0.0.171".parse().unwrap()]).unwrap();
        let six: SocketAddr = "[2001:db8::7]:443".parse().unwrap();

        assert_eq!(Translation::of(&other), None);
        assert_eq!(known.way_to(six), six);
    }
}
