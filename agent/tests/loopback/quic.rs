//! Handshakes over QUIC, and pages over HTTP/3.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use hyper::Response;
use hyper::body::Bytes;
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Endpoint, Incoming, VarInt};

use agent::config::Config;
use record::{Failed, Failure, Fetch, Page, Quic, Session, Step, Trust};

use crate::servers::{Authority, hasty, perform, quick};

#[tokio::test]
async fn a_handshake_shows_the_whole_chain() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let at = serve(&authority, Answers::Page(b"hello".to_vec()));

    let shaken = shake(&authority.trusted_in(folder.path()), at).await.unwrap();

    assert_eq!((shaken.trust, shaken.chain.len()), (Trust::Trusted, 2));
    assert!(shaken.written >= 1_200 && shaken.read > 500, "{} {}", shaken.written, shaken.read);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_a_session_all_the_same() {
    let at = serve(&Authority::new(), Answers::Page(Vec::new()));

    let shaken = shake(&quick(), at).await.unwrap();

    assert_eq!(shaken.trust, Trust::UnknownIssuer);
}

#[tokio::test]
async fn where_nobody_listens_the_handshake_is_refused() {
    let reserved = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = reserved.local_addr().unwrap();
    drop(reserved);

    let failed = shake(&quick(), at).await.unwrap_err();

    assert_eq!((failed.failure, failed.read), (Failure::Refused, 0));
}

#[tokio::test]
async fn silence_is_a_timeout_after_datagrams_of_full_size() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();

    let failed = shake(&hasty(), silent.local_addr().unwrap()).await.unwrap_err();

    assert_eq!((failed.failure, failed.read), (Failure::Timeout, 0));
    assert!(failed.written >= 1_200, "{failed:?}");
}

#[tokio::test]
async fn a_page_is_told_as_over_tcp() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let body = b"<html><title>News</title>hello".to_vec();
    let at = serve(&authority, Answers::Page(body.clone()));

    let page = fetch(&authority.trusted_in(folder.path()), at).await.unwrap();

    assert_eq!((page.status, page.bytes, page.truncated), (200, 30, false));
    assert_eq!(page.title.as_deref(), Some("News"));
    assert_eq!(page.body, record::Digest::of(&body));
    assert_eq!(page.headers.get("server").map(String::as_str), Some("x"));
    assert_eq!(page.session.unwrap().trust, Trust::Trusted);
}

#[tokio::test]
async fn a_long_page_is_read_as_far_as_its_bound() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let at = serve(&authority, Answers::Page(vec![b'a'; 300 << 10]));

    let page = fetch(&authority.trusted_in(folder.path()), at).await.unwrap();

    assert_eq!((page.bytes, page.truncated), (256 << 10, true));
}

#[tokio::test]
async fn nothing_is_asked_of_whom_the_certificate_does_not_name() {
    let at = serve(&Authority::new(), Answers::Page(b"hello".to_vec()));

    assert_eq!(fetch(&quick(), at).await.unwrap_err().failure, Failure::BadMessage);
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_is_closed() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let at = serve(&authority, Answers::Goodbye);

    let failed = fetch(&authority.trusted_in(folder.path()), at).await.unwrap_err();

    assert_eq!(failed.failure, Failure::Closed);
}

/// What a server does with a connection.
#[derive(Clone)]
enum Answers {
    Page(Vec<u8>),
    Goodbye,
}

fn serve(authority: &Authority, answers: Answers) -> SocketAddr {
    let mut config = (*authority.server("site.test")).clone();
    config.alpn_protocols = vec![b"h3".to_vec()];
    let config = QuicServerConfig::try_from(config).unwrap();
    let config = quinn::ServerConfig::with_crypto(Arc::new(config));
    let endpoint = Endpoint::server(config, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let at = endpoint.local_addr().unwrap();
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            tokio::spawn(converse(incoming, answers.clone()));
        }
    });
    at
}

/// Answers one connection; none when the peer broke it off.
async fn converse(incoming: Incoming, answers: Answers) -> Option<()> {
    let connection = incoming.await.ok()?;
    let Answers::Page(body) = answers else {
        connection.close(VarInt::from_u32(0x100), b"");
        return Some(());
    };
    let connection = h3_quinn::Connection::new(connection);
    let mut requests = h3::server::builder().build::<_, Bytes>(connection).await.ok()?;
    while let Some(request) = requests.accept().await.ok()? {
        let (_, mut stream) = request.resolve_request().await.ok()?;
        let head = Response::builder().header("server", "x").header("set-cookie", "a=b");
        stream.send_response(head.body(()).ok()?).await.ok()?;
        stream.send_data(Bytes::from(body.clone())).await.ok()?;
        stream.finish().await.ok()?;
    }
    Some(())
}

async fn shake(config: &Config, to: SocketAddr) -> Result<Session, Failed> {
    let step = Step::Quic(Quic { to, sni: "site.test".parse().unwrap() });
    let observation = perform(config, Vec::new(), step).await.observation;
    observation.as_quic().unwrap().outcome.clone()
}

async fn fetch(config: &Config, to: SocketAddr) -> Result<Page, Failed> {
    let step = Step::Http3(Fetch { to, url: "https://site.test/".parse().unwrap() });
    let observation = perform(config, Vec::new(), step).await.observation;
    observation.as_http3().unwrap().outcome.clone()
}
