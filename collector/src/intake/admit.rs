//! Reads an upload within bounds and checks its envelope.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout};

use record::{BATCH_TYPE, Batch, BatchId, limits::BATCH_BYTES};

use crate::config::Limits;
use crate::intake::Rejected;
use crate::keys;

/// Checks what the request's head says.
pub(super) fn check_head(headers: &HeaderMap) -> Result<(), Rejected> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if kind != Some(BATCH_TYPE) {
        return Err(Rejected::WrongType);
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > BATCH_BYTES as u64) {
        return Err(Rejected::TooLong);
    }
    Ok(())
}

/// Reads the body: at most as long as a batch may be, without long pauses, within a total time.
pub(super) async fn read(mut body: Body, limits: &Limits) -> Result<Vec<u8>, Rejected> {
    let end = Instant::now() + Duration::from_millis(limits.body_total_ms);
    let idle = Duration::from_millis(limits.body_idle_ms);
    let mut bytes = Vec::new();
    loop {
        let pause = idle.min(end.saturating_duration_since(Instant::now()));
        let frame = timeout(pause, body.frame()).await.map_err(|_| Rejected::Slow)?;
        let Some(frame) = frame else { return Ok(bytes) };
        let frame = frame.map_err(|_| Rejected::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > BATCH_BYTES {
            return Err(Rejected::TooLong);
        }
        bytes.extend_from_slice(&data);
    }
}

/// Checks that the bytes are a batch signed with the credential it names.
pub(super) fn check_batch(bytes: Vec<u8>) -> Result<(BatchId, Vec<u8>), Rejected> {
    let batch = Batch::from_bytes(&bytes).map_err(Rejected::NotABatch)?;
    if !keys::is_signed(&batch) {
        return Err(Rejected::Signature);
    }
    Ok((BatchId::of(&bytes), bytes))
}
