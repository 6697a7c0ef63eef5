//! What one line contributed to one cell on one day.

use crate::day::{Abroad, AgentDay};
use crate::fdr::count;
use crate::{DAY_CAP, agent_e, block_e};

/// One line: an agent, or agents that share a prefix.
pub(super) struct LineDay {
    pub(super) site: f64,
    pub(super) beacon: f64,
    pub(super) screens: u32,
    pub(super) failed: u32,
    /// Whether one of its agents passed its screens in two slots, and none failed any.
    pub(super) steady: bool,
    /// Whether one of its blocks accuses the name: all three with it failed, at most one without.
    pub(super) accuses: bool,
}

impl LineDay {
    /// Works out what the agents of one line contributed together.
    pub(super) fn of(agents: &[&AgentDay], abroad: Abroad) -> Self {
        let (screens, failed) =
            (total(agents, |agent| agent.screens), total(agents, |agent| agent.failed));
        let accuses = |agent: &&AgentDay| agent.site.iter().any(|(x, y)| *x >= 3 && *y <= 1);
        Self {
            site: mean(agents.iter().map(|agent| site_e(agent, abroad)).collect()),
            beacon: mean(agents.iter().map(|agent| beacon_e(agent)).collect()),
            screens,
            failed,
            steady: failed == 0 && agents.iter().any(|agent| agent.slots >= STEADY_SLOTS),
            accuses: agents.iter().any(accuses),
        }
    }
}

/// Where the target fails abroad too, its server may be what treats names differently: then no
/// block counts in favour, and those against are kept.
fn site_e(agent: &AgentDay, abroad: Abroad) -> f64 {
    let most = if abroad.fails() { 1.0 } else { f64::MAX };
    let blocks: Vec<f64> = agent.site.iter().map(|(x, y)| block_e(*x, *y).min(most)).collect();
    agent_e(&blocks, agent.screens > agent.failed, DAY_CAP)
}

/// A screen says nothing about the beacon, so an agent without blocks there is worth 1.
fn beacon_e(agent: &AgentDay) -> f64 {
    let blocks: Vec<f64> = agent.beacon.iter().map(|(x, y)| block_e(*x, *y)).collect();
    agent_e(&blocks, false, DAY_CAP)
}

/// The mean, added from the smallest up so that order cannot change it.
fn mean(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.iter().sum::<f64>() / count(values.len())
}

/// Adds up a count of every agent.
pub(super) fn total(agents: &[&AgentDay], of: impl Fn(&AgentDay) -> u32) -> u32 {
    agents.iter().fold(0, |sum: u32, agent| sum.saturating_add(of(agent)))
}

/// Slots in which a line must have reached the target before it counts as reached.
const STEADY_SLOTS: u32 = 2;
