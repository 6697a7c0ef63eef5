//! Accepts connections and bounds what each may do.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::config::Limits;
use crate::place::Peer;

/// Serves connections for ever.
pub(super) async fn listen(listener: TcpListener, router: Router, limits: &Limits) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.head_ms))
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, from)) => {
                let (server, router) = (server.clone(), router.clone());
                tokio::spawn(async move {
                    let served = serve_one(&server, router, stream, from);
                    if tokio::time::timeout(LIFE, served).await.is_err() {
                        tracing::debug!("a connection was closed at its end of life");
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of file handles, most likely: wait for some to be closed.
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_one(server: &http1::Builder, router: Router, stream: TcpStream, from: SocketAddr) {
    let peer = Peer::of(from);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        let answered = router.call(request);
        async move { answered.await.map_err(|never: Infallible| never) }
    });
    if server.serve_connection(TokioIo::new(stream), service).await.is_err() {
        tracing::debug!("a connection ended early");
    }
}

/// Bytes of a request's head: hyper's smallest buffer.
const HEAD_BYTES: usize = 8 << 10;

/// Fields in a request's head.
const HEADERS: usize = 32;

/// How long a connection may last, whatever is done on it: nobody holds one for ever.
const LIFE: Duration = Duration::from_secs(600);
