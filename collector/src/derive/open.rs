//! Opens a batch's payload within bounds.

use std::io::Read as _;

use record::{Batch, KeyText, Suite, limits};

use crate::store::StoredBatch;

/// What a batch held.
#[derive(Debug)]
pub(super) struct Records {
    /// Who signed the batch.
    pub(super) credential: KeyText,
    /// The records' bytes, in their order.
    pub(super) records: Vec<Vec<u8>>,
}

impl Records {
    /// Returns how many bytes the records have together.
    pub(super) fn len_bytes(&self) -> usize {
        self.records.iter().map(Vec::len).sum()
    }
}

/// Why a batch cannot be opened. It is set aside with the word; its bytes stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Poison {
    /// The envelope is none that this program knows.
    Envelope,
    /// The payload cannot be decompressed.
    Compression,
    /// The payload is longer than it may be when opened.
    Bomb,
    /// It holds more records than it may.
    TooManyRecords,
    /// The program ended each time it tried.
    BringsDown,
}

impl Poison {
    /// Returns the word under which it is counted.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Envelope => "unknown_envelope",
            Self::Compression => "not_decompressed",
            Self::Bomb => "too_long_when_opened",
            Self::TooManyRecords => "too_many_records",
            Self::BringsDown => "brings_the_reader_down",
        }
    }
}

/// Opens a batch.
pub(super) fn open(batch: &StoredBatch) -> Result<Records, Poison> {
    let envelope = Batch::from_bytes(&batch.body).map_err(|_| Poison::Envelope)?;
    let opened = match envelope.suite {
        Suite::Plain => decompress(&envelope.payload)?,
    };
    let records: Vec<Vec<u8>> =
        Batch::records(&opened).take(limits::BATCH_RECORDS + 1).map(<[u8]>::to_vec).collect();
    if records.len() > limits::BATCH_RECORDS {
        return Err(Poison::TooManyRecords);
    }
    Ok(Records { credential: envelope.credential, records })
}

/// Decompresses at most as much as a batch may hold; stops there, whatever else would come.
fn decompress(payload: &[u8]) -> Result<Vec<u8>, Poison> {
    let mut decoder =
        zstd::stream::read::Decoder::with_buffer(payload).map_err(|_| Poison::Compression)?;
    decoder.window_log_max(WINDOW_LOG_MOST).map_err(|_| Poison::Compression)?;
    let mut opened = Vec::new();
    let most = limits::OPENED_BYTES as u64 + 1;
    decoder.take(most).read_to_end(&mut opened).map_err(|_| Poison::Compression)?;
    if opened.len() > limits::OPENED_BYTES {
        return Err(Poison::Bomb);
    }
    Ok(opened)
}

/// Begun and not finished so often, a batch is not tried again. Each time the program ended while
/// it opened this batch, and all but the first time this batch alone; somebody who merely kills the
/// program does not hit the same few milliseconds that often.
pub(super) const MOST_ATTEMPTS: u32 = 10;

/// The decoder's window is at most 8 MiB, whatever the frame asks for.
const WINDOW_LOG_MOST: u32 = 23;

#[cfg(test)]
mod tests {
    use record::{BatchId, Hour, Place, SignatureText};

    use super::*;

    #[test]
    fn a_batch_may_be_as_long_as_the_limit_when_opened_and_no_longer() {
        for (length, wanted) in [
            (limits::OPENED_BYTES - 1, Ok(1)),
            (limits::OPENED_BYTES, Ok(1)),
            (limits::OPENED_BYTES + 1, Err(Poison::Bomb)),
            (1 << 30, Err(Poison::Bomb)),
        ] {
            let opened = open(&batch(&zeros(length))).map(|opened| opened.records.len());

            assert_eq!(opened, wanted, "{length}");
        }
    }

    #[test]
    fn a_batch_may_hold_as_many_records_as_the_limit_and_no_more() {
        for (count, wanted) in [
            (limits::BATCH_RECORDS - 1, Ok(limits::BATCH_RECORDS - 1)),
            (limits::BATCH_RECORDS, Ok(limits::BATCH_RECORDS)),
            (limits::BATCH_RECORDS + 1, Err(Poison::TooManyRecords)),
        ] {
            let payload = zstd::bulk::compress("{}\n".repeat(count).as_bytes(), 3).unwrap();

            assert_eq!(open(&batch(&payload)).map(|opened| opened.records.len()), wanted);
        }
    }

    #[test]
    fn what_is_no_zstd_is_set_aside() {
        assert_eq!(open(&batch(b"plain text")).unwrap_err(), Poison::Compression);
        let mut cut = zstd::bulk::compress(&[7; 10_000], 3).unwrap();
        cut.truncate(cut.len() - 4);
        assert_eq!(open(&batch(&cut)).unwrap_err(), Poison::Compression);
    }

    /// A frame that opens to `length` bytes without a line end; a gibibyte fits in some kilobytes.
    fn zeros(length: usize) -> Vec<u8> {
        let mut frame = Vec::new();
        let mut encoder = zstd::stream::Encoder::new(&mut frame, 1).unwrap();
        std::io::copy(&mut std::io::repeat(b'0').take(length as u64), &mut encoder).unwrap();
        encoder.finish().unwrap();
        frame
    }

    fn batch(payload: &[u8]) -> StoredBatch {
        let envelope = Batch {
            suite: Suite::Plain,
            credential: KeyText::new([1; 32]),
            signature: SignatureText([0; 64]),
            payload: payload.to_vec(),
        };
        let body = envelope.to_bytes();
        let id = BatchId::of(&body);
        StoredBatch { index: 0, id, body, place: Place::default(), hour: Hour(1) }
    }
}
