//! Ranges of addresses as lists write them.

use std::net::IpAddr;

/// Returns whether `ip` lies in `range`, such as `10.0.0.0/8`; never in a range that is no range.
pub(crate) fn holds(range: &str, ip: IpAddr) -> bool {
    let Some((first, bits)) = range.split_once('/') else {
        return range.parse() == Ok(ip);
    };
    let (Ok(first), Ok(bits)) = (first.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    match (first, ip) {
        (IpAddr::V4(first), IpAddr::V4(ip)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            first.to_bits() & mask == ip.to_bits() & mask
        }
        (IpAddr::V6(first), IpAddr::V6(ip)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            first.to_bits() & mask == ip.to_bits() & mask
        }
        (IpAddr::V4(_) | IpAddr::V6(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        for (range, ip, wanted) in [
            ("10.0.0.0/8", "10.10.34.35", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("192.0.2.1/32", "192.0.2.1", true),
            ("192.0.2.1/32", "192.0.2.2", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "192.0.2.1", false),
            ("::/0", "2001:db8::1", true),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("ten/8", "10.0.0.0", false),
            ("", "10.0.0.0", false),
        ] {
            assert_eq!(holds(range, ip.parse().unwrap()), wanted, "{range} {ip}");
        }
    }
}
