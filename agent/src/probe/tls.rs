//! Makes TLS handshakes and keeps what was shown, whether it can be trusted or not.
//!
//! # What the ClientHello looks like
//!
//! It is that of rustls with ring: ten cipher suites (nine and the renegotiation signal), X25519
//! and two NIST curves, ALPN `http/1.1`, about 250 bytes in one segment, extensions in a new order
//! every time. Records name its fingerprint ([`HELLO`]); a test computes it from the bytes on the
//! wire.
//!
//! It is not a browser's. A browser's offers HTTP/2, a post-quantum key of 1,200 bytes, which
//! takes two segments, ECH of no meaning, GREASE, and certificate compression. A filter that looks
//! at the fingerprint, or that cannot put two segments together, treats the two differently: then
//! what is measured here is not what a browser meets. Within a block both arms send the same hello,
//! so a contrast stays a contrast.
//!
//! To send a browser's there is no library to rest on. rustls declines to imitate other clients
//! (its issues 1421 and 1932); `craftls`, a fork of rustls 0.22 for that purpose, stopped at
//! browsers of 2023 and gets no fixes; the others are `BoringSSL`, a second cryptography in C that
//! this workspace keeps out. An old browser's hello would stand out more than an honest one.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::{EchConfig, EchMode, Resumption};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, Error};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use record::{Host, Session};

use super::deadline::Deadline;
use super::eye::{Clock, Eye, Shown};
use super::failure::{LocalFault, Trouble, of_tls};
use super::stream::{Counted, Counts};
use crate::edge::Edge;
use crate::roots::{MachineRoots, Roots, provider};

/// The fingerprint (JA4, github.com/FoxIO-LLC/ja4) of the hello that every handshake over TCP under an open
/// name begins with.
pub const HELLO: &str = "t13d1010h1_61a7ad8aa9b6_6a7d638fc319";

/// A finished handshake.
#[derive(Debug)]
pub struct Secured<S> {
    /// The connection.
    pub stream: TlsStream<Counted<S>>,
    /// What the handshake showed.
    pub session: Session,
}

/// A handshake that ended, one way or the other.
#[derive(Debug)]
pub struct Shaken<S> {
    /// The connection, or what ended it.
    pub stream: io::Result<TlsStream<Counted<S>>>,
    /// What was seen of it; without a version where it did not succeed.
    pub session: Session,
}

/// Makes handshakes of one fixed shape: one small ClientHello, no resumption, ALPN `http/1.1`.
#[derive(Clone, Debug)]
pub struct Tls {
    roots: Roots,
    machine: MachineRoots,
    clock: Clock,
    patience: Duration,
}

/// Where the name stands in a ClientHello.
#[derive(Clone, Debug)]
pub enum Naming {
    /// In the open.
    Open,
    /// Nowhere.
    Absent,
    /// Encrypted by this key; in the open stands the key's public name.
    Encrypted(Box<EchConfig>),
}

impl Tls {
    /// Judges chains by `roots`, and by the roots of this `machine`, at the time that `edge` tells.
    pub fn new(roots: Roots, machine: MachineRoots, edge: Edge, patience: Duration) -> Self {
        Self { roots, machine, clock: Clock(edge), patience }
    }

    /// Makes the eye for one handshake.
    pub async fn eye(&self) -> Arc<Eye> {
        Eye::new(Arc::clone(&self.roots.verifier), self.machine.verifier().await)
    }

    /// Makes a handshake for `name`. The certificates that were shown go to `shown`, even when the
    /// handshake fails after them.
    pub async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        name: &Host,
        counts: &Counts,
        shown: &mut Shown,
    ) -> Result<Secured<S>, Trouble> {
        let fill = |error| Trouble::Failed(counts.fill(of_tls(&error)));
        let shaken = self.shake(stream, (name, Naming::Open), counts, shown).await?;
        Ok(Secured { stream: shaken.stream.map_err(fill)?, session: shaken.session })
    }

    /// Makes a handshake for the name, which stands in the ClientHello as `naming` says, and tells
    /// what was seen of a handshake that ended otherwise, too.
    pub async fn shake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        (name, naming): (&Host, Naming),
        counts: &Counts,
        shown: &mut Shown,
    ) -> Result<Shaken<S>, Trouble> {
        let sni = ServerName::try_from(name.as_str().to_owned())
            .map_err(|_| LocalFault::Name(name.to_string()))?;
        let eye = self.eye().await;
        let config = self.config(&eye, naming).map_err(LocalFault::Tls)?;
        let connector = TlsConnector::from(Arc::new(config));
        let shaking = connector.connect(sni, Counted::new(stream, counts.clone()));
        let shaken = Deadline::after(self.patience).hold("handshake", shaking).await;
        let mut sight = eye.take();
        let chain = sight.keep(shown);
        let stream = shaken.map_err(|failed| counts.fill(failed))?;
        let version = stream.as_ref().ok().and_then(|open| open.get_ref().1.protocol_version());
        let session = Session {
            version: version.map(|version| format!("{version:?}")).unwrap_or_default(),
            chain,
            trust: sight.trust(),
            read: counts.read(),
            written: counts.written(),
            system: sight.system,
            encrypted_name: None,
        };
        Ok(Shaken { stream, session })
    }

    /// Makes the settings of a handshake over QUIC: TLS 1.3 alone, ALPN `h3`, no resumption.
    pub fn over_quic(&self, eye: &Arc<Eye>) -> Result<ClientConfig, Error> {
        let time: Arc<dyn TimeProvider> = Arc::new(self.clock.clone());
        let mut config = ClientConfig::builder_with_details(provider(), time)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Eye>::clone(eye))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h3".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(config)
    }

    /// Returns the bytes of the ClientHello that an ordinary handshake for `name` begins with.
    pub async fn first_flight(&self, name: &Host) -> Result<Vec<u8>, LocalFault> {
        let sni = ServerName::try_from(name.as_str().to_owned())
            .map_err(|_| LocalFault::Name(name.to_string()))?;
        let config = self.config(&self.eye().await, Naming::Open).map_err(LocalFault::Tls)?;
        let mut connection =
            rustls::ClientConnection::new(Arc::new(config), sni).map_err(LocalFault::Tls)?;
        let mut hello = Vec::new();
        connection.write_tls(&mut hello).map_err(LocalFault::Socket)?;
        Ok(hello)
    }

    fn config(&self, eye: &Arc<Eye>, naming: Naming) -> Result<ClientConfig, Error> {
        let time: Arc<dyn TimeProvider> = Arc::new(self.clock.clone());
        let builder = ClientConfig::builder_with_details(provider(), time);
        let names = !matches!(naming, Naming::Absent);
        let builder = match naming {
            Naming::Open | Naming::Absent => builder.with_safe_default_protocol_versions()?,
            Naming::Encrypted(key) => builder.with_ech(EchMode::Enable(*key))?,
        };
        let mut config = builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Eye>::clone(eye))
            .with_no_client_auth();
        config.enable_sni = names;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session shows no certificates.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}
