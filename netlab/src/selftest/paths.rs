//! Checks of what lies between a volunteer and the world when nobody interferes.

use std::io::{self, Read as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::task::JoinSet;

use super::client::{Ended, ask, handshake};
use super::{HOPS, ensure, lab, lab_with};
use crate::LabError;
use crate::lab::Lab;
use crate::netns::Space;
use crate::packet::embed;
use crate::road::Ipv6;

/// A datagram and a connection take the configured time there and back, and little more.
pub(super) fn delay(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(40, &[])])?;
    let (space, _) = lab.volunteer(0, 0);

    let echoed = echo(&lab, space, ECHO)?;
    let connected = connect(space, WEB)?;

    for (what, took) in [("a datagram", echoed), ("a connection", connected)] {
        let fits = (Duration::from_millis(80)..Duration::from_millis(180)).contains(&took);
        ensure(fits, || format!("{what} took {took:?} over 40 ms each way"))?;
    }
    Ok(())
}

/// Each router on the way answers for the packet that died at it, and no other.
pub(super) fn hops(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(5, &[])])?;
    let (space, _) = lab.volunteer(0, 0);

    for hop in 1..=HOPS {
        let told = space.run(move || trace(u32::from(hop)))?;
        let told = told.map_err(LabError::failed(format!("tracing hop {hop}")))?;
        let wanted = (Ipv4Addr::new(198, 18, 30, hop), TIME_EXCEEDED);
        ensure(told == wanted, || format!("hop {hop} was {told:?}, not {wanted:?}"))?;
    }
    let beyond = space.run(|| trace(u32::from(HOPS) + 1))?;
    let beyond = beyond.map_err(LabError::failed("tracing the server"))?;
    let wanted = (SERVER, UNREACHABLE);
    ensure(beyond == wanted, || format!("the server was {beyond:?}, not {wanted:?}"))
}

/// A site is reached over IPv6, after the configured time; the one that is dead there stays silent.
pub(super) fn ipv6(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(40, &[])])?;
    let (space, addresses) = lab.volunteer(0, 0);

    let own = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x1101, 0, 0, 0, 0, 0x10));
    ensure(addresses.contains(&own), || format!("the volunteer has {addresses:?}"))?;
    let took = connect(space, WEB_6)?;
    let fits = (Duration::from_millis(80)..Duration::from_millis(180)).contains(&took);
    ensure(fits, || format!("a connection over IPv6 took {took:?} over 40 ms each way"))?;
    let ended = handshake(space, WEB_6.ip(), "dala-tynysy.test", lab.roots())?;
    ensure(ended == Ended::Reached, || format!("the handshake over IPv6 ended {ended:?}"))?;
    let dead = Ipv6Addr::new(0x2001, 0xdb8, 0x113, 0, 0, 0, 0, 0x29);
    let ended = handshake(space, dead, "jusan-iisi.test", lab.roots())?;
    ensure(ended == Ended::Silent, || format!("the dead address was {ended:?}"))
}

/// A volunteer with IPv6 alone reaches sites of IPv4 by names and addresses that its provider makes
/// up and translates.
pub(super) fn nat64(dir: &Path) -> Result<(), LabError> {
    let lab = lab_with(dir, &[(40, &[])], Ipv6::Nat64)?;
    let (space, addresses) = lab.volunteer(0, 0);
    let alone = addresses.iter().all(IpAddr::is_ipv6);
    ensure(alone, || format!("the volunteer has {addresses:?}"))?;

    let system = space.run(|| std::net::ToSocketAddrs::to_socket_addrs("tan-jarygy.test:443"))?;
    let system: Vec<_> =
        system.map_err(LabError::failed("asking the system's resolver"))?.collect();
    let made_up = SocketAddr::new(embed(Ipv4Addr::new(203, 0, 113, 21)).into(), 443);
    ensure(system.contains(&made_up), || format!("the system said {system:?}"))?;
    let took = connect(space, made_up)?;
    let fits = (Duration::from_millis(80)..Duration::from_millis(180)).contains(&took);
    ensure(fits, || format!("a translated connection took {took:?} over 40 ms each way"))?;
    let ended = handshake(space, made_up.ip(), "tan-jarygy.test", lab.roots())?;
    ensure(ended == Ended::Reached, || format!("the translated handshake ended {ended:?}"))?;
    let ended = handshake(space, WEB_6.ip(), "dala-tynysy.test", lab.roots())?;
    ensure(ended == Ended::Reached, || format!("the handshake over IPv6 ended {ended:?}"))?;
    let four = space.run(|| TcpStream::connect_timeout(&WEB, Duration::from_secs(5)).is_ok())?;
    ensure(!four, || "IPv4 should lead nowhere".to_owned())
}

