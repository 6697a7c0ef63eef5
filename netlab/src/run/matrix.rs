//! Sets what must be concluded against what was concluded, over many scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Got, Outcome};
use crate::scenario::Expected;

/// Counts of what must be concluded against what was concluded.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    tables: BTreeMap<(&'static str, &'static str), Counts>,
    /// What is off the diagonal, a line each.
    pub astray: BTreeSet<String>,
}

/// Counts by what must be concluded and what was.
type Counts = BTreeMap<(&'static str, &'static str), u32>;

impl Matrix {
    /// Counts one run of a scenario, by the agent and by the collector.
    pub fn add(&mut self, outcome: &Outcome) {
        let ways = [
            ("without the censor", &outcome.expected_without, &outcome.without),
            ("with the censor", &outcome.expected, &outcome.got),
        ];
        if let Some(lacks) = &outcome.lacks {
            self.astray.insert(format!("{}: the record lacks {lacks}", outcome.scenario));
        }
        for (way, expected, judged) in ways {
            let told = [
                (Who { name: "agent", way }, Some(&judged.agent)),
                (Who { name: "collector", way }, judged.collector.as_ref()),
            ];
            for (who, got) in told {
                let concluded = got.map_or("nothing", |got| state(expected, got));
                self.count(who.states(), (expected.state.word(), concluded), outcome);
                // A layer can be right or wrong only where one is awaited.
                let Some(wanted) = expected.layer.filter(|_| expected.or.is_empty()) else {
                    continue;
                };
                let concluded = got.and_then(|got| got.layer).map_or("none", record::Layer::word);
                self.count(who.layers(), (wanted.word(), concluded), outcome);
            }
        }
    }

    /// Returns the tables, one below the other, and what is off their diagonals.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for ((way, of), counts) in &self.tables {
            let total: u32 = counts.values().sum();
            put(
                &mut text,
                format_args!(
                    "{of} {way}: awaited (down) against concluded (across), n = {total}\n"
                ),
            );
            let columns: BTreeSet<&str> = counts.keys().map(|(_, concluded)| *concluded).collect();
            put(&mut text, format_args!("{:<14}", ""));
            columns.iter().for_each(|column| put(&mut text, format_args!("{column:>14}")));
            text.push('\n');
            let rows: BTreeSet<&str> = counts.keys().map(|(awaited, _)| *awaited).collect();
            for row in rows {
                put(&mut text, format_args!("{row:<14}"));
                for column in &columns {
                    let count = counts.get(&(row, *column)).copied().unwrap_or(0);
                    put(&mut text, format_args!("{count:>14}"));
                }
                text.push('\n');
            }
            text.push('\n');
        }
        self.astray.iter().for_each(|line| put(&mut text, format_args!("astray: {line}\n")));
        text
    }

    fn count(
        &mut self,
        (way, of): (&'static str, &'static str),
        cell: (&'static str, &'static str),
        outcome: &Outcome,
    ) {
        *self.tables.entry((way, of)).or_default().entry(cell).or_insert(0) += 1;
        if cell.0 != cell.1 {
            let (awaited, concluded) = cell;
            let name = &outcome.scenario;
            self.astray.insert(format!("{name}: {of} {way}: {concluded}, not {awaited}"));
        }
    }
}

/// Who concluded, and when.
#[derive(Clone, Copy)]
struct Who {
    name: &'static str,
    way: &'static str,
}

impl Who {
    fn states(self) -> (&'static str, &'static str) {
        (self.way, if self.name == "agent" { "agent's states" } else { "collector's states" })
    }

    fn layers(self) -> (&'static str, &'static str) {
        (self.way, if self.name == "agent" { "agent's layers" } else { "collector's layers" })
    }
}

/// Returns the word of a conclusion; the awaited one where another will do as well.
fn state(expected: &Expected, got: &Got) -> &'static str {
    if expected.or.contains(&got.state) { expected.state.word() } else { got.state.word() }
}

fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words).expect("writing to memory does not fail");
}

#[cfg(test)]
mod tests {
    use record::{Layer, State};

    use super::*;
    use crate::run::Judged;

    #[test]
    fn what_is_as_awaited_stands_on_the_diagonal() {
        let mut matrix = Matrix::default();

        matrix.add(&outcome(State::Interference, Some(Layer::Tls)));

        assert!(matrix.astray.is_empty(), "{:?}", matrix.astray);
        assert!(matrix.text().contains("agent's states with the censor: awaited"));
        assert_eq!(matrix.tables.len(), 6);
    }

    #[test]
    fn a_wrong_state_and_a_wrong_layer_are_astray_each() {
        let mut matrix = Matrix::default();

        matrix.add(&outcome(State::Ok, Some(Layer::Http)));

        let lines: Vec<&str> = matrix.astray.iter().map(String::as_str).collect();
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert_eq!(lines[0], "x: agent's layers with the censor: http, not tls");
    }

    #[test]
    fn a_state_that_will_do_as_well_is_not_astray() {
        let mut matrix = Matrix::default();
        let mut outcome = outcome(State::Inconclusive, None);
        outcome.expected.or = vec![State::Inconclusive];

        matrix.add(&outcome);

        assert!(matrix.astray.is_empty(), "{:?}", matrix.astray);
    }

    /// Interference with TLS is awaited, and `state` at `layer` concluded.
    fn outcome(state: State, layer: Option<Layer>) -> Outcome {
        let judged = |state, layer| {
            let agent = Got { state, layer, rule: "any".to_owned(), layers: Vec::new() };
            let record = serde_json::Value::Null;
            Judged {
                collector: Some(agent.clone()),
                agent,
                because: Vec::new(),
                record,
                reach: serde_json::Value::Null,
            }
        };
        let layer_awaited = Some(Layer::Tls);
        Outcome {
            scenario: "x".to_owned(),
            target: "https://a.test/".to_owned(),
            pass: true,
            expected: Expected { layer: layer_awaited, ..Expected::only(State::Interference) },
            got: judged(state, layer),
            expected_without: Expected::only(State::Ok),
            without: judged(State::Ok, None),
            collector_agrees: true,
            lacks: None,
            took_ms: 1,
        }
    }
}
