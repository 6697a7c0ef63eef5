//! HTTP/3 beside HTTPS.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::{Buf as _, Bytes};
use hyper::{Request, StatusCode};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Endpoint};
use rustls::pki_types::CertificateDer;
use rustls::version::TLS13;

use super::Fixture;
use super::client::{Fetched, get};
use crate::internet::sockets::Protocol;
use crate::internet::tls;

#[tokio::test]
async fn a_site_with_http3_says_so_over_tls_and_shows_the_same_page_over_quic() {
    let lab = Fixture::start();
    let mut seen = 0;
    for site in lab.world.sites().iter().filter(|site| site.http3) {
        for address in &site.addresses {
            let host = site.host.as_str();
            let stream = lab.secure(lab.connect(*address, 443).await, host).await.unwrap();
            let over_tls = get(stream, host, "/").await;

            let (over_quic, chain) = over_quic(&lab, *address, host).await;

            assert_eq!(over_tls.headers["alt-svc"], "h3=\":443\"", "{host}");
            assert_eq!(over_quic.status, StatusCode::OK, "{host}");
            assert_eq!(over_quic.body, over_tls.body, "{host}");
            assert_eq!(chain.len(), 2, "{host}");
            seen += 1;
        }
    }
    assert!(seen >= 6, "only {seen} addresses");
}

#[tokio::test]
async fn a_site_without_http3_neither_offers_nor_answers_it() {
    let lab = Fixture::start();
    let site = lab.world.sites().iter().find(|site| site.is_plain() && !site.http3).unwrap();
    let (host, address) = (site.host.as_str(), site.addresses[0]);

    let stream = lab.secure(lab.connect(address, 443).await, host).await.unwrap();
    let page = get(stream, host, "/").await;

    assert!(!page.headers.contains_key("alt-svc"));
    assert_eq!(lab.place(Protocol::Udp, address, 443).port(), 1, "nobody listens");
}

/// Fetches the page of `host` over QUIC, with whatever chain the server shows.
async fn over_quic(
    lab: &Fixture,
    address: IpAddr,
    host: &str,
) -> (Fetched, Vec<CertificateDer<'static>>) {
    let mut config = rustls::ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_webpki_verifier(lab.verifier())
        .with_no_client_auth();
    config.alpn_protocols = vec![tls::HTTP_3.to_vec()];
    let config = QuicClientConfig::try_from(config).unwrap();
    let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let to = lab.place(Protocol::Udp, address, 443);
    let config = ClientConfig::new(Arc::new(config));
    let connection = endpoint.connect_with(config, to, host).unwrap().await.unwrap();
    let chain: Box<Vec<CertificateDer<'static>>> =
        connection.peer_identity().unwrap().downcast().unwrap();

    let (mut driver, mut sender) =
        h3::client::new(h3_quinn::Connection::new(connection)).await.unwrap();
    let driving = tokio::spawn(async move { driver.wait_idle().await });
    let request = Request::get(format!("https://{host}/")).body(()).unwrap();
    let mut stream = sender.send_request(request).await.unwrap();
    stream.finish().await.unwrap();
    let response = stream.recv_response().await.unwrap();
    let mut body = Vec::new();
    while let Some(mut data) = stream.recv_data().await.unwrap() {
        body.extend_from_slice(&data.copy_to_bytes(data.remaining()));
    }
    driving.abort();
    let (head, ()) = response.into_parts();
    (Fetched { status: head.status, headers: head.headers, body: Bytes::from(body) }, *chain)
}