/// Over IPv6, too, each router on the way answers for the packet that died at it, and no other.
pub(super) fn hops_ipv6(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(5, &[])])?;
    let (space, _) = lab.volunteer(0, 0);

    let of = |end: [u16; 2]| Ipv6Addr::new(0x2001, 0xdb8, end[0], 0, 0, 0, 0, end[1]);
    for hop in 1..=HOPS {
        let told = space.run(move || trace_6(hop.into()))?;
        let told = told.map_err(LabError::failed(format!("tracing hop {hop} over IPv6")))?;
        let wanted = (of([0x110e, hop.into()]), TIME_EXCEEDED_6);
        ensure(told == wanted, || format!("hop {hop} was {told:?}, not {wanted:?}"))?;
    }
    let beyond = space.run(|| trace_6(u32::from(HOPS) + 1))?;
    let beyond = beyond.map_err(LabError::failed("tracing the server over IPv6"))?;
    ensure(beyond.1 == UNREACHABLE_6, || format!("the server was {beyond:?}"))
}

/// Two providers carry packets at the same time, each with its own delay.
pub(super) fn two_providers(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(10, &[]), (60, &[])])?;

    let (near, far) = std::thread::scope(|scope| {
        let run = |provider: usize, port| {
            let (space, _) = lab.volunteer(provider, 0);
            let lab = &lab;
            scope.spawn(move || echo(lab, space, port))
        };
        let (near, far) = (run(0, ECHO), run(1, ECHO + 1));
        (near.join(), far.join())
    });

    let joined = |took: std::thread::Result<Result<Duration, LabError>>| {
        took.unwrap_or_else(|_| Err(LabError::Wrong("a thread panicked".to_owned())))
    };
    let (near, far) = (joined(near)?, joined(far)?);
    ensure((20..110).contains(&near.as_millis()), || format!("10 ms each way took {near:?}"))?;
    ensure((120..220).contains(&far.as_millis()), || format!("60 ms each way took {far:?}"))
}

/// 200 connections at once all succeed, none faster than the path.
pub(super) fn many_connects(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(40, &[])])?;
    let (space, _) = lab.volunteer(0, 0);

    let took = space.run(|| -> io::Result<Vec<io::Result<Duration>>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(async {
            let mut connects = JoinSet::new();
            for _ in 0..200 {
                connects.spawn(async {
                    let began = Instant::now();
                    tokio::net::TcpStream::connect(WEB).await.map(|_| began.elapsed())
                });
            }
            connects.join_all().await
        }))
    })?;
    let took = took.map_err(LabError::failed("making a runtime"))?;

    let failed = took.iter().filter(|one| one.is_err()).count();
    ensure(failed == 0, || format!("{failed} of {} connections failed", took.len()))?;
    let fastest = took.iter().flatten().min();
    let honest = fastest.is_some_and(|fastest| *fastest >= Duration::from_millis(80));
    ensure(honest, || format!("the fastest took {fastest:?} over 40 ms each way"))
}

/// The provider's own resolver finds addresses by itself, and is asked by every program.
pub(super) fn own_resolver(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(5, &[])])?;
    let (space, _) = lab.volunteer(0, 0);

    let asked = ask(space, Ipv4Addr::new(198, 18, 16, 53), "tan-jarygy.test.", 1)?;
    let system = space.run(|| std::net::ToSocketAddrs::to_socket_addrs("tan-jarygy.test:443"))?;
    let system = system.map_err(LabError::failed("asking the system's resolver"))?;

    let wanted = Ipv4Addr::new(203, 0, 113, 21);
    let right = asked.first().is_some_and(|(_, addresses)| *addresses == [wanted]);
    ensure(right, || format!("the resolver said {asked:?}"))?;
    let system: Vec<_> = system.map(|address| address.ip()).collect();
    ensure(system == [wanted], || format!("the system said {system:?}"))
}

