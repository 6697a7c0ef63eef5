//! Measures on a line where nobody interferes, many times: how often is interference claimed?

use std::path::Path;

use serde::Serialize;

use record::State;

use super::{Got, Judged, Stage};
use crate::LabError;
use crate::programs::Programs;
use crate::scenario::Scenario;

/// What many measurements without interference came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Measurements.
    pub runs: u32,
    /// Those in which the agent or the collector claimed interference at some layer.
    pub accused: u32,
    /// Those that reached the site.
    pub reached: u32,
    /// Those that do not count: the line was too bad.
    pub void: u32,
    /// For each accused run what was claimed, and what the headline rests on.
    pub accusations: Vec<String>,
}

impl Tally {
    /// Counts one measurement.
    pub fn add(&mut self, judged: &Judged) {
        let accuses = |got: &Got| {
            let claimed = got.layers.iter().map(|claim| claim.state);
            claimed.chain([got.state]).any(|state| state == State::Interference)
        };
        let accused = accuses(&judged.agent) || judged.collector.as_ref().is_some_and(accuses);
        if accused {
            let claims = |got: &Got| format!("{} {}", got.state.word(), got.rule);
            let collector = judged.collector.as_ref().map_or_else(|| "nothing".to_owned(), claims);
            let rests = serde_json::to_string(&judged.because).unwrap_or_default();
            let agent = claims(&judged.agent);
            self.accusations.push(format!("agent: {agent}; collector: {collector}; {rests}"));
        }
        self.runs += 1;
        self.accused += u32::from(accused);
        self.reached += u32::from(judged.agent.state == State::Ok);
        self.void += u32::from(judged.agent.state == State::Void);
    }

    /// Adds another count to this one.
    pub fn and(mut self, other: Self) -> Self {
        self.accusations.extend(other.accusations);
        Self {
            accusations: self.accusations,
            runs: self.runs + other.runs,
            accused: self.accused + other.accused,
            reached: self.reached + other.reached,
            void: self.void + other.void,
        }
    }

    /// Returns the share of accused runs that lies above the true one with 95 % confidence
    /// (one-sided; Clopper and Pearson 1934): at no accusation in n runs 1 - 0.05^(1/n).
    pub fn upper_bound(&self) -> f64 {
        if self.accused >= self.runs {
            return 1.0;
        }
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        // Sixty halvings reach the precision of the numbers themselves.
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.chance_of_no_more(middle) > DOUBT { low = middle } else { high = middle }
        }
        high
    }

    /// Returns the chance of at most so many accusations where each run has the chance `share`.
    fn chance_of_no_more(&self, share: f64) -> f64 {
        let runs = f64::from(self.runs);
        let mut term = (1.0 - share).powf(runs);
        let mut sum = term;
        for at in 0..self.accused {
            let at = f64::from(at);
            term *= (runs - at) / (at + 1.0) * share / (1.0 - share);
            sum += term;
        }
        sum
    }

    /// Returns a sentence on it.
    pub fn line(&self) -> String {
        format!(
            "{} runs without interference: {} reached, {} void, {} accused; \
             at 95 % confidence fewer than {:.2} % of such runs accuse",
            self.runs,
            self.reached,
            self.void,
            self.accused,
            self.upper_bound() * 100.0
        )
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Measurements, all together.
    pub runs: u32,
    /// Labs that share them.
    pub labs: u32,
}

/// Measures `scenario`'s target with the censors off, in several labs side by side, each in a folder
/// of its own below `dir`.
pub fn repeat_side_by_side(
    scenario: &Scenario,
    programs: &Programs,
    dir: &Path,
    amount: Amount,
) -> Result<Tally, LabError> {
    let labs = amount.labs.clamp(1, amount.runs.max(1));
    let share = |lab: u32| amount.runs / labs + u32::from(lab < amount.runs % labs);
    std::thread::scope(|scope| {
        let work = |lab| {
            let dir = dir.join(format!("clean-{lab}"));
            scope.spawn(move || repeat(scenario, programs, &dir, share(lab)))
        };
        let threads: Vec<_> = (0..labs).map(work).collect();
        threads.into_iter().try_fold(Tally::default(), |sum, thread| {
            let ended = thread.join().map_err(|_| LabError::Wrong("a lab fell over".to_owned()))?;
            Ok(sum.and(ended?))
        })
    })
}

/// Measures `scenario`'s target `runs` times with the censors off, in one lab in the folder `dir`.
fn repeat(
    scenario: &Scenario,
    programs: &Programs,
    dir: &Path,
    runs: u32,
) -> Result<Tally, LabError> {
    let mut stage = Stage::start(scenario, programs, dir)?;
    let mut tally = Tally::default();
    for _ in 0..runs {
        tally.add(&stage.measure(false)?);
    }
    Ok(tally)
}

const DOUBT: f64 = 0.05;

#[cfg(test)]
mod tests {
    use record::Layer;

    use super::*;
    use crate::run::GotLayer;

    #[test]
    fn the_bound_is_that_of_the_tables() {
        let bound = |runs, accused| Tally { runs, accused, ..Tally::default() }.upper_bound();

        assert!((bound(200, 0) - (1.0 - 0.05_f64.powf(1.0 / 200.0))).abs() < 1e-9);
        // Clopper and Pearson's for 1 of 10, one-sided.
        assert!((bound(10, 1) - 0.394_163).abs() < 1e-5, "{}", bound(10, 1));
        assert!(bound(0, 0) >= 1.0 && bound(3, 3) >= 1.0);
    }

    #[test]
    fn a_claim_about_a_single_layer_accuses_too() {
        let rule = || "any".to_owned();
        let claim = GotLayer { layer: Layer::Dns, state: State::Interference, rule: rule() };
        let got = |layers| Got { state: State::Ok, layer: Some(Layer::Http), rule: rule(), layers };
        let mut tally = Tally::default();

        let judged = |collector| {
            let agent = got(Vec::new());
            Judged {
                agent,
                collector,
                because: Vec::new(),
                record: serde_json::Value::Null,
                reach: serde_json::Value::Null,
            }
        };

        tally.add(&judged(Some(got(vec![claim]))));
        tally.add(&judged(None));

        assert_eq!((tally.runs, tally.accused, tally.reached), (2, 1, 2));
        assert_eq!(tally.accusations.len(), 1);
    }
}
