//! TLS handshakes.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use rcgen::{CertificateParams, date_time_ymd};

use agent::config::Config;
use agent::probe::Performed;
use agent::probe::tls::HELLO;
use record::{Digest, Failed, Failure, Handshake, Seen, Session, Step, Trust};

use crate::hello::ReadHello;
use crate::servers::{
    Authority, hasty, perform, quick, read_some, reset, serve, serve_tls, wait_for_end,
};

#[tokio::test]
async fn a_reset_after_the_hello_is_a_reset() {
    let at = serve(|mut stream| {
        read_some(&mut stream);
        reset(stream);
    });

    let failed = fail(&quick(), at).await;

    assert_eq!((failed.failure, failed.read), (Failure::Reset, 0));
    assert!(failed.written > 100, "{failed:?}");
}

#[tokio::test]
async fn an_end_after_the_hello_is_a_close() {
    let at = serve(|mut stream| drop(read_some(&mut stream)));

    let failed = fail(&quick(), at).await;

    assert_eq!((failed.failure, failed.read), (Failure::Closed, 0));
}

#[tokio::test]
async fn an_alert_is_named() {
    let at = serve(|mut stream| {
        read_some(&mut stream);
        stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).unwrap();
        wait_for_end(stream);
    });

    let failed = fail(&quick(), at).await;

    assert_eq!((failed.failure, failed.read), (Failure::Alert, 7));
    assert_eq!(failed.detail, "HandshakeFailure");
}

#[tokio::test]
async fn a_web_page_in_place_of_tls_breaks_the_protocol() {
    let at = serve(|mut stream| {
        read_some(&mut stream);
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\nblocked").unwrap();
        wait_for_end(stream);
    });

    let failed = fail(&quick(), at).await;

    assert_eq!(failed.failure, Failure::BadMessage);
    assert!(failed.read > 0, "{failed:?}");
}

#[tokio::test]
async fn silence_after_the_hello_is_a_timeout_that_tells_what_was_sent() {
    let at = serve(wait_for_end);

    let failed = fail(&hasty(), at).await;

    assert_eq!((failed.failure, failed.read), (Failure::Timeout, 0));
    assert_eq!(failed.detail, "handshake");
    assert!(failed.written > 100, "{failed:?}");
}

#[tokio::test]
async fn a_connection_that_was_refused_wrote_nothing() {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    let failed = fail(&quick(), at).await;

    assert_eq!((failed.failure, failed.written), (Failure::Refused, 0));
    assert_eq!(failed.detail, "connect");
}

#[tokio::test]
async fn the_hello_is_one_small_segment() {
    let (sender, hellos) = mpsc::channel();
    let at = serve(move |mut stream| {
        sender.send(read_some(&mut stream)).unwrap();
    });

    fail(&quick(), at).await;

    let hello = hellos.recv().unwrap();
    let length = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
    assert_eq!((hello[0], length + 5), (22, hello.len()));
    assert!(hello.len() < 600, "{}", hello.len());
}

#[tokio::test]
async fn the_hello_has_the_one_fingerprint_that_is_told_of_it() {
    let (sender, hellos) = mpsc::channel();
    let at = serve(move |mut stream| {
        sender.send(read_some(&mut stream)).unwrap();
    });

    // The extensions' order changes every time; JA4 sorts them.
    for _ in 0..3 {
        fail(&quick(), at).await;

        let hello = hellos.recv().unwrap();
        assert_eq!(ReadHello::new(&hello[5..]).ja4(), HELLO);
    }
}

#[tokio::test]
async fn a_chain_that_nobody_vouches_for_is_kept_and_said_to_be_so() {
    let at = serve_tls(Authority::new().server("site.test"), finish);

    let performed = shake(&quick(), at).await;

    let session = session(&performed);
    assert_eq!((session.version.as_str(), session.trust), ("TLSv1_3", Trust::UnknownIssuer));
    assert_eq!(session.chain.len(), 2);
    assert!(session.read > 500 && session.written > 100);
    for digest in &session.chain {
        assert_eq!(Digest::of(&performed.certificates[digest]), *digest);
    }
}

#[tokio::test]
async fn the_extra_roots_of_the_settings_are_believed() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.server("site.test"), finish);

    let performed = shake(&authority.trusted_in(dir.path()), at).await;

    assert_eq!(session(&performed).trust, Trust::Trusted);
}

#[tokio::test]
async fn the_machines_own_roots_are_told_where_they_say_something_else() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (none, other) = (dir.path().join("none.pem"), dir.path().join("other.pem"));
    let stranger = rcgen::generate_simple_self_signed(["ca.test".to_owned()]).unwrap();
    std::fs::write(&other, stranger.cert.pem()).unwrap();
    let trusting = authority.trusted_in(dir.path());
    let public = || Config { extra_roots: None, ..trusting.clone() };
    let machine = |roots| Config { system_roots: Some(roots), ..public() };
    let same = trusting.extra_roots.clone().unwrap();
    let at = serve_tls(authority.server("site.test"), finish);

    for (config, trust, system) in [
        (machine(same), Trust::UnknownIssuer, Some(Trust::Trusted)),
        (machine(other.clone()), Trust::UnknownIssuer, None),
        (machine(none), Trust::UnknownIssuer, None),
        // The settings' extra roots are believed by both.
        (Config { system_roots: Some(other), ..trusting.clone() }, Trust::Trusted, None),
    ] {
        let session = session(&shake(&config, at).await);

        assert_eq!((session.trust, session.system), (trust, system));
    }
}

#[tokio::test]
async fn wrong_names_and_wrong_dates_have_their_own_words() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let config = authority.trusted_in(dir.path());
    let params = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();
    let (mut past, mut future) = (params("site.test"), params("site.test"));
    past.not_before = date_time_ymd(2001, 1, 1);
    past.not_after = date_time_ymd(2002, 1, 1);
    future.not_before = date_time_ymd(2101, 1, 1);
    future.not_after = date_time_ymd(2102, 1, 1);

    for (params, trust) in [
        (params("other.test"), Trust::WrongName),
        (past, Trust::Expired),
        (future, Trust::NotYetValid),
    ] {
        let at = serve_tls(authority.server_with(params), finish);

        assert_eq!(session(&shake(&config, at).await).trust, trust);
    }
}

#[tokio::test]
async fn a_chain_without_its_key_does_not_pass_but_is_kept() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.thief("site.test"), finish);

    let performed = shake(&authority.trusted_in(dir.path()), at).await;

    let failed = handshake(&performed).outcome.clone().unwrap_err();
    assert_eq!(failed.failure, Failure::BadMessage);
    assert!(failed.detail.starts_with("certificate: BadSignature"), "{failed:?}");
    assert_eq!(performed.certificates.len(), 1);
}

fn finish(mut stream: rustls::StreamOwned<rustls::ServerConnection, std::net::TcpStream>) {
    stream.conn.complete_io(&mut stream.sock).ok();
    wait_for_end(stream);
}

async fn shake(config: &Config, to: SocketAddr) -> Performed {
    let step = Handshake { to, sni: "site.test".parse().unwrap() };
    perform(config, Vec::new(), Step::Handshake(step)).await
}

async fn fail(config: &Config, to: SocketAddr) -> Failed {
    handshake(&shake(config, to).await).outcome.clone().unwrap_err()
}

fn handshake(performed: &Performed) -> &Seen<Handshake, Session> {
    performed.observation.as_handshake().unwrap()
}

fn session(performed: &Performed) -> Session {
    handshake(performed).outcome.clone().unwrap()
}
