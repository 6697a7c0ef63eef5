//! What one agent's day is worth.

/// The most that the blocks of one agent count on one day: K of the method.
pub const DAY_CAP: f64 = 100.0;

/// Returns one agent's e-value from the e-values of its blocks.
///
/// `e = 1/2 + 1/2 min(M, cap)`, M the product of the blocks: half of the stake is kept aside and
/// the rest is capped, so that one agent can neither make nor destroy a cell (a mean of e-values
/// is one: Vovk and Wang, E-values: calibration, combination and applications, 2021). Without a
/// block M is 0 when a screen passed, and the value is 1 when there is nothing at all.
pub fn agent_e(blocks: &[f64], a_screen_passed: bool, cap: f64) -> f64 {
    let product = match (blocks.is_empty(), a_screen_passed) {
        (true, false) => return 1.0,
        (true, true) => 0.0,
        (false, _) => product(blocks),
    };
    0.5 + 0.5 * product.min(cap)
}

/// Multiplies from the smallest factor up, so that the order of the records cannot change a bit
/// of the result; what is too large to be written stays the largest number there is.
pub(crate) fn product(factors: &[f64]) -> f64 {
    let mut sorted = factors.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.iter().fold(1.0, |so_far: f64, factor| (so_far * factor).min(f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_e;

    #[test]
    fn the_published_examples_come_out() {
        let (full, near) = (block_e(3, 0), block_e(3, 1));
        let cases = [
            (vec![full, near], DAY_CAP, 29.2429),
            (vec![full], DAY_CAP, 7.1722),
            (vec![full, full], DAY_CAP, 50.5),
            (vec![full, full], 1000.0, 89.5359),
            (vec![full, full, full], 1000.0, 500.5),
        ];

        for (blocks, cap, wanted) in cases {
            let found = agent_e(&blocks, false, cap);
            assert!((found - wanted).abs() < 5e-5, "{blocks:?}: {found}, wanted {wanted}");
        }
        assert!((product(&[full, near]) - 57.4858).abs() < 5e-5);
    }

    #[test]
    fn an_agent_without_blocks_says_open_or_nothing() {
        assert_eq!(agent_e(&[], true, DAY_CAP).to_bits(), 0.5_f64.to_bits());
        assert_eq!(agent_e(&[], false, DAY_CAP).to_bits(), 1.0_f64.to_bits());
    }
}
