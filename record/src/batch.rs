//! What travels: records in an envelope, and the receipt that answers it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Digest, Hour, KeyText, SignatureText};

/// The media type of a batch.
pub const BATCH_TYPE: &str = "application/vnd.qoljetim.batch";

/// Records in an envelope, signed with the agent's credential.
///
/// Bytes: `QJB1`, one byte [`Suite`], 32 bytes credential, 64 bytes signature over
/// [`Batch::signed_bytes`], then the payload: zstd of the records, one JSON text a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How the payload is sealed.
    pub suite: Suite,
    /// The key that signed the batch.
    pub credential: KeyText,
    /// The signature.
    pub signature: SignatureText,
    /// The sealed records.
    pub payload: Vec<u8>,
}

impl Batch {
    /// Returns the bytes that the signature covers.
    pub fn signed_bytes(suite: Suite, payload: &[u8]) -> Vec<u8> {
        [b"qoljetim batch\0".as_slice(), &[suite.byte()], payload].concat()
    }

    /// Writes the envelope.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [MAGIC.as_slice(), &[self.suite.byte()], self.credential.bytes()];
        [head.concat(), self.signature.0.to_vec(), self.payload.clone()].concat()
    }

    /// Reads an envelope; opens and verifies nothing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BatchError> {
        if bytes.len() > limits::BATCH_BYTES {
            return Err(BatchError::TooLong(bytes.len()));
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(BatchError::NotABatch)?;
        let (suite, rest) = rest.split_first().ok_or(BatchError::Short)?;
        let suite = Suite::from_byte(*suite)?;
        let (credential, rest) = rest.split_first_chunk::<32>().ok_or(BatchError::Short)?;
        let (signature, payload) = rest.split_first_chunk::<64>().ok_or(BatchError::Short)?;
        Ok(Self {
            suite,
            credential: KeyText::new(*credential),
            signature: SignatureText(*signature),
            payload: payload.to_vec(),
        })
    }

    /// Splits an opened payload into its records.
    pub fn records(opened: &[u8]) -> impl Iterator<Item = &[u8]> {
        opened.split(|byte| *byte == b'\n').filter(|record| !record.is_empty())
    }
}

/// How a payload is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// Compressed, not encrypted: whoever carries it can read it.
    Plain,
}

impl Suite {
    fn byte(self) -> u8 {
        match self {
            Self::Plain => 0,
        }
    }

    fn from_byte(byte: u8) -> Result<Self, BatchError> {
        match byte {
            0 => Ok(Self::Plain),
            other => Err(BatchError::Suite(other)),
        }
    }
}

/// A batch's name: the SHA-256 of its envelope's bytes, chosen by the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub Digest);

impl BatchId {
    /// Names the batch that `bytes` are.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Digest::of(bytes))
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The collector's word that a batch is stored for good. Travels as a [`crate::Signed`] text with
/// the purpose `receipt`; sending the same batch again brings the same receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The batch.
    pub batch: BatchId,
    /// Its place in the collector's order of intake, from 0.
    pub index: u64,
    /// The hour it was stored.
    pub hour: Hour,
}

/// Why bytes are not a batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// More bytes than a batch may have.
    #[error("the batch has {0} bytes; at most {max} are taken: send fewer records at once", max = limits::BATCH_BYTES)]
    TooLong(usize),
    /// It does not begin with `QJB1`.
    #[error("not a batch: it does not begin with QJB1")]
    NotABatch,
    /// It ends within its head.
    #[error("the batch ends within its head; it was cut on the way")]
    Short,
    /// Sealed in a way this reader does not know.
    #[error("the batch is sealed with suite {0}, which this collector does not know")]
    Suite(u8),
}

const MAGIC: &[u8; 4] = b"QJB1";

/// The limits of everything that comes from outside.
pub mod limits {
    /// Bytes of one batch on the wire.
    pub const BATCH_BYTES: usize = 1 << 20;
    /// Bytes of one batch after decompression.
    pub const OPENED_BYTES: usize = 16 << 20;
    /// Records in one batch.
    pub const BATCH_RECORDS: usize = 500;
    /// Bytes of one record.
    pub const RECORD_BYTES: usize = 1 << 20;
    /// Depth of a record's JSON.
    pub const JSON_DEPTH: usize = 32;
    /// Observations in one record.
    pub const OBSERVATIONS: usize = 400;
    /// Certificates in one record.
    pub const CERTIFICATES: usize = 40;
    /// Bytes of one certificate.
    pub const CERTIFICATE_BYTES: usize = 16 << 10;
    /// Claims about layers in one verdict.
    pub const LAYERS: usize = 16;
    /// Fields of a record that its reader does not know.
    pub const EXTRA_FIELDS: usize = 32;
    /// Answers kept in one lookup.
    pub const DATAGRAMS: usize = 64;
    /// Records kept in one answer.
    pub const ANSWERS: usize = 64;
    /// HTTPS records kept in one lookup.
    pub const SERVICES: usize = 16;
    /// Hop limits tried in one ladder.
    pub const RUNGS: usize = 32;
}
