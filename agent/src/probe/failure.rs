//! The only place where errors become failures.
//!
//! # How they are told apart
//!
//! - *Refused* is a RST in answer to the SYN, or an ICMP "port unreachable", which the system
//!   reports with the same number.
//! - *Unreachable* was said by a router (ICMP); *no route* is this machine's own word: no address of
//!   the family, no way in the routing table, a firewall here. Systems give both with the same
//!   numbers. So the routing table is asked again for the address: where it has no way, the error
//!   was made here, and says nothing about the target. One case stays in between: a neighbour on
//!   the same link, the router itself perhaps, that answers no ARP or ND counts as unreachable.
//! - A handshake that failed before the ClientHello was out has 0 bytes written; one that failed
//!   after it has more. A reset or a close that came after both counts as one of TLS.
//! - A TLS alert is named by its word in the standard, certificates' contents never appear.

use std::error::Error;
use std::io;
use std::net::{SocketAddr, UdpSocket};

use rustls::CertificateError;

use record::{Failed, Failure};

/// A step could not be performed because of this machine, not because of the network.
#[derive(Debug, thiserror::Error)]
pub enum LocalFault {
    /// No socket could be had.
    #[error("no socket could be opened")]
    Socket(#[source] io::Error),
    /// The plan names a resolver that the lists do not know.
    #[error("the lists name no resolver {0}")]
    UnknownResolver(String),
    /// TLS could not be set up.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// A name cannot be asked for.
    #[error("the name {0} cannot be asked for")]
    Name(String),
    /// A part of the program ended early.
    #[error("a part of the program ended early")]
    Broken,
}

/// How a step ended without success.
#[derive(Debug)]
pub enum Trouble {
    /// The network's doing: data.
    Failed(Failed),
    /// Our own fault.
    Local(LocalFault),
}

impl From<Failed> for Trouble {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<LocalFault> for Trouble {
    fn from(fault: LocalFault) -> Self {
        Self::Local(fault)
    }
}

/// Tells data from our own fault.
pub fn settle<T>(result: Result<T, Trouble>) -> Result<Result<T, Failed>, LocalFault> {
    match result {
        Ok(fact) => Ok(Ok(fact)),
        Err(Trouble::Failed(failed)) => Ok(Err(failed)),
        Err(Trouble::Local(fault)) => Err(fault),
    }
}

/// Names a failure with a few words of detail.
pub fn failed(failure: Failure, detail: impl Into<String>) -> Failed {
    Failed { detail: detail.into().chars().take(120).collect(), ..Failed::plain(failure) }
}

/// Names the way in which a TCP connection to `to` failed.
pub fn of_connect(error: io::Error, to: SocketAddr) -> Trouble {
    if is_exhausted(&error) {
        return LocalFault::Socket(error).into();
    }
    failed(told_of_connect(&error, || has_route(to)), Failed::NOT_OPENED).into()
}

/// Names it, given a way to ask whether the routing table knows the address.
fn told_of_connect(error: &io::Error, has_route: impl FnOnce() -> bool) -> Failure {
    let by_router = error.raw_os_error().filter(|number| ROUTERS.contains(number));
    match failure_of(error.kind()).or_else(|| by_router.map(|_| Failure::Unreachable)) {
        // Such as EPERM from a firewall on this machine, EADDRNOTAVAIL where it has no address of
        // the family, EAFNOSUPPORT where it does not speak it: nothing left it.
        None => Failure::NoRoute,
        Some(Failure::Unreachable) if !has_route() => Failure::NoRoute,
        Some(failure) => failure,
    }
}

/// Names the way in which an open connection failed while it carried TLS.
pub fn of_tls(error: &io::Error) -> Failed {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(inner) = inner else {
        return of_stream(error);
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "rustls's errors are an open list; whatever is not named here is a message that breaks the protocol"
    )]
    match inner {
        rustls::Error::AlertReceived(alert) => failed(Failure::Alert, format!("{alert:?}")),
        rustls::Error::InvalidMessage(wrong) => failed(Failure::BadMessage, format!("{wrong:?}")),
        rustls::Error::InvalidCertificate(wrong) => {
            failed(Failure::BadMessage, format!("certificate: {}", certificate_word(wrong)))
        }
        rustls::Error::PeerIncompatible(wrong) => {
            failed(Failure::BadMessage, format!("incompatible: {wrong:?}"))
        }
        rustls::Error::PeerMisbehaved(wrong) => {
            failed(Failure::BadMessage, format!("misbehaved: {wrong:?}"))
        }
        other => failed(Failure::BadMessage, format!("{other:?}")),
    }
}

/// Names the way in which HTTP failed on an open connection.
pub fn of_http(error: &hyper::Error) -> Failed {
    let mut source = error.source();
    while let Some(below) = source {
        if let Some(io) = below.downcast_ref::<io::Error>() {
            return of_tls(io);
        }
        source = below.source();
    }
    if error.is_parse() || error.is_parse_too_large() {
        return failed(Failure::BadMessage, "not HTTP");
    }
    failed(Failure::Closed, "before the end of the answer")
}

/// Names the way in which reading from or writing to an open connection failed.
pub fn of_stream(error: &io::Error) -> Failed {
    let unknown = match error.raw_os_error() {
        // The system's own word, such as that the network is down: of this machine.
        Some(_) => Failure::NoRoute,
        None => Failure::BadMessage,
    };
    Failed::plain(failure_of(error.kind()).unwrap_or(unknown))
}

/// Names what the operating system says of a connection, where it says something of it.
fn failure_of(kind: io::ErrorKind) -> Option<Failure> {
    let found = KINDS.iter().find(|(known, _)| *known == kind);
    found.map(|(_, failure)| *failure)
}

/// Returns whether this machine has run out of sockets or memory.
fn is_exhausted(error: &io::Error) -> bool {
    // EMFILE 24, ENFILE 23, ENOBUFS 105 and 55, ENOMEM 12.
    error.kind() == io::ErrorKind::OutOfMemory
        || matches!(error.raw_os_error(), Some(12 | 23 | 24 | 55 | 105))
}

/// Asks the routing table for `to`; connecting a UDP socket sends nothing.
fn has_route(to: SocketAddr) -> bool {
    let any: SocketAddr = if to.is_ipv4() {
        (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    };
    UdpSocket::bind(any).and_then(|socket| socket.connect(to)).is_ok()
}

/// Returns a word for what is wrong with a certificate; never its contents.
fn certificate_word(error: &CertificateError) -> String {
    let debug = format!("{error:?}");
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}

const KINDS: &[(io::ErrorKind, Failure)] = &[
    (io::ErrorKind::ConnectionRefused, Failure::Refused),
    (io::ErrorKind::ConnectionReset, Failure::Reset),
    (io::ErrorKind::ConnectionAborted, Failure::Reset),
    // Writing to a connection that was reset before gives a broken pipe.
    (io::ErrorKind::BrokenPipe, Failure::Reset),
    (io::ErrorKind::UnexpectedEof, Failure::Closed),
    (io::ErrorKind::TimedOut, Failure::Timeout),
    (io::ErrorKind::HostUnreachable, Failure::Unreachable),
    (io::ErrorKind::NetworkUnreachable, Failure::Unreachable),
];

/// Numbers by which Linux passes a router's word on beside the kinds above: EACCES 13 (ICMP of IPv6,
/// "administratively prohibited"), ENONET 64, ENOPROTOOPT 92 and EHOSTDOWN 112 (ICMP destination
/// unreachable, codes 8, 2 and 7; net/ipv4/icmp.c, net/ipv6/icmp.c).
const ROUTERS: [i32; 4] = [13, 64, 92, 112];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_machine_says_is_told_from_what_a_router_says() {
        // Linux: ENETUNREACH, EHOSTUNREACH, EACCES, EHOSTDOWN, ENONET, ENOPROTOOPT.
        for number in [101, 113, 13, 112, 64, 92] {
            let error = io::Error::from_raw_os_error(number);

            assert_eq!(told_of_connect(&error, || true), Failure::Unreachable, "{error}");
            assert_eq!(told_of_connect(&error, || false), Failure::NoRoute, "{error}");
        }
        // EPERM, EADDRNOTAVAIL, EAFNOSUPPORT, ENETDOWN, ENODEV.
        for number in [1, 99, 97, 100, 19] {
            let error = io::Error::from_raw_os_error(number);

            assert_eq!(told_of_connect(&error, || true), Failure::NoRoute, "{error}");
        }
        for (number, failure) in
            [(111, Failure::Refused), (104, Failure::Reset), (110, Failure::Timeout)]
        {
            let error = io::Error::from_raw_os_error(number);

            assert_eq!(told_of_connect(&error, || false), failure, "{error}");
        }
    }

    #[test]
    fn a_network_that_went_down_is_no_message_of_the_peer() {
        let down = io::Error::from_raw_os_error(100);
        let strange = io::Error::other("no TLS");

        assert_eq!(of_stream(&down).failure, Failure::NoRoute);
        assert_eq!(of_stream(&strange).failure, Failure::BadMessage);
    }

    #[test]
    fn without_a_route_nothing_is_said_about_the_target() {
        // No machine routes to a multicast group over TCP, and none needs IPv6 to know it.
        let error = io::Error::from(io::ErrorKind::NetworkUnreachable);
        let far = "192.0.2.1:443".parse().unwrap();

        let Trouble::Failed(failed) = of_connect(error, far) else { panic!("our own fault") };

        let wanted = if has_route(far) { Failure::Unreachable } else { Failure::NoRoute };
        assert_eq!(failed.failure, wanted);
    }

    #[test]
    fn running_out_of_sockets_is_our_own_fault() {
        let error = io::Error::from_raw_os_error(24);

        assert!(matches!(
            of_connect(error, "192.0.2.1:443".parse().unwrap()),
            Trouble::Local(LocalFault::Socket(_))
        ));
    }

    #[test]
    fn a_certificates_contents_stay_out_of_the_detail() {
        let error = CertificateError::NotValidForNameContext {
            expected: "secret.test".try_into().unwrap(),
            presented: vec!["other.test".into()],
        };

        assert_eq!(certificate_word(&error), "NotValidForNameContext");
    }
}
