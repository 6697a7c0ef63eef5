//! The numbers of one cell, before its neighbours of the same day are looked at.

use std::collections::BTreeSet;

use crate::cell::{cell_e, f_star, trimmed};
use crate::day::line_day::{LineDay, total};
use crate::day::{Abroad, AgentDay};
use crate::line::lines;
use crate::{Floor, Grade, Interval, clustered_share, upper_bound};

/// The numbers of one cell.
pub(super) struct Figures {
    lines: Vec<LineDay>,
    abroad: Abroad,
    unreachable: u32,
    artefact: bool,
    pub(super) agents: u32,
    pub(super) prefixes: u32,
    pub(super) screens: u32,
    pub(super) failed: u32,
    pub(super) site_blocks: u32,
    pub(super) beacon_blocks: u32,
}

impl Figures {
    /// Works out the numbers of a cell; agents that contributed nothing are left out.
    pub(super) fn of(agents: &[AgentDay], abroad: Abroad, unreachable: u32) -> Self {
        let agents: Vec<&AgentDay> = agents.iter().filter(|agent| contributed(agent)).collect();
        let names: Vec<(&str, &[u16])> =
            agents.iter().map(|agent| (agent.agent.as_str(), agent.buckets.as_slice())).collect();
        let groups: Vec<Vec<&AgentDay>> = lines(&names)
            .iter()
            .map(|group| group.iter().map(|at| agents[*at]).collect())
            .collect();
        let sum = |of: fn(&AgentDay) -> u32| total(&agents, of);
        Self {
            lines: groups.iter().map(|group| LineDay::of(group, abroad)).collect(),
            abroad,
            unreachable,
            artefact: holds_artefact(&groups),
            agents: whole(agents.len()),
            prefixes: prefixes(agents.iter().copied()),
            screens: sum(|agent| agent.screens),
            failed: sum(|agent| agent.failed),
            site_blocks: sum(|agent| whole(agent.site.len())),
            beacon_blocks: sum(|agent| whole(agent.beacon.len())),
        }
    }

    /// Counts the lines.
    pub(super) fn lines(&self) -> u32 {
        whole(self.lines.len())
    }

    /// The trimmed e-values of the contrast on the site's address.
    pub(super) fn site_e(&self) -> [f64; 3] {
        trimmed(&self.site())
    }

    /// The trimmed e-values of the contrast on the beacon.
    pub(super) fn beacon_e(&self) -> [f64; 3] {
        trimmed(&self.beacon())
    }

    /// The value with which the cell enters the step for C; none without a screen.
    pub(super) fn likely(&self) -> Option<f64> {
        let value = || cell_e(&self.site(), Floor::LIKELY.set_aside);
        self.weighed(&Floor::LIKELY, value)
    }

    /// The value with which the cell enters the step for B; none without a screen. The smaller of
    /// two e-values is one.
    pub(super) fn by_name(&self) -> Option<f64> {
        let f = Floor::BY_NAME.set_aside;
        self.weighed(&Floor::BY_NAME, || cell_e(&self.site(), f).min(cell_e(&self.beacon(), f)))
    }

    fn weighed(&self, floor: &Floor, value: impl FnOnce() -> f64) -> Option<f64> {
        let stands = self.lines() >= floor.lines
            && self.prefixes >= floor.prefixes
            && self.abroad.passes()
            && self.abroad.countries_ok >= floor.countries;
        (self.screens > 0).then(|| if stands { value() } else { 0.0 })
    }

    /// The most lines that can be set aside with the grade's value still at `bar`.
    pub(super) fn f_star(&self, bar: f64, grade: Grade) -> Option<u32> {
        let site = f_star(&self.site(), bar)?;
        let most = if grade == Grade::B { site.min(f_star(&self.beacon(), bar)?) } else { site };
        Some(whole(most))
    }

    /// Whether an artefact that proves itself is held as the floor of A asks.
    pub(super) fn artefact(&self) -> bool {
        self.artefact
    }

    /// Whether there are signs: the value without any trimming, or addresses that cannot be
    /// reached from here while they can from abroad.
    pub(super) fn signs(&self) -> bool {
        let by_address = self.unreachable >= UNREACHABLE_AGENTS && self.abroad.passes();
        cell_e(&self.site(), 0) >= SIGNS || by_address
    }

    /// Whether the target failed abroad, always, and no screen passed here either. Screens that fail
    /// as they do abroad are excused, so that there may be none that count.
    pub(super) fn down(&self) -> bool {
        self.abroad.failed > 0 && self.abroad.ok == 0 && self.failed == self.screens
    }

    /// The upper bound of the share of restricted lines; none while anything speaks against
    /// "reached": a block that accuses the name, or more lines than we set aside on which every
    /// screen failed.
    pub(super) fn upper(&self) -> Option<f64> {
        let dark = self.lines.iter().filter(|line| line.screens > 0 && line.failed == line.screens);
        if self.lines.iter().any(|line| line.accuses) || dark.count() > REACHABLE_SET_ASIDE {
            return None;
        }
        let steady = self.lines.iter().filter(|line| line.steady).count();
        upper_bound(steady, REACHABLE_SET_ASIDE)
    }

    /// The share of failing screens.
    pub(super) fn share(&self) -> Option<Interval> {
        let counts: Vec<_> = self.lines.iter().map(|line| (line.failed, line.screens)).collect();
        clustered_share(&counts)
    }

    fn site(&self) -> Vec<f64> {
        self.lines.iter().map(|line| line.site).collect()
    }

    fn beacon(&self) -> Vec<f64> {
        self.lines.iter().map(|line| line.beacon).collect()
    }
}

/// Whether any one artefact (an authority, or forged answers) is held by enough lines.
fn holds_artefact(groups: &[Vec<&AgentDay>]) -> bool {
    let all = groups.iter().flatten().flat_map(|agent| &agent.artefacts);
    let kinds: BTreeSet<Option<&String>> = all.map(Some).chain([None]).collect();
    kinds.into_iter().any(|kind| {
        let holds = |agent: &&AgentDay| match kind {
            Some(authority) => agent.artefacts.contains(authority),
            None => agent.forged_answers > 0,
        };
        let holding = groups.iter().filter(|group| group.iter().any(holds)).count();
        let holders = groups.iter().flatten().copied().filter(|agent| holds(agent));
        whole(holding) >= Floor::ARTEFACT.lines && prefixes(holders) >= Floor::ARTEFACT.prefixes
    })
}

fn prefixes<'a>(agents: impl Iterator<Item = &'a AgentDay>) -> u32 {
    whole(agents.flat_map(|agent| &agent.buckets).collect::<BTreeSet<_>>().len())
}

fn contributed(agent: &AgentDay) -> bool {
    agent.screens > 0
        || !agent.site.is_empty()
        || !agent.beacon.is_empty()
        || !agent.artefacts.is_empty()
        || agent.forged_answers > 0
}

fn whole(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The value at which a single cell, tested alone at 5 %, would pass (Ville's bound: a value of
/// 20 comes up by chance at most once in 20): enough for "signs", never for a claim.
const SIGNS: f64 = 20.0;

/// Agents that cannot reach the addresses before that is a sign.
const UNREACHABLE_AGENTS: u32 = 2;

/// Lines that may report wrongly when "reached" is said.
const REACHABLE_SET_ASIDE: usize = 1;
