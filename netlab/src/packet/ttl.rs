//! What a router does to a packet: nothing but its time to live.

use std::net::IpAddr;

/// Takes `hops` routers off the packet's time to live. When it ends on the way, returns how many
/// routers it passed until it died at the next one.
pub fn pass_hops(packet: &mut [u8], hops: u8) -> Result<(), u8> {
    if version(packet) == Some(6) {
        let Some(limit) = packet.get_mut(HOP_LIMIT) else { return Ok(()) };
        return spend(limit, hops);
    }
    let Some([_, _, _, _, _, _, _, _, ttl, protocol, high, low]) = packet.first_chunk_mut::<12>()
    else {
        return Ok(());
    };
    let old = u16::from_be_bytes([*ttl, *protocol]);
    spend(ttl, hops)?;
    // RFC 1624: the checksum changes by the difference of the 16-bit word that changed.
    let new = u16::from_be_bytes([*ttl, *protocol]);
    let sum = u16::from_be_bytes([*high, *low]);
    let mut changed = u32::from(!sum) + u32::from(!old) + u32::from(new);
    changed = (changed & 0xffff) + (changed >> 16);
    changed = (changed & 0xffff) + (changed >> 16);
    let folded = u16::try_from(changed & 0xffff).unwrap_or(0);
    [*high, *low] = (!folded).to_be_bytes();
    Ok(())
}

fn spend(left: &mut u8, hops: u8) -> Result<(), u8> {
    if *left <= hops {
        return Err(left.saturating_sub(1));
    }
    *left -= hops;
    Ok(())
}

/// Returns where a packet goes; none for what is no packet.
pub fn destination(packet: &[u8]) -> Option<IpAddr> {
    address(packet, 16, 24)
}

/// Returns who sent a packet; none for what is no packet.
pub fn sender(packet: &[u8]) -> Option<IpAddr> {
    address(packet, 12, 8)
}

/// Reads the address that stands at `four` in IPv4 and at `six` in IPv6.
fn address(packet: &[u8], four: usize, six: usize) -> Option<IpAddr> {
    match version(packet)? {
        4 => Some(<[u8; 4]>::try_from(packet.get(four..four + 4)?).ok()?.into()),
        6 => Some(<[u8; 16]>::try_from(packet.get(six..six + 16)?).ok()?.into()),
        _ => None,
    }
}

fn version(packet: &[u8]) -> Option<u8> {
    Some(packet.first()? >> 4)
}

/// Where the hop limit stands in an IPv6 header (RFC 8200 §3).
const HOP_LIMIT: usize = 7;

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use etherparse::Ipv4HeaderSlice;
    use proptest::prelude::*;

    use super::super::Sort;
    use super::super::tests::{CLIENT, CLIENT_6, SERVER, SERVER_6, segment};
    use super::super::time_exceeded;
    use super::*;

    #[test]
    fn a_packet_dies_at_the_hop_where_its_time_ends() {
        for (client, server, at) in [(CLIENT, SERVER, 8), (CLIENT_6, SERVER_6, 7)] {
            let mut bytes = segment(client, server, Sort::Open, &[]);
            assert_eq!(pass_hops(&mut bytes, 61), Ok(()));

            assert_eq!(bytes.get(at), Some(&3));
            assert_eq!(pass_hops(&mut bytes, 3), Err(2));
            assert_eq!(pass_hops(&mut bytes, 2), Ok(()));
            assert_eq!(pass_hops(&mut bytes, 1), Err(0));
        }
    }

    #[test]
    fn both_ends_of_a_packet_are_found_in_either_version() {
        for (client, server) in [(CLIENT, SERVER), (CLIENT_6, SERVER_6)] {
            let bytes = segment(client, server, Sort::Open, &[]);

            assert_eq!(sender(&bytes), Some(client.ip()));
            assert_eq!(destination(&bytes), Some(server.ip()));
        }
        assert_eq!(destination(&[0x50; 60]), None);
    }

    proptest! {
        #[test]
        fn the_checksum_stays_right(hops in 0_u8..64, port in any::<u16>()) {
            let mut to = SERVER;
            to.set_port(port);
            let mut bytes = segment(CLIENT, to, Sort::Open, &[]);

            pass_hops(&mut bytes, hops).unwrap();

            let header = Ipv4HeaderSlice::from_slice(&bytes).unwrap().to_header();
            prop_assert_eq!(header.calc_header_checksum(), header.header_checksum);
        }

        #[test]
        fn no_bytes_make_a_router_panic(
            mut bytes in prop::collection::vec(any::<u8>(), 0..40), hops in any::<u8>(),
        ) {
            let _passed = pass_hops(&mut bytes, hops);
            let _to = destination(&bytes);
            let _four = time_exceeded(Ipv4Addr::LOCALHOST.into(), &bytes);
            let _six = time_exceeded(Ipv6Addr::LOCALHOST.into(), &bytes);
        }
    }
}
