//! What else it could be, and what was checked.

use dashboards::model::Alternative;
use evidence::Abroad;
use record::State;

use crate::store::{Claims, DayRow, GradeRow};

/// Returns the other explanations of a cell, each with what was found and how many checks stand
/// behind it.
pub(super) fn alternatives(
    row: Option<&DayRow>,
    networks: &[GradeRow],
    (own, controls): (&[&Claims], &[&Claims]),
    abroad: Abroad,
) -> Vec<Alternative> {
    let refusals = own.iter().chain(controls).filter(|claims| claims.state == State::Server);
    let (refusals, answered) = (whole(refusals.count()), abroad.ok);
    let screens = row.map_or(0, |row| row.screens);
    let agents = row.map_or(0, |row| row.agents);
    let neutral: u32 = networks.iter().map(|row| row.blocks.0).sum();
    let prefixes = networks.iter().map(|row| row.prefixes).max().unwrap_or(0);
    let word = |excluded, possible| match (excluded, possible) {
        (_, true) => POSSIBLE,
        (true, false) => EXCLUDED,
        (false, false) => UNKNOWN,
    };
    let tried = abroad.ok + abroad.failed;
    [
        // Controls outside reach it at the same time.
        ("site_down", word(abroad.passes(), abroad.fails()), tried),
        // Nobody was answered with a refusal.
        ("site_refuses", word(answered > 0, refusals > 0), answered + refusals),
        // Every screen that counts stands between two known-good sites that were reached.
        ("own_line", word(screens > 0, false), screens),
        // The same program on the same line reaches the same address under a neutral name, on
        // several lines.
        ("own_software", word(neutral > 0 && prefixes > 1, agents == 1), neutral),
    ]
    .map(|(id, finding, n)| Alternative { id: id.to_owned(), finding: finding.to_owned(), n })
    .to_vec()
}

fn whole(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

const EXCLUDED: &str = "excluded";
const POSSIBLE: &str = "possible";
const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_check_nothing_is_excluded() {
        let found = alternatives(None, &[], (&[], &[]), Abroad::default());

        assert!(found.iter().all(|alternative| alternative.finding == UNKNOWN), "{found:?}");
        assert!(found.iter().all(|alternative| alternative.n == 0));
    }

    #[test]
    fn a_site_that_fails_abroad_may_be_down() {
        let found = |ok, failed| {
            let abroad = Abroad { countries_ok: u32::from(ok > 0), ok, failed };
            alternatives(None, &[], (&[], &[]), abroad)[0].finding.clone()
        };

        assert_eq!(found(3, 0), EXCLUDED);
        assert_eq!(found(0, 3), POSSIBLE);
        assert_eq!(found(1, 3), POSSIBLE);
    }
}
