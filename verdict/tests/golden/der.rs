//! Writes small certificates, the same bytes each time. Their signatures are empty: the rules read
//! names and keys, and whether a chain is valid was decided where it was seen.

use record::Digest;

/// A certificate.
#[derive(Clone, Debug)]
pub(crate) struct Certificate(pub(crate) Vec<u8>);

impl Certificate {
    /// A site's certificate, issued by an authority that everybody knows.
    pub(crate) fn public(name: &str) -> Self {
        Self::issued(
            &Name { country: "ZZ", organisation: "Public Test Trust", common: "R1" },
            name,
            1,
        )
    }

    /// A certificate that `issuer` issued for `name` and the key number `key`.
    pub(crate) fn issued(issuer: &Name<'_>, name: &str, key: u8) -> Self {
        Self::new(issuer, &Name { country: "", organisation: "", common: name }, key)
    }

    /// A certificate that names itself as its issuer, as the beacon's do.
    pub(crate) fn self_issued(name: &str, key: u8) -> Self {
        let own = Name { country: "", organisation: "", common: name };
        Self::new(&own, &own, key)
    }

    fn new(issuer: &Name<'_>, subject: &Name<'_>, key: u8) -> Self {
        let algorithm = node(0x30, &[node(0x06, &[vec![0x2b, 0x65, 0x70]])]);
        let validity = [time("260101000000Z"), time("270101000000Z")];
        let bits = [vec![0], vec![key; 32]].concat();
        let body = [
            node(0xa0, &[node(0x02, &[vec![2]])]),
            node(0x02, &[vec![1]]),
            algorithm.clone(),
            issuer.der(),
            node(0x30, &validity),
            subject.der(),
            node(0x30, &[algorithm.clone(), node(0x03, &[bits])]),
        ];
        Self(node(0x30, &[node(0x30, &body), algorithm, node(0x03, &[vec![0; 65]])]))
    }

    /// The digest that names it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The digest of its subject public key, as a list writes it.
    pub(crate) fn key_digest(key: u8) -> String {
        let algorithm = node(0x30, &[node(0x06, &[vec![0x2b, 0x65, 0x70]])]);
        let bits = [vec![0], vec![key; 32]].concat();
        Digest::of(&node(0x30, &[algorithm, node(0x03, &[bits])])).to_string()
    }
}

/// A distinguished name; an empty part is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    pub(crate) country: &'a str,
    pub(crate) organisation: &'a str,
    pub(crate) common: &'a str,
}

impl Name<'_> {
    fn der(&self) -> Vec<u8> {
        let parts = [(6, self.country), (10, self.organisation), (3, self.common)];
        let written = parts.into_iter().filter(|(_, text)| !text.is_empty());
        let sets: Vec<Vec<u8>> = written
            .map(|(attribute, text)| {
                let kind = node(0x06, &[vec![0x55, 0x04, attribute]]);
                let value = node(0x0c, &[text.as_bytes().to_vec()]);
                node(0x31, &[node(0x30, &[kind, value])])
            })
            .collect();
        node(0x30, &sets)
    }
}

fn time(text: &str) -> Vec<u8> {
    node(0x17, &[text.as_bytes().to_vec()])
}

fn node(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    let length = body.len().to_be_bytes();
    let [.., high, low] = length;
    let head = match body.len() {
        0..128 => vec![tag, low],
        128..256 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, body].concat()
}
