//! What is behind a listener: plain HTTP, or TLS that some servers end before it begins.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::server::Acceptor;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use super::front::{End, Front};
use crate::internet::accept::accept;
use crate::internet::http::serve;

/// What is behind a listener.
pub(super) enum Door {
    /// The sites over plain HTTP.
    Plain(Arc<Front>),
    /// The sites over TLS.
    Secure(Arc<Front>, TlsAcceptor),
}

impl Door {
    /// Serves whoever connects to `listener`; never returns.
    pub(super) async fn keep_open(self, listener: TcpListener) {
        match self {
            Self::Plain(front) => {
                accept(listener, |stream| {
                    let front = Arc::clone(&front);
                    async move {
                        let Ok(peer) = stream.peer_addr() else { return };
                        serve(stream, |asked| front.answer_plain(asked, peer.ip())).await;
                    }
                })
                .await;
            }
            Self::Secure(front, tls) => {
                accept(listener, |stream| {
                    let (front, tls) = (Arc::clone(&front), tls.clone());
                    async move {
                        let Ok(peer) = stream.peer_addr() else { return };
                        converse(stream, peer.ip(), &front, &tls).await;
                    }
                })
                .await;
            }
        }
    }
}

async fn converse(stream: TcpStream, from: IpAddr, front: &Front, tls: &TlsAcceptor) {
    let Ok(start) = LazyConfigAcceptor::new(Acceptor::default(), stream).await else { return };
    let name = start.client_hello().server_name().unwrap_or_default().to_ascii_lowercase();
    match front.end(&name, from) {
        None => {
            if let Ok(stream) = start.into_stream(Arc::clone(tls.config())).await {
                serve(stream, |asked| front.answer_secure(asked, from)).await;
            }
        }
        Some(End::Close) => {}
        Some(End::Reset) => start.io.set_zero_linger().unwrap_or_default(),
        Some(End::Alert(code)) => {
            // A fatal alert in a record of its own (RFC 8446 §5.1, §6).
            let alert = [21, 3, 3, 0, 2, 2, code];
            let mut stream = start.io;
            // Who is gone need not be told.
            stream.write_all(&alert).await.ok();
        }
    }
}
