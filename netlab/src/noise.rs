//! What an ordinary bad line does to packets: loses them, delays them, lets few through at once.

use std::time::{Duration, Instant};

/// How bad a line is; the default is a perfect one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    /// Up to how much a packet may be late.
    pub jitter: Duration,
    /// How many of a thousand packets are lost each way.
    pub loss_permille: u16,
    /// Kilobits a second each way; 0 means no limit.
    pub rate_kbit: u32,
}

/// One direction of a line. The same seed and the same packets meet the same fate.
#[derive(Debug)]
pub struct Lane {
    chance: Dice,
    free: Option<Instant>,
    last: Option<Instant>,
}

impl Lane {
    /// Makes a direction whose chances follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { chance: Dice(seed), free: None, last: None }
    }

    /// Returns when a packet that comes now has entered the line; none when it is lost. Packets
    /// keep their order, whatever the jitter.
    pub fn enter(&mut self, noise: &Noise, now: Instant, length: usize) -> Option<Instant> {
        if self.chance.draw() % 1000 < u64::from(noise.loss_permille) {
            return None;
        }
        let mut at = now;
        if noise.rate_kbit > 0 {
            let bits = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(8);
            // A kilobit a second is a bit a millisecond.
            let takes = Duration::from_micros(bits * 1000 / u64::from(noise.rate_kbit));
            let begin = self.free.map_or(now, |free| free.max(now));
            if begin.duration_since(now) > LONGEST_QUEUE {
                return None;
            }
            at = begin + takes;
            self.free = Some(at);
        }
        let jitter = u64::try_from(noise.jitter.as_micros()).unwrap_or(u64::MAX);
        if jitter > 0 {
            at += Duration::from_micros(self.chance.draw() % jitter);
        }
        let at = self.last.map_or(at, |last| last.max(at));
        self.last = Some(at);
        Some(at)
    }
}

/// Chance that follows from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Draws a number (splitmix64, Steele and others 2014).
    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// What waits longer than this is dropped, as by a router whose queue is full.
const LONGEST_QUEUE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_line_keeps_no_packet_waiting() {
        let now = Instant::now();

        assert_eq!(Lane::new(1).enter(&Noise::default(), now, 1500), Some(now));
    }

    #[test]
    fn about_as_many_are_lost_as_it_says() {
        let (mut lane, now) = (Lane::new(1), Instant::now());
        let noise = Noise { loss_permille: 100, ..Noise::default() };

        let lost = (0..10_000).filter(|_| lane.enter(&noise, now, 100).is_none()).count();

        assert!((900..1100).contains(&lost), "{lost}");
    }

    #[test]
    fn the_rate_spaces_packets_and_a_full_queue_drops() {
        let (mut lane, now) = (Lane::new(1), Instant::now());
        let noise = Noise { rate_kbit: 120, ..Noise::default() };
        let mut enter = || lane.enter(&noise, now, 1500).map(|at| (at - now).as_millis());

        let entered: Vec<_> = (0..8).map(|_| enter()).collect();

        assert_eq!(entered[..3], [Some(100), Some(200), Some(300)]);
        assert_eq!(entered[7], None);
    }

    #[test]
    fn jitter_keeps_the_order() {
        let (mut lane, now) = (Lane::new(7), Instant::now());
        let noise = Noise { jitter: Duration::from_millis(30), ..Noise::default() };

        let times: Vec<_> = (0..100).filter_map(|_| lane.enter(&noise, now, 100)).collect();

        assert_eq!(times.len(), 100);
        assert!(times.is_sorted() && times.first() < times.last());
        assert!(times.iter().all(|at| *at - now < noise.jitter));
    }
}
