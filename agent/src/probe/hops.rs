//! Sends a ClientHello with growing hop limits and tells what comes back for each.
//!
//! The connection is set up with the usual limit, so that both ends and everything between know it;
//! the hello alone travels a limited way. What answers a hello that cannot have reached the server
//! stands in between, no further away than the limit says (tracing as `CenTrace` does, Raman et al.
//! 2022). Beside each hello a connection attempt travels as far: it bears no name, tells how far away
//! the server is, and its routers can be told apart by their networks.
//!
//! No privilege is needed. Linux reports a router's word (ICMP time exceeded) as "host unreachable"
//! once a connection stands, and keeps who spoke only while it is being set up (`ip(7)`,
//! `IP_RECVERR`). Elsewhere routers are not heard.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use record::{Asn, Came, Hops, Rung, Rungs, limits};

use super::failure::{LocalFault, Trouble};
use super::tcp;
use super::tls::Tls;

/// How long a ladder waits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For each connection.
    pub connect: Duration,
    /// For what comes back for one hello.
    pub rung: Duration,
}

/// Climbs the ladder of `step`, some rungs at a time; `network` tells whose an address is.
///
/// It ends early where two rungs of one group were answered, and where a whole group brought
/// nothing at all: further rungs would bring the same.
pub async fn perform(
    step: &Hops,
    tls: &Tls,
    patience: Patience,
    network: &(dyn Fn(IpAddr) -> Option<Asn> + Sync),
) -> Result<Rungs, Trouble> {
    let hello = tls.first_flight(&step.sni).await?;
    let most = usize::from(step.most).min(limits::RUNGS);
    let all: Vec<u8> = (1..=u8::MAX).take(most).collect();
    let mut rungs = Vec::new();
    for group in all.chunks(AT_ONCE) {
        let mut climbing = JoinSet::new();
        for limit in group.iter().copied() {
            let (to, hello) = (step.to, hello.clone());
            climbing.spawn(async move {
                let knock = knock::knock(to, limit, patience.rung);
                let (came, knock) = tokio::join!(rung((to, limit), &hello, patience), knock);
                (limit, came, knock)
            });
        }
        let mut climbed = Vec::new();
        while let Some(joined) = climbing.join_next().await {
            let (limit, came, knock) = joined.map_err(|_| LocalFault::Broken)?;
            let (knock, router) = knock.unzip();
            // The first routers are the home's own: not even their network is told.
            let told = router.flatten().filter(|_| limit > HOME_HOPS).and_then(network);
            climbed.push(Rung { limit, came, knock, network: told });
        }
        climbed.sort_by_key(|rung| rung.limit);
        let count = |came| climbed.iter().filter(|rung| rung.came == came).count();
        let over = count(Came::Answer) >= 2 || count(Came::Nothing) == climbed.len();
        rungs.extend(climbed);
        if over {
            break;
        }
    }
    Ok(Rungs { rungs })
}

/// Tries one limit; returns what came back.
async fn rung((to, limit): (SocketAddr, u8), hello: &[u8], patience: Patience) -> Came {
    let Ok(stream) = tcp::connect(to, patience.connect).await else {
        return Came::NoConnection;
    };
    let prepared = hear_routers(SockRef::from(&stream), to)
        .and_then(|()| set_limit(SockRef::from(&stream), to, limit))
        .and_then(|()| stream.try_write(hello));
    if prepared.is_err() {
        return Came::NoConnection;
    }
    let mut end = Instant::now() + patience.rung;
    let mut came = Came::Nothing;
    loop {
        match timeout_at(end, next(&stream)).await {
            // A router further on speaks before what stands in between has answered: a little more.
            Ok(Came::Expired) if came != Came::Expired => {
                came = Came::Expired;
                end = end.min(Instant::now() + BEHIND_ROUTER);
            }
            Ok(Came::Expired) => {}
            Ok(other) => return other,
            Err(_) => return came,
        }
    }
}

/// Waits for the next thing that comes back.
async fn next(stream: &TcpStream) -> Came {
    let mut buffer = [0; 512];
    loop {
        if stream.ready(Interest::READABLE | Interest::ERROR).await.is_err() {
            return Came::Nothing;
        }
        // Reading the error also takes it away, and with it the readiness.
        let error = stream.try_io(Interest::ERROR, || {
            stream.take_error()?.ok_or_else(|| io::Error::from(ErrorKind::WouldBlock))
        });
        let read = match error {
            Ok(error) => Err(error),
            Err(_) => stream.try_read(&mut buffer),
        };
        let error = match read {
            Ok(0) => return Came::Closed,
            Ok(_) => return Came::Answer,
            Err(error) => error.kind(),
        };
        if error == ErrorKind::HostUnreachable {
            return Came::Expired;
        } else if error == ErrorKind::ConnectionReset {
            return Came::Reset;
        } else if error != ErrorKind::WouldBlock {
            return Came::Closed;
        }
    }
}

/// Limits how far what is sent from now on travels.
fn set_limit(socket: SockRef<'_>, to: SocketAddr, limit: u8) -> io::Result<()> {
    match to {
        SocketAddr::V4(_) => socket.set_ttl_v4(limit.into()),
        SocketAddr::V6(_) => socket.set_unicast_hops_v6(limit.into()),
    }
}

