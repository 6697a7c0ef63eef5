//! Reads the name out of a ClientHello, and keeps the bytes.

use std::time::Duration;

use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

/// Reads until the ClientHello is whole or cannot become one. Returns the name in it, where there
/// is one, and all bytes that were read; none when nothing was read at all.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
) -> Option<(Option<String>, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut acceptor = Acceptor::default();
    let name = timeout(PATIENCE, name(stream, &mut acceptor, &mut bytes)).await;
    if bytes.is_empty() { None } else { Some((name.ok().flatten(), bytes)) }
}

async fn name(
    stream: &mut (impl AsyncRead + Unpin),
    acceptor: &mut Acceptor,
    bytes: &mut Vec<u8>,
) -> Option<String> {
    while bytes.len() < MOST_BYTES {
        let before = bytes.len();
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
        let mut fresh = bytes.get(before..)?;
        while !fresh.is_empty() {
            acceptor.read_tls(&mut fresh).ok()?;
            match acceptor.accept() {
                Ok(None) => {}
                Ok(Some(hello)) => return hello.client_hello().server_name().map(str::to_owned),
                Err(_) => return None,
            }
        }
    }
    None
}

/// A client that says less in this time is passed on as it is.
const PATIENCE: Duration = Duration::from_secs(5);
const MOST_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use rustls::{ClientConfig, ClientConnection, RootCertStore};
    use tokio::runtime::Builder;

    use super::*;
    use crate::internet::tls;

    #[test]
    fn the_name_is_found_however_the_bytes_are_cut() {
        let hello = hello("news.test");
        for cut in [1, 5, 6, 43, hello.len() / 2, hello.len() - 1] {
            let (one, two) = hello.split_at(cut);

            let (name, bytes) = run(&mut one.chain(two)).unwrap();

            assert_eq!((name.as_deref(), &bytes), (Some("news.test"), &hello), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_client_hello_has_no_name_and_loses_no_byte() {
        let request = b"GET / HTTP/1.1\r\nHost: news.test\r\n\r\n";

        let (name, bytes) = run(&mut request.as_slice()).unwrap();

        assert_eq!((name, bytes.as_slice()), (None, request.as_slice()));
        assert!(run(&mut [].as_slice()).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            run(&mut bytes.as_slice());
        }

        #[test]
        fn no_damage_makes_it_panic(at in 0_usize..200, to in any::<u8>()) {
            let mut bytes = hello("news.test");
            bytes[at] = to;
            run(&mut bytes.as_slice());
        }
    }

    fn run(stream: &mut (impl AsyncRead + Unpin)) -> Option<(Option<String>, Vec<u8>)> {
        Builder::new_current_thread().enable_time().build().unwrap().block_on(read(stream))
    }

    fn hello(name: &'static str) -> Vec<u8> {
        let config = ClientConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let name = name.try_into().unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).unwrap();
        bytes
    }
}
