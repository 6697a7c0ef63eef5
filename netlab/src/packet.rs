//! IP packets of either version as a censor sees them: what is in them, and the answers that it
//! forges.

mod build;
mod translate;
mod ttl;

use std::net::{IpAddr, SocketAddr};

use etherparse::{NetSlice, SlicedPacket, TransportSlice};

pub use build::{
    answer_data, answer_datagram, close_receiver, close_sender, host_unreachable, reset_receiver,
    reset_sender, time_exceeded,
};
pub use translate::{
    End, embed, embedded, for_receiver, from_sender, receiver_4, sender_6, to_4, to_6,
};
pub use ttl::{destination, pass_hops, sender};

/// A whole packet with TCP or UDP in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Who sent it.
    pub from: SocketAddr,
    /// Whom it is for.
    pub to: SocketAddr,
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
    /// Reads a packet. None for fragments, other protocols and damaged ones: a censor lets them
    /// pass.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let sliced = SlicedPacket::from_ip(bytes).ok()?;
        let (from, to): (IpAddr, IpAddr) = match sliced.net.as_ref()? {
            NetSlice::Ipv4(ip) => {
                (ip.header().source_addr().into(), ip.header().destination_addr().into())
            }
            NetSlice::Ipv6(ip) => {
                (ip.header().source_addr().into(), ip.header().destination_addr().into())
            }
            NetSlice::Arp(_) => return None,
        };
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
        let from = SocketAddr::new(from, ports.0);
        Some(Self { from, to: SocketAddr::new(to, ports.1), body })
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
    use std::net::{Ipv4Addr, Ipv6Addr};

    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    use super::build::between;
    use super::*;

    pub(crate) const CLIENT: SocketAddr =
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 18, 17, 10)), 40_000);
    pub(crate) const SERVER: SocketAddr =
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 21)), 443);
    /// The client of provider 1 over IPv6.
    pub(crate) const CLIENT_6: SocketAddr =
        SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x1101, 0, 0, 0, 0, 0x10)), 40_000);
    pub(crate) const SERVER_6: SocketAddr =
        SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x113, 0, 0, 0, 0, 0x21)), 443);

    #[test]
    fn a_segment_is_read_as_it_was_built() {
        for (client, server) in [(CLIENT, SERVER), (CLIENT_6, SERVER_6)] {
            let bytes = segment(client, server, Sort::Plain, b"hello");
            let packet = Packet::read(&bytes).unwrap();
            let tcp = packet.tcp().unwrap();

            assert_eq!((packet.from, packet.to), (client, server));
            assert_eq!(
                (tcp.seq, tcp.ack, tcp.sort, tcp.data),
                (1000, 5000, Sort::Plain, &b"hello"[..])
            );
            assert_eq!(tcp.next_seq(), 1005);
        }
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
            six in any::<bool>(), cut in 0_usize..80, at in 0_usize..80, value in any::<u8>(),
        ) {
            let (client, server) = if six { (CLIENT_6, SERVER_6) } else { (CLIENT, SERVER) };
            let mut bytes = segment(client, server, Sort::Plain, b"some data here");
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            bytes.truncate(cut);

            let _read = Packet::read(&bytes);
        }
    }

    /// Builds a segment with sequence number 1000 that acknowledges 5000.
    pub(crate) fn segment(from: SocketAddr, to: SocketAddr, sort: Sort, data: &[u8]) -> Vec<u8> {
        let builder = between(from.ip(), to.ip()).tcp(from.port(), to.port(), 1000, 64_000);
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
    pub(crate) fn datagram(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let builder = between(from.ip(), to.ip());
        builder.udp(from.port(), to.port()).write(&mut bytes, data).unwrap();
        bytes
    }
}
