//! Makes QUIC handshakes and keeps what was shown, as for TLS over TCP.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{
    ClientConfig, Connection, ConnectionError, Endpoint, EndpointConfig, IdleTimeout, TokioRuntime,
    TransportConfig, VarInt,
};

use record::{Failed, Failure, Host, Quic, Session};

use super::deadline::Deadline;
use super::eye::{Eye, Shown};
use super::failure::{LocalFault, Trouble, failed, of_connect};
use super::tls::Tls;
use super::udp::CountedSocket;

/// A finished handshake.
#[derive(Debug)]
pub struct Spoken {
    /// The connection.
    pub connection: Connection,
    /// What the handshake showed.
    pub session: Session,
    /// Ends with the connection: it drives the socket.
    pub endpoint: Endpoint,
}

/// Makes a handshake and ends the connection politely.
pub async fn perform(
    step: &Quic,
    tls: &Tls,
    patience: Duration,
    shown: &mut Shown,
) -> Result<Session, Trouble> {
    let spoken = shake((step.to, &step.sni), tls, patience, shown).await?;
    spoken.connection.close(VarInt::from_u32(0), b"");
    // The farewell is on its way when the endpoint is idle; it is not worth waiting for long.
    Deadline::after(FAREWELL).hold("", spoken.endpoint.wait_idle()).await.ok();
    Ok(spoken.session)
}

/// Makes a handshake on a fresh socket: QUIC version 1, ALPN `h3`, no resumption. The certificates
/// that were shown go to `shown`, even when the handshake fails after them.
pub async fn shake(
    (to, name): (SocketAddr, &Host),
    tls: &Tls,
    patience: Duration,
    shown: &mut Shown,
) -> Result<Spoken, Trouble> {
    let eye = tls.eye().await;
    let socket = open(to)?;
    let runtime = Arc::new(TokioRuntime);
    let socket = Arc::new(CountedSocket::new(socket).map_err(LocalFault::Socket)?);
    let counted = Arc::clone(&socket);
    let config = EndpointConfig::default();
    let endpoint = Endpoint::new_with_abstract_socket(config, None, socket, runtime)
        .map_err(LocalFault::Socket)?;
    let connecting = endpoint
        .connect_with(client(tls, &eye, patience)?, to, name.as_str())
        .map_err(|_| LocalFault::Name(name.to_string()))?;
    // Whoever waits beside the socket learns at once that nobody listens there.
    let shaken = tokio::select! {
        shaken = Deadline::after(patience).hold("handshake", connecting) => shaken,
        refused = counted.refused() => Err(failed(refused, "handshake")),
    };
    let mut sight = eye.take();
    let chain = sight.keep(shown);
    let fill =
        |failed: Failed| Failed { read: counted.read(), written: counted.written(), ..failed };
    let connection = shaken.map_err(fill)?.map_err(|error| fill(of_quic(&error)))?;
    let session = Session {
        // QUIC version 1 carries nothing else (RFC 9001 §4.2).
        version: "TLSv1_3".to_owned(),
        chain,
        trust: sight.trust(),
        read: counted.read(),
        written: counted.written(),
        system: sight.system,
        encrypted_name: None,
    };
    Ok(Spoken { connection, session, endpoint })
}

/// Opens a socket that hears of ICMP errors: one that is connected.
fn open(to: SocketAddr) -> Result<UdpSocket, Trouble> {
    let any: SocketAddr = if to.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any).map_err(|error| of_connect(error, to))?;
    socket.connect(to).map_err(|error| of_connect(error, to))?;
    Ok(socket)
}

fn client(tls: &Tls, eye: &Arc<Eye>, patience: Duration) -> Result<ClientConfig, LocalFault> {
    let crypto = tls.over_quic(eye).map_err(LocalFault::Tls)?;
    // The suites of TLS 1.3 that every build has are those that QUIC needs.
    let crypto = QuicClientConfig::try_from(crypto).map_err(|_| LocalFault::Broken)?;
    let mut transport = TransportConfig::default();
    transport
        .max_idle_timeout(IdleTimeout::try_from(patience).ok())
        // One datagram of 1,200 bytes and no probing for more: the same on every line.
        .mtu_discovery_config(None)
        .enable_segmentation_offload(false);
    let mut config = ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(transport));
    Ok(config)
}

/// Names the way in which a QUIC connection failed.
pub fn of_quic(error: &ConnectionError) -> Failed {
    match error {
        ConnectionError::TimedOut => failed(Failure::Timeout, "quic"),
        ConnectionError::Reset => failed(Failure::Reset, "quic"),
        ConnectionError::VersionMismatch => failed(Failure::BadMessage, "no common QUIC version"),
        ConnectionError::ConnectionClosed(close) => match alert(u64::from(close.error_code)) {
            Some(alert) => failed(Failure::Alert, alert),
            None => failed(Failure::Closed, format!("{}", close.error_code)),
        },
        ConnectionError::ApplicationClosed(_) => failed(Failure::Closed, "by the application"),
        ConnectionError::TransportError(wrong) => {
            failed(Failure::BadMessage, format!("{}", wrong.code))
        }
        ConnectionError::LocallyClosed | ConnectionError::CidsExhausted => {
            failed(Failure::Cancelled, "quic")
        }
    }
}

/// Returns the name of the TLS alert that a code of QUIC's carries (RFC 9001 §4.8).
fn alert(code: u64) -> Option<String> {
    let number = u8::try_from(code.checked_sub(CRYPTO_ERROR)?).ok()?;
    Some(format!("{:?}", rustls::AlertDescription::from(number)))
}

const CRYPTO_ERROR: u64 = 0x100;
const FAREWELL: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_in_a_code_is_named() {
        assert_eq!(alert(0x100 + 112).as_deref(), Some("UnrecognisedName"));
        assert_eq!(alert(0x0a), None);
        assert_eq!(alert(0x200), None);
    }
}
