//! Servers that behave as some real ones do.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, Error, ProtocolVersion};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Fixture;
use super::client::{Fetched, addresses, chain, credulous, get};
use crate::internet::sockets::Protocol;
use crate::internet::spec::Site;
use crate::internet::{BLOCK_PAGE, LEAF_SERVER, LISTED_PAGE_TITLE, PUBLIC_A, tls};

#[tokio::test]
async fn who_is_near_is_refused_and_the_world_is_not() {
    let (near, far) = (Fixture::start_near(), Fixture::start());
    for (host, status, words) in [
        ("alys-jurt.test", 403, "not available in your country"),
        ("adam-emes.test", 200, "CAPTCHA"),
        ("robot-surau.test", 403, "CAPTCHA"),
        ("kute-tur.test", 503, "CAPTCHA"),
    ] {
        let refused = fetch(&near, host, "/").await;
        let served = fetch(&far, host, "/").await;

        assert_eq!(refused.status, status, "{host}");
        assert!(text(&refused).contains(words), "{host}");
        assert_eq!(served.status, 200, "{host}");
        assert!(!text(&served).contains(words), "{host}");
    }
}

#[tokio::test]
async fn who_is_near_is_turned_away_at_the_handshake() {
    let (near, far) = (Fixture::start_near(), Fixture::start());

    let closed = shake(&near, "jabyq-shekara.test", "jabyq-shekara.test").await.unwrap_err();
    let alerted = shake(&near, "tosqauyl-lab.test", "tosqauyl-lab.test").await.unwrap_err();
    let any_name = shake(&near, "jabyq-shekara.test", "qwe-rtyui.test").await.unwrap_err();
    let by_name = shake(&near, "jabyq-bolim.test", "jabyq-bolim.test").await.unwrap_err();

    for closed in [closed, any_name, by_name] {
        assert_eq!(closed.kind(), io::ErrorKind::UnexpectedEof);
    }
    assert_eq!(fetch(&near, "ashyq-bolim.test", "/").await.status, 200, "at the same address");
    assert_eq!(alert(&alerted), AlertDescription::AccessDenied);
    assert_eq!(fetch(&far, "jabyq-shekara.test", "/").await.status, 200);
    assert_eq!(fetch(&far, "tosqauyl-lab.test", "/").await.status, 200);
}

#[tokio::test]
async fn redirects_lead_nowhere_in_circles_and_too_far() {
    let lab = Fixture::start();
    for (host, status, to) in [
        ("synyq-siltegish.test", 302, "https://"),
        ("ainalma-jol.test", 302, "https://ainalma-jol.test/"),
        ("ekinshi-bet.test", 303, "https://bizdin-talap.test/"),
        ("ushinshi-bet.test", 307, "/bet"),
        ("tortinshi-bet.test", 308, "https://tortinshi-bet.test/bet"),
    ] {
        let moved = fetch(&lab, host, "/").await;
        let page = fetch(&lab, host, "/bet").await;

        assert_eq!((moved.status.as_u16(), page.status.as_u16()), (status, 200), "{host}");
        assert_eq!(moved.headers["location"], to, "{host}");
    }
    let mut path = "/".to_owned();
    for turn in 1..=8 {
        let moved = fetch(&lab, "uzyn-jol.test", &path).await;
        path = moved.headers["location"].to_str().unwrap().to_owned();
        assert_eq!((moved.status.as_u16(), path.as_str()), (302, &*format!("/{turn}")));
    }
    assert_eq!(fetch(&lab, "uzyn-jol.test", &path).await.status, 200);
}

#[tokio::test]
async fn pages_are_large_empty_and_listed() {
    let lab = Fixture::start();

    let large = fetch(&lab, "zor-bet.test", "/").await;
    let empty = fetch(&lab, "bos-bet.test", "/").await;
    let listed = fetch(&lab, "tanymal-bet.test", "/").await;

    assert!(large.body.len() >= 5 << 20, "{}", large.body.len());
    assert_eq!(large.body, fetch(&lab, "zor-bet.test", "/").await.body, "the same at each visit");
    assert_eq!((empty.status.as_u16(), empty.body.len()), (200, 0));
    assert!(text(&listed).contains(&format!("<title>{LISTED_PAGE_TITLE}</title>")));
}

#[tokio::test]
async fn a_page_stalls_after_ten_kilobytes_for_everybody() {
    let lab = Fixture::start();
    let host = "toqtap-qaldy.test";
    let stream = shake(&lab, host, host).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let request = Request::get("/").header("host", host).body(Full::<Bytes>::default()).unwrap();
    let mut response = sender.send_request(request).await.unwrap();
    let announced: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();

    let mut got = 0;
    while got < 10_000 {
        let frame = response.body_mut().frame().await.unwrap().unwrap();
        got += frame.into_data().unwrap().len();
    }

    assert_eq!(got, 10_000);
    assert!(announced >= 40_000, "{announced}");
    let more = timeout(Duration::from_millis(300), response.body_mut().frame()).await;
    assert!(more.is_err(), "something came: {more:?}");
    driver.abort();
}

