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
                Observation::Fetch(seen) | Observation::Http3(seen) => {
                    let page = seen.outcome.as_mut().ok();
                    (page.and_then(|page| page.session.as_mut()), seen.step.url.host())
                }
                Observation::Variant(seen) => (seen.outcome.as_mut().ok(), seen.step.name.clone()),
                Observation::Quic(seen) => (seen.outcome.as_mut().ok(), seen.step.sni.clone()),
                Observation::Lookup(_) | Observation::Connect(_) => continue,
                Observation::Service(_) | Observation::Load(_) | Observation::Hops(_) => continue,
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
        // The second: somebody signed under the name of a known authority.
        Err(webpki::Error::UnknownIssuer | webpki::Error::InvalidSignatureForPublicKey) => {
            Trust::UnknownIssuer
        }
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

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn a_chain_is_judged_for_the_name_and_the_hour() {
        let authority = Authority::new();
        let roots = authority.roots();
        let good = authority.chain("news.test", (2026, 2027));
        let stranger = Authority::new().chain("news.test", (2026, 2027));
        let past = authority.chain("news.test", (2020, 2021));
        let future = authority.chain("news.test", (2030, 2031));

        assert_eq!(judged(&roots, &good, "news.test", NOON), Trust::Trusted);
        assert_eq!(judged(&roots, &good, "other.test", NOON), Trust::WrongName);
        assert_eq!(judged(&roots, &stranger, "news.test", NOON), Trust::UnknownIssuer);
        assert_eq!(judged(&roots, &past, "news.test", NOON), Trust::Expired);
        assert_eq!(judged(&roots, &future, "news.test", NOON), Trust::NotYetValid);
    }

    #[test]
    fn a_chain_that_was_valid_in_any_second_of_the_hour_is_fine() {
        let authority = Authority::new();
        let roots = authority.roots();
        // Valid from 2026-01-01 00:00 to 2027-01-01 00:00 UTC.
        let chain = authority.chain("news.test", (2026, 2027));
        let (first, last) = (Hour(490_896), Hour(499_655));

        assert_eq!(first.start().rfc3339(), "2026-01-01T00:00:00Z");
        assert_eq!(judged(&roots, &chain, "news.test", Hour(first.0 - 1)), Trust::NotYetValid);
        assert_eq!(judged(&roots, &chain, "news.test", first), Trust::Trusted);
        assert_eq!(judged(&roots, &chain, "news.test", last), Trust::Trusted);
        assert_eq!(judged(&roots, &chain, "news.test", Hour(last.0 + 2)), Trust::Expired);
    }

    #[test]
    fn a_chain_without_its_certificates_or_too_long_is_not_trusted() {
        let authority = Authority::new();
        let roots = authority.roots();
        let chain = authority.chain("news.test", (2026, 2027));
        let long: Vec<Vec<u8>> = chain.iter().cycle().take(CHAIN_LENGTH + 1).cloned().collect();
        let mut session = session(&chain);
        session.chain.push(Digest([1; 32]));
        let host = "news.test".parse().unwrap();

        let missing = roots.trust(&session, &host, (&certificates(&chain), NOON));

        assert_eq!(missing, Trust::Other("certificate not sent".to_owned()));
        assert_eq!(
            judged(&roots, &long, "news.test", NOON),
            Trust::Other("the chain is too long".to_owned())
        );
        assert_eq!(
            judged(&roots, &[], "news.test", NOON),
            Trust::Other("no certificate".to_owned())
        );
    }

    struct Authority {
        issuer: Issuer<'static, KeyPair>,
        certificate: rcgen::Certificate,
    }

    impl Authority {
        fn new() -> Self {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let key = KeyPair::generate().unwrap();
            let certificate = params.self_signed(&key).unwrap();
            Self { issuer: Issuer::new(params, key), certificate }
        }

        fn roots(&self) -> Roots {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("roots.pem");
            std::fs::write(&path, self.certificate.pem()).unwrap();
            Roots::read(Some(&path)).unwrap()
        }

        /// A certificate that is valid between the beginnings of two years.
        fn chain(&self, host: &str, (from, to): (i32, i32)) -> Vec<Vec<u8>> {
            let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(to, 1, 1);
            let leaf = params.signed_by(&KeyPair::generate().unwrap(), &self.issuer).unwrap();
            vec![leaf.der().to_vec()]
        }
    }

    fn judged(roots: &Roots, chain: &[Vec<u8>], host: &str, hour: Hour) -> Trust {
        roots.trust(&session(chain), &host.parse().unwrap(), (&certificates(chain), hour))
    }

    fn session(chain: &[Vec<u8>]) -> Session {
        Session {
            version: "TLSv1_3".to_owned(),
            chain: chain.iter().map(|der| Digest::of(der)).collect(),
            trust: Trust::Trusted,
            read: 0,
            written: 0,
            system: None,
            encrypted_name: None,
        }
    }

    fn certificates(chain: &[Vec<u8>]) -> Certificates {
        Certificates(chain.iter().map(|der| (Digest::of(der), der.clone())).collect())
    }

    /// Noon in Kazakhstan on 2026-11-20.
    const NOON: Hour = Hour(498_655);
}
