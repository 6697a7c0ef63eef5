//! How published words and digests are written into columns.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use record::{Digest, MeasurementId, Target};

use crate::store::StoreError;

/// Returns the word that a value has in JSON: `"interference"` without the quotes.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(StoreError::Foreign(format!("{other} where a word is meant"))),
        Err(source) => Err(StoreError::Foreign(source.to_string())),
    }
}

/// Reads a word.
pub(super) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    let foreign = || StoreError::Foreign(format!("the word {word:?}"));
    serde_json::from_value(serde_json::Value::String(word.clone())).map_err(|_| foreign())
}

/// Writes JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Foreign(source.to_string()))
}

/// Reads JSON.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Foreign(source.to_string()))
}

/// Reads a target.
pub(super) fn target(text: &str) -> Result<Target, StoreError> {
    Target::from_str(text).map_err(|_| StoreError::Foreign(format!("the target {text:?}")))
}

/// Reads a measurement's name.
pub(super) fn measurement(bytes: [u8; 32]) -> MeasurementId {
    MeasurementId(Digest(bytes))
}

/// Compresses.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::compress(bytes, 3).map_err(|source| StoreError::Foreign(source.to_string()))
}

/// Opens what [`packed`] closed; at most `most` bytes.
pub(super) fn unpacked(bytes: &[u8], most: usize) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::decompress(bytes, most).map_err(|source| StoreError::Foreign(source.to_string()))
}
