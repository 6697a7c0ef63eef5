//! How addresses are written.

use std::net::{IpAddr, Ipv6Addr};

/// Unwraps IPv4 addresses that are written as IPv6: mapped ones, and those that networks without
/// IPv4 make up (NAT64, the well-known prefix `64:ff9b::/96` of RFC 6052).
pub fn plain(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = v6.segments() else {
        return v6.to_ipv4_mapped().map_or(ip, IpAddr::V4);
    };
    let mapped = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low);
    mapped.to_ipv4_mapped().map_or(ip, IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_made_up_by_nat64_is_the_one_it_stands_for() {
        for (written, meant) in [
            ("64:ff9b::c000:207", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("192.0.2.7", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
        ] {
            let written: IpAddr = written.parse().unwrap();

            assert_eq!(plain(written).to_string(), meant);
        }
    }
}
