//! The ClientHello in QUIC's Initial packets, which anybody on the way can open (RFC 9001 §5.2).

use std::collections::BTreeMap;

use rustls::Side;
use rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
use rustls::quic::{DirectionalKeys, Version};

use super::{MOST_BYTES, Opening, message};

/// What a client said so far in the Initial packets of one connection (QUIC version 1).
#[derive(Debug, Default)]
pub struct Initials {
    /// The connection id that the keys follow from: the first that the client chose.
    id: Option<Vec<u8>>,
    /// Parts of the handshake's stream, by their place in it.
    parts: BTreeMap<usize, Vec<u8>>,
}

impl Initials {
    /// Adds a datagram of the client's and tells what the parts so far say together.
    pub fn add(&mut self, datagram: &[u8]) -> Opening {
        let mut rest = datagram;
        while let Some((packet, after)) = Protected::split(rest) {
            rest = after;
            let id = self.id.get_or_insert_with(|| packet.id.to_vec());
            let Some(frames) = keys(id).and_then(|keys| packet.open(&keys)) else { continue };
            self.read(&frames);
        }
        if self.id.is_none() {
            return Opening::Foreign;
        }
        message(&self.joined()).unwrap_or(Opening::Unfinished)
    }

    /// Keeps what the CRYPTO frames of a packet hold; a frame that no Initial may hold ends it.
    fn read(&mut self, mut frames: &[u8]) {
        while let Some((kind, rest)) = number(frames) {
            frames = match kind {
                PADDING | PING => rest,
                ACK => {
                    let Some(rest) = after_ack(rest) else { return };
                    rest
                }
                CRYPTO => {
                    let Some((place, part, rest)) = crypto(rest) else { return };
                    let kept: usize = self.parts.values().map(Vec::len).sum();
                    if kept + part.len() > MOST_BYTES || self.parts.len() >= MOST_PARTS {
                        return;
                    }
                    self.parts.entry(place).or_insert_with(|| part.to_vec());
                    rest
                }
                _ => return,
            };
        }
    }

    /// Joins the parts from the beginning on, as far as none is missing.
    fn joined(&self) -> Vec<u8> {
        let mut joined = Vec::new();
        for (place, part) in &self.parts {
            let Some(known) = joined.len().checked_sub(*place) else { break };
            joined.extend_from_slice(part.get(known..).unwrap_or_default());
        }
        joined
    }
}

/// An Initial packet as it travels.
struct Protected<'a> {
    id: &'a [u8],
    /// The whole packet.
    bytes: &'a [u8],
    /// Where its number begins.
    number_at: usize,
}

impl<'a> Protected<'a> {
    /// Splits the first packet of a datagram off; none when it is no Initial of version 1.
    fn split(datagram: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&[first, a, b, c, d], rest) = datagram.split_first_chunk::<5>()?;
        // RFC 9000 §17.2: long header and fixed bit, then the type.
        if first & 0b1111_0000 != 0b1100_0000 || u32::from_be_bytes([a, b, c, d]) != VERSION_1 {
            return None;
        }
        let (id, rest) = short(rest)?;
        let (_source, rest) = short(rest)?;
        let (token, rest) = number(rest)?;
        let rest = rest.get(usize::try_from(token).ok()?..)?;
        let (length, rest) = number(rest)?;
        let number_at = datagram.len() - rest.len();
        let end = number_at.checked_add(usize::try_from(length).ok()?)?;
        let (bytes, after) = datagram.split_at_checked(end)?;
        Some((Self { id, bytes, number_at }, after))
    }

    /// Takes both protections off and returns the frames; none when the keys do not fit.
    fn open(&self, keys: &DirectionalKeys) -> Option<Vec<u8>> {
        let (head, body) = self.bytes.split_at_checked(self.number_at)?;
        let (mut head, mut body) = (head.to_vec(), body.to_vec());
        let (number, sampled) = body.split_at_mut_checked(LONGEST_NUMBER)?;
        let sample = sampled.get(..keys.header.sample_len())?;
        keys.header.decrypt_in_place(sample, head.first_mut()?, number).ok()?;
        let width = usize::from(head.first()? & 0b11) + 1;
        let number = body.get(..width)?.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        head.extend_from_slice(body.get(..width)?);
        let frames = keys.packet.decrypt_in_place(number, &head, body.get_mut(width..)?).ok()?;
        Some(frames.to_vec())
    }
}

/// Returns the keys that a client protects its Initial packets with.
fn keys(id: &[u8]) -> Option<DirectionalKeys> {
    let suite = TLS13_AES_128_GCM_SHA256.tls13()?.quic_suite()?;
    Some(suite.keys(id, Side::Server, Version::V1).remote)
}

/// Splits a number of variable length off (RFC 9000 §16).
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let width = 1_usize << (bytes.first()? >> 6);
    let (number, rest) = bytes.split_at_checked(width)?;
    let whole = number.iter().fold(0, |sum: u64, byte| (sum << 8) | u64::from(*byte));
    Some((whole & (u64::MAX >> (66 - 8 * width)), rest))
}

