//! Translates packets between IPv6 and IPv4 (RFC 7915, of it what carries TCP and UDP and the errors
//! about them).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use etherparse::{Icmpv6Type, icmpv6};

use super::build::between;

/// Returns the address that stands for `ip` where there is only IPv6 (RFC 6052 §2.1).
pub fn embed(ip: Ipv4Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(PREFIX | u128::from(ip.to_bits()))
}

/// Returns the address that `ip` stands for, where it lies in `64:ff9b::/96`.
pub fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = u32::try_from(ip.to_bits() ^ PREFIX).ok()?;
    Some(low.into())
}

/// Who sends a packet by which protocol (6 is TCP, 17 is UDP).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End<A> {
    /// The protocol's number.
    pub protocol: u8,
    /// The address and port.
    pub at: A,
}

/// Returns who sends a packet of IPv6 with TCP or UDP in it, without headers in between.
pub fn sender_6(packet: &[u8]) -> Option<End<SocketAddrV6>> {
    let (head, body) = packet.split_first_chunk::<HEAD_6>()?;
    let protocol = head[6];
    let source: [u8; 16] = head[8..24].try_into().ok()?;
    let port = u16::from_be_bytes(*body.first_chunk()?);
    let carried = head[0] >> 4 == 6 && [TCP, UDP].contains(&protocol);
    carried.then(|| End { protocol, at: SocketAddrV6::new(source.into(), port, 0, 0) })
}

/// Returns to whom a packet of IPv4 with TCP or UDP in it goes, or about whose packet the error of
/// ICMP in it tells.
pub fn receiver_4(packet: &[u8]) -> Option<End<SocketAddrV4>> {
    let (head, body) = parts_4(packet)?;
    if head[9] == ICMP {
        let (quoted, body) = parts_4(body.get(ICMP_HEAD..)?)?;
        return end(quoted[9], &quoted[12..16], body.get(..2)?);
    }
    end(head[9], &head[16..20], body.get(2..4)?)
}

fn end(protocol: u8, address: &[u8], port: &[u8]) -> Option<End<SocketAddrV4>> {
    let address: [u8; 4] = address.try_into().ok()?;
    let port = u16::from_be_bytes(port.try_into().ok()?);
    let at = SocketAddrV4::new(address.into(), port);
    [TCP, UDP].contains(&protocol).then_some(End { protocol, at })
}

/// Makes a packet of IPv4 one that `from` seems to have sent; what it carries other than TCP and UDP stays
/// as it is.
pub fn from_sender(packet: &[u8], from: Ipv4Addr) -> Option<Vec<u8>> {
    readdress(packet, SENDER_4, from)
}

/// Makes a packet of IPv4 one for `to`.
pub fn for_receiver(packet: &[u8], to: Ipv4Addr) -> Option<Vec<u8>> {
    readdress(packet, RECEIVER_4, to)
}

/// Puts `ip` into a packet's head at `at`.
fn readdress(packet: &[u8], at: usize, ip: Ipv4Addr) -> Option<Vec<u8>> {
    let (head, _) = parts_4(packet)?;
    let length = usize::from(head[0] & 0x0f) * 4;
    let mut made = packet.to_vec();
    let (new_head, body) = made.split_at_mut_checked(length)?;
    let field = new_head.get_mut(at..at + 4)?;
    let old: [u8; 4] = (&*field).try_into().ok()?;
    field.copy_from_slice(&ip.octets());
    if [TCP, UDP].contains(&head[9]) {
        adjust(head[9], body, &old, &ip.octets())?;
    }
    new_head.get_mut(10..12)?.fill(0);
    let sum = !fold(words(new_head));
    new_head.get_mut(10..12)?.copy_from_slice(&sum.to_be_bytes());
    Some(made)
}

