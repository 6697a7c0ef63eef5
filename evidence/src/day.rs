//! One day: from what agents counted in every cell to its grade.

mod figures;
mod line_day;

use crate::day::figures::Figures;
use crate::fdr::{ALPHA, e_bh};
use crate::{Grade, Interval, REACHABLE_AT_MOST};

/// What one agent contributed to one cell on one day. Void measurements are never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentDay {
    /// The agent, as any text that tells it from others; never looked into.
    pub agent: String,
    /// The prefix buckets it was heard from on the day.
    pub buckets: Vec<u16>,
    /// Its confirm blocks on the site's address: how many of three attempts failed with the
    /// target's name, and how many with the neutral one.
    pub site: Vec<(u8, u8)>,
    /// Its confirm blocks on the beacon, counted in the same way.
    pub beacon: Vec<(u8, u8)>,
    /// Screens that count.
    pub screens: u32,
    /// Screens of them that failed.
    pub failed: u32,
    /// Different hours or runs with a screen that counts.
    pub slots: u32,
    /// The ids of the interception authorities whose certificates it was shown, re-validated.
    pub artefacts: Vec<String>,
    /// Forged DNS answers and injected HTTP answers that prove themselves.
    pub forged_answers: u32,
}

/// What controls outside saw of a target on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abroad {
    /// Countries in which a control reached it.
    pub countries_ok: u32,
    /// Control measurements that reached it.
    pub ok: u32,
    /// Control measurements that did not.
    pub failed: u32,
}

impl Abroad {
    /// Returns whether the target fails abroad: then no contrast counts in favour of a claim.
    ///
    /// One control in ten may fail by a fault of its own; the tenth is a choice on the careful
    /// side, made before any data.
    pub fn fails(self) -> bool {
        self.failed > 0 && u64::from(self.failed) * 10 > u64::from(self.ok) + u64::from(self.failed)
    }

    /// Returns whether the target was reached abroad, steadily.
    pub fn passes(self) -> bool {
        self.ok > 0 && !self.fails()
    }
}

/// Everything of one cell and day: one target on one network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellDay<K> {
    /// The cell's name.
    pub key: K,
    /// Its agents, once each.
    pub agents: Vec<AgentDay>,
    /// What controls outside saw.
    pub abroad: Abroad,
    /// Agents all of whose screens failed because vouched addresses could not be reached by TCP.
    pub unreachable: u32,
}

/// A cell with its grade and every number behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Graded<K> {
    /// The cell's name.
    pub key: K,
    /// Its grade.
    pub grade: Grade,
    /// The e-value of the contrast on the site's address, with 0, 1 and 2 lines set aside.
    pub site_e: [f64; 3],
    /// The e-value of the contrast on the beacon, with 0, 1 and 2 lines set aside.
    pub beacon_e: [f64; 3],
    /// The bar of the day's step for B where the grade is B, else of the step for C.
    pub bar: f64,
    /// The most lines that can be set aside with the value still at the bar.
    pub f_star: Option<u32>,
    /// The share of failing screens; none below three lines.
    pub share: Option<Interval>,
    /// Agents that contributed.
    pub agents: u32,
    /// Different prefixes among them.
    pub prefixes: u32,
    /// Lines: agents that share a prefix are one. Every floor counts these.
    pub lines: u32,
    /// For a reachable cell, the upper 95 % bound of the share of restricted lines.
    pub upper: Option<f64>,
    /// Screens that count.
    pub screens: u32,
    /// Screens of them that failed.
    pub failed: u32,
    /// Confirm blocks on the site's address.
    pub site_blocks: u32,
    /// Confirm blocks on the beacon.
    pub beacon_blocks: u32,
}

/// Grades all cells of one day together, in the order of their keys.
///
/// B and C are decided by one e-BH step each, at 5 %, over [`tested`] values. A cell below a
/// grade's floor enters that step with 0, which is always allowed and keeps the 5 % true for what
/// is claimed in the end. To be called once for a closed day; earlier looks are provisional.
pub fn grade_day<K: Ord + Clone>(cells: &[CellDay<K>]) -> Vec<Graded<K>> {
    let mut cells: Vec<&CellDay<K>> = cells.iter().collect();
    cells.sort_by(|a, b| a.key.cmp(&b.key));
    let figures: Vec<Figures> =
        cells.iter().map(|cell| Figures::of(&cell.agents, cell.abroad, cell.unreachable)).collect();
    let bars = Bars {
        by_name: bar(figures.iter().map(Figures::by_name)),
        likely: bar(figures.iter().map(Figures::likely)),
    };
    cells
        .iter()
        .zip(figures)
        .map(|(cell, figures)| graded(cell.key.clone(), figures, bars))
        .collect()
}

/// Returns how many values one e-BH step of the day weighs together: two channels, site and
/// beacon, of every cell with a screen.
pub fn tested<K>(cells: &[CellDay<K>]) -> u64 {
    let screened = |cell: &&CellDay<K>| cell.agents.iter().any(|agent| agent.screens > 0);
    cells.iter().filter(screened).map(|_| CHANNELS as u64).sum()
}

/// The bars of the day's two steps.
#[derive(Clone, Copy)]
struct Bars {
    by_name: f64,
    likely: f64,
}

/// Runs one step; a cell without a screen gives none, and a cell's beacon counts in N although
/// it is never claimed alone.
fn bar(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let mut all = Vec::new();
    for value in values.flatten() {
        all.push(value);
        all.extend([0.0; CHANNELS - 1]);
    }
    e_bh(&all, ALPHA).1
}

fn graded<K>(key: K, figures: Figures, bars: Bars) -> Graded<K> {
    let grade = decide(&figures, bars);
    let bar = if grade == Grade::B { bars.by_name } else { bars.likely };
    Graded {
        key,
        grade,
        site_e: figures.site_e(),
        beacon_e: figures.beacon_e(),
        bar,
        f_star: figures.f_star(bar, grade),
        share: figures.share(),
        agents: figures.agents,
        prefixes: figures.prefixes,
        lines: figures.lines(),
        upper: figures.upper().filter(|_| grade == Grade::Reachable),
        screens: figures.screens,
        failed: figures.failed,
        site_blocks: figures.site_blocks,
        beacon_blocks: figures.beacon_blocks,
    }
}

/// The first that holds, strongest first.
fn decide(figures: &Figures, bars: Bars) -> Grade {
    if figures.artefact() {
        Grade::A
    } else if figures.by_name().is_some_and(|value| value >= bars.by_name) {
        Grade::B
    } else if figures.likely().is_some_and(|value| value >= bars.likely) {
        Grade::C
    } else if figures.signs() {
        Grade::D
    } else if figures.down() {
        Grade::Down
    } else if figures.upper().is_some_and(|upper| upper <= REACHABLE_AT_MOST) {
        Grade::Reachable
    } else {
        Grade::Insufficient
    }
}

/// Site and beacon.
const CHANNELS: usize = 2;
