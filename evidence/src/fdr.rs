//! Many cells tested on one day: which may be claimed together.

/// The share of claims of one grade and day that may be false, on average.
pub const ALPHA: f64 = 0.05;

/// Returns how many of `values` may be claimed at level `alpha` and the bar they pass.
///
/// With N values it is the largest k whose k-th largest is at least N / (alpha k) (e-BH: R. Wang
/// and A. Ramdas, False discovery rate control with e-values, 2022); the share of false claims is
/// then at most `alpha` on average however the cells depend on each other. Where nothing is
/// claimed, the bar is that of a single claim.
pub fn e_bh(values: &[f64], alpha: f64) -> (usize, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let bar = |k: usize| count(values.len()) / (alpha * count(k));
    let passing = (1..).zip(&sorted).filter(|(k, value)| **value >= bar(*k));
    let rejected = passing.map(|(k, _)| k).last().unwrap_or(0);
    (rejected, bar(rejected.max(1)))
}

/// A count as a number to calculate with.
pub(crate) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        let values = [0.1, 500.0, 150.0, 1.0, 90.0, 45.0, 0.2, 30.0, 3.0, 0.5];

        let (rejected, bar) = e_bh(&values, ALPHA);

        assert_eq!(rejected, 3);
        assert!((bar - 66.67).abs() < 0.01, "{bar}");
    }

    #[test]
    fn exactly_those_at_the_bar_or_above_are_claimed() {
        let values = [9000.0, 70.0, 69.0, 68.0, 2.0, 0.0, 0.0, 0.0];

        let (rejected, bar) = e_bh(&values, ALPHA);

        assert_eq!(values.iter().filter(|value| **value >= bar).count(), rejected);
        assert_eq!(rejected, 4);
    }

    #[test]
    fn where_nothing_passes_the_bar_is_that_of_one_claim() {
        assert_eq!(e_bh(&[39.0, 1.0], ALPHA), (0, 40.0));
        assert_eq!(e_bh(&[], ALPHA), (0, 0.0));
    }
}
