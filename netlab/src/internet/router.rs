//! A router at home that names are asked of: it asks a resolver in its turn.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::DNS;
use super::dns::each;
use super::service::{Ground, Service};
use super::sockets::{Protocol, Sockets};
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
        let upstream = sockets.find(Protocol::Udp, SocketAddr::new(upstream, DNS));
        Ok(((), hand_on(socket, upstream)))
    };
    let (service, ()) = Service::start(ground, "home router", prepare)?;
    Ok(Router { _service: service })
}

/// Hands every datagram on from a socket of its own, and the first answer back. Never returns.
async fn hand_on(socket: UdpSocket, upstream: SocketAddr) {
    let ask = |question: Vec<u8>, _from| async move {
        timeout(PATIENCE, ask(&question, upstream)).await.ok()?.ok()
    };
    each(socket, ask).await;
}

async fn ask(question: &[u8], upstream: SocketAddr) -> io::Result<Vec<u8>> {
    let any: IpAddr = match upstream {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(upstream).await?;
    socket.send(question).await?;
    let mut buffer = vec![0; DATAGRAM];
    let size = socket.recv(&mut buffer).await?;
    buffer.truncate(size);
    Ok(buffer)
}

/// What one packet holds.
const DATAGRAM: usize = 1500;
/// As long as programs on the computer wait.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::sync::Arc;

    use super::super::service::Here;
    use super::*;

    #[test]
    fn a_question_is_handed_on_and_its_answer_back() {
        let sockets = Sockets::Loopback(Arc::default());
        let (home, resolver) = (Ipv4Addr::new(192, 168, 1, 1), Ipv4Addr::new(198, 18, 16, 53));
        let upstream = sockets.datagrams(resolver, DNS).unwrap();
        upstream.set_nonblocking(false).unwrap();
        upstream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _router = start(&Here, &sockets, home, resolver.into()).unwrap();
        let at = sockets.find(Protocol::Udp, SocketAddr::new(home.into(), DNS));
        let asker = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        asker.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut buffer = [0; 64];

        asker.send_to(b"question", at).unwrap();
        let (size, from) = upstream.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..size], b"question");
        upstream.send_to(b"answer", from).unwrap();

        let size = asker.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..size], b"answer");
    }
}
