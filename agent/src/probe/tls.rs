//! Makes TLS handshakes and keeps what was shown, whether it can be trusted or not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use record::{Digest, Failed, Host, Session, Trust, limits};

use super::deadline::Deadline;
use super::failure::{LocalFault, Trouble, of_tls};
use super::stream::{Counted, Counts};
use crate::edge::Edge;
use crate::roots::{Roots, provider};

/// Certificates by their digest.
pub type Shown = BTreeMap<Digest, Vec<u8>>;

/// A finished handshake.
#[derive(Debug)]
pub struct Secured {
    /// The connection.
    pub stream: TlsStream<Counted<TcpStream>>,
    /// What the handshake showed.
    pub session: Session,
}

/// Makes handshakes of one fixed shape: one small ClientHello, no resumption, ALPN `http/1.1`.
#[derive(Clone, Debug)]
pub struct Tls {
    roots: Roots,
    clock: Clock,
    patience: Duration,
}

impl Tls {
    /// Judges chains by `roots` at the time that `edge` tells.
    pub fn new(roots: Roots, edge: Edge, patience: Duration) -> Self {
        Self { roots, clock: Clock(edge), patience }
    }

    /// Makes a handshake for `name`. The certificates that were shown go to `shown`, even when the
    /// handshake fails after them.
    pub async fn secure(
        &self,
        stream: TcpStream,
        name: &Host,
        counts: &Counts,
        shown: &mut Shown,
    ) -> Result<Secured, Trouble> {
        let sni = ServerName::try_from(name.as_str().to_owned())
            .map_err(|_| LocalFault::Name(name.to_string()))?;
        let eye = Arc::new(Eye { judge: Arc::clone(&self.roots.verifier), seen: Mutex::default() });
        let config = self.config(&eye).map_err(LocalFault::Tls)?;
        let connector = TlsConnector::from(Arc::new(config));
        let shaking = connector.connect(sni, Counted::new(stream, counts.clone()));
        let shaken = Deadline::after(self.patience).hold("handshake", shaking).await;
        let (chain, trust) = eye.take();
        let digests = chain.iter().map(|der| Digest::of(der)).collect::<Vec<_>>();
        let small = |der: &Vec<u8>| der.len() <= limits::CERTIFICATE_BYTES;
        shown.extend(digests.iter().copied().zip(chain).filter(|(_, der)| small(der)));
        let fill = |failed: Failed| Trouble::Failed(counts.fill(failed));
        let stream = shaken.map_err(fill)?.map_err(|error| fill(of_tls(&error)))?;
        let version = stream.get_ref().1.protocol_version();
        let session = Session {
            version: version.map(|version| format!("{version:?}")).unwrap_or_default(),
            chain: digests,
            trust: trust.unwrap_or_else(|| Trust::Other("no certificate was shown".to_owned())),
            read: counts.read(),
            written: counts.written(),
            system: None,
            encrypted_name: None,
        };
        Ok(Secured { stream, session })
    }

    fn config(&self, eye: &Arc<Eye>) -> Result<ClientConfig, Error> {
        let time: Arc<dyn TimeProvider> = Arc::new(self.clock.clone());
        let mut config = ClientConfig::builder_with_details(provider(), time)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Eye>::clone(eye))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session shows no certificates.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

/// Looks at the chain, judges it, and lets the handshake finish whatever the judgement is.
///
/// Signatures of the handshake are still verified: else anybody on the way could show a chain of
/// which he does not have the key.
#[derive(Debug)]
struct Eye {
    judge: Arc<WebPkiServerVerifier>,
    seen: Mutex<(Vec<Vec<u8>>, Option<Trust>)>,
}

impl Eye {
    fn take(&self) -> (Vec<Vec<u8>>, Option<Trust>) {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ServerCertVerifier for Eye {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self.judge.verify_server_cert(leaf, intermediates, name, ocsp, now);
        let trust = judged.map_or_else(|error| distrust(&error), |_| Trust::Trusted);
        let chain = std::iter::once(leaf).chain(intermediates).take(CHAIN);
        let chain = chain.map(|der| der.as_ref().to_vec()).collect();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = (chain, Some(trust));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// Says in the record's words why a chain is not valid for the name.
fn distrust(error: &Error) -> Trust {
    let Error::InvalidCertificate(wrong) = error else {
        return Trust::Other(word(error));
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the verifier's reasons are an open list; whatever has no word of its own is told in its words"
    )]
    match wrong {
        CertificateError::UnknownIssuer => Trust::UnknownIssuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Trust::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Trust::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Trust::WrongName
        }
        other => Trust::Other(word(other)),
    }
}

fn word(error: &impl std::fmt::Debug) -> String {
    format!("{error:?}").chars().take(60).collect()
}

/// Lets TLS read the clock that `main.rs` handed down.
#[derive(Clone, Debug)]
struct Clock(Edge);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.now().0)))
    }
}

/// Certificates of a chain that are kept.
const CHAIN: usize = 10;
