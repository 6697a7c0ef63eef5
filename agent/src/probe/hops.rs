//! Sends a ClientHello with growing hop limits and tells what comes back for each.
//!
//! The connection is set up with the usual limit, so that both ends and everything between know it;
//! the hello alone travels a limited way. What answers a hello that cannot have reached the server
//! stands in between, no further away than the limit says (tracing as `CenTrace` does, Raman et al.
//! 2022). No privilege is needed: the system keeps the routers' words (ICMP) for the socket.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::time::Duration;

use socket2::SockRef;
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
            climbing.spawn(async move { (limit, rung((to, limit), &hello, patience).await) });
        }
        let mut climbed = Vec::new();
        while let Some(joined) = climbing.join_next().await {
            let (limit, (came, router)) = joined.map_err(|_| LocalFault::Broken)?;
            // The first routers are the home's own: not even their network is told.
            let told = router.filter(|_| limit > HOME_HOPS).and_then(network);
            climbed.push(Rung { limit, came, network: told });
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

/// Tries one limit; returns what came back and from which router, where a router spoke.
async fn rung(
    (to, limit): (std::net::SocketAddr, u8),
    hello: &[u8],
    patience: Patience,
) -> (Came, Option<IpAddr>) {
    let Ok(stream) = tcp::connect(to, patience.connect).await else {
        return (Came::NoConnection, None);
    };
    if prepare(&stream, limit).is_err() || stream.try_write(hello).is_err() {
        return (Came::NoConnection, None);
    }
    let end = Instant::now() + patience.rung;
    let mut buffer = [0; 512];
    loop {
        let Ok(ready) = timeout_at(end, stream.readable()).await else {
            return (Came::Nothing, None);
        };
        let read = ready.and_then(|()| stream.try_read(&mut buffer));
        match read {
            Ok(0) => return (Came::Closed, None),
            Ok(_) => return (Came::Answer, None),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return (Came::Reset, None),
            Err(error) => {
                if let Some(router) = spoken(&stream) {
                    return (Came::Expired, router);
                }
                if error.kind() != ErrorKind::WouldBlock {
                    return (Came::Nothing, None);
                }
                // The system says "ready" for words of routers too, until they are read.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// Limits what is sent from now on, and lets the system keep routers' words.
fn prepare(stream: &TcpStream, limit: u8) -> std::io::Result<()> {
    let socket = SockRef::from(stream);
    if stream.peer_addr()?.is_ipv4() {
        kept::ask_v4(stream)?;
        socket.set_ttl_v4(limit.into())
    } else {
        kept::ask_v6(stream)?;
        socket.set_unicast_hops_v6(limit.into())
    }
}

/// Returns the router that said "time exceeded", where one did.
fn spoken(stream: &TcpStream) -> Option<Option<IpAddr>> {
    kept::time_exceeded(stream)
}

/// The words of routers that Linux keeps for a socket (`ip(7)`, `IP_RECVERR`).
#[cfg(target_os = "linux")]
mod kept {
    use std::io::IoSliceMut;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::os::fd::AsRawFd as _;

    use nix::sys::socket::{
        ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
    };
    use tokio::net::TcpStream;

    pub(super) fn ask_v4(stream: &TcpStream) -> std::io::Result<()> {
        Ok(setsockopt(stream, sockopt::Ipv4RecvErr, &true)?)
    }

    pub(super) fn ask_v6(stream: &TcpStream) -> std::io::Result<()> {
        Ok(setsockopt(stream, sockopt::Ipv6RecvErr, &true)?)
    }

    pub(super) fn time_exceeded(stream: &TcpStream) -> Option<Option<IpAddr>> {
        let mut space = nix::cmsg_space!([u8; 128]);
        let mut byte = [0; 1];
        let mut into = [IoSliceMut::new(&mut byte)];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message =
            recvmsg::<SockaddrStorage>(stream.as_raw_fd(), &mut into, Some(&mut space), flags)
                .ok()?;
        for control in message.cmsgs().ok()? {
            if let ControlMessageOwned::Ipv4RecvErr(word, from) = &control {
                let router =
                    from.map(|from| IpAddr::V4(Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr))));
                return (word.ee_type == EXCEEDED_V4).then_some(router);
            }
            if let ControlMessageOwned::Ipv6RecvErr(word, from) = &control {
                let router = from.map(|from| IpAddr::V6(Ipv6Addr::from(from.sin6_addr.s6_addr)));
                return (word.ee_type == EXCEEDED_V6).then_some(router);
            }
        }
        None
    }

    /// ICMP type 11 (RFC 792) and `ICMPv6` type 3 (RFC 4443).
    const EXCEEDED_V4: u8 = 11;
    const EXCEEDED_V6: u8 = 3;
}

/// Elsewhere the routers' words cannot be had without privilege: only answers are seen.
#[cfg(not(target_os = "linux"))]
mod kept {
    use std::net::IpAddr;

    use tokio::net::TcpStream;

    pub(super) fn ask_v4(_: &TcpStream) -> std::io::Result<()> {
        Ok(())
    }

    pub(super) fn ask_v6(_: &TcpStream) -> std::io::Result<()> {
        Ok(())
    }

    pub(super) fn time_exceeded(_: &TcpStream) -> Option<Option<IpAddr>> {
        None
    }
}

const AT_ONCE: usize = 6;
const HOME_HOPS: u8 = 2;