/// Makes IPv4 of a packet of IPv6 to an address that stands for one of IPv4, as if `from` had sent
/// it.
pub fn to_4(packet: &[u8], from: SocketAddrV4) -> Option<Vec<u8>> {
    let protocol = sender_6(packet)?.protocol;
    let (head, body) = packet.split_first_chunk::<HEAD_6>()?;
    let to: [u8; 16] = head[24..40].try_into().ok()?;
    let to = embedded(to.into())?;
    let mut body = body.to_vec();
    let old = [&head[8..40], body.get(..2)?].concat();
    body.get_mut(..2)?.copy_from_slice(&from.port().to_be_bytes());
    let new = [&from.ip().octets()[..], &to.octets(), body.get(..2)?].concat();
    adjust(protocol, &mut body, &old, &new)?;
    let total = u16::try_from(body.len() + HEAD_4).ok()?;
    let class = head[0] << 4 | head[1] >> 4;
    let mut made = vec![0x45, class];
    made.extend(total.to_be_bytes());
    // No fragments: DF.
    made.extend([0, 0, 0x40, 0, head[7], protocol, 0, 0]);
    made.extend(from.ip().octets());
    made.extend(to.octets());
    let sum = !fold(words(&made));
    made.get_mut(10..12)?.copy_from_slice(&sum.to_be_bytes());
    made.extend(body);
    Some(made)
}

/// Makes IPv6 of a packet of IPv4, as if it were for `to`: of TCP, UDP, or an error of ICMP about a
/// packet that `to` sent.
pub fn to_6(packet: &[u8], to: SocketAddrV6) -> Option<Vec<u8>> {
    let (head, body) = parts_4(packet)?;
    let from: [u8; 4] = head[12..16].try_into().ok()?;
    let from = embed(from.into());
    if head[9] == ICMP {
        return error_to_6(from, body, to);
    }
    let mut body = body.to_vec();
    let old = [&head[12..20], body.get(2..4)?].concat();
    body.get_mut(2..4)?.copy_from_slice(&to.port().to_be_bytes());
    let new = [&from.octets()[..], &to.ip().octets(), body.get(2..4)?].concat();
    adjust(head[9], &mut body, &old, &new)?;
    let length = u16::try_from(body.len()).ok()?;
    let mut made = head_6([head[1], head[9], head[8]], length, from, *to.ip());
    made.extend(body);
    Some(made)
}

/// Makes an error of `ICMPv6` of one of ICMP (RFC 7915 §4.2).
fn error_to_6(from: Ipv6Addr, error: &[u8], to: SocketAddrV6) -> Option<Vec<u8>> {
    let kind = match error.first_chunk()? {
        [11, _] => Icmpv6Type::TimeExceeded(icmpv6::TimeExceededCode::HopLimitExceeded),
        [3, 0 | 1] => Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::NoRoute),
        [3, 3] => Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Port),
        [3, 9 | 10 | 13] => {
            Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Prohibited)
        }
        _ => return None,
    };
    let (head, body) = parts_4(error.get(ICMP_HEAD..)?)?;
    let far: [u8; 4] = head[16..20].try_into().ok()?;
    let whole = u16::from_be_bytes([head[2], head[3]]);
    let length = whole.saturating_sub(u16::from(head[0] & 0x0f) * 4);
    let mut quoted = head_6([head[1], head[9], head[8]], length, *to.ip(), embed(far.into()));
    quoted.extend(to.port().to_be_bytes());
    quoted.extend(body.get(2..)?);
    let mut made = Vec::new();
    let builder = between(IpAddr::V6(from), SocketAddr::V6(to).ip());
    builder.icmpv6(kind).write(&mut made, &quoted).ok()?;
    Some(made)
}

fn head_6([class, next, limit]: [u8; 3], length: u16, from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    let mut head = vec![0x60 | class >> 4, class << 4, 0, 0];
    head.extend(length.to_be_bytes());
    head.extend([next, limit]);
    head.extend(from.octets());
    head.extend(to.octets());
    head
}

/// Parts a packet of IPv4 that is no fragment: its header without options, and what it carries.
fn parts_4(packet: &[u8]) -> Option<(&[u8; HEAD_4], &[u8])> {
    let head = packet.first_chunk::<HEAD_4>()?;
    let fragment = u16::from_be_bytes([head[6], head[7]]) & 0x3fff != 0;
    let body = packet.get(usize::from(head[0] & 0x0f) * 4..)?;
    (head[0] >> 4 == 4 && head[0] & 0x0f >= 5 && !fragment).then_some((head, body))
}

