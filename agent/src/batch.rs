//! Packs records into batches. The same records always give the same bytes, so that sending them
//! again after a crash is sending the same batch.

use record::{Batch, limits};

use crate::keys::Key;
use crate::spool::Kept;

/// Packs the first of `records` that fit into one batch; returns how many they are.
///
/// All must have been made with `key`. None is returned when not even the first one fits.
pub fn pack(records: &[Kept], key: &Key) -> Option<(usize, Batch)> {
    let mut count = 0;
    let mut raw = 0;
    for record in records.iter().take(RECORDS) {
        raw += record.bytes.len() + 1;
        if raw > RAW_BYTES {
            break;
        }
        count += 1;
    }
    while count > 0 {
        let chosen = records.get(..count)?;
        let mut lines = Vec::new();
        for record in chosen {
            lines.extend_from_slice(&record.bytes);
            lines.push(b'\n');
        }
        let payload = zstd::bulk::compress(&lines, LEVEL).ok()?;
        if payload.len() <= PAYLOAD_BYTES {
            return Some((count, key.sign(payload)));
        }
        count /= 2;
    }
    None
}

/// Fewer than the collector takes, so that older collectors take them as well.
const RECORDS: usize = 200;
const RAW_BYTES: usize = limits::OPENED_BYTES / 2;
const PAYLOAD_BYTES: usize = 900_000;
const LEVEL: i32 = 3;

#[cfg(test)]
mod tests {
    use record::{KeyText, MeasurementId};

    use super::*;
    use crate::edge::Edge;
    use crate::keys::Keys;
    use crate::state::State;

    #[test]
    fn the_same_records_give_the_same_batch() {
        let (_dir, key) = key();
        let records: Vec<Kept> =
            (0..5).map(|n| kept(format!("{{\"n\":{n}}}").into_bytes())).collect();

        let (one, two) = (pack(&records, &key).unwrap(), pack(&records, &key).unwrap());

        assert_eq!(one.0, 5);
        assert_eq!(one.1.to_bytes(), two.1.to_bytes());
        let opened = zstd::bulk::decompress(&one.1.payload, 1 << 20).unwrap();
        assert_eq!(Batch::records(&opened).count(), 5);
    }

    #[test]
    fn a_batch_stays_within_its_limits() {
        let (_dir, key) = key();
        let many: Vec<Kept> = (0..500_u32).map(|n| kept(n.to_be_bytes().to_vec())).collect();
        let noisy: Vec<Kept> = (0..9_u64).map(|n| kept(noise(n, 300_000))).collect();

        assert_eq!(pack(&many, &key).unwrap().0, 200);
        let (count, batch) = pack(&noisy, &key).unwrap();
        assert_eq!(count, 2);
        assert!(batch.to_bytes().len() < limits::BATCH_BYTES);
        assert!(pack(&[kept(noise(1, 1_000_000))], &key).is_none());
        assert!(pack(&[], &key).is_none());
    }

    fn key() -> (tempfile::TempDir, Key) {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        let edge = Edge::new(|| record::Timestamp(1), || 7);
        let key = Keys::open(&state).unwrap().for_control(&edge).unwrap();
        (dir, key)
    }

    fn kept(bytes: Vec<u8>) -> Kept {
        Kept { id: MeasurementId::of(&bytes), credential: KeyText::new([0; 32]), bytes }
    }

    /// Bytes that do not compress: a linear congruential generator's (Knuth, MMIX).
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }
}
