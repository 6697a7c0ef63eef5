//! Pages over HTTP and HTTPS.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use tokio::net::TcpListener;
use tokio::time::Instant;

use agent::config::{Config, Limits};
use agent::control::beacon;
use agent::probe::similarity::similarity;
use agent::probe::{Prober as _, Wire};
use agent::roots::Roots;
use plan::Planned;
use record::{Digest, Failed, Failure, Fetch, Page, Part, Step, Trust};
use testlists::PageMark;

use crate::servers::{
    Authority, answer, edge, hasty, perform, quick, reset, serve, serve_tls, wait_for_end,
};

#[tokio::test]
async fn a_page_is_told_by_status_digest_and_title() {
    let page = b"<html><title>News</title>hello";
    let at = serving(b"HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a=b\r\nContent-Length: 30\r\n\r\n<html><title>News</title>hello");

    let page_seen = fetch(&quick(), at, "http://site.test/").await.unwrap();

    assert_eq!((page_seen.status, page_seen.bytes, page_seen.truncated), (200, 30, false));
    assert_eq!(page_seen.body, Digest::of(page));
    assert_eq!(page_seen.title.as_deref(), Some("News"));
    assert_eq!(page_seen.headers.keys().collect::<Vec<_>>(), ["content-length", "server"]);
}

#[tokio::test]
async fn the_request_looks_like_a_browsers_and_holds_no_cookie() {
    let (sender, heads) = mpsc::channel();
    let at = serve(move |mut stream| {
        sender.send(answer(&mut stream, b"HTTP/1.1 204 No\r\n\r\n")).unwrap();
    });

    fetch(&quick(), at, "http://site.test:8080/a?b=c").await.unwrap();

    let head = heads.recv().unwrap();
    assert!(head.starts_with("GET /a?b=c HTTP/1.1\r\nHost: site.test:8080\r\n"), "{head}");
    assert!(head.contains("User-Agent: Mozilla/5.0") && !head.contains("Cookie"), "{head}");
    assert!(!head.to_lowercase().contains("qoljetim"), "{head}");
}

#[tokio::test]
async fn every_way_to_fail_has_its_own_name() {
    let resetting = serve(|mut stream| {
        answer(&mut stream, b"");
        reset(stream);
    });
    let closing = serving(b"");
    let strange = serving(b"\x16\x03\x01 this is no HTTP at all\r\n\r\n");
    let short = serving(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");

    for (at, failure) in [
        (resetting, Failure::Reset),
        (closing, Failure::Closed),
        (strange, Failure::BadMessage),
        (short, Failure::Closed),
    ] {
        let failed = fetch(&quick(), at, "http://site.test/").await.unwrap_err();

        assert_eq!(failed.failure, failure, "{failed:?}");
        assert!(failed.written > 50, "{failed:?}");
    }
}

#[tokio::test]
async fn silence_after_the_request_is_a_timeout() {
    let at = serve(wait_for_end);

    let failed = fetch(&hasty(), at, "http://site.test/").await.unwrap_err();

    assert_eq!((failed.failure, failed.detail.as_str()), (Failure::Timeout, "request"));
    assert!(failed.written > 50 && failed.read == 0, "{failed:?}");
}

#[tokio::test]
async fn head_and_body_have_limits_of_their_own() {
    let silent = serve(wait_for_end);
    let stalling = serve(|mut stream| {
        answer(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        wait_for_end(stream);
    });
    let with = |fetch_timeout_ms, body_timeout_ms| {
        let limits = Limits { fetch_timeout_ms, body_timeout_ms, ..quick().limits };
        Config { limits, ..quick() }
    };

    let head = fetch(&with(300, 3_600_000), silent, "http://site.test/").await.unwrap_err();
    let body = fetch(&with(3_600_000, 300), stalling, "http://site.test/").await.unwrap_err();

    assert_eq!((head.failure, head.detail.as_str()), (Failure::Timeout, "request"));
    assert_eq!((body.failure, body.detail.as_str()), (Failure::Timeout, "body after 9 bytes"));
}

#[tokio::test]
async fn a_page_is_told_with_its_likeness_and_the_marks_it_bears() {
    let at = serving(
        b"HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n<title>Stop</title>one <i>two three",
    );
    let mark = PageMark { id: "stop".into(), title: "Stop".into(), ..PageMark::default() };
    let wire = Wire::new(&quick(), Roots::load(None).unwrap(), Vec::new(), edge());
    let step = Step::Fetch(Fetch { to: at, url: "http://site.test/".parse().unwrap() });
    let planned = Planned { step, part: Part::Screen, wait_ms: 0 };

    let performed = wire.with_marks(vec![mark]).perform(&planned, Instant::now()).await.unwrap();

    let page = performed.observation.as_fetch().unwrap().outcome.clone().unwrap();
    assert_eq!(page.marks, ["stop"]);
    assert_eq!(page.similarity, similarity(b"stop one two three"));
    assert!(page.similarity.is_some());
}

#[tokio::test]
async fn a_page_of_no_said_length_that_ends_in_silence_or_reset_is_still_the_page() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n<title>Blocked</title>";
    let silent = serve(move |mut stream| {
        answer(&mut stream, head);
        wait_for_end(stream);
    });

    let resetting = serve(move |mut stream| {
        answer(&mut stream, head);
        reset(stream);
    });

    for at in [silent, resetting] {
        let page = fetch(&hasty(), at, "http://site.test/").await.unwrap();

        assert_eq!((page.title.as_deref(), page.truncated), (Some("Blocked"), true));
    }
}

#[tokio::test]
async fn a_malformed_page_of_a_filter_is_read_as_browsers_do() {
    let at = serving(b"HTTP/1.1 302 Found\r\nbad header line\r\nLocation : http://block.example/?ip=192.0.2.7\r\nContent-Length: 0\r\n\r\n");

    let page = fetch(&quick(), at, "http://site.test/").await.unwrap();

    assert_eq!((page.status, page.headers["location"].as_str()), (302, "http://block.example/"));
}

#[tokio::test]
async fn a_long_page_is_read_up_to_its_limit() {
    let at = serve(|mut stream| {
        let mut long = b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n".to_vec();
        long.resize(long.len() + 400_000, b'x');
        answer(&mut stream, &long);
    });

    let page = fetch(&quick(), at, "http://site.test/").await.unwrap();

    assert_eq!((page.bytes, page.truncated), (256 << 10, true));
}

#[tokio::test]
async fn a_page_over_tls_holds_its_session() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.server("site.test"), |mut stream| {
        answer(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        stream.conn.send_close_notify();
        stream.conn.complete_io(&mut stream.sock).ok();
    });

    let page = fetch(&authority.trusted_in(dir.path()), at, "https://site.test/").await.unwrap();

    assert_eq!(page.session.unwrap().trust, Trust::Trusted);
}

