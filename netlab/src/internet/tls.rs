//! TLS as all servers of the lab speak it: a certificate by name, and one for all other names.

use std::collections::BTreeMap;
use std::sync::Arc;

use quinn::crypto::rustls::QuicServerConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    DEFAULT_VERSIONS, DigitallySignedStruct, Error, ServerConfig, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio_rustls::TlsAcceptor;

use crate::LabError;

/// Makes what ends TLS with certificates chosen by `certificates`.
pub(super) fn acceptor(certificates: Arc<dyn ResolvesServerCert>) -> Result<TlsAcceptor, LabError> {
    acceptor_of(DEFAULT_VERSIONS, certificates)
}

/// Makes what ends TLS of these versions only.
pub(super) fn acceptor_of(
    versions: &[&'static SupportedProtocolVersion],
    certificates: Arc<dyn ResolvesServerCert>,
) -> Result<TlsAcceptor, LabError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .map_err(LabError::failed("setting TLS up"))?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Makes what ends QUIC (RFC 9001) and speaks HTTP/3, with certificates chosen by `certificates`.
pub(super) fn quic(
    certificates: Arc<dyn ResolvesServerCert>,
) -> Result<quinn::ServerConfig, LabError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .map_err(LabError::failed("setting TLS up"))?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![HTTP_3.to_vec()];
    let config = QuicServerConfig::try_from(config).map_err(LabError::failed("setting QUIC up"))?;
    Ok(quinn::ServerConfig::with_crypto(Arc::new(config)))
}

/// Returns the cryptography that everything here is made with.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificates of one address.
#[derive(Debug)]
pub(super) struct ByName {
    /// Those of its sites.
    pub(super) named: BTreeMap<String, Arc<CertifiedKey>>,
    /// What a client meets that names none of them: the handshake completes all the same.
    pub(super) default: Arc<CertifiedKey>,
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| self.named.get(&name.to_ascii_lowercase()));
        Some(Arc::clone(named.unwrap_or(&self.default)))
    }
}

/// Takes every certificate: an interceptor does not care whom it reaches.
#[derive(Debug)]
pub(super) struct AnyCertificate(Arc<CryptoProvider>);

impl Default for AnyCertificate {
    fn default() -> Self {
        Self(provider())
    }
}

impl ServerCertVerifier for AnyCertificate {
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
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The only protocol spoken over TLS here (RFC 7301).
pub(super) const HTTP_1: &[u8] = b"http/1.1";
/// The only protocol spoken over QUIC here (RFC 9114).
pub(super) const HTTP_3: &[u8] = b"h3";
