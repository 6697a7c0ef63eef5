//! What a router does to a packet: nothing but its time to live.

use std::net::Ipv4Addr;

/// Takes `hops` routers off the packet's time to live. When it ends on the way, returns how many
/// routers it passed until it died at the next one.
pub fn pass_hops(packet: &mut [u8], hops: u8) -> Result<(), u8> {
    let Some([_, _, _, _, _, _, _, _, ttl, protocol, high, low]) = packet.first_chunk_mut::<12>()
    else {
        return Ok(());
    };
    if *ttl <= hops {
        return Err(ttl.saturating_sub(1));
    }
    // RFC 1624: the checksum changes by the difference of the 16-bit word that changed.
    let old = u16::from_be_bytes([*ttl, *protocol]);
    *ttl -= hops;
    let new = u16::from_be_bytes([*ttl, *protocol]);
    let sum = u16::from_be_bytes([*high, *low]);
    let mut changed = u32::from(!sum) + u32::from(!old) + u32::from(new);
    changed = (changed & 0xffff) + (changed >> 16);
    changed = (changed & 0xffff) + (changed >> 16);
    let folded = u16::try_from(changed & 0xffff).unwrap_or(0);
    [*high, *low] = (!folded).to_be_bytes();
    Ok(())
}

/// Returns where an IPv4 packet goes; none for anything else.
pub fn destination(packet: &[u8]) -> Option<Ipv4Addr> {
    if packet.first()? >> 4 != 4 {
        return None;
    }
    let octets: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
    Some(Ipv4Addr::from(octets))
}

#[cfg(test)]
mod tests {
    use etherparse::Ipv4HeaderSlice;
    use proptest::prelude::*;

    use super::super::Sort;
    use super::super::tests::{CLIENT, SERVER, segment};
    use super::*;

    #[test]
    fn a_packet_dies_at_the_hop_where_its_time_ends() {
        let mut bytes = segment(CLIENT, SERVER, Sort::Open, &[]);
        assert_eq!(pass_hops(&mut bytes, 61), Ok(()));

        assert_eq!(bytes.get(8), Some(&3));
        assert_eq!(pass_hops(&mut bytes, 3), Err(2));
        assert_eq!(pass_hops(&mut bytes, 2), Ok(()));
        assert_eq!(pass_hops(&mut bytes, 1), Err(0));
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
            let _told = super::super::time_exceeded(Ipv4Addr::LOCALHOST, &bytes);
        }
    }
}
