//! TLS handshakes with a ClientHello that is shaped otherwise.

use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey};
use rustls::server::Acceptor;

use agent::config::Config;
use agent::probe::Performed;
use agent::probe::ech::SUITES;
use record::{EncryptedName, Failed, Failure, Hello, Session, Step, Trust, Variant};

use crate::hello::ReadHello;
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
        let (config, own) = published(*suite);
        let (sender, hellos) = mpsc::channel();
        let at = serve(move |mut stream| {
            let mut head = [0; 5];
            stream.read_exact(&mut head).unwrap();
            let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
            stream.read_exact(&mut hello).unwrap();
            sender.send(hello).unwrap();
        });

        let step = Hello::Encrypted { config: STANDARD.encode(&config) };
        shake(&quick(), at, step).await.outcome_failed();

        let hello = hellos.recv().unwrap();
        assert!(holds(&hello, b"public.test") && !holds(&hello, NAME));
        let inner = decrypt(*suite, &hello, &config, &own);
        assert!(holds(&inner, NAME));
    }
}

#[tokio::test]
async fn a_server_that_cannot_read_the_name_answers_under_the_public_one() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.server("public.test"), finish);

    let (config, _) = published(SUITES[0]);
    let step = Hello::Encrypted { config: STANDARD.encode(config) };
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

/// A published key with its public name (RFC 9849 §4), and the key to open with.
fn published(suite: &dyn Hpke) -> (Vec<u8>, HpkePrivateKey) {
    let (public, own) = suite.generate_key_pair().unwrap();
    let (kem, sym) = (u16::from(suite.suite().kem), suite.suite().sym);
    let mut contents = vec![7];
    contents.extend(kem.to_be_bytes());
    contents.extend(u16::try_from(public.0.len()).unwrap().to_be_bytes());
    contents.extend(&public.0);
    contents.extend(4u16.to_be_bytes());
    contents.extend(u16::from(sym.kdf_id).to_be_bytes());
    contents.extend(u16::from(sym.aead_id).to_be_bytes());
    contents.extend([32, 11]);
    contents.extend(b"public.test\0\0");
    let mut config = vec![0xfe, 0x0d];
    config.extend(u16::try_from(contents.len()).unwrap().to_be_bytes());
    config.extend(contents);
    let mut list = u16::try_from(config.len()).unwrap().to_be_bytes().to_vec();
    list.extend(config);
    (list, own)
}

/// Opens the encrypted hello in `hello` (RFC 9849 §5): what is authenticated beside it is the outer
/// one with zeros in the payload's place.
fn decrypt(suite: &dyn Hpke, hello: &[u8], config: &[u8], own: &HpkePrivateKey) -> Vec<u8> {
    let read = ReadHello::new(hello);
    let (start, _) = read.extension(ENCRYPTED_CLIENT_HELLO).unwrap();
    let number = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
    assert_eq!((hello[start], hello[start + 5]), (0, 7), "an outer hello with our key's id");
    let enc_at = start + 8;
    let enc = hello[enc_at..enc_at + number(start + 6)].to_vec();
    let payload_at = enc_at + enc.len() + 2;
    let payload = hello[payload_at..payload_at + number(payload_at - 2)].to_vec();
    let mut aad = hello[4..].to_vec();
    aad[payload_at - 4..payload_at - 4 + payload.len()].fill(0);
    let info = [b"tls ech\0", &config[2..]].concat();
    suite.open(&EncapsulatedSecret(enc), &info, &aad, &payload, own).unwrap()
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
/// RFC 9849 §5.
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
