//! A server that reads encrypted names: rustls has none, so here is as much of TLS 1.3 (RFC 8446)
//! and ECH (RFC 9849) as a client needs to finish its handshake.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustls::crypto::cipher::{AeadKey, Iv, MessageEncrypter, OutboundPlainMessage};
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey};
use rustls::crypto::ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256;
use rustls::crypto::ring::kx_group::X25519;
use rustls::crypto::tls13::{HkdfExpander, OkmBlock};
use rustls::sign::CertifiedKey;
use rustls::{ContentType, ProtocolVersion, SignatureScheme, Tls13CipherSuite};
use sha2::{Digest as _, Sha256};

use crate::hello::ReadHello;

/// A published key, with what opens what was encrypted by it.
pub(crate) struct Key {
    suite: &'static dyn Hpke,
    own: HpkePrivateKey,
    /// The `ECHConfigList` (RFC 9849 §4), its public name `public.test`.
    pub(crate) list: Vec<u8>,
}

impl Key {
    pub(crate) fn new(suite: &'static dyn Hpke) -> Self {
        let (public, own) = suite.generate_key_pair().unwrap();
        let (kem, sym) = (u16::from(suite.suite().kem), suite.suite().sym);
        let numbers = [u16::from(sym.kdf_id), u16::from(sym.aead_id)].map(u16::to_be_bytes);
        let ciphers = long(&numbers.concat());
        let contents = [
            &[KEY_ID][..],
            &kem.to_be_bytes(),
            &long(&public.0),
            &ciphers,
            &[32, 11],
            b"public.test",
            &[0, 0],
        ];
        let config = [&[0xfe, 0x0d][..], &long(&contents.concat())].concat();
        Self { suite, own, list: long(&config) }
    }

    /// Opens the encrypted hello in `outer` and puts it together (RFC 9849 §5): what it has in
    /// common with the outer one is named only. Authenticated with it is the outer one with zeros in
    /// the payload's place.
    pub(crate) fn open(&self, outer: &[u8]) -> Vec<u8> {
        let around = ReadHello::new(outer);
        let (start, _) = around.extension(ENCRYPTED_CLIENT_HELLO).unwrap();
        let number = |at: usize| usize::from(u16::from_be_bytes([outer[at], outer[at + 1]]));
        assert_eq!((outer[start], outer[start + 5]), (0, KEY_ID), "an outer hello by our key");
        let enc_at = start + 8;
        let enc = EncapsulatedSecret(outer[enc_at..enc_at + number(start + 6)].to_vec());
        let payload_at = enc_at + enc.0.len() + 2;
        let payload = &outer[payload_at..payload_at + number(payload_at - 2)];
        let mut aad = outer[4..].to_vec();
        aad[payload_at - 4..payload_at - 4 + payload.len()].fill(0);
        let info = [b"tls ech\0", &self.list[2..]].concat();
        let inner = self.suite.open(&enc, &info, &aad, payload, &self.own).unwrap();
        whole(&inner, &around)
    }
}