/// Changes the checksum of what `body` begins with by what became of the words it covers
/// (RFC 1624).
fn adjust(protocol: u8, body: &mut [u8], old: &[u8], new: &[u8]) -> Option<()> {
    let at = if protocol == TCP { 16 } else { 6 };
    let field = body.get_mut(at..at + 2)?;
    let before = u16::from_be_bytes([field[0], field[1]]);
    // Only IPv4 permits a datagram without one.
    if protocol == UDP && before == 0 {
        return None;
    }
    let removed: u32 = old.chunks(2).map(|two| u32::from(!word(two))).sum();
    let sum = !fold(u32::from(!before) + removed + words(new));
    let sum = if protocol == UDP && sum == 0 { u16::MAX } else { sum };
    field.copy_from_slice(&sum.to_be_bytes());
    Some(())
}

fn words(bytes: &[u8]) -> u32 {
    bytes.chunks(2).map(|two| u32::from(word(two))).sum()
}

fn word(two: &[u8]) -> u16 {
    match two {
        [high, low] => u16::from_be_bytes([*high, *low]),
        [high] => u16::from_be_bytes([*high, 0]),
        _ => 0,
    }
}

fn fold(mut sum: u32) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).unwrap_or(u16::MAX)
}

/// The well-known prefix (RFC 6052 §2.1).
const PREFIX: u128 = 0x0064_ff9b << 96;
const HEAD_4: usize = 20;
/// Where the addresses of IPv4 stand in its head.
const SENDER_4: usize = 12;
const RECEIVER_4: usize = 16;
const HEAD_6: usize = 40;
const ICMP_HEAD: usize = 8;
const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;

#[cfg(test)]
mod tests {
    use etherparse::{Icmpv6Slice, Ipv4HeaderSlice, NetSlice, SlicedPacket, TransportSlice};
    use proptest::prelude::*;

    use super::super::tests::{CLIENT_6, SERVER, SERVER_6, datagram, segment};
    use super::super::{Packet, Sort, host_unreachable, time_exceeded};
    use super::*;

    #[test]
    fn the_well_known_prefix_holds_every_address_of_ipv4() {
        let ip = Ipv4Addr::new(192, 0, 2, 33);

        assert_eq!(embed(ip).to_string(), "64:ff9b::c000:221");
        assert_eq!(embedded(embed(ip)), Some(ip));
        assert_eq!(embedded("64:ff9b:1::c000:221".parse().unwrap()), None);
        assert_eq!(embedded(Ipv6Addr::LOCALHOST), None);
    }

    #[test]
    fn a_packet_goes_and_its_answer_comes_with_right_checksums() {
        for made in [segment, |from, to, _: Sort, data: &[u8]| datagram(from, to, data)] {
            let out = to_4(&made(CLIENT_6, far(), Sort::Plain, b"odd"), GATE).unwrap();
            let back = made(SERVER, GATE.into(), Sort::Plain, b"answer");
            let end = receiver_4(&back).unwrap();
            let back = to_6(&back, client()).unwrap();

            let (out_read, back_read) = (Packet::read(&out).unwrap(), Packet::read(&back).unwrap());
            assert_eq!((out_read.from, out_read.to), (GATE.into(), SERVER));
            assert_eq!((back_read.from, back_read.to, end.at), (far(), CLIENT_6, GATE));
            assert!(is_right(&out) && is_right(&back));
            let head = Ipv4HeaderSlice::from_slice(&out).unwrap().to_header();
            assert_eq!(head.calc_header_checksum(), head.header_checksum);
        }
    }

    #[test]
    fn a_packet_with_another_address_has_right_checksums() {
        let (other, from) = (Ipv4Addr::new(198, 18, 31, 201), GATE.into());
        for made in [segment, |from, to, _: Sort, data: &[u8]| datagram(from, to, data)] {
            let packet = made(from, SERVER, Sort::Plain, b"odd");
            for changed in [from_sender(&packet, other), for_receiver(&packet, other)] {
                let changed = changed.unwrap();
                assert!(is_right(&changed));
                let head = Ipv4HeaderSlice::from_slice(&changed).unwrap().to_header();
                assert_eq!(head.calc_header_checksum(), head.header_checksum);
            }
        }
        assert_eq!(from_sender(&segment(CLIENT_6, far(), Sort::Plain, b"six"), other), None);
    }

