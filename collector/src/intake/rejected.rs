//! Why an upload is refused, and what its sender should do.

use axum::http::StatusCode;

use record::{BATCH_TYPE, BatchError, limits};

use crate::problem::Problem;

/// A refused upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// The content type is another.
    WrongType,
    /// More bytes than a batch may have.
    TooLong,
    /// The bytes are no batch.
    NotABatch(BatchError),
    /// The signature does not fit.
    Signature,
    /// The body paused or took too long.
    Slow,
    /// The body ended in the middle.
    Broken,
    /// Too many uploads at once.
    Busy,
    /// The disk is nearly full.
    DiskFull,
    /// The collector's own fault.
    Failed,
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        let bad = |detail: String| Self::new(StatusCode::BAD_REQUEST, "not a batch", detail);
        match rejected {
            Rejected::WrongType => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong content type",
                format!("send a batch with the content type {BATCH_TYPE}"),
            ),
            Rejected::TooLong => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too long",
                format!(
                    "a batch may have {} bytes: send fewer records at once",
                    limits::BATCH_BYTES
                ),
            ),
            Rejected::NotABatch(error) => bad(error.to_string()),
            Rejected::Signature => bad(
                "the signature does not fit the payload and the credential: sign the batch with \
                 the key that it names"
                    .to_owned(),
            ),
            Rejected::Slow => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "too slow",
                "the body paused or took too long: send it again",
            ),
            Rejected::Broken => bad("the body ended before its end: send it again".to_owned()),
            Rejected::Busy => Self::busy("too many uploads at once: keep the batch and try again"),
            Rejected::DiskFull => Self {
                retry_after_s: Some(DISK_RETRY_S),
                ..Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "disk nearly full",
                    "the collector has no room at the moment: keep the batch and try again later",
                )
            },
            Rejected::Failed => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal error",
                "the batch was not stored: keep it and try again later",
            ),
        }
    }
}

/// Somebody has to make room by hand.
const DISK_RETRY_S: u64 = 600;
