//! A router at home that names are asked of: it asks a resolver in its turn.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::DNS;
use super::service::{Ground, Service};
use super::sockets::Sockets;
use crate::LabError;

/// A router that hands questions on, until this handle is dropped.
#[derive(Debug)]
pub struct Router {
    _service: Service,
}

/// Starts a router on `ground` at `listen`, which asks the resolver at `upstream`.
pub(super) fn start(
    ground: &dyn Ground,
    sockets: &Sockets,
    listen: Ipv4Addr,
    upstream: IpAddr,
) -> Result<Router, LabError> {
    let sockets = sockets.clone();
    let prepare = move || {
        let socket = sockets.udp(listen, DNS)?;
        Ok(((), hand_on(socket, SocketAddr::new(upstream, DNS))))
    };
    let (service, ()) = Service::start(ground, "home router", prepare)?;
    Ok(Router { _service: service })
}

/// Hands every datagram on from a socket of its own, and the first answer back. Never returns.
async fn hand_on(socket: UdpSocket, upstream: SocketAddr) {
    let socket = Arc::new(socket);
    let open = Arc::new(Semaphore::new(MOST_OPEN));
    let mut buffer = [0; DATAGRAM];
    loop {
        // An error here is an ICMP message about an earlier answer.
        let Ok((size, from)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(question) = buffer.get(..size).map(<[u8]>::to_vec) else { continue };
        let Ok(place) = Arc::clone(&open).try_acquire_owned() else { continue };
        let socket = Arc::clone(&socket);
        drop(tokio::spawn(async move {
            if let Ok(Ok(answer)) = timeout(PATIENCE, ask(&question, upstream)).await {
                socket.send_to(&answer, from).await.ok();
            }
            drop(place);
        }));
    }
}

async fn ask(question: &[u8], upstream: SocketAddr) -> io::Result<Vec<u8>> {
    let any: IpAddr = match upstream {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(upstream).await?;
    socket.send(question).await?;
    let mut buffer = vec![0; DATAGRAM];
    let size = socket.recv(&mut buffer).await?;
    buffer.truncate(size);
    Ok(buffer)
}

const DATAGRAM: usize = 1500;
const PATIENCE: Duration = Duration::from_secs(5);
const MOST_OPEN: usize = 256;
