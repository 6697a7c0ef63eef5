//! Packets that a censor or a router forges in answer to one that it saw.

use std::net::{IpAddr, SocketAddr};

use etherparse::{
    Icmpv4Type, Icmpv6Type, IpHeaders, PacketBuilder, PacketBuilderStep, TcpHeader, icmpv4, icmpv6,
};

use super::{Packet, Tcp, sender};

/// Builds the reset that tells the sender of `tcp` that the receiver ended the connection.
pub fn reset_sender(packet: &Packet<'_>, tcp: &Tcp<'_>) -> Vec<u8> {
    let answer = segment(packet.to, packet.from, tcp.ack);
    finish(answer.rst().ack(tcp.next_seq()), &[])
}

/// Builds the reset that tells the receiver of `tcp`, in its stead, that the sender ended the
/// connection: the segment itself must not reach the receiver, or the number would be wrong.
pub fn reset_receiver(packet: &Packet<'_>, tcp: &Tcp<'_>) -> Vec<u8> {
    finish(segment(packet.from, packet.to, tcp.seq).rst().ack(tcp.ack), &[])
}

/// Builds the segment that tells the sender of `tcp` that the receiver will send nothing more.
pub fn close_sender(packet: &Packet<'_>, tcp: &Tcp<'_>) -> Vec<u8> {
    finish(segment(packet.to, packet.from, tcp.ack).fin().ack(tcp.next_seq()), &[])
}

/// Builds the segment that tells the receiver of `tcp`, in its stead, that the sender will send
/// nothing more: the segment itself must not reach the receiver, or the number would be wrong.
pub fn close_receiver(packet: &Packet<'_>, tcp: &Tcp<'_>) -> Vec<u8> {
    finish(segment(packet.from, packet.to, tcp.seq).fin().ack(tcp.ack), &[])
}

/// Builds the segments with which the receiver of `tcp` would answer `data` and close.
pub fn answer_data(packet: &Packet<'_>, tcp: &Tcp<'_>, data: &[u8]) -> Vec<Vec<u8>> {
    let mut seq = tcp.ack;
    let chunks = data.chunks(MOST_DATA);
    let last = chunks.len().saturating_sub(1);
    let mut segments = Vec::new();
    for (at, chunk) in chunks.enumerate() {
        let part = segment(packet.to, packet.from, seq).psh().ack(tcp.next_seq());
        segments.push(finish(if at == last { part.fin() } else { part }, chunk));
        seq = seq.wrapping_add(u32::try_from(chunk.len()).unwrap_or(0));
    }
    segments
}

/// Builds the datagram with which the receiver of `packet` would answer `data`.
pub fn answer_datagram(packet: &Packet<'_>, data: &[u8]) -> Vec<u8> {
    let (from, to) = (packet.to, packet.from);
    let ip = between(from.ip(), to.ip());
    let mut bytes = Vec::new();
    let written = ip.udp(from.port(), to.port()).write(&mut bytes, data);
    written.expect("a censor's answers are far below the largest datagram");
    bytes
}

/// Builds the message with which the router `hop` tells the sender of `packet` that its time to
/// live is over; none for what is no packet of the version of `hop`.
pub fn time_exceeded(hop: IpAddr, packet: &[u8]) -> Option<Vec<u8>> {
    let four = Icmpv4Type::TimeExceeded(icmpv4::TimeExceededCode::TtlExceededInTransit);
    let six = Icmpv6Type::TimeExceeded(icmpv6::TimeExceededCode::HopLimitExceeded);
    told(hop, packet, four, six)
}

/// Builds the message with which the host `by` tells the sender of `packet` that there is no way to
/// the host it is for; none for what is no packet of the version of `by`.
pub fn host_unreachable(by: IpAddr, packet: &[u8]) -> Option<Vec<u8>> {
    let four = Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::Host);
    let six = Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Address);
    told(by, packet, four, six)
}

