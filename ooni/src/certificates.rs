//! The certificates that a measurement's handshakes showed, once each.

use record::{Certificates, Digest, limits};

use crate::body::Blob;

/// Collects certificates within a record's limits.
#[derive(Default)]
pub(crate) struct Collected {
    kept: Certificates,
    /// Certificates that were too long, too many or not readable.
    pub(crate) left_out: u32,
}

impl Collected {
    /// Takes a chain in and returns the digests of its certificates, leaf first.
    pub(crate) fn take(&mut self, chain: &[Blob]) -> Vec<Digest> {
        let mut digests = Vec::new();
        for blob in chain {
            let Some(der) = blob.bytes() else {
                self.left_out += 1;
                continue;
            };
            let digest = Digest::of(&der);
            digests.push(digest);
            if self.kept.0.contains_key(&digest) {
                continue;
            }
            let fits =
                der.len() <= limits::CERTIFICATE_BYTES && self.kept.0.len() < limits::CERTIFICATES;
            if fits {
                self.kept.0.insert(digest, der);
            } else {
                self.left_out += 1;
            }
        }
        digests
    }

    /// Hands the certificates over.
    pub(crate) fn finish(self) -> Certificates {
        self.kept
    }
}
