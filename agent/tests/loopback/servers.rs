//! Servers that answer as networks and their filters do.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::time::Instant;

use agent::config::{Config, Limits};
use agent::edge::Edge;
use agent::probe::{Performed, Prober as _, Wire};
use agent::roots::{Roots, provider};
use plan::Planned;
use record::{Part, Step, Timestamp};
use testlists::PublicResolver;

/// Serves connections for ever, each on a thread of its own.
pub(crate) fn serve(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            thread::spawn(move || handle(stream));
        }
    });
    at
}

/// Reads what comes first, such as a ClientHello.
pub(crate) fn read_some(stream: &mut TcpStream) -> Vec<u8> {
    let mut buffer = vec![0; 16 << 10];
    let length = stream.read(&mut buffer).unwrap_or(0);
    buffer.truncate(length);
    buffer
}

/// Ends the connection with a RST.
pub(crate) fn reset(stream: TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(stream);
}

/// Keeps silent until the peer goes away.
pub(crate) fn wait_for_end(mut stream: impl std::io::Read) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).is_ok_and(|length| length > 0) {}
}

/// A certificate authority of the test.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Test authority");
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Writes the root to `folder` and returns a configuration that trusts it.
    pub(crate) fn trusted_in(&self, folder: &Path) -> Config {
        let path = folder.join("roots.pem");
        std::fs::write(&path, self.0.pem()).unwrap();
        Config { extra_roots: Some(path), ..quick() }
    }

    /// Issues a certificate for `name`, and a server's settings with it.
    pub(crate) fn server(&self, name: &str) -> Arc<ServerConfig> {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        self.server_with(params)
    }

    pub(crate) fn server_with(&self, params: CertificateParams) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.0).unwrap();
        let chain = vec![leaf.der().clone(), self.0.der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Arc::new(config)
    }

    /// Issues a certificate for `name`, with its key ready to sign.
    pub(crate) fn certified(&self, name: &str) -> CertifiedKey {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        CertifiedKey::new(vec![leaf.der().clone()], signer)
    }

    /// A server that shows a good chain for `name` without having its key.
    pub(crate) fn thief(&self, name: &str) -> Arc<ServerConfig> {
        #[derive(Debug)]
        struct Stolen(Arc<CertifiedKey>);
        impl ResolvesServerCert for Stolen {
            fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
                Some(Arc::clone(&self.0))
            }
        }
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let leaf = params.signed_by(&KeyPair::generate().unwrap(), &self.0).unwrap();
        let other = KeyPair::generate().unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(other.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let stolen = CertifiedKey::new(vec![leaf.der().clone()], signer);
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Stolen(Arc::new(stolen))));
        Arc::new(config)
    }
}

/// Ends TLS and hands the connection to `handle`.
pub(crate) fn serve_tls(
    config: Arc<ServerConfig>,
    handle: impl Fn(StreamOwned<ServerConnection, TcpStream>) + Send + Sync + 'static,
) -> SocketAddr {
    serve(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        handle(StreamOwned::new(connection, stream));
    })
}

/// Reads a request's head and writes `answer`.
pub(crate) fn answer(stream: &mut (impl std::io::Read + std::io::Write), answer: &[u8]) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length > 0) {
        head.push(byte[0]);
    }
    stream.write_all(answer).ok();
    stream.flush().ok();
    String::from_utf8_lossy(&head).into_owned()
}

/// Settings with limits that fit a loopback.
pub(crate) fn quick() -> Config {
    let limits = Limits {
        connect_timeout_ms: 2_000,
        handshake_timeout_ms: 2_000,
        fetch_timeout_ms: 2_000,
        body_timeout_ms: 2_000,
        dns_timeout_ms: 2_000,
        dns_window_ms: 200,
        ..Limits::default()
    };
    Config { limits, ..Config::default() }
}

/// The same, for a server of which nothing is awaited.
pub(crate) fn hasty() -> Config {
    let limits = Limits {
        connect_timeout_ms: 300,
        handshake_timeout_ms: 300,
        fetch_timeout_ms: 300,
        body_timeout_ms: 300,
        dns_timeout_ms: 300,
        ..quick().limits
    };
    Config { limits, ..quick() }
}

/// Performs one step with real sockets.
pub(crate) async fn perform(
    config: &Config,
    resolvers: Vec<PublicResolver>,
    step: Step,
) -> Performed {
    let roots = Roots::load(config.extra_roots.as_deref()).unwrap();
    let wire = Wire::new(config, roots, resolvers, edge());
    let planned = Planned { step, part: Part::Screen, wait_ms: 0 };
    wire.perform(&planned, Instant::now()).await.unwrap()
}

pub(crate) fn edge() -> Edge {
    use rand::RngCore as _;
    Edge::new(Timestamp::now, || rand::rng().next_u64())
}
