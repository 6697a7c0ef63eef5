//! What it takes to say that a target was reached, and how much restriction may still hide.

use crate::fdr::count;

/// "Reached on the measured lines" is said only where fewer than this share of lines can be
/// restricted.
pub const REACHABLE_AT_MOST: f64 = 0.5;

/// Returns the upper 95 % bound of the share of restricted lines when all of `g` lines reached
/// the target and up to `f` of them may report wrongly: `1 - 0.05^(1/(g - f))`. None for g ≤ f.
///
/// If a share U of lines were restricted, g - f honest ones all pass with chance (1 - U)^(g - f);
/// the bound is where that is 5 % (Clopper and Pearson 1934 for no hits). It assumes that the
/// volunteers' lines stand for the provider's.
pub fn upper_bound(g: usize, f: usize) -> Option<f64> {
    let honest = g.checked_sub(f).filter(|honest| *honest > 0)?;
    Some(1.0 - 0.05_f64.powf(1.0 / count(honest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_bounds_come_out() {
        for (honest, wanted) in [(5, 0.451), (10, 0.259), (19, 0.146), (29, 0.098)] {
            let found = upper_bound(honest + 1, 1).unwrap();
            assert!((found - wanted).abs() < 5e-4, "{honest}: {found}, wanted {wanted}");
        }
    }

    #[test]
    fn six_lines_are_the_fewest_that_say_reached() {
        assert!(upper_bound(6, 1).unwrap() <= REACHABLE_AT_MOST);
        assert!(upper_bound(5, 1).unwrap() > REACHABLE_AT_MOST);
        assert_eq!(upper_bound(1, 1), None);
    }
}
