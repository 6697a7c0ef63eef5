//! An invented network with faults of every shape, and what lines on it report.

use evidence::{AgentDay, DAY_CAP, agent_e, block_e, cell_e};

use crate::dice::Dice;

/// How one cell's day comes about.
#[derive(Clone, Copy)]
pub(crate) struct World {
    /// Lines that report, liars and hiders among them.
    pub(crate) lines: u16,
    /// Chance that an attempt fails by itself.
    pub(crate) noise: f64,
    /// Whether the noise differs from slot to slot: a quarter, half, once or four times as much.
    pub(crate) uneven: bool,
    /// Chance that in a slot every line meets the same fault.
    pub(crate) shared: f64,
    /// Whether such a fault clears while the attempts go on.
    pub(crate) clears: bool,
    /// Chance that an attempt with the target's name is filtered.
    pub(crate) filter: f64,
    /// Lines that report perfect blocks whatever happens.
    pub(crate) liars: u16,
    /// Whether a liar first sees what the others reported, and then says what suits it best.
    pub(crate) sees: bool,
    /// Lines that report passing screens whatever happens.
    pub(crate) hiders: u16,
    /// How the order of a block comes about.
    pub(crate) order: Order,
    /// Slots in the day.
    pub(crate) slots: usize,
}

/// How the order of a block comes about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Drawn,
    NameFirst,
}

pub(crate) const PLAIN: World = World {
    lines: 5,
    noise: 0.05,
    uneven: false,
    shared: 0.0,
    clears: false,
    filter: 0.0,
    liars: 0,
    sees: false,
    hiders: 0,
    order: Order::Drawn,
    slots: 3,
};

pub(crate) const NOISY: World = World { noise: 0.2, shared: 0.02, ..PLAIN };

pub(crate) const FILTERED: World = World { filter: 1.0, ..PLAIN };

impl World {
    /// Draws what every line reports.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Vec<AgentDay> {
        let faults: Vec<[bool; ATTEMPTS]> =
            (0..self.slots).map(|_| self.shared_fault(dice)).collect();
        let noise: Vec<f64> = (0..self.slots).map(|_| self.noise_now(dice)).collect();
        let line = |at: u16, dice: &mut Dice| {
            if at < self.liars {
                full_blocks(self.slots)
            } else if at < self.liars + self.hiders {
                AgentDay { screens: 3, slots: 3, ..AgentDay::default() }
            } else {
                self.honest(&faults, &noise, dice)
            }
        };
        let named = |at: u16, day| AgentDay { agent: format!("a{at}"), buckets: vec![at], ..day };
        (0..self.lines).map(|at| named(at, line(at, dice))).collect()
    }

    /// One honest line: a screen a slot, and a block where it failed or did in the two slots
    /// before.
    fn honest(&self, faults: &[[bool; ATTEMPTS]], noise: &[f64], dice: &mut Dice) -> AgentDay {
        let mut day = AgentDay::default();
        let mut watch = 0;
        for (fault, noise) in faults.iter().zip(noise) {
            let fails = |at: usize, named: bool, dice: &mut Dice| {
                let (faulty, filtered) = (dice.chance(*noise), dice.chance(self.filter));
                fault[at] || faulty || (named && filtered)
            };
            let failed = fails(0, true, dice);
            day.screens += 1;
            day.slots += 1;
            day.failed += u32::from(failed);
            if failed || watch > 0 {
                let (mut x, mut y) = (0, 0);
                let order = match self.order {
                    Order::Drawn => dice.order(),
                    Order::NameFirst => [true, true, true, false, false, false],
                };
                for (at, named) in (1..).zip(order) {
                    let failed = u8::from(fails(at, named, dice));
                    if named { x += failed } else { y += failed }
                }
                day.site.push((x, y));
            }
            watch = if failed { 2 } else { watch.max(1) - 1 };
        }
        day
    }

    /// Which attempts of a slot a shared fault hits: all, or those before it clears.
    fn shared_fault(&self, dice: &mut Dice) -> [bool; ATTEMPTS] {
        let hit = dice.chance(self.shared);
        let until = if self.clears { 1 + dice.below(ATTEMPTS - 1) } else { ATTEMPTS };
        std::array::from_fn(|at| hit && at < until)
    }

    fn noise_now(&self, dice: &mut Dice) -> f64 {
        let factor = [0.25, 0.5, 1.0, 4.0][dice.below(4)];
        if self.uneven { self.noise * factor } else { self.noise }
    }

    /// Draws a cell's value with `f` lines set aside.
    pub(crate) fn value(&self, f: usize, dice: &mut Dice) -> f64 {
        let mut values: Vec<f64> = self.draw(dice).iter().map(worth).collect();
        if !self.sees {
            return cell_e(&values, f);
        }
        let mut best = f64::MIN;
        for said in [1.0, 0.5, worth(&full_blocks(1)), worth(&full_blocks(3))] {
            values[0] = said;
            best = best.max(cell_e(&values, f));
        }
        best
    }
}

fn full_blocks(slots: usize) -> AgentDay {
    AgentDay { screens: 3, failed: 3, slots: 3, site: vec![(3, 0); slots], ..AgentDay::default() }
}

fn worth(day: &AgentDay) -> f64 {
    let blocks: Vec<f64> = day.site.iter().map(|(x, y)| block_e(*x, *y)).collect();
    agent_e(&blocks, day.screens > day.failed, DAY_CAP)
}

/// A screen and the six attempts of a block.
const ATTEMPTS: usize = 7;
