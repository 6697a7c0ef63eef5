//! The beacon: ends any TLS name and answers any Host, so that a name on its way here has nothing
//! to do with the server behind it.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, header};
use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use record::Digest;

use super::serve::{accept, talk};
use crate::roots::provider;

/// Answers for ever, over TLS and over plain HTTP. Who asked is not written down.
pub async fn serve(tls: TcpListener, http: TcpListener, acceptor: TlsAcceptor) {
    let over_tls = accept(tls, move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let shaking = tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await;
            if let Ok(Ok(stream)) = shaking {
                talk(stream, answer).await;
            }
        }
    });
    let plain = accept(http, |stream| async move { talk(stream, answer).await });
    tokio::join!(over_tls, plain);
}

/// Ends any name with one self-signed certificate: the answers to two names differ in nothing.
pub fn acceptor() -> Result<TlsAcceptor, BeaconError> {
    let made = rcgen::generate_simple_self_signed([CERTIFICATE_NAME.to_owned()])
        .map_err(BeaconError::Certificate)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder.with_no_client_auth().with_single_cert(vec![made.cert.into()], key)
        })
        .map_err(BeaconError::Tls)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.send_tls13_tickets = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Answers with a code of the Host that arrived.
async fn answer(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let named = request.headers().get(header::HOST).map(|host| host.as_bytes().to_vec());
    let host = named.unwrap_or_default().to_ascii_lowercase();
    let host = host.split(|byte| *byte == b':').next().unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from_static(BODY)));
    if let Ok(code) = header::HeaderValue::from_str(&code(host)) {
        response.headers_mut().insert("qoljetim-beacon", code);
    }
    let kind = header::HeaderValue::from_static("text/plain");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    std::future::ready(response).await
}

/// Returns the first 16 hexadecimal digits of the SHA-256 of `beacon`, a zero byte and the host.
pub fn code(host: &[u8]) -> String {
    let digest = Digest::of(&[b"beacon\0".as_slice(), host].concat()).to_string();
    digest.chars().take(16).collect()
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
}

/// A name that nobody can register (RFC 6761).
const CERTIFICATE_NAME: &str = "beacon.invalid";
const BODY: &[u8] = b"qoljetim beacon\n";
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
