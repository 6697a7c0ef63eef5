//! Texts with a signature. The signing itself is done where the keys are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An Ed25519 public key, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyText(pub crate::Digest);

impl KeyText {
    /// Wraps the key's 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(crate::Digest(bytes))
    }

    /// Returns the key's 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0.0
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An Ed25519 signature, written as 128 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureText(pub [u8; 64]);

impl Serialize for SignatureText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for SignatureText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 64];
        hex::decode_to_slice(&text, &mut bytes).map_err(|_| {
            serde::de::Error::custom("a signature is written as 128 hexadecimal digits")
        })?;
        Ok(Self(bytes))
    }
}

/// A JSON text, the key that signed it and the signature over [`Signed::signed_bytes`].
///
/// The text travels as a string, so that what was signed is byte for byte what is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// What the text is, such as `receipt` or `snapshot`: a signature for one never serves another.
    pub purpose: String,
    /// The JSON text.
    pub body: String,
    /// Who signed.
    pub key: KeyText,
    /// The signature.
    pub signature: SignatureText,
}

impl Signed {
    /// Returns the bytes that are signed: purpose, a zero byte, body.
    pub fn signed_bytes(purpose: &str, body: &str) -> Vec<u8> {
        [b"qoljetim ".as_slice(), purpose.as_bytes(), &[0], body.as_bytes()].concat()
    }
}
