//! HTTP/3 (RFC 9114) beside HTTPS: the same certificates, the same pages.

use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use quinn::{Endpoint, EndpointConfig, Incoming, TokioRuntime};
use rustls::server::ResolvesServerCert;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::front::Front;
use crate::LabError;
use crate::internet::http::Asked;
use crate::internet::tls;

/// Makes what answers the datagrams of `socket`.
pub(super) fn open(
    socket: UdpSocket,
    certificates: Arc<dyn ResolvesServerCert>,
) -> Result<Endpoint, LabError> {
    let server = tls::quic(certificates)?;
    let runtime = Arc::new(TokioRuntime);
    Endpoint::new(EndpointConfig::default(), Some(server), socket, runtime)
        .map_err(LabError::failed("opening an address for QUIC"))
}

/// Answers connections, so many at once and each for so long; never returns.
pub(super) async fn serve(endpoint: Endpoint, front: Arc<Front>) {
    let open = Arc::new(Semaphore::new(MOST_OPEN));
    while let Some(incoming) = endpoint.accept().await {
        let Ok(place) = Arc::clone(&open).try_acquire_owned() else {
            incoming.refuse();
            continue;
        };
        let front = Arc::clone(&front);
        drop(tokio::spawn(async move {
            timeout(LONGEST, converse(incoming, &front)).await.ok();
            drop(place);
        }));
    }
}

/// Answers the requests of one connection, one after the other; none when the peer broke it off.
async fn converse(incoming: Incoming, front: &Front) -> Option<()> {
    let from = incoming.remote_address().ip();
    let connection = h3_quinn::Connection::new(incoming.await.ok()?);
    let mut builder = h3::server::builder();
    builder.max_field_section_size(HEAD_BYTES);
    let mut requests = builder.build::<_, Bytes>(connection).await.ok()?;
    for _ in 0..MOST_REQUESTS {
        let Some(request) = requests.accept().await.ok()? else { break };
        let (request, mut stream) = request.resolve_request().await.ok()?;
        let (head, ()) = request.into_parts();
        let (head, body) = front.answer_secure(Asked::bare(head), from).await.into_parts();
        stream.send_response(head).await.ok()?;
        stream.send_data(body).await.ok()?;
        stream.finish().await.ok()?;
    }
    Some(())
}

const MOST_OPEN: usize = 256;
const LONGEST: Duration = Duration::from_secs(60);
const MOST_REQUESTS: usize = 16;
const HEAD_BYTES: u64 = 16 << 10;
