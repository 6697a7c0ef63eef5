//! What a cell is worth when up to f of its agents may lie or have a filter of their own.

use crate::agent::product;

/// Returns the product of the agents' e-values with the `f` largest of those above 1 replaced by 1.
///
/// It is the smallest product over all ways of setting at most f agents aside, hence at most that
/// of the honest ones, whose mean is at most 1. Agents without data are worth 1, so staying away
/// helps nobody, and the sensitivity to any f agents is the statistic itself.
pub fn cell_e(values: &[f64], f: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let accusing = sorted.iter().filter(|value| **value > 1.0).count();
    let kept = sorted.len() - accusing.min(f);
    product(sorted.get(..kept).unwrap_or_default())
}

/// Returns the largest number of agents that can be set aside with the value still at `bar` or
/// above; none when it is below the bar with all of them.
pub fn f_star(values: &[f64], bar: f64) -> Option<usize> {
    (0..=values.len()).take_while(|f| cell_e(values, *f) >= bar).last()
}

/// The trimmed values that are published: with 0, 1 and 2 agents set aside.
pub(crate) fn trimmed(values: &[f64]) -> [f64; 3] {
    [cell_e(values, 0), cell_e(values, 1), cell_e(values, 2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: [f64; 5] = [50.5, 29.2429, 50.5, 0.5, 1.0];

    #[test]
    fn the_published_example_comes_out() {
        for (f, wanted) in [(0, 37_288.9), (1, 738.39), (2, 14.622), (3, 0.5)] {
            let found = cell_e(&CELL, f);
            assert!((found / wanted - 1.0).abs() < 1e-4, "E_{f} = {found}, wanted {wanted}");
        }
    }

    #[test]
    fn values_of_one_or_less_are_never_set_aside() {
        assert!((cell_e(&[0.5; 3], 1) - 0.125).abs() < 1e-15);
        assert!((cell_e(&[], 2) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn f_star_is_how_many_can_be_set_aside() {
        assert_eq!(f_star(&CELL, 20.0), Some(1));
        assert_eq!(f_star(&CELL, 10.0), Some(2));
        assert_eq!(f_star(&CELL, 1e6), None);
    }

    #[test]
    fn a_value_too_large_to_be_written_stays_a_number() {
        assert!(cell_e(&[50.5; 400], 0).is_finite());
    }
}
