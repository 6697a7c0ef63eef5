//! Looks at the chain that a server shows, judges it, and lets the handshake go on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use record::{Digest, Trust, limits};

use crate::edge::Edge;

/// Certificates by their digest.
pub type Shown = BTreeMap<Digest, Vec<u8>>;

/// Judges a chain and lets the handshake finish whatever the judgement is.
///
/// Signatures of the handshake are still verified: else anybody on the way could show a chain of
/// which he does not have the key.
#[derive(Debug)]
pub struct Eye {
    judge: Arc<WebPkiServerVerifier>,
    machine: Option<Arc<WebPkiServerVerifier>>,
    seen: Mutex<Sight>,
}

/// What one handshake showed.
#[derive(Debug, Default)]
pub struct Sight {
    /// The chain in DER, leaf first, at most ten certificates.
    pub chain: Vec<Vec<u8>>,
    /// What the roots say of it; none when no certificate was shown.
    pub trust: Option<Trust>,
    /// What the machine's own roots say of it, only where that is something else: a record of
    /// hundreds of handshakes need not say twice what hardly ever differs.
    pub system: Option<Trust>,
}

impl Eye {
    /// Judges by the roots of `judge`, and by the machine's own where they are known; for one
    /// handshake only.
    pub fn new(
        judge: Arc<WebPkiServerVerifier>,
        machine: Option<Arc<WebPkiServerVerifier>>,
    ) -> Arc<Self> {
        Arc::new(Self { judge, machine, seen: Mutex::default() })
    }

    /// Takes what was seen, also of a handshake that failed afterwards.
    pub fn take(&self) -> Sight {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sight {
    /// Puts the certificates, the overlong ones left out, into `shown` and returns all digests.
    pub fn keep(&mut self, shown: &mut Shown) -> Vec<Digest> {
        let chain = std::mem::take(&mut self.chain);
        let digests = chain.iter().map(|der| Digest::of(der)).collect::<Vec<_>>();
        let small = |der: &Vec<u8>| der.len() <= limits::CERTIFICATE_BYTES;
        shown.extend(digests.iter().copied().zip(chain).filter(|(_, der)| small(der)));
        digests
    }

    /// Returns the word on the chain.
    pub fn trust(&mut self) -> Trust {
        let none = || Trust::Other("no certificate was shown".to_owned());
        self.trust.take().unwrap_or_else(none)
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
        let say = |judge: &WebPkiServerVerifier| {
            let judged = judge.verify_server_cert(leaf, intermediates, name, ocsp, now);
            judged.map_or_else(|error| distrust(&error), |_| Trust::Trusted)
        };
        let trust = say(&self.judge);
        let system = self.machine.as_deref().map(say).filter(|system| *system != trust);
        let chain = std::iter::once(leaf).chain(intermediates).take(CHAIN);
        let chain = chain.map(|der| der.as_ref().to_vec()).collect();
        let sight = Sight { chain, trust: Some(trust), system };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = sight;
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

/// Lets TLS read the clock that `main.rs` handed down.
#[derive(Clone, Debug)]
pub struct Clock(pub Edge);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.now().0)))
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

/// Certificates of a chain that are kept.
const CHAIN: usize = 10;