/// Builds an ICMP message from `by` about `packet`, to its sender.
fn told(by: IpAddr, packet: &[u8], four: Icmpv4Type, six: Icmpv6Type) -> Option<Vec<u8>> {
    let sender = sender(packet).filter(|sender| sender.is_ipv4() == by.is_ipv4())?;
    let builder = between(by, sender);
    let mut bytes = Vec::new();
    let written = if by.is_ipv4() {
        let header = usize::from(packet.first()? & 0x0f) * 4;
        // RFC 792: the header and the first eight bytes behind it.
        let quoted = packet.get(..packet.len().min(header + 8))?;
        builder.icmpv4(four).write(&mut bytes, quoted)
    } else {
        // RFC 4443 §3: as much as fits the smallest packet that every path must carry.
        let quoted = packet.get(..packet.len().min(LEAST_MTU - HEADERS_6))?;
        builder.icmpv6(six).write(&mut bytes, quoted)
    };
    written.ok()?;
    Some(bytes)
}

/// Begins a packet of the version that both addresses have.
pub(super) fn between(from: IpAddr, to: IpAddr) -> PacketBuilderStep<IpHeaders> {
    let six = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    };
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), TTL),
        (from, to) => PacketBuilder::ipv6(six(from), six(to), TTL),
    }
}

fn segment(from: SocketAddr, to: SocketAddr, seq: u32) -> PacketBuilderStep<TcpHeader> {
    between(from.ip(), to.ip()).tcp(from.port(), to.port(), seq, WINDOW)
}

fn finish(builder: PacketBuilderStep<TcpHeader>, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = builder.write(&mut bytes, data);
    written.expect("a segment of at most 1,400 bytes fits a packet");
    bytes
}