#[tokio::test]
async fn a_zone_tells_near_and_far_other_addresses_and_both_serve() {
    let (near, far) = (Fixture::start_near(), Fixture::start());
    for (lab, last) in [(&near, 98), (&far, 97)] {
        let told = lab.ask(LEAF_SERVER, "jaqyn-tarat.test.", RecordType::A).await.unwrap();

        assert_eq!(addresses(&told), [IpAddr::from([203, 0, 113, last])]);
        let stream = lab.connect(addresses(&told)[0], 443).await;
        let stream = lab.secure(stream, "jaqyn-tarat.test").await.unwrap();
        assert_eq!(get(stream, "jaqyn-tarat.test", "/").await.status, 200);
    }
}

#[tokio::test]
async fn of_six_doors_two_are_open() {
    let lab = Fixture::start();
    let told = lab.ask(PUBLIC_A, "alty-esik.test.", RecordType::A).await.unwrap();
    let mut open = 0;

    for address in addresses(&told) {
        let to = lab.place(Protocol::Tcp, address, 443);
        let tried = timeout(Duration::from_millis(300), TcpStream::connect(to)).await;
        open += usize::from(tried.is_ok_and(|connected| connected.is_ok()));
    }

    assert_eq!((addresses(&told).len(), open), (6, 2));
}

#[tokio::test]
async fn strict_servers_turn_unknown_names_away_and_know_their_own() {
    let lab = Fixture::start();

    let alerted = shake(&lab, "qatal-esik.test", "qwe-rtyui.test").await.unwrap_err();
    let reset = shake(&lab, "julqyp-qatar.test", "qwe-rtyui.test").await.unwrap_err();

    assert_eq!(alert(&alerted), AlertDescription::UnrecognisedName);
    assert_eq!(reset.kind(), io::ErrorKind::ConnectionReset);
    for host in ["qatal-esik.test", "julqyp-qatar.test"] {
        assert_eq!(fetch(&lab, host, "/").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn an_old_server_speaks_tls_1_2_and_nothing_newer() {
    let lab = Fixture::start();
    let only_newest = ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_webpki_verifier(lab.verifier())
        .with_no_client_auth();

    let stream = shake(&lab, "eski-kilt.test", "eski-kilt.test").await.unwrap();
    let refused = handshake(&lab, "eski-kilt.test", only_newest).await.unwrap_err();

    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    assert_eq!(alert(&refused), AlertDescription::ProtocolVersion);
}

#[tokio::test]
async fn a_site_alone_at_its_address_needs_no_name() {
    let lab = Fixture::start();
    let mut nameless = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_webpki_verifier(lab.verifier())
        .with_no_client_auth();
    nameless.enable_sni = false;

    let stream = handshake(&lab, "tan-jarygy.test", nameless).await.unwrap();

    assert_eq!(get(stream, "tan-jarygy.test", "/").await.status, 200);
}

#[tokio::test]
async fn a_long_chain_is_good() {
    let lab = Fixture::start();

    let stream = shake(&lab, "uzyn-tizbek.test", "uzyn-tizbek.test").await.unwrap();

    assert_eq!(chain(&stream).len(), 14);
}

#[tokio::test]
async fn an_alias_may_lead_to_nothing_or_to_a_host_of_block_pages() {
    let lab = Fixture::start();
    let nothing = lab.ask(PUBLIC_A, "mekenjai-joq.test.", RecordType::A).await.unwrap();
    let elsewhere = lab.ask(PUBLIC_A, "tizbek-lagap.test.", RecordType::A).await.unwrap();

    assert_eq!(nothing.metadata.response_code, ResponseCode::NoError);
    assert_eq!((nothing.answers.len(), addresses(&nothing).len()), (1, 0));
    assert_eq!(addresses(&elsewhere), [IpAddr::from(BLOCK_PAGE)]);
    assert_eq!(elsewhere.answers.len(), 4);
    let stream = credulous(lab.connect(BLOCK_PAGE, 443).await, "tizbek-lagap.test").await;
    assert!(text(&get(stream, "tizbek-lagap.test", "/").await).contains("Lab notice"));
}

/// Fetches `path` from the first address of `host`.
async fn fetch(lab: &Fixture, host: &str, path: &str) -> Fetched {
    get(shake(lab, host, host).await.unwrap(), host, path).await
}

/// Makes a handshake for `name` with the server of `host`.
async fn shake(
    lab: &Fixture,
    host: &str,
    name: &str,
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    lab.secure(lab.connect(site(lab, host).addresses[0], 443).await, name).await
}

async fn handshake(
    lab: &Fixture,
    host: &str,
    config: ClientConfig,
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let stream = lab.connect(site(lab, host).addresses[0], 443).await;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

fn site<'a>(lab: &'a Fixture, host: &str) -> &'a Site {
    lab.world.sites().iter().find(|site| site.host.as_str() == host).unwrap()
}

fn text(page: &Fetched) -> String {
    String::from_utf8_lossy(&page.body).into_owned()
}

fn alert(error: &io::Error) -> AlertDescription {
    let told = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    let Error::AlertReceived(alert) = told else { panic!("not an alert: {told}") };
    *alert
}
