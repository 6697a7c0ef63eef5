//! The root certificates that chains are judged against, and their name in records.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use record::Digest;

/// The roots, ready to verify.
#[derive(Clone, Debug)]
pub struct Roots {
    /// Judges chains.
    pub verifier: Arc<WebPkiServerVerifier>,
    /// The roots themselves.
    pub store: Arc<RootCertStore>,
    /// Their name, such as `webpki-roots 1.0.10`.
    pub name: String,
}

impl Roots {
    /// Takes the embedded public roots, and those of the file `extra` where there is one.
    pub fn load(extra: Option<&Path>) -> Result<Self, RootsError> {
        let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let mut name = EMBEDDED.to_owned();
        if let Some(path) = extra {
            let pem = std::fs::read(path).map_err(RootsError::Read)?;
            for der in CertificateDer::pem_slice_iter(&pem) {
                let der = der.map_err(|_| RootsError::NotPem)?;
                store.add(der).map_err(RootsError::NotARoot)?;
            }
            let digest: String = Digest::of(&pem).to_string().chars().take(16).collect();
            name = format!("{EMBEDDED} + {digest}");
        }
        let store = Arc::new(store);
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(&store), provider())
            .build()
            .map_err(RootsError::Verifier)?;
        Ok(Self { verifier, store, name })
    }
}

/// Returns the cryptography that all TLS of the agent is made with: ring, whose ClientHello is one
/// small segment. It is never installed for the process, so that no library can choose another.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Why the roots could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The file could not be read.
    #[error("cannot read the file of root certificates")]
    Read(#[source] std::io::Error),
    /// The file is not PEM.
    #[error("the file of root certificates is not PEM")]
    NotPem,
    /// A certificate cannot be a root.
    #[error("a certificate of the file cannot be a root")]
    NotARoot(#[source] rustls::Error),
    /// No verifier could be built of them.
    #[error("the roots cannot be used")]
    Verifier(#[source] rustls::client::VerifierBuilderError),
}

/// The embedded roots' name and version; a test compares it with the lock file.
const EMBEDDED: &str = "webpki-roots 1.0.10";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_embedded_roots_is_that_of_the_lock_file() {
        let lock = include_str!("../../Cargo.lock");
        let (name, version) = EMBEDDED.split_once(' ').unwrap();

        assert!(
            lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")),
            "EMBEDDED must name the version in Cargo.lock"
        );
    }

    #[test]
    fn extra_roots_are_taken_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("roots.pem");
        let made = rcgen::generate_simple_self_signed(["ca.test".to_owned()]).unwrap();
        std::fs::write(&path, made.cert.pem()).unwrap();

        let plain = Roots::load(None).unwrap();
        let extended = Roots::load(Some(&path)).unwrap();

        assert_eq!(extended.store.len(), plain.store.len() + 1);
        assert!(extended.name.starts_with("webpki-roots ") && extended.name != plain.name);
        assert!(Roots::load(Some(&dir.path().join("none.pem"))).is_err());
    }
}
