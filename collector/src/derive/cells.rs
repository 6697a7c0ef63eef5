//! Gathers what each agent contributed to a target's cells of one day.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{Abroad, AgentDay};
use record::{Asn, Layer, MeasurementId, State, Verdict};
use verdict::{Block, Channel, Screen};

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
                Channel::Site if is_in_doubt(block, &judged.blocks) => {}
                Channel::Site => self.site.push(counts),
                Channel::Beacon => self.beacon.push(counts),
                // Other contrasts are other questions: they never add to what the name came to
                // over TLS and HTTP.
                Channel::SiteQuic | Channel::BeaconQuic => {}
                Channel::BeaconLoad | Channel::SiteEncrypted | Channel::SiteElsewhere => {}
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

/// Returns whether a block at the site's address may be the server's doing: one of plain requests, where those
/// on the project's own server did not fail by name. The two orders are drawn apart, so that what one came
/// to changes nothing of what chance would do in the other.
fn is_in_doubt(block: &Block, all: &[Block]) -> bool {
    let fails = |other: &Block| {
        (other.channel, other.layer) == (Channel::Beacon, Layer::Http) && other.fails_by_name()
    };
    block.layer == Layer::Http && !all.iter().any(fails)
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
const PROVING: [&str; 3] = ["dns_forged_answer", "dns_injected", "http_injected"];

#[cfg(test)]
mod tests {
    use record::{Claim, Digest, Hour, KeyText, Target};

    use super::*;
    use crate::config::Config;

    #[test]
    fn screens_are_counted_by_what_they_say() {
        let reference = reference(false);
        let mut gathered = Gathered::new(&reference);
        for (number, screen) in [Screen::Passed, Screen::Failed, Screen::Excused, Screen::Unclear]
            .into_iter()
            .enumerate()
        {
            assert!(gathered.add(&held(number, Hour(7)), &judged(screen, "tls_failed")));
        }
        assert!(!gathered.add(&held(9, Hour(8)), &judged(Screen::Void, "void_run")));

        let (cells, _) = gathered.finish();

        let cell = &cells[&ASN];
        let agent = &cell.agents[0];
        assert_eq!((agent.screens, agent.failed, agent.slots, cell.void), (2, 1, 1, 1));
        assert_eq!(cell.causes, [("tls".to_owned(), "tls_failed".to_owned(), 1)]);
    }

    #[test]
    fn plain_requests_at_the_site_count_where_they_fail_on_the_projects_server_too() {
        let reference = reference(false);
        let block = |channel, layer, named_failed| Block {
            channel,
            layer,
            round: 0,
            named_failed,
            neutral_failed: 0,
        };
        for (layer, beacon_failed, counted) in
            [(Layer::Http, 3, 1), (Layer::Http, 0, 0), (Layer::Tls, 0, 1)]
        {
            let mut gathered = Gathered::new(&reference);
            let blocks =
                vec![block(Channel::Site, layer, 3), block(Channel::Beacon, layer, beacon_failed)];
            let judged = Judged { blocks, ..judged(Screen::Failed, "http_failed") };

            gathered.add(&held(1, Hour(7)), &judged);

            let agent = &gathered.finish().0[&ASN].agents[0];
            assert_eq!((agent.site.len(), agent.beacon.len()), (counted, 1), "{layer:?}");
        }
    }

    #[test]
    fn in_a_demo_every_run_is_a_slot() {
        let reference = reference(true);
        let mut gathered = Gathered::new(&reference);
        for number in 0..3 {
            gathered.add(&held(number, Hour(7)), &judged(Screen::Passed, "http_reached"));
        }

        assert_eq!(gathered.finish().0[&ASN].agents[0].slots, 3);
    }

    #[test]
    fn an_agent_reaches_no_address_only_if_that_is_why_each_screen_failed() {
        let reference = reference(false);
        let count = |rules: &[&str]| {
            let mut gathered = Gathered::new(&reference);
            for (number, rule) in rules.iter().enumerate() {
                gathered.add(&held(number, Hour(7)), &judged(Screen::Failed, rule));
            }
            gathered.finish().0[&ASN].unreachable
        };

        assert_eq!(count(&[UNREACHABLE, UNREACHABLE]), 1);
        assert_eq!(count(&[UNREACHABLE, "tls_failed"]), 0);
    }

    #[test]
    fn only_findings_that_prove_themselves_are_counted_as_such() {
        let claim = |rule: &str, state| Claim {
            layer: Layer::Dns,
            state,
            rule: rule.into(),
            because: Vec::new(),
        };
        let verdict =
            |claim| Verdict { layers: vec![claim], ..judged(Screen::Failed, "x").verdict };

        assert!(proves_forgery(&verdict(claim("dns_forged_answer", State::Interference))));
        assert!(proves_forgery(&verdict(claim("http_injected", State::Interference))));
        assert!(!proves_forgery(&verdict(claim("dns_name_denied", State::Interference))));
    }

    #[test]
    fn a_site_that_refuses_controls_was_reached_all_the_same() {
        let reference = reference(false);
        let mut gathered = Gathered::new(&reference);
        for (state, country) in [
            (State::Ok, "de"),
            (State::Server, "nl"),
            (State::Inconclusive, "fr"),
            (State::Void, "pl"),
        ] {
            let control = Held { country: Some(country.to_owned()), ..held(1, Hour(7)) };
            let mut judged = judged(Screen::Unclear, "x");
            judged.verdict.state = state;
            gathered.add(&control, &judged);
        }

        let abroad = gathered.finish().1;

        assert_eq!((abroad.countries_ok, abroad.ok, abroad.failed), (2, 2, 1));
    }

    /// A network of the built-in lists that serves customers.
    const ASN: Asn = Asn(9198);

    fn reference(demo: bool) -> Reference {
        Reference::read(Config { demo, ..Config::default() }).unwrap()
    }

    fn held(number: usize, hour: Hour) -> Held {
        Held {
            id: MeasurementId(Digest::of(&[u8::try_from(number).unwrap()])),
            batch: 0,
            bucket: 7,
            credential: KeyText::new([1; 32]),
            country: None,
            hour,
            snapshot: Digest([0; 32]),
            asn: Some(ASN),
            control: None,
            target: "https://news.test/".parse::<Target>().unwrap(),
            is_void: false,
        }
    }

    fn judged(screen: Screen, rule: &str) -> Judged {
        let (state, layer) = (State::Inconclusive, Some(Layer::Tls));
        let (because, layers) = (Vec::new(), Vec::new());
        Judged {
            id: MeasurementId(Digest([0; 32])),
            verdict: Verdict { state, layer, rule: rule.into(), because, layers },
            screen,
            counted: false,
            control: None,
            broke: false,
            blocks: Vec::<Block>::new(),
            artefacts: Vec::new(),
        }
    }
}
