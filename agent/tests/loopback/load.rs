//! Loads from the beacon.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};

use agent::config::{Config, Limits};
use record::{Failed, Failure, Load, Loaded, Step};

use crate::servers::{Authority, answer, perform, quick, serve, serve_tls, wait_for_end};

#[tokio::test]
async fn a_load_tells_its_bytes_and_whose_they_are() {
    let at = serve(|mut stream| {
        let asked = answer(&mut stream, &head(20_000));
        assert!(asked.starts_with("GET /load?bytes=20000 "), "{asked}");
        assert!(asked.contains("host: site.test\r\n"), "{asked}");
        stream.write_all(&[b'a'; 20_000]).unwrap();
    });

    let loaded = load(&quick(), at, false).await.unwrap();

    assert_eq!((loaded.bytes, loaded.from_beacon), (20_000, true));
    assert!(loaded.ready_ms <= loaded.first_ms && loaded.first_ms <= loaded.last_ms);
}

#[tokio::test]
async fn whatever_certificate_is_shown_the_load_goes_on() {
    let config = Authority::new().server("other.test");
    let at = serve_tls(config, |mut stream| {
        answer(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
    });

    let loaded = load(&quick(), at, true).await.unwrap();

    assert_eq!((loaded.bytes, loaded.from_beacon), (5, false));
}

#[tokio::test]
async fn a_load_that_stops_in_the_middle_tells_how_far_it_came() {
    let at = serve(|mut stream| {
        answer(&mut stream, &head(20_000));
        stream.write_all(&[b'a'; 4_000]).unwrap();
        wait_for_end(stream);
    });
    let limits = Limits { load_timeout_ms: 400, ..quick().limits };

    let failed = load(&Config { limits, ..quick() }, at, false).await.unwrap_err();

    assert_eq!((failed.failure, failed.read), (Failure::Timeout, 4_000));
}

#[tokio::test]
async fn a_load_that_is_cut_off_is_no_whole_one() {
    let at = serve(|mut stream| {
        answer(&mut stream, &head(20_000));
        stream.write_all(&[b'a'; 4_000]).unwrap();
    });

    let failed = load(&quick(), at, false).await.unwrap_err();

    assert_ne!(failed.failure, Failure::Timeout);
    assert_eq!(failed.read, 4_000);
}

#[tokio::test]
async fn more_than_was_asked_for_is_not_read() {
    let at = serve(|mut stream: TcpStream| {
        answer(&mut stream, &head(2 << 20));
        stream.write_all(&vec![b'a'; 2 << 20]).ok();
    });

    assert_eq!(load(&quick(), at, false).await.unwrap_err().failure, Failure::BadMessage);
}

fn head(bytes: usize) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nQoljetim-Beacon: 1\r\nContent-Length: {bytes}\r\n\r\n").into_bytes()
}

async fn load(config: &Config, to: SocketAddr, tls: bool) -> Result<Loaded, Failed> {
    let step = Step::Load(Load { to, name: "site.test".parse().unwrap(), tls, bytes: 20_000 });
    let observation = perform(config, Vec::new(), step).await.observation;
    observation.as_load().unwrap().outcome.clone()
}
