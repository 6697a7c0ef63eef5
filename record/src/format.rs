//! Versions and digests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The format that this crate writes. A reader of `qoljetim/1` reads every `qoljetim/1`: fields
/// are added, never removed or given another meaning.
pub const FORMAT: &str = "qoljetim/1";

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_| ParseDigestError)?;
        Ok(Self(digest))
    }
}

impl TryFrom<String> for Digest {
    type Error = ParseDigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// A text is not a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written as 64 hexadecimal digits")]
pub struct ParseDigestError;

/// Why bytes are not a record.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than a record may have.
    #[error("the record has {0} bytes; at most {max} are read", max = crate::limits::RECORD_BYTES)]
    TooLong(usize),
    /// Nested deeper than a record may be.
    #[error("the record is nested deeper than {max} levels", max = crate::limits::JSON_DEPTH)]
    TooDeep,
    /// Not JSON, or not of a record's shape.
    #[error("not a record of the format {FORMAT}")]
    Shape(#[source] serde_json::Error),
    /// Written in another format.
    #[error("the record says that its format is {0:?}; this reader knows {FORMAT} only: update it")]
    Format(String),
    /// A list is longer than its limit.
    #[error("the record has {found} {what}; at most {most} are read")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many were found.
        found: usize,
        /// How many are read.
        most: usize,
    },
    /// A verdict points at an observation that is not there.
    #[error("the verdict rests on observation {0}, which the record does not hold")]
    Dangling(usize),
}
