//! IPv4 packets as a censor sees them: what is in them, and the answers that it forges.

mod build;
mod ttl;

use std::net::SocketAddrV4;

use etherparse::{NetSlice, SlicedPacket, TransportSlice};

pub use build::{
    answer_data, answer_datagram, close_receiver, close_sender, host_unreachable, reset_receiver,
    reset_sender, time_exceeded,
};
pub use ttl::{destination, pass_hops};

/// A whole IPv4 packet with TCP or UDP in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Who sent it.
    pub from: SocketAddrV4,
    /// Whom it is for.
    pub to: SocketAddrV4,
    /// What it carries.
    pub body: Body<'a>,
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// A TCP segment.
    Tcp(Tcp<'a>),
    /// A UDP datagram.
    Udp(&'a [u8]),
}

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp<'a> {
    /// Its sequence number.
    pub seq: u32,
    /// The number it acknowledges.
    pub ack: u32,
    /// What it is for.
    pub sort: Sort,
    /// Its data.
    pub data: &'a [u8],
}

/// What a TCP segment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Opens a connection (SYN).
    Open,
    /// Accepts one (SYN and ACK).
    Accept,
    /// Ends one at once (RST).
    Reset,
    /// Says that no more data will come (FIN).
    Close,
    /// Everything else.
    Plain,
}

impl<'a> Packet<'a> {
    /// Reads a packet. None for IPv6, fragments, other protocols and damaged ones: a censor lets
    /// them pass.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let sliced = SlicedPacket::from_ip(bytes).ok()?;
        let Some(NetSlice::Ipv4(ip)) = &sliced.net else { return None };
        let (from, to) = (ip.header().source_addr(), ip.header().destination_addr());
        let (ports, body) = match sliced.transport? {
            TransportSlice::Tcp(tcp) => {
                let sort = match (tcp.rst(), tcp.syn(), tcp.ack(), tcp.fin()) {
                    (true, ..) => Sort::Reset,
                    (_, true, false, _) => Sort::Open,
                    (_, true, true, _) => Sort::Accept,
                    (.., true) => Sort::Close,
                    (..) => Sort::Plain,
                };
                let (seq, ack) = (tcp.sequence_number(), tcp.acknowledgment_number());
                let body = Body::Tcp(Tcp { seq, ack, sort, data: tcp.payload() });
                ((tcp.source_port(), tcp.destination_port()), body)
            }
            TransportSlice::Udp(udp) => {
                ((udp.source_port(), udp.destination_port()), Body::Udp(udp.payload()))
            }
            TransportSlice::Icmpv4(_) | TransportSlice::Icmpv6(_) => return None,
        };
        let from = SocketAddrV4::new(from, ports.0);
        Some(Self { from, to: SocketAddrV4::new(to, ports.1), body })
    }

    /// Returns the TCP segment in it.
    pub fn tcp(&self) -> Option<Tcp<'a>> {
        match self.body {
            Body::Tcp(tcp) => Some(tcp),
            Body::Udp(_) => None,
        }
    }

    /// Returns the UDP datagram in it.
    pub fn udp(&self) -> Option<&'a [u8]> {
        match self.body {
            Body::Udp(datagram) => Some(datagram),
            Body::Tcp(_) => None,
        }
    }
}

impl Tcp<'_> {
    /// Returns the sequence number that follows.
    pub fn next_seq(&self) -> u32 {
        let length = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        let extra = match self.sort {
            Sort::Open | Sort::Accept | Sort::Close => 1,
            Sort::Reset | Sort::Plain => 0,
        };
        self.seq.wrapping_add(length).wrapping_add(extra)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::net::Ipv4Addr;

    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    use super::*;

    pub(crate) const CLIENT: SocketAddrV4 =
        SocketAddrV4::new(Ipv4Addr::new(198, 18, 17, 10), 40_000);
    pub(crate) const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 21), 443);

    #[test]
    fn a_segment_is_read_as_it_was_built() {
        let bytes = segment(CLIENT, SERVER, Sort::Plain, b"hello");
        let packet = Packet::read(&bytes).unwrap();
        let tcp = packet.tcp().unwrap();

        assert_eq!((packet.from, packet.to), (CLIENT, SERVER));
        assert_eq!(
            (tcp.seq, tcp.ack, tcp.sort, tcp.data),
            (1000, 5000, Sort::Plain, &b"hello"[..])
        );
        assert_eq!(tcp.next_seq(), 1005);
    }

    #[test]
    fn other_protocols_are_nobody_s_packet() {
        let mut ping = Vec::new();
        let builder = PacketBuilder::ipv4([1, 2, 3, 4], [5, 6, 7, 8], 9).icmpv4_echo_request(1, 2);
        builder.write(&mut ping, b"x").unwrap();

        assert_eq!(Packet::read(&ping), None);
        assert_eq!(Packet::read(&[]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _read = Packet::read(&bytes);
        }

        #[test]
        fn no_damage_to_a_packet_makes_reading_panic(
            cut in 0_usize..60, at in 0_usize..60, value in any::<u8>(),
        ) {
            let mut bytes = segment(CLIENT, SERVER, Sort::Plain, b"some data here");
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            bytes.truncate(cut);

            let _read = Packet::read(&bytes);
        }
    }

    /// Builds a segment with sequence number 1000 that acknowledges 5000.
    pub(crate) fn segment(
        from: SocketAddrV4,
        to: SocketAddrV4,
        sort: Sort,
        data: &[u8],
    ) -> Vec<u8> {
        let builder = PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), 64).tcp(
            from.port(),
            to.port(),
            1000,
            64_000,
        );
        let builder = match sort {
            Sort::Open => builder.syn(),
            Sort::Accept => builder.syn().ack(5000),
            Sort::Reset => builder.rst(),
            Sort::Close => builder.fin().ack(5000),
            Sort::Plain => builder.ack(5000),
        };
        let mut bytes = Vec::new();
        builder.write(&mut bytes, data).unwrap();
        bytes
    }

    /// Builds a datagram.
    pub(crate) fn datagram(from: SocketAddrV4, to: SocketAddrV4, data: &[u8]) -> Vec<u8> {
        let builder = PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), 64);
        let mut bytes = Vec::new();
        builder.udp(from.port(), to.port()).write(&mut bytes, data).unwrap();
        bytes
    }
}
