//! How many agents it takes to find a restriction.

use crate::agent::DAY_CAP;
use crate::fdr::ALPHA;

/// Returns the fewest agents, each with two perfect blocks, with which a restricted cell passes
/// when `n_tested` values are tested together, `restricted` of them pass and `f` agents are set
/// aside.
///
/// Two perfect blocks reach an agent's cap, so the cell is worth `(1/2 + K/2)^(n - f)` and must
/// reach `n_tested / (0.05 restricted)`. Every restricted agent that hides it costs one more.
pub fn agents_needed(n_tested: u64, restricted: u64, f: u32) -> u32 {
    let bar = number(n_tested) / (ALPHA * number(restricted.clamp(1, n_tested.max(1))));
    let (mut worth, mut needed) = (1.0, f);
    while worth < bar || needed == f {
        worth *= 0.5 + 0.5 * DAY_CAP;
        needed += 1;
    }
    needed
}

/// A count as a number to calculate with; beyond 2^32 the last digits are lost.
fn number(n: u64) -> f64 {
    let (high, low) = (n >> 32, n & u64::from(u32::MAX));
    let part = |part: u64| f64::from(u32::try_from(part).unwrap_or(u32::MAX));
    part(high) * 4_294_967_296.0 + part(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_rule_comes_out() {
        for f in 1..=2 {
            assert_eq!(agents_needed(10_000, 1_000, f), f + 2);
            assert_eq!(agents_needed(10_000, 100, f), f + 2);
            assert_eq!(agents_needed(10_000, 10, f), f + 3);
            assert_eq!(agents_needed(10_000, 1, f), f + 4);
        }
    }

    #[test]
    fn nothing_restricted_is_planned_for_as_one() {
        assert_eq!(agents_needed(10_000, 0, 1), agents_needed(10_000, 1, 1));
        assert_eq!(agents_needed(0, 0, 1), 2);
    }
}
