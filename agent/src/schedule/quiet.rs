//! The quiet pace: when and how much, drawn so that no rhythm shows. Draws nothing itself.

use std::time::Duration;

/// Returns a pause in seconds before each of `count` targets. They are exponentially distributed,
/// as independent visits are; their mean is drawn from `mean_s`, and none is longer than ten of it.
pub fn gaps(count: usize, mean_s: [u32; 2], mut random: impl FnMut() -> u64) -> Vec<u64> {
    let [low, high] = mean_s.map(u64::from);
    let mean = u32::try_from(within([low, high], random())).unwrap_or(u32::MAX);
    (0..count).map(|_| gap(mean, random())).collect()
}

/// Returns how many of `count` targets a round takes: a share drawn from `percent`, one at least.
pub fn share(count: usize, percent: [u8; 2], random: u64) -> usize {
    let drawn = within(percent.map(u64::from), random).min(100);
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let taken = count.saturating_mul(drawn).div_ceil(100).max(1).min(count);
    usize::try_from(taken).unwrap_or(usize::MAX)
}

/// Returns a number between the two ends, both included, each equally likely (to within 2⁻³²).
pub fn within([low, high]: [u64; 2], random: u64) -> u64 {
    let width = high.saturating_sub(low).saturating_add(1);
    low.saturating_add(random % width)
}

/// Draws from the exponential distribution by its inverse.
fn gap(mean_s: u32, random: u64) -> u64 {
    // 53 bits make a number above 0 and at most 1 without rounding.
    let uniform = ((random >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    let drawn = -uniform.ln() * f64::from(mean_s);
    Duration::from_secs_f64(drawn.clamp(0.0, f64::from(mean_s) * MOST_MEANS)).as_secs()
}

const MOST_MEANS: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_exponential_around_a_mean_of_the_span() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state ^ (state >> 33)
        };

        let gaps = gaps(20_000, [40, 40], &mut random);

        let mean = gaps.iter().sum::<u64>() as f64 / 20_000.0;
        // Whole seconds are cut off: half a second less than 40, with a deviation of 0.3.
        assert!((38.0..41.0).contains(&mean), "{mean}");
        // Of an exponential distribution 1/e is longer than the mean.
        let longer = gaps.iter().filter(|gap| **gap >= 40).count();
        assert!((7_000..7_700).contains(&longer), "{longer}");
        assert!(gaps.iter().all(|gap| *gap <= 400));
    }

    #[test]
    fn without_a_mean_there_are_no_gaps() {
        assert_eq!(gaps(3, [0, 0], || u64::MAX), [0, 0, 0]);
    }

    #[test]
    fn a_round_takes_a_share_of_the_list() {
        assert_eq!(share(500, [20, 30], 0), 100);
        assert_eq!(share(500, [20, 30], 10), 150);
        assert_eq!(share(500, [20, 30], 11), 100);
        assert_eq!((share(1, [20, 30], 0), share(0, [20, 30], 0)), (1, 0));
        assert_eq!(share(7, [100, 200], 50), 7);
    }

    #[test]
    fn both_ends_of_a_span_are_drawn() {
        assert_eq!([0, 1, 2, 3].map(|random| within([5, 7], random)), [5, 6, 7, 5]);
        assert_eq!(within([9, 3], 4), 9, "a span the wrong way round is its first end");
    }
}
