//! A client of the lab's servers: asks names, fetches pages, keeps the chain it was shown.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Fixture;
use crate::internet::sockets::Protocol;
use crate::internet::tls;

/// A page as it came.
pub(super) struct Fetched {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Fixture {
    /// Returns where the lab's `address` is played.
    pub(super) fn place(
        &self,
        protocol: Protocol,
        address: impl Into<IpAddr>,
        port: u16,
    ) -> SocketAddr {
        self.sockets.find(protocol, SocketAddr::new(address.into(), port))
    }

    /// Asks the server at `address` about `name` over UDP; none when nothing comes back.
    pub(super) async fn ask(
        &self,
        address: impl Into<IpAddr>,
        name: &str,
        kind: RecordType,
    ) -> Option<Message> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to = self.place(Protocol::Udp, address, 53);
        socket.send_to(&question(name, kind), to).await.unwrap();
        let mut buffer = [0; 1500];
        let size = timeout(Duration::from_secs(8), socket.recv(&mut buffer)).await.ok()?.unwrap();
        Some(Message::from_vec(&buffer[..size]).unwrap())
    }

    /// Connects to the lab's `address`.
    pub(super) async fn connect(&self, address: impl Into<IpAddr>, port: u16) -> TcpStream {
        TcpStream::connect(self.place(Protocol::Tcp, address, port)).await.unwrap()
    }

    /// Makes a handshake that only the lab's root vouches for.
    pub(super) async fn secure(
        &self,
        stream: TcpStream,
        name: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        shake(stream, name, self.verifier()).await
    }

    /// Returns what takes the chains that end at the lab's root.
    pub(super) fn verifier(&self) -> Arc<WebPkiServerVerifier> {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(self.world.root_pem().as_bytes()).unwrap();
        roots.add(root).unwrap();
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), tls::provider());
        verifier.build().unwrap()
    }
}

/// Makes a handshake that takes every certificate.
pub(super) async fn credulous(stream: TcpStream, name: &str) -> TlsStream<TcpStream> {
    shake(stream, name, Arc::new(tls::AnyCertificate::default())).await.unwrap()
}

/// Returns the chain that the server showed.
pub(super) fn chain(stream: &TlsStream<TcpStream>) -> Vec<CertificateDer<'static>> {
    stream
        .get_ref()
        .1
        .peer_certificates()
        .unwrap()
        .iter()
        .cloned()
        .map(|c| c.into_owned())
        .collect()
}

/// Fetches `path` of `host`.
pub(super) async fn get<S>(stream: S, host: &str, path: &str) -> Fetched
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = Request::get(path).header("host", host).body(Full::default()).unwrap();
    send(stream, request).await
}

/// Sends a request and reads the whole answer.
pub(super) async fn send<S>(stream: S, request: Request<Full<Bytes>>) -> Fetched
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    driver.abort();
    Fetched { status: head.status, headers: head.headers, body }
}

/// Writes a question.
pub(super) fn question(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message.to_vec().unwrap()
}

/// Returns the addresses in an answer, in order.
pub(super) fn addresses(message: &Message) -> Vec<IpAddr> {
    let address = |data: &RData| {
        if let RData::AAAA(address) = data {
            return Some(address.0.into());
        }
        let RData::A(address) = data else { return None };
        Some(IpAddr::from(address.0))
    };
    let mut found: Vec<_> = message.answers.iter().filter_map(|r| address(&r.data)).collect();
    found.sort();
    found
}

async fn shake(
    stream: TcpStream,
    name: &str,
    verifier: Arc<dyn ServerCertVerifier>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}
