//! The share of screens that failed, with an interval that knows that attempts of one line agree.

use statrs::function::beta::beta_reg;

use crate::Interval;
use crate::fdr::count;

/// Returns the share of failing screens with its 95 % interval, from (failed, screens) of every
/// line; none below three lines with a screen.
///
/// The lines, not the attempts, are the sample: the spread between them gives an effective number
/// of attempts, corrected for few lines by Student's t, and Clopper and Pearson's interval (1934)
/// is taken at that number (E. L. Korn and B. I. Graubard, 1998).
pub fn clustered_share(counts: &[(u32, u32)]) -> Option<Interval> {
    let mut counts: Vec<_> = counts.iter().filter(|(_, screens)| *screens > 0).collect();
    counts.sort();
    if counts.len() < FEWEST_LINES {
        return None;
    }
    let lines = count(counts.len());
    let screens: f64 = counts.iter().map(|(_, n)| f64::from(*n)).sum();
    let share = counts.iter().map(|(k, _)| f64::from(*k)).sum::<f64>() / screens;
    let effective = if share <= 0.0 || share >= 1.0 {
        lines
    } else {
        let excess = |(k, n): &&(u32, u32)| (f64::from(*k) - share * f64::from(*n)).powi(2);
        let spread = counts.iter().map(excess).sum::<f64>();
        let variance = lines / (lines - 1.0) * spread / (screens * screens);
        let sample = (share * (1.0 - share) / variance).min(screens);
        (sample * (1.96 / t_quantile(lines - 1.0)).powi(2)).clamp(1.0, screens)
    };
    let (hits, misses) = (share * effective, (1.0 - share) * effective);
    let low = if share <= 0.0 { 0.0 } else { beta_quantile(hits, misses + 1.0, 0.025) };
    let high = if share >= 1.0 { 1.0 } else { beta_quantile(hits + 1.0, misses, 0.975) };
    Some(Interval { share, low, high })
}

/// The 97.5 % quantile of Student's t, through the beta distribution: `P(|T| > t) = I_x(d/2, 1/2)`
/// with x = d / (d + t²) (Abramowitz and Stegun 26.7.1).
fn t_quantile(degrees: f64) -> f64 {
    let x = beta_quantile(0.5 * degrees, 0.5, 0.05);
    (degrees * (1.0 - x) / x).sqrt()
}

/// Finds where the beta distribution's function reaches `p`, by halving: slow, and never astray.
fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if beta_reg(a, b, middle) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Below three lines only counts are told: an interval of two would say almost nothing and could
/// give a volunteer away.
const FEWEST_LINES: usize = 3;

/// Enough for twelve decimal places.
const HALVINGS: u32 = 42;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_intervals_come_out() {
        let cases = [
            ([3, 3, 2, 0, 3], (0.096, 0.999)),
            ([3, 3, 3, 3, 3], (0.478, 1.0)),
            ([0, 0, 0, 0, 0], (0.0, 0.522)),
        ];

        for (failed, (low, high)) in cases {
            let found = clustered_share(&failed.map(|k| (k, 3))).unwrap();
            assert!((found.low - low).abs() < 5e-4, "{failed:?}: {found:?}");
            assert!((found.high - high).abs() < 5e-4, "{failed:?}: {found:?}");
        }
    }

    #[test]
    fn students_t_has_its_printed_quantiles() {
        for (degrees, wanted) in [(2.0, 4.3027), (4.0, 2.7764), (9.0, 2.2622), (30.0, 2.0423)] {
            assert!((t_quantile(degrees) - wanted).abs() < 5e-5, "{degrees}");
        }
    }

    #[test]
    fn two_lines_give_no_interval_and_many_attempts_of_them_do_not_help() {
        assert_eq!(clustered_share(&[(90, 100), (95, 100), (0, 0)]), None);
    }

    #[test]
    fn lines_that_all_agree_still_leave_room() {
        let found = clustered_share(&[(1, 2), (1, 2), (1, 2)]).unwrap();

        assert!(found.low < 0.2 && found.high > 0.8, "{found:?}");
    }
}
