//! What one confirm block is worth: three attempts with the target's name against three without.

/// Returns the e-value of a block in which `x` of three attempts with the target's name failed and
/// `y` of three with the neutral name; more than three is read as three.
///
/// If the name does not matter, faults decide which of the six slots fail and our draw alone
/// decides how many of those carried the name, so x is hypergeometric given k = x + y whatever the
/// faults look like (R. A. Fisher, The Design of Experiments, 1935, ch. 2). The value is the
/// likelihood ratio of odds w = 19 against 1: `w^x / sum_j h_k(j) w^j`, with mean 1 for every k.
pub fn block_e(x: u8, y: u8) -> f64 {
    contrast_e(ATTEMPTS, x.min(ATTEMPTS), y.min(ATTEMPTS))
}

/// The same for `m` against `m` attempts; m = 1 is the pair of `McNemar` (1947).
fn contrast_e(m: u8, x: u8, y: u8) -> f64 {
    let k = x + y;
    let weighted = |j: u8| choose(m, j) * choose(m, k - j) / choose(2 * m, k) * odds(j);
    let possible = k.saturating_sub(m)..=k.min(m);
    odds(x) / possible.map(weighted).sum::<f64>()
}

fn odds(power: u8) -> f64 {
    ODDS.powi(i32::from(power))
}

/// n choose k, exact for the small n of a block.
fn choose(n: u8, k: u8) -> f64 {
    let product = (0..k).fold(1_u32, |so_far, i| so_far * u32::from(n - i) / u32::from(i + 1));
    f64::from(product)
}

/// Attempts with each name in one block. Three against three, shuffled, multiply the evidence by
/// up to 13 (the bound is 20, the number of orders); single pairs at most double it.
const ATTEMPTS: u8 = 3;

/// The odds w against which the null is tested, fixed before any data: any fixed value is valid,
/// 19 makes three failures against none worth two thirds of the most that is possible.
const ODDS: f64 = 19.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table_comes_out() {
        let table = [
            [1.0, 0.1, 0.0119, 0.0019],
            [1.9, 0.2267, 0.0370, 0.0119],
            [4.3079, 0.7023, 0.2267, 0.1],
            [13.3444, 4.3079, 1.9, 1.0],
        ];

        for (x, row) in (0_u8..).zip(table) {
            for (y, wanted) in (0_u8..).zip(row) {
                let found = block_e(x, y);
                assert!((found - wanted).abs() < 5e-5, "({x}, {y}): {found}, wanted {wanted}");
            }
        }
        // 6,859 · 20 / (1 + 9·19 + 9·361 + 6,859), by hand.
        assert!((block_e(3, 0) - 137_180.0 / 10_280.0).abs() < 1e-12, "{}", block_e(3, 0));
    }

    #[test]
    fn under_the_null_the_mean_is_one_for_every_number_of_failures() {
        for k in 0_u8..=6 {
            let possible = k.saturating_sub(3)..=k.min(3);
            let mean: f64 = possible
                .map(|x| choose(3, x) * choose(3, k - x) / choose(6, k) * block_e(x, k - x))
                .sum();

            assert!((mean - 1.0).abs() < 1e-12, "k = {k}: mean {mean}");
        }
    }

    #[test]
    fn a_single_pair_is_worth_what_mcnemar_says() {
        let pairs = [((1, 0), 1.9), ((0, 1), 0.1), ((0, 0), 1.0), ((1, 1), 1.0)];

        for ((x, y), wanted) in pairs {
            assert!((contrast_e(1, x, y) - wanted).abs() < 1e-12, "({x}, {y})");
        }
    }

    #[test]
    fn a_missing_attempt_never_raises_the_value() {
        // Missing with the name counts as passed (x falls), without it as failed (y rises).
        for x in 0..=3 {
            for y in 0..=3 {
                assert!(x == 0 || block_e(x - 1, y) <= block_e(x, y), "named, ({x}, {y})");
                assert!(y == 3 || block_e(x, y + 1) <= block_e(x, y), "neutral, ({x}, {y})");
            }
        }
    }
}
