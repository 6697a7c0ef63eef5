//! What a volunteer would do: look names up, connect, shake hands, fetch.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::LabError;
use crate::netns::Space;

/// How a handshake ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With a certificate that is good for the name.
    Reached,
    /// With a certificate that is not.
    Untrusted,
    /// With silence.
    Silent,
    /// With a reset.
    Reset,
    /// In another way.
    Other(String),
}

/// Shakes hands from `space` with port 443 of `address` by the name `name`.
pub(super) fn handshake(
    space: &Space,
    address: impl Into<IpAddr>,
    name: &str,
    roots: &Path,
) -> Result<Ended, LabError> {
    let mut store = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(roots).map_err(LabError::failed(SHAKING))?;
    store.add(root).map_err(LabError::failed(SHAKING))?;
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(LabError::failed(SHAKING))?
            .with_root_certificates(store)
            .with_no_client_auth();
    let server = ServerName::try_from(name.to_owned()).map_err(LabError::failed(SHAKING))?;
    let mut tls =
        ClientConnection::new(Arc::new(config), server).map_err(LabError::failed(SHAKING))?;
    let to = SocketAddr::new(address.into(), 443);
    let shake = move || -> io::Result<()> {
        let mut stream = TcpStream::connect_timeout(&to, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        Ok(())
    };
    Ok(match space.run(shake)? {
        Ok(()) => Ended::Reached,
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ended::Reset,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ended::Untrusted,
        Err(error) if is_silence(&error) => Ended::Silent,
        Err(error) => Ended::Other(error.to_string()),
    })
}

/// Fetches `http://host/` from `address` and returns everything that came.
pub(super) fn fetch(space: &Space, address: Ipv4Addr, host: &str) -> Result<String, LabError> {
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let fetch = move || -> io::Result<String> {
        let to = SocketAddr::from((address, 80));
        let mut stream = TcpStream::connect_timeout(&to, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    space.run(fetch)?.map_err(LabError::failed(format!("fetching {host}")))
}

/// Asks `resolver` for the addresses of `name` and returns each of the first `most` answers that
/// come: its code and its addresses.
pub(super) fn ask(
    space: &Space,
    resolver: impl Into<IpAddr>,
    name: &str,
    most: usize,
) -> Result<Vec<(String, Vec<Ipv4Addr>)>, LabError> {
    let resolver = resolver.into();
    let doing = format!("asking {resolver} for {name}");
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    let name = Name::from_ascii(name).map_err(LabError::failed(doing.clone()))?;
    message.add_query(Query::query(name, RecordType::A));
    let question = message.to_vec().map_err(LabError::failed(doing.clone()))?;
    let ask = move || -> io::Result<Vec<Vec<u8>>> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.send_to(&question, (resolver, 53))?;
        let mut answers = Vec::new();
        while answers.len() < most {
            let mut buffer = [0; 1500];
            match socket.recv(&mut buffer) {
                Ok(length) => answers.push(buffer.get(..length).unwrap_or_default().to_vec()),
                Err(error) if is_silence(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    };
    let answers = space.run(ask)?.map_err(LabError::failed(doing.clone()))?;
    answers.iter().map(|answer| read(answer).map_err(LabError::failed(doing.clone()))).collect()
}

fn read(
    answer: &[u8],
) -> Result<(String, Vec<Ipv4Addr>), hickory_proto::serialize::binary::DecodeError> {
    let message = Message::from_vec(answer)?;
    let addresses = message.answers.iter().filter_map(|record| {
        if let RData::A(address) = &record.data { Some(address.0) } else { None }
    });
    Ok((message.metadata.response_code.to_string(), addresses.collect()))
}

fn is_silence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

const SHAKING: &str = "setting a handshake up";

/// How long an answer is awaited: far longer than any path of these checks.
const PATIENCE: Duration = Duration::from_millis(1500);