/// Finishes a handshake under the encrypted name in `outer`, showing `certified`.
pub(crate) fn accept(stream: &mut TcpStream, outer: &[u8], key: &Key, certified: &CertifiedKey) {
    let hello = key.open(outer);
    let read = ReadHello::new(&hello);
    let suite = TLS13_CHACHA20_POLY1305_SHA256.tls13().unwrap();
    let (_, shares) = read.extension(51).unwrap();
    let at = shares.windows(4).position(|head| head == [0, 29, 0, 32]).unwrap() + 4;
    let shared = X25519.start_and_complete(&shares[at..at + 32]).unwrap();
    let share = [&[0, 29][..], &long(&shared.pub_key)].concat();
    let extensions = [&[0, 43, 0, 2, 3, 4, 0, 51][..], &long(&share)].concat();
    let middle = [&ReadHello::new(outer).session[..], &[0x13, 0x03, 0], &long(&extensions)];
    let server_hello = |last: [u8; 8]| {
        let random = [[7; 24].as_slice(), &last].concat();
        message(2, &[&[3, 3][..], &random, &middle.concat()].concat())
    };
    // RFC 9849 §7.2: the server says in the last bytes of its random value that it could read.
    let early = suite.hkdf_provider.extract_from_secret(None, &hello[6..38]);
    let asked = hash(&[&hello, &server_hello([0; 8])]);
    let word = expand(early.as_ref(), "ech accept confirmation", &asked);
    let server_hello = server_hello(word);

    let secret = handshake_secret(suite, shared.secret.secret_bytes());
    let secret: [u8; 32] = expand(secret.as_ref(), "s hs traffic", &hash(&[&hello, &server_hello]));
    let traffic = suite.hkdf_provider.expander_for_okm(&OkmBlock::new(&secret));
    let mut cipher = suite.aead_alg.encrypter(
        AeadKey::from(expand::<32>(traffic.as_ref(), "key", &[])),
        Iv::new(expand(traffic.as_ref(), "iv", &[])),
    );

    let shown = certified.end_entity_cert().unwrap();
    let certificate = [&long24(shown)[..], &[0, 0]].concat();
    let mut said = [hello, server_hello.clone()].concat();
    let mut flight = message(8, &[0, 0]);
    flight.extend(message(11, &[&[0][..], &long24(&certificate)].concat()));
    said.extend(&flight);
    let signed = [&[b' '; 64], &b"TLS 1.3, server CertificateVerify\0"[..], &hash(&[&said])];
    let signer = certified.key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256]).unwrap();
    let signature = long(&signer.sign(&signed.concat()).unwrap());
    let verify = message(15, &[&[4, 3][..], &signature].concat());
    said.extend(&verify);
    flight.extend(verify);
    let finished: [u8; 32] = expand(traffic.as_ref(), "finished", &[]);
    let tag = suite.hkdf_provider.hmac_sign(&OkmBlock::new(&finished), &hash(&[&said]));
    flight.extend(message(20, tag.as_ref()));

    stream.write_all(&[&[22, 3, 3][..], &long(&server_hello)].concat()).unwrap();
    stream.write_all(&sealed(cipher.as_mut(), &flight)).unwrap();
}

/// Reads the first record's message.
pub(crate) fn read_message(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).unwrap();
    let mut message = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut message).unwrap();
    message
}

/// Puts the inner hello together from what was encrypted and what it takes from the outer one.
fn whole(inner: &[u8], outer: &ReadHello) -> Vec<u8> {
    let read = ReadHello::new(&[&[1, 0, 0, 0], inner].concat());
    let mut extensions = Vec::new();
    for (kind, _, contents) in &read.extensions {
        let named = if *kind == OUTER_EXTENSIONS { &contents[1..] } else { &[] };
        let taken = named.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let taken = taken.map(|kind| (kind, outer.extension(kind).unwrap().1));
        let own = (*kind != OUTER_EXTENSIONS).then_some((*kind, contents.as_slice()));
        for (kind, contents) in taken.chain(own) {
            extensions.extend(kind.to_be_bytes());
            extensions.extend(long(contents));
        }
    }
    let ciphers: Vec<u8> = read.ciphers.iter().flat_map(|number| number.to_be_bytes()).collect();
    let parts =
        [&inner[..34], &outer.session, &long(&ciphers), &[1, 0], &long(&extensions)].concat();
    message(1, &parts)
}

fn handshake_secret(suite: &Tls13CipherSuite, shared: &[u8]) -> Box<dyn HkdfExpander> {
    let early = suite.hkdf_provider.extract_from_zero_ikm(None);
    let salt: [u8; 32] = expand(early.as_ref(), "derived", &hash(&[]));
    suite.hkdf_provider.extract_from_secret(Some(&salt), shared)
}

/// HKDF-Expand-Label (RFC 8446 §7.1).
fn expand<const N: usize>(secret: &dyn HkdfExpander, label: &str, context: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let length = u16::try_from(N).unwrap().to_be_bytes();
    let short = |bytes: &[u8]| [&[u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let label = short(format!("tls13 {label}").as_bytes());
    secret.expand_slice(&[&length, &label, &short(context)], &mut out).unwrap();
    out
}

fn sealed(cipher: &mut dyn MessageEncrypter, flight: &[u8]) -> Vec<u8> {
    let plain = OutboundPlainMessage {
        typ: ContentType::Handshake,
        version: ProtocolVersion::TLSv1_3,
        payload: flight.into(),
    };
    cipher.encrypt(plain, 0).unwrap().encode()
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &long24(body)].concat()
}

/// The bytes after their length in two bytes.
fn long(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// The bytes after their length in three bytes.
fn long24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

const KEY_ID: u8 = 7;
/// RFC 9849 §5.
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
const OUTER_EXTENSIONS: u16 = 0xfd00;
