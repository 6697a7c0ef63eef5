//! TLS interception on the true address: the names of a list get a certificate of the national
//! authority, everything else passes untouched.

mod forger;
mod hello;
mod rewound;
mod upstream;

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use record::Host;

use super::HTTPS;
use super::accept::accept;
use super::authority::NationalAuthority;
use super::service::{Ground, Service};
use super::sockets::Sockets;
use super::tls;
use crate::LabError;

use forger::Forger;
use rewound::Rewound;
use upstream::Upstream;

/// A running interceptor; it ends when this handle is dropped.
#[derive(Debug)]
pub struct Interceptor {
    _listener: Service,
    _upstream: Service,
}

/// Starts an interceptor that listens on `mitm` at every address that is routed there, and
/// connects to the true addresses from `upstream`.
pub(super) fn start(
    [mitm, upstream]: [&dyn Ground; 2],
    sockets: &Sockets,
    names: Vec<Host>,
    authority: &NationalAuthority,
) -> Result<Interceptor, LabError> {
    let (upstream, connect) = Upstream::start(upstream, sockets.clone())?;
    let relay = Arc::new(Relay::new(names, authority, connect)?);
    let sockets = sockets.clone();
    let prepare = move || {
        // One listener for both versions: over IPv6 that of IPv4 is a mapped one.
        let listener = sockets.tcp(std::net::Ipv6Addr::UNSPECIFIED, HTTPS)?;
        let serve = accept(listener, move |stream| {
            let relay = Arc::clone(&relay);
            async move { relay.pass(stream).await.unwrap_or_default() }
        });
        Ok(((), serve))
    };
    let (listener, ()) = Service::start(mitm, "interceptor", prepare)?;
    Ok(Interceptor { _listener: listener, _upstream: upstream })
}

struct Relay {
    names: Vec<Host>,
    connect: Upstream,
    /// Towards the client.
    forged: TlsAcceptor,
    /// Towards the site.
    honest: TlsConnector,
}

impl Relay {
    fn new(
        names: Vec<Host>,
        authority: &NationalAuthority,
        connect: Upstream,
    ) -> Result<Self, LabError> {
        let forged = tls::acceptor(Arc::new(Forger::new(authority.clone())))?;
        let mut honest = ClientConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .map_err(LabError::failed("setting TLS up"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(tls::AnyCertificate::default()))
            .with_no_client_auth();
        honest.alpn_protocols = vec![tls::HTTP_1.to_vec()];
        Ok(Self { names, connect, forged, honest: TlsConnector::from(Arc::new(honest)) })
    }

    /// Passes one connection on; how it ends is nothing to act upon.
    async fn pass(&self, mut client: TcpStream) -> Option<()> {
        // The kernel accepts for every address that is routed here: this is the true one.
        let to: SocketAddr = client.local_addr().ok()?;
        let to = SocketAddr::new(to.ip().to_canonical(), to.port());
        let (name, read) = hello::read(&mut client).await?;
        let mut site = self.connect.to(to).await?;
        match name.filter(|name| self.lists(name)) {
            Some(name) => {
                let name = ServerName::try_from(name).ok()?;
                let mut site = self.honest.connect(name, site).await.ok()?;
                let mut client = self.forged.accept(Rewound::new(read, client)).await.ok()?;
                copy_bidirectional(&mut client, &mut site).await.ok()?;
            }
            None => {
                site.write_all(&read).await.ok()?;
                copy_bidirectional(&mut client, &mut site).await.ok()?;
            }
        }
        Some(())
    }

    /// Returns whether the list holds `name` or a name above it.
    fn lists(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let below = |host: &Host| {
            let rest = name.strip_suffix(host.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.names.iter().any(below)
    }
}
