//! The beacon over QUIC: HTTP/3 (RFC 9114) for any name.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::{Response, Uri};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{
    Endpoint, EndpointConfig, Incoming, ServerConfig, TokioRuntime, TransportConfig, VarInt,
};
use tokio::sync::Semaphore;

use super::load::Place;

/// Opens `at` for QUIC. Needs a runtime around it.
pub(super) fn open(at: SocketAddr, crypto: QuicServerConfig) -> io::Result<Endpoint> {
    let socket = std::net::UdpSocket::bind(at)?;
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(STREAMS))
        .receive_window(VarInt::from_u32(REQUEST_BYTES))
        .stream_receive_window(VarInt::from_u32(REQUEST_BYTES))
        .max_idle_timeout(Some(VarInt::from_u32(IDLE_MS).into()));
    let mut config = ServerConfig::with_crypto(Arc::new(crypto));
    config
        .transport_config(Arc::new(transport))
        .migration(false)
        .max_incoming(CONNECTIONS)
        .incoming_buffer_size_total(u64::from(REQUEST_BYTES) * 16);
    Endpoint::new(EndpointConfig::default(), Some(config), socket, Arc::new(TokioRuntime))
}

/// Answers for ever, a bounded number of connections at a time and each for a bounded time.
pub(super) async fn serve(
    endpoint: Endpoint,
    answer: impl Fn(&Uri) -> (Response<Bytes>, Option<Place>) + Clone + Send + Sync + 'static,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Some(incoming) = endpoint.accept().await {
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            incoming.refuse();
            continue;
        };
        let answer = answer.clone();
        tokio::spawn(async move {
            let _place = place;
            tokio::time::timeout(CONNECTION_TIME, converse(incoming, answer)).await.ok();
        });
    }
}

/// Answers the requests of one connection, one after the other; none when the peer broke it off.
async fn converse(
    incoming: Incoming,
    answer: impl Fn(&Uri) -> (Response<Bytes>, Option<Place>),
) -> Option<()> {
    let connection = h3_quinn::Connection::new(incoming.await.ok()?);
    let mut builder = h3::server::builder();
    builder.max_field_section_size(u64::from(REQUEST_BYTES));
    let mut requests = builder.build::<_, Bytes>(connection).await.ok()?;
    for _ in 0..REQUESTS {
        let Some(request) = requests.accept().await.ok()? else { break };
        let (request, mut stream) = request.resolve_request().await.ok()?;
        let (response, _place) = answer(request.uri());
        let (head, body) = response.into_parts();
        stream.send_response(Response::from_parts(head, ())).await.ok()?;
        stream.send_data(body).await.ok()?;
        stream.finish().await.ok()?;
    }
    Some(())
}

const CONNECTIONS: usize = 256;
const CONNECTION_TIME: Duration = Duration::from_secs(120);
const IDLE_MS: u32 = 10_000;
const STREAMS: u32 = 8;
const REQUESTS: usize = 16;
const REQUEST_BYTES: u32 = 16 << 10;
