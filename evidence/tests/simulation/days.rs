//! Whole days of invented cells, graded as in production.

use evidence::{Abroad, CellDay, Grade, grade_day};

use crate::dice::Dice;
use crate::world::{FILTERED, World};

/// Days of cells that are graded together.
#[derive(Clone, Copy)]
pub(crate) struct SimulatedDay {
    pub(crate) quiet: World,
    pub(crate) restricted: u32,
}

/// What many such days came to.
pub(crate) struct Claims {
    /// The mean over the days of false claims ÷ claims.
    pub(crate) false_share: f64,
    pub(crate) false_claims: usize,
    /// Share of the restricted cells that were graded C.
    pub(crate) found: f64,
}

impl SimulatedDay {
    pub(crate) fn run(&self) -> Claims {
        let mut dice = Dice(41);
        let (mut false_share, mut false_claims, mut found) = (0.0, 0, 0);
        for _ in 0..SIMULATED_DAYS {
            let cells: Vec<CellDay<u32>> =
                (0..CELLS_A_DAY).map(|key| self.cell(key, &mut dice)).collect();
            let graded = grade_day(&cells);
            let claimed = graded.iter().filter(|cell| cell.grade <= Grade::C);
            let (right, wrong): (Vec<_>, Vec<_>) =
                claimed.partition(|cell| cell.key < self.restricted);
            false_share += wrong.len() as f64 / (right.len() + wrong.len()).max(1) as f64;
            false_claims += wrong.len();
            found += right.len();
        }
        Claims {
            false_share: false_share / f64::from(SIMULATED_DAYS),
            false_claims,
            found: found as f64 / f64::from((SIMULATED_DAYS * self.restricted).max(1)),
        }
    }

    fn cell(&self, key: u32, dice: &mut Dice) -> CellDay<u32> {
        let world = if key < self.restricted { FILTERED } else { self.quiet };
        let abroad = Abroad { countries_ok: 2, ok: 12, failed: 0 };
        CellDay { key, agents: world.draw(dice), abroad, unreachable: 0 }
    }
}

pub(crate) const SIMULATED_DAYS: u32 = 100;
pub(crate) const CELLS_A_DAY: u32 = 40;
