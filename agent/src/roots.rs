//! The root certificates that chains are judged against, and their name in records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::{VerifierBuilderError, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

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
    /// Those of the file `extra`.
    extra: Vec<CertificateDer<'static>>,
}

impl Roots {
    /// Takes the embedded public roots, and those of the file `extra` where there is one.
    pub fn load(extra: Option<&Path>) -> Result<Self, RootsError> {
        let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let mut name = EMBEDDED.to_owned();
        let mut further = Vec::new();
        if let Some(path) = extra {
            let pem = std::fs::read(path).map_err(RootsError::Read)?;
            for der in CertificateDer::pem_slice_iter(&pem) {
                let der = der.map_err(|_| RootsError::NotPem)?;
                store.add(der.clone()).map_err(RootsError::NotARoot)?;
                further.push(der);
            }
            let digest: String = Digest::of(&pem).to_string().chars().take(16).collect();
            name = format!("{EMBEDDED} + {digest}");
        }
        let store = Arc::new(store);
        let verifier = verifier(Arc::clone(&store)).map_err(RootsError::Verifier)?;
        Ok(Self { verifier, store, name, extra: further })
    }

    /// Returns this machine's own roots, of the file `instead` where one is named. The extra roots
    /// count among them too: what differs is then the machine's doing alone.
    pub fn of_the_machine(&self, instead: Option<&Path>) -> MachineRoots {
        MachineRoots {
            instead: instead.map(Path::to_path_buf),
            extra: self.extra.clone(),
            loaded: Arc::default(),
        }
    }
}

/// The roots that this machine itself believes, read when they are first asked for.
///
/// A root that was put there, by an employer, a virus scanner or on a state's advice, shows as a
/// chain that the machine believes and the embedded roots do not.
#[derive(Clone, Debug)]
pub struct MachineRoots {
    instead: Option<PathBuf>,
    extra: Vec<CertificateDer<'static>>,
    loaded: Arc<OnceCell<Option<Arc<WebPkiServerVerifier>>>>,
}

impl MachineRoots {
    /// Returns what judges chains by them; none where the machine has no list that can be read.
    pub async fn verifier(&self) -> Option<Arc<WebPkiServerVerifier>> {
        let load = || async {
            let Self { instead, extra, .. } = self.clone();
            // Hundreds of files, perhaps: not on the thread that measures.
            let read = move || {
                let mut store = RootCertStore::empty();
                let (taken, _) = store.add_parsable_certificates(machine_list(instead.as_deref()));
                store.add_parsable_certificates(extra);
                (taken > 0).then(|| verifier(Arc::new(store)).ok()).flatten()
            };
            spawn_blocking(read).await.ok().flatten()
        };
        self.loaded.get_or_init(load).await.clone()
    }
}

/// Reads the machine's certificates, or those of `instead`; what cannot be read is left out.
///
/// `rustls-native-certs` would obey `SSL_CERT_FILE` and `SSL_CERT_DIR`, as OpenSSL does; but a
/// variable of one shell is not the machine's list. So on Unix its usual places are read by name,
/// the first that is there. On macOS and Windows the list is no file; there the crate asks the
/// system, and only there those variables, where somebody has set them, replace the list.
fn machine_list(instead: Option<&Path>) -> Vec<CertificateDer<'static>> {
    if let Some(file) = instead {
        return rustls_native_certs::load_certs_from_paths(Some(file), None).certs;
    }
    if cfg!(any(target_os = "macos", windows)) {
        return rustls_native_certs::load_native_certs().certs;
    }
    let first =
        |places: &'static [&'static str]| places.iter().map(Path::new).find(|at| at.exists());
    let (file, folder) = (first(FILES), first(FOLDERS));
    let folder = folder.filter(|_| file.is_none());
    rustls_native_certs::load_certs_from_paths(file, folder).certs
}

fn verifier(store: Arc<RootCertStore>) -> Result<Arc<WebPkiServerVerifier>, VerifierBuilderError> {
    WebPkiServerVerifier::builder_with_provider(store, provider()).build()
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
    Verifier(#[source] VerifierBuilderError),
}

/// The embedded roots' name and version; a test compares it with the lock file.
const EMBEDDED: &str = "webpki-roots 1.0.10";
/// Where systems keep all roots in one file: Debian and its kin, Fedora and its kin, older ones of
/// them, openSUSE, Alpine and OpenBSD, FreeBSD.
const FILES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];
/// Where systems keep a file for each root: Android since 14, Android before, others.
const FOLDERS: &[&str] =
    &["/apex/com.android.conscrypt/cacerts", "/system/etc/security/cacerts", "/etc/ssl/certs"];

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

    #[tokio::test]
    async fn a_machine_without_a_readable_list_judges_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (none, empty) = (dir.path().join("none.pem"), dir.path().join("empty.pem"));
        std::fs::write(&empty, "nothing here").unwrap();
        let full = dir.path().join("roots.pem");
        let made = rcgen::generate_simple_self_signed(["ca.test".to_owned()]).unwrap();
        std::fs::write(&full, made.cert.pem()).unwrap();
        let roots = Roots::load(Some(&full)).unwrap();

        assert!(roots.of_the_machine(Some(&none)).verifier().await.is_none());
        assert!(roots.of_the_machine(Some(&empty)).verifier().await.is_none());
        assert!(roots.of_the_machine(Some(&full)).verifier().await.is_some());
    }
}
