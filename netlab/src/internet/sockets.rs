//! Sockets at the lab's addresses: bound one by one, since other programs own their neighbours.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{TcpListener, TcpSocket, UdpSocket};

use crate::LabError;

/// Where the lab's addresses lie: at themselves, or in unit tests on loopback.
#[derive(Clone, Debug, Default)]
pub(super) enum Sockets {
    /// Each address is bound as it is; the namespace has routes for it.
    #[default]
    World,
    /// Each address is played by a port of 127.0.0.1 that the system chose.
    #[cfg_attr(not(test), expect(dead_code, reason = "unit tests play the world on loopback"))]
    Loopback(Places),
}

/// Who is played where.
type Places = Arc<Mutex<BTreeMap<(Protocol, SocketAddr), SocketAddr>>>;

/// TCP or UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Sockets {
    /// Listens for datagrams at `address`.
    pub(super) fn udp(&self, address: impl Into<IpAddr>, port: u16) -> Result<UdpSocket, LabError> {
        let address = address.into();
        let socket = self.datagrams(address, port)?;
        UdpSocket::from_std(socket)
            .map_err(LabError::failed(format!("listening for datagrams at {address}")))
    }

    /// Listens for datagrams at `address`; whoever reads them registers the socket.
    pub(super) fn datagrams(
        &self,
        address: impl Into<IpAddr>,
        port: u16,
    ) -> Result<std::net::UdpSocket, LabError> {
        let at = SocketAddr::new(address.into(), port);
        let open = || {
            let socket = std::net::UdpSocket::bind(self.place(at))?;
            socket.set_nonblocking(true)?;
            self.note(Protocol::Udp, at, socket.local_addr()?);
            Ok(socket)
        };
        open().map_err(LabError::failed::<io::Error>(format!("listening for datagrams at {at}")))
    }

    /// Listens for connections at `address`.
    pub(super) fn tcp(
        &self,
        address: impl Into<IpAddr>,
        port: u16,
    ) -> Result<TcpListener, LabError> {
        let at = SocketAddr::new(address.into(), port);
        let open = || {
            let place = self.place(at);
            let socket = match place {
                SocketAddr::V4(_) => TcpSocket::new_v4()?,
                SocketAddr::V6(_) => TcpSocket::new_v6()?,
            };
            // Connections of a lab that just ended may still be waiting for their last packets.
            socket.set_reuseaddr(true)?;
            socket.bind(place)?;
            let listener = socket.listen(BACKLOG)?;
            self.note(Protocol::Tcp, at, listener.local_addr()?);
            Ok(listener)
        };
        open().map_err(LabError::failed::<io::Error>(format!("listening at {at}")))
    }

    /// Makes `address` swallow every attempt to connect.
    pub(super) fn silent(&self, address: IpAddr, port: u16) -> Result<Silent, LabError> {
        let at = SocketAddr::new(address, port);
        let open = || {
            let place = self.place(at);
            let listener = Socket::new(Domain::for_address(place), Type::STREAM, None)?;
            listener.set_reuse_address(true)?;
            listener.bind(&SockAddr::from(place))?;
            listener.listen(0)?;
            let bound = listener.local_addr()?;
            // Linux drops each SYN for a socket whose queue is full; one connection fills this one.
            let queued = Socket::new(Domain::for_address(place), Type::STREAM, None)?;
            queued.connect_timeout(&bound, PATIENCE)?;
            if let Some(bound) = bound.as_socket() {
                self.note(Protocol::Tcp, at, bound);
            }
            Ok(Silent { _listener: listener, _queued: queued })
        };
        open().map_err(LabError::failed::<io::Error>(format!("falling silent at {at}")))
    }

    /// Returns the address to send to in order to reach the lab's `address`.
    pub(super) fn find(&self, protocol: Protocol, address: SocketAddr) -> SocketAddr {
        match self {
            Self::World => address,
            Self::Loopback(places) => {
                let places = places.lock().unwrap_or_else(PoisonError::into_inner);
                places.get(&(protocol, address)).copied().unwrap_or(NOWHERE)
            }
        }
    }

    fn place(&self, at: SocketAddr) -> SocketAddr {
        match self {
            Self::World => at,
            Self::Loopback(_) => SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }

    /// Notes that the lab's address `at` is played by `bound`.
    pub(super) fn note(&self, protocol: Protocol, at: SocketAddr, bound: SocketAddr) {
        match self {
            Self::World => {}
            Self::Loopback(places) => {
                let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
                places.insert((protocol, at), bound);
            }
        }
    }
}

/// An address that swallows every attempt to connect, until dropped.
#[derive(Debug)]
pub(super) struct Silent {
    _listener: Socket,
    _queued: Socket,
}

/// Nothing listens at port 1.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
const BACKLOG: u32 = 4096;
const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_silent_address_neither_accepts_nor_refuses() {
        let sockets = Sockets::Loopback(Arc::default());
        let silent = sockets.silent([203, 0, 113, 9].into(), 443).unwrap();
        let at = sockets.find(Protocol::Tcp, "203.0.113.9:443".parse().unwrap());

        let refused = TcpStream::connect_timeout(&at, Duration::from_millis(300)).unwrap_err();

        assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
        drop(silent);
        let refused = TcpStream::connect_timeout(&at, Duration::from_millis(300)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
}
