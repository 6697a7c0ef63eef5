//! Grades all cells of one day together, by network and by provider.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{Abroad, CellDay, Grade, Graded, grade_day, tested};
use record::{Asn, Layer, Target};

use crate::Reference;
use crate::store::{CellRow, Cells, DayGrades, DayRow, GradeRow};

/// Grades a day. Networks that are hosting or unknown are not among its cells.
pub(super) fn grade(
    cells: &Cells,
    abroad: &BTreeMap<Target, Abroad>,
    reference: &Reference,
) -> DayGrades {
    let days: Vec<CellDay<(Target, Asn)>> = cells
        .iter()
        .map(|(key, cell)| CellDay {
            key: key.clone(),
            agents: cell.agents.clone(),
            abroad: abroad.get(&key.0).copied().unwrap_or_default(),
            unreachable: cell.unreachable,
        })
        .collect();
    let graded = grade_day(&days);
    let mut networks = Vec::new();
    let mut of_provider = BTreeMap::<(Target, String), Vec<(Grade, &CellRow)>>::new();
    for graded in graded {
        let (Some(cell), Some((_, provider))) =
            (cells.get(&graded.key), reference.customers(graded.key.1))
        else {
            continue;
        };
        let key = (graded.key.0.clone(), provider.id.0.clone());
        of_provider.entry(key).or_default().push((graded.grade, cell));
        networks.push(network(graded, provider.id.0.clone()));
    }
    let providers = of_provider.into_iter().map(|(key, cells)| together(key, &cells));
    DayGrades {
        tested: tested(&days),
        networks,
        providers: providers.collect(),
        volunteers: volunteers(cells),
    }
}

/// Counts the agents of each network over all of its cells.
fn volunteers(cells: &Cells) -> Vec<(Asn, u32)> {
    let mut agents = BTreeMap::<Asn, BTreeSet<&str>>::new();
    for ((_, asn), cell) in cells {
        let names = cell.agents.iter().map(|agent| agent.agent.as_str());
        agents.entry(*asn).or_default().extend(names);
    }
    let heard = agents.into_iter().filter(|(_, agents)| !agents.is_empty());
    heard.map(|(asn, agents)| (asn, whole(agents.len()))).collect()
}

fn network(graded: Graded<(Target, Asn)>, provider: String) -> GradeRow {
    let (target, asn) = graded.key;
    GradeRow {
        target,
        asn,
        provider,
        grade: graded.grade,
        site_e: graded.site_e,
        beacon_e: graded.beacon_e,
        bar: graded.bar,
        f_star: graded.f_star,
        upper: graded.upper,
        agents: graded.agents,
        prefixes: graded.prefixes,
        blocks: (graded.site_blocks, graded.beacon_blocks),
    }
}

/// Puts a provider's networks together: the strongest grade, told with the number of networks that
/// have it; counts and share over all of them.
fn together((target, provider): (Target, String), cells: &[(Grade, &CellRow)]) -> DayRow {
    let grade = cells.iter().map(|(grade, _)| *grade).min().unwrap_or(Grade::Insufficient);
    let so = cells.iter().filter(|(other, _)| *other == grade).count();
    let all: Vec<&CellRow> = cells.iter().map(|(_, cell)| *cell).collect();
    let agents = all.iter().flat_map(|cell| cell.agents.iter().cloned()).collect();
    // The same counting of lines as in one network; the grade of this artificial cell is not used.
    let sums = grade_day(&[CellDay { key: (), agents, ..CellDay::default() }]);
    let sums = sums.first();
    // Where nothing is claimed to fail, a few failing measurements do not make a cause.
    let fails = !matches!(grade, Grade::Reachable | Grade::Insufficient);
    let (layer, rule) = cause(&all).filter(|_| fails).unzip();
    DayRow {
        target,
        provider,
        grade,
        layer: layer.flatten(),
        rule,
        screens: sums.map_or(0, |sums| sums.screens),
        failed: sums.map_or(0, |sums| sums.failed),
        share: sums.and_then(|sums| sums.share),
        agents: sums.map_or(0, |sums| sums.agents),
        void: all.iter().map(|cell| cell.void).sum(),
        networks: (whole(so), whole(cells.len())),
    }
}

/// Returns the layer and rule that most failing measurements rest on; the first by name of equals.
fn cause(cells: &[&CellRow]) -> Option<(Option<Layer>, String)> {
    let mut counts = BTreeMap::<(&str, &str), u32>::new();
    for (layer, rule, count) in cells.iter().flat_map(|cell| &cell.causes) {
        *counts.entry((layer, rule)).or_default() += count;
    }
    let most = counts.values().copied().max()?;
    let ((layer, rule), _) = counts.into_iter().find(|(_, count)| *count == most)?;
    let layer = Layer::ALL.into_iter().find(|known| known.word() == layer);
    Some((layer, rule.to_owned()))
}

fn whole(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