    #[test]
    fn an_error_about_a_packet_reaches_its_sender() {
        let sent = segment(CLIENT_6, far(), Sort::Open, &[]);
        let out = to_4(&sent, GATE).unwrap();
        for (error, told) in [
            (time_exceeded([198, 18, 30, 2].into(), &out).unwrap(), [3, 0]),
            (host_unreachable(SERVER.ip(), &out).unwrap(), [1, 0]),
        ] {
            assert_eq!(receiver_4(&error).unwrap(), End { protocol: TCP, at: GATE });
            let error = to_6(&error, client()).unwrap();

            assert_eq!(error.get(40..42), Some(&told[..]));
            // The header, and the ports and the number behind it, as they were sent.
            assert_eq!(error.get(48..88 + 8), sent.get(..48));
            assert!(is_right(&error));
        }
    }

    #[test]
    fn what_cannot_be_translated_is_not() {
        let native = segment(CLIENT_6, SERVER_6, Sort::Open, &[]);
        let mut fragment = segment(SERVER, GATE.into(), Sort::Plain, b"x");
        fragment[6] = 0x20;

        assert_eq!(to_4(&native, GATE), None);
        assert_eq!(to_6(&fragment, client()), None);
        assert_eq!(receiver_4(&fragment), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_translator_panic(
            mut bytes in prop::collection::vec(any::<u8>(), 0..120), first in any::<bool>(),
            protocol in prop::sample::select(vec![ICMP, TCP, UDP]),
        ) {
            if let Some(byte) = bytes.first_mut() {
                *byte = if first { 0x45 } else { 0x60 };
            }
            if let Some(byte) = bytes.get_mut(if first { 9 } else { 6 }) {
                *byte = protocol;
            }
            let _ends = (sender_6(&bytes), receiver_4(&bytes));
            let _made = (to_4(&bytes, GATE), to_6(&bytes, client()));
        }
    }

    fn client() -> SocketAddrV6 {
        let SocketAddr::V6(client) = CLIENT_6 else { unreachable!("it has IPv6") };
        client
    }

    /// The server as a client sees it that has IPv6 alone.
    fn far() -> SocketAddr {
        let IpAddr::V4(ip) = SERVER.ip() else { unreachable!("it has IPv4") };
        SocketAddr::new(embed(ip).into(), SERVER.port())
    }

    fn is_right(bytes: &[u8]) -> bool {
        let sliced = SlicedPacket::from_ip(bytes).unwrap();
        match (&sliced.net, &sliced.transport) {
            (Some(NetSlice::Ipv4(ip)), Some(TransportSlice::Tcp(tcp))) => {
                let (from, to) = (ip.header().source(), ip.header().destination());
                tcp.calc_checksum_ipv4(from, to) == Ok(tcp.checksum())
            }
            (Some(NetSlice::Ipv6(ip)), Some(TransportSlice::Tcp(tcp))) => {
                let (from, to) = (ip.header().source(), ip.header().destination());
                tcp.calc_checksum_ipv6(from, to) == Ok(tcp.checksum())
            }
            (Some(NetSlice::Ipv4(ip)), Some(TransportSlice::Udp(udp))) => {
                let (from, to) = (ip.header().source(), ip.header().destination());
                let sum = udp.to_header().calc_checksum_ipv4_raw(from, to, udp.payload());
                sum == Ok(udp.checksum())
            }
            (Some(NetSlice::Ipv6(ip)), Some(TransportSlice::Udp(udp))) => {
                let (from, to) = (ip.header().source(), ip.header().destination());
                let sum = udp.to_header().calc_checksum_ipv6_raw(from, to, udp.payload());
                sum == Ok(udp.checksum())
            }
            (Some(NetSlice::Ipv6(ip)), Some(TransportSlice::Icmpv6(icmp))) => {
                let icmp: &Icmpv6Slice<'_> = icmp;
                icmp.is_checksum_valid(ip.header().source(), ip.header().destination())
            }
            other => panic!("{other:?}"),
        }
    }

    const GATE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(198, 18, 31, 64), 2000);
}
