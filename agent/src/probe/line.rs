//! Which of this machine's addresses leads out: tells whether the line changed during a run.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// Returns the address that packets would leave from, as the routing table says; sends nothing.
///
/// It is compared in memory and never written down.
pub fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // Any public address will do: connecting a UDP socket only asks for the route.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}
