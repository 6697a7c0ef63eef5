//! The beacon: ends any TLS name and answers any Host, so that a name on its way here has nothing
//! to do with the server behind it.

mod load;
mod quic;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode, Uri};
use quinn::Endpoint;
use quinn::crypto::rustls::QuicServerConfig;
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use record::Digest;

use super::serve::{accept, talk};
use crate::roots::provider;

use load::{Loads, Place};

/// What the beacon answers with.
#[derive(Debug)]
pub struct Beacon {
    over_tcp: Arc<ServerConfig>,
    endpoint: Endpoint,
    loads: Arc<Loads>,
}

impl Beacon {
    /// Makes a beacon that ends any name with one self-signed certificate, over TLS and, on the
    /// same port number as `tls`, over QUIC: the answers to two names differ in nothing.
    pub fn open(tls: &TcpListener) -> Result<Self, BeaconError> {
        let made = rcgen::generate_simple_self_signed([CERTIFICATE_NAME.to_owned()])
            .map_err(BeaconError::Certificate)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let certificate = CertificateDer::from(made.cert);
        let over_tcp = config(certificate.clone(), key.clone_key(), b"http/1.1")?;
        let over_quic = config(certificate, key, b"h3")?;
        // rustls's ring provider has the one suite that QUIC cannot do without.
        let over_quic = QuicServerConfig::try_from(over_quic).map_err(|_| BeaconError::Suites)?;
        let at = tls.local_addr().map_err(BeaconError::Quic)?;
        Ok(Self {
            over_tcp: Arc::new(over_tcp),
            endpoint: quic::open(at, over_quic).map_err(BeaconError::Quic)?,
            loads: Arc::new(Loads::new()),
        })
    }
}

/// Answers for ever, over TLS, over plain HTTP and over QUIC. Who asked is not written down.
pub async fn serve(tls: TcpListener, http: TcpListener, beacon: Beacon) {
    let Beacon { over_tcp, endpoint, loads } = beacon;
    let acceptor = TlsAcceptor::from(over_tcp);
    let over_tls = accept(tls, |stream| {
        let (acceptor, loads) = (acceptor.clone(), Arc::clone(&loads));
        async move {
            let shaking = tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await;
            if let Ok(Ok(stream)) = shaking {
                converse(stream, &loads).await;
            }
        }
    });
    let plain = accept(http, |stream| {
        let loads = Arc::clone(&loads);
        async move { converse(stream, &loads).await }
    });
    let loads = Arc::clone(&loads);
    let over_quic = quic::serve(endpoint, move |uri| {
        answer(uri, uri.host().unwrap_or_default().as_bytes(), &loads)
    });
    tokio::join!(over_tls, plain, over_quic);
}

/// Answers the one request of a connection; the place of a load is kept until it was sent.
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, loads: &Loads) {
    let held = OnceLock::new();
    let held = &held;
    talk(stream, |request: Request<Incoming>| async move {
        let named = request.headers().get(header::HOST);
        let host = named.map(HeaderValue::as_bytes).unwrap_or_default();
        let (response, place) = answer(request.uri(), host, loads);
        if let Some(place) = place {
            held.set(place).ok();
        }
        response.map(Full::new)
    })
    .await;
}

/// Answers with a code of the Host that arrived, whatever else is asked.
fn answer(uri: &Uri, host: &[u8], loads: &Loads) -> (Response<Bytes>, Option<Place>) {
    let (status, body, place) = match wish(uri) {
        Wish::Page => (StatusCode::OK, Bytes::from_static(PAGE), None),
        Wish::Portal => (StatusCode::NO_CONTENT, Bytes::new(), None),
        Wish::Load(count) => match loads.take(count, Instant::now()) {
            Some((bytes, place)) => (StatusCode::OK, bytes, Some(place)),
            None => (StatusCode::SERVICE_UNAVAILABLE, Bytes::from_static(BUSY), None),
        },
        Wish::Unclear => (StatusCode::BAD_REQUEST, Bytes::from_static(UNCLEAR), None),
    };
    let host = host.to_ascii_lowercase();
    let host = host.split(|byte| *byte == b':').next().unwrap_or_default();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Ok(code) = HeaderValue::from_str(&code(host)) {
        headers.insert("qoljetim-beacon", code);
    }
    let kind = if place.is_some() { "application/octet-stream" } else { "text/plain" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // A copy from on the way says nothing about the way.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    (response, place)
}

/// What is asked for.
enum Wish {
    /// The page, at any path that means nothing else.
    Page,
    /// A sign that nothing on the way answers in the beacon's place.
    Portal,
    /// So many bytes.
    Load(usize),
    /// A load of no size, or of too large a size.
    Unclear,
}

fn wish(uri: &Uri) -> Wish {
    match uri.path() {
        "/portal" => Wish::Portal,
        "/load" => {
            let pairs = uri.query().unwrap_or_default().split('&');
            let told = pairs.filter_map(|pair| pair.strip_prefix("bytes=")).next();
            match told.map_or(Ok(Loads::USUAL), str::parse) {
                Ok(count) if count <= Loads::MOST => Wish::Load(count),
                Ok(_) | Err(_) => Wish::Unclear,
            }
        }
        _ => Wish::Page,
    }
}

/// Returns the first 16 hexadecimal digits of the SHA-256 of `beacon`, a zero byte and the host.
pub fn code(host: &[u8]) -> String {
    let digest = Digest::of(&[b"beacon\0".as_slice(), host].concat()).to_string();
    digest.chars().take(16).collect()
}

fn config(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    protocol: &[u8],
) -> Result<ServerConfig, BeaconError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(BeaconError::Tls)?;
    config.alpn_protocols = vec![protocol.to_vec()];
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Why the beacon could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum BeaconError {
    /// No certificate could be made.
    #[error("no certificate could be made")]
    Certificate(#[source] rcgen::Error),
    /// TLS could not be set up.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// The cryptography lacks what QUIC begins with.
    #[error("the cryptography lacks TLS_AES_128_GCM_SHA256, with which every QUIC begins")]
    Suites,
    /// The port for QUIC could not be had.
    #[error("the port of the beacon's TLS could not be had for UDP too; free it or choose another")]
    Quic(#[source] std::io::Error),
}

/// A name that nobody can register (RFC 6761).
const CERTIFICATE_NAME: &str = "beacon.invalid";
const PAGE: &[u8] = b"qoljetim beacon\n";
const BUSY: &[u8] = b"busy: try again later\n";
const UNCLEAR: &[u8] = b"ask for /load?bytes=N with N from 0 to 1048576\n";
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