/// Asks the system to report routers' words at once.
#[cfg(target_os = "linux")]
fn hear_routers(socket: SockRef<'_>, to: SocketAddr) -> io::Result<()> {
    use nix::sys::socket::{setsockopt, sockopt};

    match to {
        SocketAddr::V4(_) => setsockopt(&*socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(&*socket, sockopt::Ipv6RecvErr, &true)?,
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn hear_routers(_: SockRef<'_>, _: SocketAddr) -> io::Result<()> {
    Ok(())
}

/// Connection attempts that travel a limited way.
#[cfg(target_os = "linux")]
mod knock {
    use std::io::{self, ErrorKind, IoSliceMut};
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::os::fd::{AsRawFd as _, RawFd};
    use std::time::Duration;

    use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg};
    use socket2::{Domain, Protocol, SockRef, Socket, Type};
    use tokio::net::TcpSocket;
    use tokio::time::timeout;

    use record::Came;

    use super::{hear_routers, set_limit};

    /// Returns what came back, and from which router, where one spoke; none where the system does
    /// not allow the attempt.
    pub(super) async fn knock(
        to: SocketAddr,
        limit: u8,
        patience: Duration,
    ) -> Option<(Came, Option<IpAddr>)> {
        let socket = prepared(to, limit).ok()?;
        // A failed attempt takes its socket with it, but not what another handle can still read.
        let kept = socket.try_clone().ok()?;
        let opening = TcpSocket::from_std_stream(socket.into()).connect(to);
        Some(match timeout(patience, opening).await {
            Err(_) => (Came::Nothing, None),
            Ok(Ok(_)) => (Came::Answer, None),
            Ok(Err(error)) => match (router(kept.as_raw_fd()), error.kind()) {
                (Some(router), _) => (Came::Expired, Some(router)),
                (None, ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset) => {
                    (Came::Reset, None)
                }
                (None, _) => (Came::Nothing, None),
            },
        })
    }

    fn prepared(to: SocketAddr, limit: u8) -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        hear_routers(SockRef::from(&socket), to)?;
        set_limit(SockRef::from(&socket), to, limit)?;
        Ok(socket)
    }

    /// Returns the router that said "time exceeded".
    fn router(socket: RawFd) -> Option<IpAddr> {
        let mut space = nix::cmsg_space!([u8; 128]);
        let mut byte = [0; 1];
        let mut into = [IoSliceMut::new(&mut byte)];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message =
            recvmsg::<SockaddrStorage>(socket, &mut into, Some(&mut space), flags).ok()?;
        message.cmsgs().ok()?.find_map(|control| {
            if let ControlMessageOwned::Ipv4RecvErr(word, from) = control {
                let from = from.filter(|_| word.ee_type == EXCEEDED_V4)?;
                Some(Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr)).into())
            } else if let ControlMessageOwned::Ipv6RecvErr(word, from) = control {
                let from = from.filter(|_| word.ee_type == EXCEEDED_V6)?;
                Some(Ipv6Addr::from(from.sin6_addr.s6_addr).into())
            } else {
                None
            }
        })
    }

    /// ICMP type 11 (RFC 792) and `ICMPv6` type 3 (RFC 4443).
    const EXCEEDED_V4: u8 = 11;
    const EXCEEDED_V6: u8 = 3;
}

/// Elsewhere routers' words cannot be had without privilege.
#[cfg(not(target_os = "linux"))]
mod knock {
    use std::net::{IpAddr, SocketAddr};
    use std::time::Duration;

    use record::Came;

    pub(super) async fn knock(_: SocketAddr, _: u8, _: Duration) -> Option<(Came, Option<IpAddr>)> {
        None
    }
}

/// How long after a router's word something that stands before that router may still answer.
const BEHIND_ROUTER: Duration = Duration::from_millis(300);
const AT_ONCE: usize = 6;
const HOME_HOPS: u8 = 2;

#[cfg(test)]
mod tests {
    use socket2::Domain;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A host on loopback that treats every connection as `how` says, once its first bytes came.
    async fn host(how: Came) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                if how == Came::Nothing {
                    silent.push(stream);
                    continue;
                }
                tokio::spawn(async move {
                    let read = stream.read(&mut [0; 512]).await.unwrap_or(0);
                    if how == Came::Answer && read > 0 {
                        stream.write_all(b"answer").await.unwrap();
                    } else if how == Came::Reset {
                        SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
                    }
                });
            }
        });
        at
    }

    fn patience() -> Patience {
        Patience { connect: Duration::from_secs(2), rung: Duration::from_millis(400) }
    }

    #[tokio::test]
    async fn what_comes_back_for_a_hello_is_told() {
        for how in [Came::Answer, Came::Reset, Came::Closed, Came::Nothing] {
            let at = host(how).await;

            assert_eq!(rung((at, 1), b"hello", patience()).await, how, "{how:?}");
        }
    }

    #[tokio::test]
    async fn a_closed_port_takes_no_connection_and_resets_a_knock() {
        let reserved = socket2::Socket::new(Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        reserved.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let at = reserved.local_addr().unwrap().as_socket().unwrap();

        assert_eq!(rung((at, 1), b"hello", patience()).await, Came::NoConnection);
        if cfg!(target_os = "linux") {
            let knocked = knock::knock(at, 1, Duration::from_secs(2)).await;
            assert_eq!(knocked, Some((Came::Reset, None)));
        }
    }

    #[tokio::test]
    async fn a_knock_at_an_open_port_is_answered() {
        let at = host(Came::Answer).await;

        let knocked = knock::knock(at, 1, Duration::from_secs(2)).await;

        let wanted = cfg!(target_os = "linux").then_some((Came::Answer, None));
        assert_eq!(knocked, wanted);
    }
}