/// Sends a datagram to an echo server in the world and returns how long the answer took.
fn echo(lab: &Lab, space: &Space, port: u16) -> Result<Duration, LabError> {
    let server = lab.world().run(move || UdpSocket::bind((SERVER, port)))?;
    let server = server.map_err(LabError::failed("binding an echo server"))?;
    let answer = move || -> io::Result<()> {
        let mut buffer = [0; 64];
        let (length, from) = server.recv_from(&mut buffer)?;
        server.send_to(buffer.get(..length).unwrap_or_default(), from).map(|_| ())
    };
    lab.world().thread("echo", move || answer().unwrap_or_default())?;
    let ask = move || -> io::Result<Duration> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        let began = Instant::now();
        socket.send_to(b"hello", (SERVER, port))?;
        socket.recv(&mut [0; 64])?;
        Ok(began.elapsed())
    };
    space.run(ask)?.map_err(LabError::failed("awaiting an echo"))
}

fn connect(space: &Space, to: SocketAddr) -> Result<Duration, LabError> {
    let connect = move || {
        let began = Instant::now();
        TcpStream::connect_timeout(&to, Duration::from_secs(5)).map(|_| began.elapsed())
    };
    space.run(connect)?.map_err(LabError::failed("connecting"))
}

/// Sends a datagram to a closed port, to live for `ttl` hops, and returns who answers with which
/// type of ICMP message.
fn trace(ttl: u32) -> io::Result<(Ipv4Addr, u8)> {
    let mut ear = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4))?;
    ear.set_read_timeout(Some(Duration::from_secs(5)))?;
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_ttl(ttl)?;
    socket.send_to(b"x", (SERVER, 33_434))?;
    let mut packet = [0; 128];
    let length = ear.read(&mut packet)?;
    let heard = packet.get(..length).unwrap_or_default();
    let from = heard.get(12..16).and_then(|from| <[u8; 4]>::try_from(from).ok());
    let header = heard.first().map_or(0, |first| usize::from(first & 0x0f) * 4);
    match (from, heard.get(header)) {
        (Some(from), Some(kind)) => Ok((from.into(), *kind)),
        _ => Err(io::Error::other("a short message")),
    }
}

/// Does the same over IPv6. There the kernel hands on the message without its header.
fn trace_6(limit: u32) -> io::Result<(Ipv6Addr, u8)> {
    let ear = Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::ICMPV6))?;
    ear.set_read_timeout(Some(Duration::from_secs(5)))?;
    let ear = UdpSocket::from(ear);
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.set_unicast_hops_v6(limit)?;
    let socket = UdpSocket::from(socket);
    socket.send_to(b"x", (SERVER_6, 33_434))?;
    let mut message = [0; 128];
    let (_, from) = ear.recv_from(&mut message)?;
    match from {
        SocketAddr::V6(from) => Ok((*from.ip(), message[0])),
        SocketAddr::V4(_) => Err(io::Error::other("a message over IPv4")),
    }
}

/// An address of the world at which nothing else runs.
const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 200);
/// The same over IPv6.
const SERVER_6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0, 0, 0, 0, 0x200);
const ECHO: u16 = 7007;
/// A site of the world.
const WEB: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 21)), 443);
/// Types of ICMP messages (RFC 792).
const TIME_EXCEEDED: u8 = 11;
const UNREACHABLE: u8 = 3;
/// The same over IPv6 (RFC 4443).
const TIME_EXCEEDED_6: u8 = 3;
const UNREACHABLE_6: u8 = 1;
/// A site of the world over IPv6.
const WEB_6: SocketAddr =
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x113, 0, 0, 0, 0, 0x22)), 443);
