//! Gathers what each agent contributed to a target's cells of one day.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{Abroad, AgentDay};
use record::{Asn, MeasurementId, State, Verdict};
use verdict::{Channel, Screen};

use crate::Reference;
use crate::store::{CellRow, Held, Judged};

/// What has been gathered so far.
pub(super) struct Gathered<'a> {
    reference: &'a Reference,
    cells: BTreeMap<Asn, Cell>,
    countries: BTreeSet<String>,
    abroad: Abroad,
}

#[derive(Default)]
struct Cell {
    agents: BTreeMap<String, Agent>,
    void: u32,
    causes: BTreeMap<(String, String), u32>,
}

#[derive(Default)]
struct Agent {
    buckets: BTreeSet<u16>,
    slots: BTreeSet<Slot>,
    site: Vec<(u8, u8)>,
    beacon: Vec<(u8, u8)>,
    screens: u32,
    failed: u32,
    artefacts: BTreeSet<String>,
    forged_answers: u32,
    /// Failing screens whose addresses could not be reached.
    unreachable: u32,
}

/// What tells two screens apart in time: their hours, or in a demo their runs.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Hour(u32),
    Run(MeasurementId),
}

impl<'a> Gathered<'a> {
    /// Begins with nothing.
    pub(super) fn new(reference: &'a Reference) -> Self {
        let (cells, countries) = (BTreeMap::new(), BTreeSet::new());
        Self { reference, cells, countries, abroad: Abroad::default() }
    }

    /// Adds one measurement; returns whether it counts.
    pub(super) fn add(&mut self, held: &Held, judged: &Judged) -> bool {
        if let Some(country) = &held.country {
            return self.add_control(country, judged);
        }
        let Some(asn) = held.asn.filter(|asn| self.reference.customers(*asn).is_some()) else {
            return false;
        };
        let cell = self.cells.entry(asn).or_default();
        if judged.screen == Screen::Void {
            cell.void += 1;
            return false;
        }
        let agent = cell.agents.entry(held.credential.to_string()).or_default();
        agent.buckets.insert(held.bucket);
        let slot =
            if self.reference.config.demo { Slot::Run(held.id) } else { Slot::Hour(held.hour.0) };
        agent.add(judged, slot);
        if judged.screen == Screen::Failed {
            let layer = judged.verdict.layer.map_or("", |layer| layer.word()).to_owned();
            *cell.causes.entry((layer, judged.verdict.rule.to_string())).or_default() += 1;
        }
        true
    }

    /// Adds what a control saw. A site that answers and refuses was reached, too.
    fn add_control(&mut self, country: &str, judged: &Judged) -> bool {
        match judged.verdict.state {
            State::Ok | State::Server => {
                self.abroad.ok += 1;
                self.countries.insert(country.to_owned());
            }
            State::Void => return false,
            State::Down | State::Interference | State::Inconclusive => self.abroad.failed += 1,
        }
        true
    }

    /// Returns the cells and what was seen abroad.
    pub(super) fn finish(self) -> (BTreeMap<Asn, CellRow>, Abroad) {
        let countries_ok = u32::try_from(self.countries.len()).unwrap_or(u32::MAX);
        let cells = self.cells.into_iter().map(|(asn, cell)| (asn, cell.finish()));
        (cells.collect(), Abroad { countries_ok, ..self.abroad })
    }
}

impl Cell {
    fn finish(self) -> CellRow {
        let unreachable = self.agents.values().filter(|agent| agent.reaches_no_address()).count();
        let causes = self.causes.into_iter().map(|((layer, rule), count)| (layer, rule, count));
        CellRow {
            agents: self.agents.into_iter().map(|(name, agent)| agent.finish(name)).collect(),
            unreachable: u32::try_from(unreachable).unwrap_or(u32::MAX),
            void: self.void,
            causes: causes.collect(),
        }
    }
}

impl Agent {
    fn add(&mut self, judged: &Judged, slot: Slot) {
        for block in &judged.blocks {
            let counts = (block.named_failed, block.neutral_failed);
            match block.channel {
                Channel::Site => self.site.push(counts),
                Channel::Beacon => self.beacon.push(counts),
            }
        }
        self.artefacts.extend(judged.artefacts.iter().map(|artefact| artefact.authority.clone()));
        self.forged_answers += u32::from(proves_forgery(&judged.verdict));
        let failed = judged.screen == Screen::Failed;
        if failed || judged.screen == Screen::Passed {
            self.screens += 1;
            self.failed += u32::from(failed);
            self.unreachable += u32::from(judged.verdict.rule.as_str() == UNREACHABLE);
            self.slots.insert(slot);
        }
    }

    fn reaches_no_address(&self) -> bool {
        self.failed > 0 && self.failed == self.screens && self.unreachable == self.failed
    }

    fn finish(mut self, agent: String) -> AgentDay {
        self.site.sort_unstable();
        self.beacon.sort_unstable();
        AgentDay {
            agent,
            buckets: self.buckets.into_iter().collect(),
            site: self.site,
            beacon: self.beacon,
            screens: self.screens,
            failed: self.failed,
            slots: u32::try_from(self.slots.len()).unwrap_or(u32::MAX),
            artefacts: self.artefacts.into_iter().collect(),
            forged_answers: self.forged_answers,
        }
    }
}

/// Returns whether any layer's claim rests on an answer that proves itself.
fn proves_forgery(verdict: &Verdict) -> bool {
    verdict
        .layers
        .iter()
        .any(|claim| claim.state == State::Interference && PROVING.contains(&claim.rule.as_str()))
}

/// The rule for vouched addresses that do not answer here and do for the control.
const UNREACHABLE: &str = "tcp_unreachable";

/// The rules whose finding proves itself beside certificates.
const PROVING: [&str; 2] = ["dns_forged_answer", "http_injected"];