/// Splits off bytes whose length is written in the byte before them.
fn short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// Reads a CRYPTO frame (RFC 9000 §19.6): its place, what it holds, and what follows it.
fn crypto(frame: &[u8]) -> Option<(usize, &[u8], &[u8])> {
    let (place, rest) = number(frame)?;
    let (length, rest) = number(rest)?;
    let (part, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((usize::try_from(place).ok()?, part, rest))
}

/// Passes over an ACK frame (RFC 9000 §19.3).
fn after_ack(frame: &[u8]) -> Option<&[u8]> {
    let (_largest, rest) = number(frame)?;
    let (_delay, rest) = number(rest)?;
    let (ranges, rest) = number(rest)?;
    let (_first, mut rest) = number(rest)?;
    for _ in 0..ranges.checked_mul(2)? {
        rest = number(rest)?.1;
    }
    Some(rest)
}

const VERSION_1: u32 = 1;
const PADDING: u64 = 0;
const PING: u64 = 1;
const ACK: u64 = 2;
const CRYPTO: u64 = 6;
/// Header protection is taken off as if a packet's number had this width (RFC 9001 §5.4.2).
const LONGEST_NUMBER: usize = 4;
const MOST_PARTS: usize = 64;

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::super::tests::hello_for;
    use super::*;

    #[test]
    fn the_name_in_an_initial_is_found() {
        let named = Opening::Named("news.test".to_owned());

        assert_eq!(Initials::default().add(&initial_for("news.test")), named);
        assert_eq!(Initials::default().add(b"\x45 no QUIC at all"), Opening::Foreign);
    }

    #[test]
    fn a_hello_over_two_packets_is_joined_in_any_order() {
        let hello = hello_for("news.test").split_off(5);
        let (one, two) = hello.split_at(30);
        let (one, two) = (initial(0, &crypto_frame(0, one)), initial(1, &crypto_frame(30, two)));
        let named = Opening::Named("news.test".to_owned());

        for [first, second] in [[&one, &two], [&two, &one]] {
            let mut initials = Initials::default();
            assert_eq!(initials.add(first), Opening::Unfinished);
            assert_eq!(initials.add(second), named);
        }
        assert_eq!(Initials::default().add(&[one, two].concat()), named);
    }

    #[test]
    fn a_damaged_packet_is_not_opened() {
        let mut initial = initial_for("news.test");
        let last = initial.len() - 1;
        initial[last] ^= 1;

        assert_eq!(Initials::default().add(&initial), Opening::Unfinished);
    }

    /// RFC 9000 §A.1.
    #[test]
    fn numbers_of_every_width_are_read() {
        for (bytes, wanted) in [
            (&[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c][..], 151_288_809_941_952_652),
            (&[0x9d, 0x7f, 0x3e, 0x7d], 494_878_333),
            (&[0x7b, 0xbd], 15_293),
            (&[0x25], 37),
        ] {
            assert_eq!(number(bytes), Some((wanted, &[][..])));
        }
        assert_eq!(number(&[0x7b]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            Initials::default().add(&bytes);
            Initials::default().add(&initial(0, &bytes));
        }

        #[test]
        fn no_damage_makes_reading_panic(
            at in 0_usize..60, value in any::<u8>(), cut in 0_usize..200,
        ) {
            let mut bytes = initial_for("news.test");
            bytes[at] = value;
            bytes.truncate(cut);
            Initials::default().add(&bytes);
        }
    }

    /// Builds the Initial packet of a ClientHello that names `name`.
    pub(crate) fn initial_for(name: &str) -> Vec<u8> {
        initial(0, &crypto_frame(0, &hello_for(name).split_off(5)))
    }

    fn crypto_frame(place: u8, part: &[u8]) -> Vec<u8> {
        assert!(place < 64);
        let length = u16::try_from(part.len()).unwrap() | 0x4000;
        [&[6, place][..], &length.to_be_bytes(), part].concat()
    }

    fn initial(packet_number: u8, frames: &[u8]) -> Vec<u8> {
        let keys = TLS13_AES_128_GCM_SHA256.tls13().unwrap().quic_suite().unwrap();
        let keys = keys.keys(ID, Side::Client, Version::V1).local;
        let mut body = frames.to_vec();
        body.resize(body.len().max(32), 0);
        let length = u16::try_from(1 + body.len() + keys.packet.tag_len()).unwrap() | 0x4000;
        let mut head = [&[0xc0, 0, 0, 0, 1, 8][..], ID, &[0, 0], &length.to_be_bytes()].concat();
        let number_at = head.len();
        head.push(packet_number);
        let tag = keys.packet.encrypt_in_place(packet_number.into(), &head, &mut body).unwrap();
        let mut whole = [head.as_slice(), &body, tag.as_ref()].concat();
        let (start, rest) = whole.split_at_mut(number_at + 4);
        let (first, number) = start.split_at_mut(number_at);
        let sample = rest[..keys.header.sample_len()].to_vec();
        keys.header.encrypt_in_place(&sample, &mut first[0], &mut number[..1]).unwrap();
        whole
    }

    const ID: &[u8] = b"a lab id";
}
