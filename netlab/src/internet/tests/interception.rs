//! Interception: swaps the chain of listed names, and of nothing else.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use record::Digest;

use super::Fixture;
use super::client::{chain, credulous, get};
use crate::internet::service::Here;
use crate::internet::sockets::{Protocol, Sockets};
use crate::internet::{ChainStyle, Interceptor, NationalAuthority, interceptor};

#[tokio::test]
async fn only_listed_names_are_shown_the_national_chain_and_all_get_their_page() {
    let lab = Fixture::start();
    let national = NationalAuthority::create(ChainStyle::default()).unwrap();
    for (name, site, swapped) in [
        ("tan-jarygy.test", "tan-jarygy.test", true),
        ("Tan-Jarygy.test", "tan-jarygy.test", true),
        ("m.tan-jarygy.test", "tan-jarygy.test", true),
        ("qyran-kozi.test", "qyran-kozi.test", false),
        ("xtan-jarygy.test", "tan-jarygy.test", false),
    ] {
        let (_interceptor, at) = start(&lab, site, &national);

        let stream = credulous(TcpStream::connect(at).await.unwrap(), name).await;

        let shown = chain(&stream);
        assert_eq!(shown.len(), 2);
        assert_eq!(Digest::of(&shown[1]) == national.intermediate_sha256(), swapped, "{name}");
        let page = get(stream, site, "/").await;
        assert_eq!(page.status, 200);
        assert!(String::from_utf8_lossy(&page.body).contains("<title>"));
    }
}

#[tokio::test]
async fn an_unlisted_name_still_has_a_chain_that_the_lab_trusts() {
    let lab = Fixture::start();
    let national = NationalAuthority::create(ChainStyle::default()).unwrap();
    let (_interceptor, at) = start(&lab, "qyran-kozi.test", &national);

    let stream = TcpStream::connect(at).await.unwrap();

    assert!(lab.secure(stream, "qyran-kozi.test").await.is_ok());
}

#[tokio::test]
async fn what_is_not_tls_passes_untouched() {
    let national = NationalAuthority::create(ChainStyle::default()).unwrap();
    let echo = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let true_address = echo.local_addr().unwrap();
    let (_interceptor, at) = start_before(true_address, &national);
    let said = b"tan-jarygy.test \x16\x03\x01 and other bytes";

    let mut client = TcpStream::connect(at).await.unwrap();
    client.write_all(said).await.unwrap();
    client.shutdown().await.unwrap();
    let (mut site, _) = echo.accept().await.unwrap();
    let mut heard = Vec::new();
    site.read_to_end(&mut heard).await.unwrap();

    assert_eq!(heard, said);
}

/// Starts an interceptor in the way to the first address of `site`.
fn start(lab: &Fixture, site: &str, national: &NationalAuthority) -> (Interceptor, SocketAddr) {
    let site = lab.world.sites().iter().find(|known| known.host.as_str() == site).unwrap();
    let true_address = lab.place(Protocol::Tcp, site.addresses[0], 443);
    start_before(true_address, national)
}

fn start_before(
    true_address: SocketAddr,
    national: &NationalAuthority,
) -> (Interceptor, SocketAddr) {
    let sockets = Sockets::Loopback(Arc::default());
    let names = vec!["tan-jarygy.test".parse().unwrap()];
    let interceptor = interceptor::start([&Here, &Here], &sockets, names, national).unwrap();
    let at = sockets.find(Protocol::Tcp, "[::]:443".parse().unwrap());
    // On loopback the address that a client connects to is the interceptor's own.
    sockets.note(Protocol::Tcp, at, true_address);
    (interceptor, at)
}
