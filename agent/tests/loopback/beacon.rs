//! The beacon: what it answers over TLS, over plain HTTP and over QUIC.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Buf as _, Bytes};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use quinn::Endpoint;
use quinn::crypto::rustls::QuicClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use agent::control::beacon::{Beacon, code, serve};
use agent::roots::provider;

#[tokio::test]
async fn a_load_has_the_size_that_was_asked_for_and_the_code_of_its_host() {
    let beacon = Running::start().await;
    for (path, size) in [
        ("/load?bytes=0", 0),
        ("/load?bytes=1", 1),
        ("/load", 64 << 10),
        ("/load?x=1&bytes=131072", 128 << 10),
        ("/load?bytes=1048576", 1 << 20),
    ] {
        let over_tls = beacon.over_tls("tan-jarygy.test", path).await;
        let plain = beacon.over_http("Tan-Jarygy.test:80", path).await;

        for response in [&over_tls, &plain] {
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(response.body().len(), size, "{path}");
            assert_eq!(response.headers()["content-length"], size.to_string(), "{path}");
            assert_eq!(response.headers()["qoljetim-beacon"], code(b"tan-jarygy.test"), "{path}");
            assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        }
        assert_eq!(over_tls.body(), plain.body(), "the same bytes for everybody");
    }
}

#[tokio::test]
async fn a_load_of_no_size_or_too_large_a_size_is_refused() {
    let beacon = Running::start().await;
    for path in ["/load?bytes=1048577", "/load?bytes=-1", "/load?bytes=", "/load?bytes=9e9"] {
        let response = beacon.over_http("a.test", path).await;

        assert_eq!(response.status(), 400, "{path}");
        assert_eq!(response.headers()["qoljetim-beacon"], code(b"a.test"), "{path}");
    }
}

#[tokio::test]
async fn the_portal_page_is_empty_and_carries_the_code() {
    let beacon = Running::start().await;

    let response = beacon.over_http("beacon.test", "/portal").await;

    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["qoljetim-beacon"], code(b"beacon.test"));
    assert!(response.body().is_empty());
}

#[tokio::test]
async fn every_name_is_answered_over_quic_alike() {
    let beacon = Running::start().await;

    let (listed, its_certificate) = beacon.over_quic("tan-jarygy.test", "/").await;
    let (other, same_certificate) = beacon.over_quic("qwe-rtyui.test", "/").await;
    let (load, _) = beacon.over_quic("qwe-rtyui.test", "/load?bytes=131072").await;

    for response in [&listed, &other, &load] {
        assert_eq!(response.status(), 200);
    }
    assert_eq!(listed.headers()["qoljetim-beacon"], code(b"tan-jarygy.test"));
    assert_eq!(other.headers()["qoljetim-beacon"], code(b"qwe-rtyui.test"));
    assert_eq!(listed.body(), other.body());
    assert_eq!(its_certificate, same_certificate);
    assert_eq!(load.body().len(), 128 << 10);
}

#[tokio::test]
async fn quic_and_tls_share_a_port_number_and_a_certificate() {
    let beacon = Running::start().await;
    let to = TcpStream::connect(beacon.tls).await.unwrap();
    let connector = TlsConnector::from(Arc::new(client(b"http/1.1")));
    let over_tls = connector.connect(name("a.test"), to).await.unwrap();

    let (_, over_quic) = beacon.over_quic("a.test", "/").await;

    assert_eq!(over_tls.get_ref().1.peer_certificates().unwrap(), over_quic);
}

/// A beacon on ports of this machine.
struct Running {
    tls: SocketAddr,
    http: SocketAddr,
}

impl Running {
    async fn start() -> Self {
        let any = (Ipv4Addr::LOCALHOST, 0);
        let (tls, http) =
            (TcpListener::bind(any).await.unwrap(), TcpListener::bind(any).await.unwrap());
        let running = Self { tls: tls.local_addr().unwrap(), http: http.local_addr().unwrap() };
        let beacon = Beacon::open(&tls).unwrap();
        tokio::spawn(serve(tls, http, beacon));
        running
    }

    async fn over_http(&self, host: &str, path: &str) -> Response<Bytes> {
        ask(TcpStream::connect(self.http).await.unwrap(), host, path).await
    }

    async fn over_tls(&self, host: &str, path: &str) -> Response<Bytes> {
        let stream = TcpStream::connect(self.tls).await.unwrap();
        let connector = TlsConnector::from(Arc::new(client(b"http/1.1")));
        ask(connector.connect(name(host), stream).await.unwrap(), host, path).await
    }

    async fn over_quic(
        &self,
        host: &str,
        path: &str,
    ) -> (Response<Bytes>, Vec<CertificateDer<'static>>) {
        let crypto = QuicClientConfig::try_from(client(b"h3")).unwrap();
        let config = quinn::ClientConfig::new(Arc::new(crypto));
        let endpoint = Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let connection = endpoint.connect_with(config, self.tls, host).unwrap().await.unwrap();
        let shown = connection.peer_identity().unwrap();
        let shown = *shown.downcast::<Vec<CertificateDer<'static>>>().unwrap();
        let connection = h3_quinn::Connection::new(connection);
        let (mut driver, mut sender) = h3::client::new(connection).await.unwrap();
        let driving = tokio::spawn(async move { driver.wait_idle().await });
        let request = Request::get(format!("https://{host}{path}")).body(()).unwrap();
        let mut stream = sender.send_request(request).await.unwrap();
        stream.finish().await.unwrap();
        let (head, ()) = stream.recv_response().await.unwrap().into_parts();
        let mut body = Vec::new();
        while let Some(mut data) = stream.recv_data().await.unwrap() {
            body.extend_from_slice(&data.copy_to_bytes(data.remaining()));
        }
        driving.abort();
        (Response::from_parts(head, Bytes::from(body)), shown)
    }
}

async fn ask<S>(stream: S, host: &str, path: &str) -> Response<Bytes>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(path).header("host", host).body(Empty::<Bytes>::new()).unwrap();
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}

fn client(protocol: &[u8]) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    config
}

fn name(host: &str) -> ServerName<'static> {
    ServerName::try_from(host.to_owned()).unwrap()
}

/// Takes every certificate.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
