//! Which addresses are worth a connection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use record::plain;

/// Returns whether `ip` can be a public site's address.
///
/// Loopback, link-local, private and multicast addresses are never connected to, whoever gave them:
/// what answers there belongs to the volunteer's own home, and nothing of it may be recorded. Of an
/// address under the well-known prefix of translators (`64:ff9b::/96`, RFC 6052) the IPv4 address inside
/// counts. Documentation ranges count as public, since laboratories live in them.
pub fn is_public(ip: IpAddr) -> bool {
    match plain(ip) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [first, second, ..] = v4.octets();
    // 100.64.0.0/10 is the inside of a provider's address translation (RFC 6598).
    let shared = first == 100 && second & 0xc0 == 64;
    !(first == 0
        || first >= 224
        || shared
        || v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local())
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    !(v6.is_unspecified()
        || v6.is_loopback()
        || v6.is_multicast()
        || v6.is_unique_local()
        || v6.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inside_of_a_home_is_left_alone() {
        for ip in [
            "0.0.0.0",
            "10.10.34.35",
            "127.0.0.1",
            "100.64.3.2",
            "169.254.1.1",
            "172.16.0.1",
            "192.168.1.1",
            "224.0.0.251",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:192.168.1.1",
            "fd00::1",
            "fe80::1",
            "ff02::fb",
            "64:ff9b::192.168.1.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn public_and_documentation_addresses_are_tried() {
        for ip in [
            "1.1.1.1",
            "100.128.0.1",
            "192.0.2.7",
            "203.0.113.9",
            "2001:db8::1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
