//! TLS handshakes with a ClientHello that is shaped otherwise.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::server::Acceptor;

use agent::config::Config;
use agent::probe::Performed;
use agent::probe::ech::SUITES;
use record::{EncryptedName, Failed, Failure, Hello, Session, Step, Trust, Variant};

use crate::opening::{Key, accept, read_message};
use crate::servers::{Authority, hasty, perform, quick, read_some, serve, serve_tls, wait_for_end};

#[tokio::test]
async fn a_split_hello_comes_in_two_parts_with_the_name_in_neither() {
    let (sender, parts) = mpsc::channel();
    let at = serve(move |mut stream| {
        sender.send(read_some(&mut stream)).unwrap();
        sender.send(read_some(&mut stream)).unwrap();
    });

    shake(&quick(), at, Hello::Split).await.outcome_failed();

    let (first, second) = (parts.recv().unwrap(), parts.recv().unwrap());
    let whole = [first.clone(), second.clone()].concat();
    assert!(first.ends_with(b"site.") && second.starts_with(b"test"));
    assert!(!holds(&first, NAME) && !holds(&second, NAME) && holds(&whole, NAME));
    let length = usize::from(u16::from_be_bytes([whole[3], whole[4]]));
    assert_eq!((whole[0], length + 5), (22, whole.len()));
}

#[tokio::test]
async fn a_split_hello_that_gets_no_answer_tells_what_was_written() {
    let at = serve(wait_for_end);

    let failed = shake(&hasty(), at, Hello::Split).await.outcome_failed();

    assert_eq!((failed.failure, failed.read), (Failure::Timeout, 0));
    assert!(failed.written > 100, "{failed:?}");
}

#[tokio::test]
async fn a_split_handshake_is_finished_like_any_other() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.server("site.test"), finish);

    let session = shake(&authority.trusted_in(dir.path()), at, Hello::Split).await.session();

    assert_eq!((session.version.as_str(), session.trust), ("TLSv1_3", Trust::Trusted));
    assert_eq!(session.encrypted_name, None);
}

#[tokio::test]
async fn a_nameless_hello_holds_no_name_and_the_chain_is_judged_for_it() {
    for (served, trust) in [("site.test", Trust::Trusted), ("other.test", Trust::WrongName)] {
        let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
        let (sender, names) = mpsc::channel();
        let config = authority.server(served);
        let at = serve(move |mut stream| {
            let mut acceptor = Acceptor::default();
            let accepted = loop {
                acceptor.read_tls(&mut stream).unwrap();
                if let Some(accepted) = acceptor.accept().unwrap() {
                    break accepted;
                }
            };
            sender.send(accepted.client_hello().server_name().map(str::to_owned)).unwrap();
            let mut connection = accepted.into_connection(Arc::clone(&config)).unwrap();
            connection.complete_io(&mut stream).ok();
            wait_for_end(stream);
        });

        let config = authority.trusted_in(dir.path());
        let session = shake(&config, at, Hello::Nameless).await.session();

        assert_eq!((session.trust, session.chain.len()), (trust, 2));
        assert_eq!(names.recv().unwrap(), None);
    }
}

#[tokio::test]
async fn an_encrypted_name_can_be_read_by_the_holder_of_the_key_only() {
    for suite in SUITES {
        let key = Key::new(*suite);
        let (sender, hellos) = mpsc::channel();
        let at = serve(move |mut stream| sender.send(read_message(&mut stream)).unwrap());

        shake(&quick(), at, encrypted(&key)).await.outcome_failed();

        let hello = hellos.recv().unwrap();
        assert!(holds(&hello, b"public.test") && !holds(&hello, NAME));
        assert!(holds(&key.open(&hello), NAME));
    }
}

#[tokio::test]
async fn a_server_that_reads_the_name_answers_under_it() {
    for suite in SUITES {
        let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
        let key = Key::new(*suite);
        let step = encrypted(&key);
        let certified = authority.certified("site.test");
        let at = serve(move |mut stream| {
            let hello = read_message(&mut stream);
            accept(&mut stream, &hello, &key, &certified);
            wait_for_end(stream);
        });

        let session = shake(&authority.trusted_in(dir.path()), at, step).await.session();

        assert_eq!(session.encrypted_name, Some(EncryptedName::Accepted));
        assert_eq!((session.version.as_str(), session.trust), ("TLSv1_3", Trust::Trusted));
        assert_eq!(session.chain.len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_cannot_read_the_name_answers_under_the_public_one() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.server("public.test"), finish);

    let step = encrypted(&Key::new(SUITES[0]));
    let shaken = shake(&authority.trusted_in(dir.path()), at, step).await;

    let session = shaken.session();
    assert_eq!(session.encrypted_name, Some(EncryptedName::Rejected));
    assert_eq!((session.version.as_str(), session.trust), ("TLSv1_3", Trust::Trusted));
    assert_eq!(session.chain.len(), shaken.0.certificates.len());
    assert!(session.read > 500 && session.written > 200);
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_is_a_bad_message_and_nothing_is_sent() {
    let at = "192.0.2.1:443".parse().unwrap();

    let step = Hello::Encrypted { config: "AAAA".to_owned() };
    let failed = shake(&quick(), at, step).await.outcome_failed();

    assert_eq!((failed.failure, failed.written), (Failure::BadMessage, 0));
    assert_eq!(failed.detail, "ECH configuration: NoCompatibleConfig");
}

fn encrypted(key: &Key) -> Hello {
    Hello::Encrypted { config: STANDARD.encode(&key.list) }
}

fn holds(bytes: &[u8], name: &[u8]) -> bool {
    bytes.windows(name.len()).any(|part| part == name)
}

fn finish(mut stream: rustls::StreamOwned<rustls::ServerConnection, std::net::TcpStream>) {
    stream.conn.complete_io(&mut stream.sock).ok();
    wait_for_end(stream);
}

struct Shaken(Performed);

impl Shaken {
    fn session(&self) -> Session {
        self.0.observation.as_variant().unwrap().outcome.clone().unwrap()
    }

    fn outcome_failed(&self) -> Failed {
        self.0.observation.as_variant().unwrap().outcome.clone().unwrap_err()
    }
}

async fn shake(config: &Config, to: SocketAddr, hello: Hello) -> Shaken {
    let step = Variant { to, name: "site.test".parse().unwrap(), hello };
    Shaken(perform(config, Vec::new(), Step::Variant(step)).await)
}

const NAME: &[u8] = b"site.test";