#[tokio::test]
async fn nothing_is_asked_of_a_server_that_nobody_vouches_for() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let at = serve_tls(Authority::new().server("site.test"), move |mut stream| {
        let head = answer(&mut stream, b"HTTP/1.1 200 OK\r\n\r\n");
        counter.fetch_add(head.len(), Ordering::SeqCst);
    });

    let failed = fetch(&quick(), at, "https://site.test/").await.unwrap_err();

    assert_eq!(failed.failure, Failure::BadMessage);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_the_person_excludes_is_not_contacted_even_when_a_step_leads_there() {
    let (sender, heads) = mpsc::channel();
    let at = serve(move |mut stream| {
        sender.send(answer(&mut stream, b"HTTP/1.1 204 No\r\n\r\n")).unwrap();
    });
    let config = Config { never: vec!["site.test".parse().unwrap()], ..quick() };

    let failed = fetch(&config, at, "http://www.site.test/").await.unwrap_err();
    fetch(&config, at, "http://other.test/").await.unwrap();

    assert_eq!(failed.failure, Failure::Cancelled);
    assert!(heads.recv().unwrap().contains("Host: other.test"));
}

#[tokio::test]
async fn the_beacon_answers_any_host_with_its_code_and_ends_any_name() {
    let (tls, http) = (bind().await, bind().await);
    let [at_tls, at_http] = [&tls, &http].map(|socket| socket.local_addr().unwrap());
    let answering = beacon::Beacon::open(&tls).unwrap();
    tokio::spawn(beacon::serve(tls, http, answering));

    let page = fetch(&quick(), at_http, "http://any.test/").await.unwrap();
    assert_eq!(page.headers["qoljetim-beacon"], beacon::code(b"any.test"));

    let step = record::Handshake { to: at_tls, sni: "any.test".parse().unwrap() };
    let performed = perform(&quick(), Vec::new(), Step::Handshake(step)).await;
    let session = performed.observation.as_handshake().unwrap().outcome.clone().unwrap();
    assert_eq!(session.trust, Trust::UnknownIssuer);
}

async fn bind() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn serving(bytes: &'static [u8]) -> SocketAddr {
    serve(move |mut stream| {
        answer(&mut stream, bytes);
    })
}

async fn fetch(config: &Config, to: SocketAddr, url: &str) -> Result<Page, Failed> {
    let step = Fetch { to, url: url.parse().unwrap() };
    let performed = perform(config, Vec::new(), Step::Fetch(step)).await;
    performed.observation.as_fetch().unwrap().outcome.clone()
}