const TTL: u8 = 64;
const WINDOW: u16 = 64_240;
/// The packet that every path of IPv6 must carry (RFC 8200 §5).
const LEAST_MTU: usize = 1280;
/// An IPv6 header and one of `ICMPv6`.
const HEADERS_6: usize = 48;
/// Below the 1,460 bytes that fit an Ethernet frame, so that a tunnel changes nothing.
const MOST_DATA: usize = 1400;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use etherparse::{SlicedPacket, TransportSlice};

    use super::super::tests::{CLIENT, CLIENT_6, SERVER, SERVER_6, segment};
    use super::super::{Body, Sort};
    use super::*;

    #[test]
    fn resets_carry_the_numbers_that_each_side_expects() {
        let bytes = segment(CLIENT, SERVER, Sort::Plain, b"hello");
        let packet = Packet::read(&bytes).unwrap();
        let tcp = packet.tcp().unwrap();

        let (back, on) = (reset_sender(&packet, &tcp), reset_receiver(&packet, &tcp));
        let (back, on) = (Packet::read(&back).unwrap(), Packet::read(&on).unwrap());

        assert_eq!((back.from, back.to, on.from, on.to), (SERVER, CLIENT, CLIENT, SERVER));
        let (back, on) = (back.tcp().unwrap(), on.tcp().unwrap());
        assert_eq!((back.sort, back.seq, back.ack), (Sort::Reset, 5000, 1005));
        assert_eq!((on.sort, on.seq), (Sort::Reset, 1000));
    }

    #[test]
    fn closes_carry_the_numbers_that_each_side_expects() {
        let bytes = segment(CLIENT, SERVER, Sort::Plain, b"hello");
        let packet = Packet::read(&bytes).unwrap();
        let tcp = packet.tcp().unwrap();

        let (back, on) = (close_sender(&packet, &tcp), close_receiver(&packet, &tcp));
        let (back, on) = (Packet::read(&back).unwrap(), Packet::read(&on).unwrap());

        let (back, on) = (back.tcp().unwrap(), on.tcp().unwrap());
        assert_eq!((back.sort, back.seq, back.ack), (Sort::Close, 5000, 1005));
        assert_eq!((on.sort, on.seq, on.ack), (Sort::Close, 1000, 5000));
    }

    #[test]
    fn a_long_answer_is_cut_and_closed_with_the_last_part() {
        let bytes = segment(CLIENT, SERVER, Sort::Plain, b"GET");
        let packet = Packet::read(&bytes).unwrap();

        let parts = answer_data(&packet, &packet.tcp().unwrap(), &[7; 3000]);

        let read: Vec<_> = parts.iter().map(|part| Packet::read(part).unwrap()).collect();
        let sorts: Vec<_> = read.iter().map(|part| part.tcp().unwrap().sort).collect();
        let seqs: Vec<_> = read.iter().map(|part| part.tcp().unwrap().seq).collect();
        assert_eq!(sorts, [Sort::Plain, Sort::Plain, Sort::Close]);
        assert_eq!(seqs, [5000, 6400, 7800]);
        assert!(parts.iter().all(|part| checksum_is_right(part)));
    }

    #[test]
    fn a_router_quotes_the_packet_it_dropped() {
        let bytes = segment(CLIENT, SERVER, Sort::Plain, b"hello");

        let told = time_exceeded(Ipv4Addr::new(198, 18, 30, 2).into(), &bytes).unwrap();

        assert_eq!(told.get(28..), bytes.get(..28));
        assert_eq!(told.get(16..20), Some(&[198, 18, 17, 10][..]));
        assert_eq!(time_exceeded(Ipv4Addr::LOCALHOST.into(), &[0x45, 0]), None);
    }

    #[test]
    fn an_unreachable_host_is_told_of_with_the_packet_quoted() {
        let bytes = segment(CLIENT, SERVER, Sort::Open, &[]);

        let told = host_unreachable(SERVER.ip(), &bytes).unwrap();

        assert_eq!(told.get(20..22), Some(&[3, 1][..]));
        assert_eq!(told.get(28..), bytes.get(..28));
        assert_eq!(host_unreachable(SERVER.ip(), &[]), None);
    }

    #[test]
    fn over_ipv6_as_much_is_quoted_as_every_path_carries() {
        let short = segment(CLIENT_6, SERVER_6, Sort::Open, &[]);
        let long = segment(CLIENT_6, SERVER_6, Sort::Plain, &[7; 1400]);

        let died = time_exceeded(SERVER_6.ip(), &short).unwrap();
        let told = host_unreachable(SERVER_6.ip(), &long).unwrap();

        // RFC 4443: time exceeded (3) in transit (0); unreachable (1), the address (3).
        assert_eq!((died.get(40..42), died.get(48..)), (Some(&[3, 0][..]), Some(&short[..])));
        assert_eq!((told.get(40..42), told.len()), (Some(&[1, 3][..]), 1280));
        assert_eq!(time_exceeded(SERVER.ip(), &short), None);
        assert_eq!(time_exceeded(SERVER_6.ip(), &segment(CLIENT, SERVER, Sort::Open, &[])), None);
    }

    #[test]
    fn a_datagram_is_answered_from_where_it_was_sent() {
        let asked = super::super::tests::datagram(CLIENT, SERVER, b"question");
        let answer = answer_datagram(&Packet::read(&asked).unwrap(), b"answer");

        let read = Packet::read(&answer).unwrap();

        assert_eq!((read.from, read.to, read.body), (SERVER, CLIENT, Body::Udp(b"answer")));
    }

    fn checksum_is_right(bytes: &[u8]) -> bool {
        let sliced = SlicedPacket::from_ip(bytes).unwrap();
        let Some(TransportSlice::Tcp(tcp)) = &sliced.transport else { return false };
        let ip = [bytes.get(12..16), bytes.get(16..20)];
        let [from, to] = ip.map(|address| address.unwrap().try_into().unwrap());
        tcp.calc_checksum_ipv4(from, to) == Ok(tcp.checksum())
    }
}
