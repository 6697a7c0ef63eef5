//! Bytes that a compressing middlebox cannot shorten: so many at once, so many in a minute.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// What is loaded from: the same bytes for everybody, shared by all connections.
#[derive(Debug)]
pub(super) struct Loads {
    bytes: Bytes,
    places: Arc<Semaphore>,
    minute: Mutex<Minute>,
}

/// The right to send one load; to be kept until it was sent.
#[derive(Debug)]
pub(super) struct Place(
    #[expect(dead_code, reason = "it is held, never read")] OwnedSemaphorePermit,
);

#[derive(Debug)]
struct Minute {
    since: Option<Instant>,
    sent: u64,
}

impl Loads {
    /// The largest load, in bytes.
    pub(super) const MOST: usize = 1 << 20;
    /// The load of those who do not say how much they want, in bytes.
    pub(super) const USUAL: usize = 64 << 10;

    /// Makes the bytes.
    pub(super) fn new() -> Self {
        Self {
            bytes: noise(Self::MOST),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            minute: Mutex::new(Minute { since: None, sent: 0 }),
        }
    }

    /// Returns the first `count` bytes; none while too much is being sent, or was in this minute.
    pub(super) fn take(&self, count: usize, now: Instant) -> Option<(Bytes, Place)> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let bytes = self.bytes.get(..count).map(|slice| self.bytes.slice_ref(slice))?;
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.since.is_none_or(|since| now.duration_since(since) >= MINUTE) {
            *minute = Minute { since: Some(now), sent: 0 };
        }
        let sent = minute.sent + u64::try_from(count).unwrap_or(u64::MAX);
        if sent > MOST_A_MINUTE {
            return None;
        }
        minute.sent = sent;
        Some((bytes, Place(place)))
    }
}

impl Default for Loads {
    fn default() -> Self {
        Self::new()
    }
}

/// `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014) from 0 on: no secret, only without patterns.
fn noise(count: usize) -> Bytes {
    let mut state = 0_u64;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes.truncate(count);
    Bytes::from(bytes)
}

const AT_ONCE: usize = 32;
/// On average 36 Mbit/s.
const MOST_A_MINUTE: u64 = 256 << 20;
const MINUTE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_has_its_size_and_cannot_be_shortened() {
        let loads = Loads::new();

        for count in [0, 1, 4096, Loads::USUAL, Loads::MOST] {
            let (bytes, _place) = loads.take(count, Instant::now()).unwrap();
            let packed = zstd::bulk::compress(&bytes, 9).unwrap();

            assert_eq!(bytes.len(), count);
            assert!(packed.len() >= count, "{count} bytes became {}", packed.len());
        }
        assert!(loads.take(Loads::MOST + 1, Instant::now()).is_none());
    }

    #[test]
    fn so_many_are_sent_at_once() {
        let (loads, now) = (Loads::new(), Instant::now());
        let mut sending: Vec<_> = (0..AT_ONCE).map(|_| loads.take(1, now).unwrap()).collect();

        assert!(loads.take(1, now).is_none());
        sending.pop();
        assert!(loads.take(1, now).is_some());
    }

    #[test]
    fn so_much_is_sent_in_a_minute() {
        let (loads, now) = (Loads::new(), Instant::now());
        let mut sent = 0;
        while loads.take(Loads::MOST, now).is_some() {
            sent += Loads::MOST as u64;
        }

        assert_eq!(sent, MOST_A_MINUTE);
        assert!(loads.take(1, now + MINUTE / 2).is_none());
        assert!(loads.take(1, now + MINUTE).is_some());
    }
}
