//! Judges certificate chains again: what an agent says about trust is not believed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use record::{Certificates, Digest, Host, Hour, Measurement, Observation, Session, Trust};

/// The authorities that chains are judged against: the public ones, and in a lab its own.
pub struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
    digest: Digest,
}

impl Roots {
    /// Takes the embedded public authorities and those of a PEM file.
    pub fn read(extra: Option<&Path>) -> Result<Self, RootsError> {
        let mut anchors = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        let mut all = b"webpki-roots".to_vec();
        if let Some(path) = extra {
            let wrong = || RootsError { path: path.to_owned() };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|_| wrong())? {
                let certificate = certificate.map_err(|_| wrong())?;
                let anchor = webpki::anchor_from_trusted_cert(&certificate).map_err(|_| wrong())?;
                anchors.push(anchor.to_owned());
                all.extend_from_slice(&certificate);
            }
        }
        for anchor in &anchors {
            all.extend_from_slice(&anchor.subject_public_key_info);
        }
        Ok(Self { anchors, digest: Digest::of(&all) })
    }

    /// Names the set of authorities.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// Replaces the measurement's word on every chain by what this program finds.
    pub(crate) fn judge_again(&self, measurement: &mut Measurement) {
        let Measurement { seen, certificates, hour, .. } = measurement;
        let mut known = BTreeMap::new();
        for observation in seen {
            let (session, host) = match observation {
                Observation::Handshake(seen) => (seen.outcome.as_mut().ok(), seen.step.sni.clone()),
                Observation::Fetch(seen) => {
                    let page = seen.outcome.as_mut().ok();
                    (page.and_then(|page| page.session.as_mut()), seen.step.url.host())
                }
                Observation::Lookup(_) | Observation::Connect(_) => continue,
            };
            let Some(session) = session else { continue };
            let key = (session.chain.clone(), host);
            session.trust = match known.get(&key) {
                Some(trust) => Trust::clone(trust),
                // Honest records show a handful of chains; checking is dear.
                None if known.len() >= CHAINS => Trust::Other("too many chains".to_owned()),
                None => {
                    let trust = self.trust(session, &key.1, (certificates, *hour));
                    known.insert(key, trust.clone());
                    trust
                }
            };
        }
    }

    /// Judges one chain for a name at an hour.
    fn trust(
        &self,
        session: &Session,
        host: &Host,
        (certificates, hour): (&Certificates, Hour),
    ) -> Trust {
        let ders: Option<Vec<CertificateDer<'_>>> = session
            .chain
            .iter()
            .map(|digest| {
                certificates.0.get(digest).map(|der| CertificateDer::from(der.as_slice()))
            })
            .collect();
        let Some(ders) = ders else { return Trust::Other("certificate not sent".to_owned()) };
        if ders.len() > CHAIN_LENGTH {
            return Trust::Other("the chain is too long".to_owned());
        }
        let Some((leaf, intermediates)) = ders.split_first() else {
            return Trust::Other("no certificate".to_owned());
        };
        // Only the hour is known. A chain is fine when it was valid at any time of it.
        let begun = self.verify(leaf, intermediates, host, hour.start().0);
        match begun {
            Err(webpki::Error::CertNotValidYet { .. }) => {
                word(self.verify(leaf, intermediates, host, hour.start().0 + LAST_SECOND))
            }
            begun => word(begun),
        }
    }

    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &Host,
        second: u64,
    ) -> Result<(), webpki::Error> {
        let leaf = EndEntityCert::try_from(leaf)?;
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(second));
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        let usage = KeyUsage::server_auth();
        leaf.verify_for_usage(algorithms, &self.anchors, intermediates, time, usage, None, None)?;
        let name = ServerName::try_from(host.as_str())
            .map_err(|_| webpki::Error::MalformedDnsIdentifier)?;
        leaf.verify_is_valid_for_subject_name(&name)
    }
}

/// Returns a certificate's subject and issuer as text.
pub(super) fn names(der: &[u8]) -> (String, String) {
    match X509Certificate::from_der(der) {
        Ok((_, certificate)) => {
            (certificate.subject().to_string(), certificate.issuer().to_string())
        }
        Err(_) => (String::new(), String::new()),
    }
}

fn word(verified: Result<(), webpki::Error>) -> Trust {
    match verified {
        Ok(()) => Trust::Trusted,
        Err(webpki::Error::UnknownIssuer) => Trust::UnknownIssuer,
        Err(webpki::Error::CertExpired { .. }) => Trust::Expired,
        Err(webpki::Error::CertNotValidYet { .. }) => Trust::NotYetValid,
        Err(webpki::Error::CertNotValidForName(_)) => Trust::WrongName,
        Err(other) => Trust::Other(other.to_string().chars().take(120).collect()),
    }
}

/// A file is no list of certificates.
#[derive(Debug, thiserror::Error)]
#[error("{} does not hold certificates of authorities in PEM", path.display())]
pub struct RootsError {
    path: PathBuf,
}

/// Different chains checked in one record.
const CHAINS: usize = 32;

/// Certificates in one chain.
const CHAIN_LENGTH: usize = 10;

/// From the first to the last second of an hour.
const LAST_SECOND: u64 = 3_599;
