//! Reads a ClientHello byte by byte, as somebody on the way would.

use sha2::{Digest as _, Sha256};

/// A ClientHello (RFC 8446 §4.1.2).
#[derive(Debug)]
pub(crate) struct ReadHello {
    /// The session's id, after its length.
    pub(crate) session: Vec<u8>,
    /// The cipher suites.
    pub(crate) ciphers: Vec<u16>,
    /// The extensions: number, where the contents begin in the message, and the contents.
    pub(crate) extensions: Vec<(u16, usize, Vec<u8>)>,
}

impl ReadHello {
    /// Reads a handshake message, without the record around it.
    pub(crate) fn new(message: &[u8]) -> Self {
        let number = |at: usize| u16::from_be_bytes([message[at], message[at + 1]]);
        assert_eq!(message[0], 1, "a ClientHello");
        let start = 4 + 2 + 32;
        let at = start + 1 + usize::from(message[start]);
        let session = message[start..at].to_vec();
        let end = at + 2 + usize::from(number(at));
        let ciphers = (at + 2..end).step_by(2).map(number).collect();
        let at = end + 1 + usize::from(message[end]);
        let end = at + 2 + usize::from(number(at));
        assert!(message[end..].iter().all(|byte| *byte == 0), "nothing beside it but padding");
        let mut at = at + 2;
        let mut extensions = Vec::new();
        while at < end {
            let (kind, start) = (number(at), at + 4);
            at = start + usize::from(number(at + 2));
            extensions.push((kind, start, message[start..at].to_vec()));
        }
        Self { session, ciphers, extensions }
    }

    /// Returns the fingerprint JA4 of the message sent over TCP, as its specification at
    /// github.com/FoxIO-LLC/ja4 has it. GREASE, which would be left out, must not be there.
    pub(crate) fn ja4(&self) -> String {
        let grease = |number: &u16| number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff;
        assert!(!self.ciphers.iter().any(grease), "no GREASE");
        let list = |numbers: &[u16]| {
            numbers.iter().map(|number| format!("{number:04x}")).collect::<Vec<_>>().join(",")
        };
        let part = |text: String| {
            let digest = hex::encode(Sha256::digest(text));
            digest.chars().take(12).collect::<String>()
        };
        let pairs = |bytes: &[u8]| -> Vec<u16> {
            bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
        };
        let (_, versions) = self.extension(43).unwrap();
        let newest = pairs(&versions[1..]).into_iter().max().unwrap();
        let version = if newest == 0x0304 { "13" } else { "12" };
        let named = if self.extension(0).is_some() { "d" } else { "i" };
        let (_, protocols) = self.extension(16).unwrap();
        let first = &protocols[3..3 + usize::from(protocols[2])];
        let alpn = [first[0], first[first.len() - 1]].map(char::from);
        let mut ciphers = self.ciphers.clone();
        ciphers.sort_unstable();
        let mut kinds: Vec<u16> = self.extensions.iter().map(|(kind, _, _)| *kind).collect();
        let head = format!("t{version}{named}{:02}{:02}", ciphers.len(), kinds.len());
        kinds.retain(|kind| ![0, 16].contains(kind));
        kinds.sort_unstable();
        let (_, signatures) = self.extension(13).unwrap();
        let told = format!("{}_{}", list(&kinds), list(&pairs(&signatures[2..])));
        format!("{head}{}{}_{}_{}", alpn[0], alpn[1], part(list(&ciphers)), part(told))
    }

    /// Returns the extension `kind`: where its contents begin, and the contents.
    pub(crate) fn extension(&self, kind: u16) -> Option<(usize, &[u8])> {
        let found = self.extensions.iter().find(|(number, _, _)| *number == kind);
        found.map(|(_, start, contents)| (*start, contents.as_slice()))
    }
}
