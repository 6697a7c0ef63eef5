//! What is kept in memory of each record, and how it is told.

use serde_json::{Value as Json, json};

use record::{Layer, Measurement, MeasurementId, State, Target, Verdict};

use crate::out::{Out, table};
use crate::stop::Stop;
use crate::upload::Delivery;
use crate::words::Value;

/// A record in brief; the whole lies on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The record's name.
    pub id: MeasurementId,
    /// What was tested.
    pub target: Target,
    /// What this one measurement says.
    pub verdict: Verdict,
}

impl Row {
    /// Takes what is told of `measurement`.
    pub fn of(measurement: &Measurement) -> Self {
        Self {
            id: measurement.id(),
            target: measurement.target.clone(),
            verdict: measurement.verdict.clone(),
        }
    }

    /// Returns the short form of the record that `--json` prints.
    pub fn brief(&self) -> Json {
        let verdict = &self.verdict;
        json!({
            "id": self.id,
            "target": self.target,
            "state": verdict.state,
            "layer": verdict.layer,
            "rule": verdict.rule,
            "verdict": verdict,
        })
    }
}

/// Says in the person's words what was seen of one target from here.
pub fn here_word(out: &Out, verdict: &Verdict) -> String {
    match (verdict.state, verdict.layer) {
        (State::Inconclusive, Some(_)) => out.words().text("state-inconclusive-layer"),
        (state, _) => out.words().text(&format!("state-{}", state.word())),
    }
}

/// Names the step that the verdict is about.
pub fn step_word(out: &Out, verdict: &Verdict) -> String {
    let word = |layer: Layer| out.words().text(&format!("layer-{}", layer.word()));
    verdict.layer.map_or_else(String::new, word)
}

/// Prints the table of a run, its sums, and what became of the records.
pub fn report(out: &Out, rows: &[Row], delivery: &Delivery) -> Result<(), Stop> {
    let data = json!({
        "measurements": rows.iter().map(Row::brief).collect::<Vec<Json>>(),
        "sent": delivery.sent,
        "held": delivery.held,
        "rejected": delivery.rejected,
        "unsendable": delivery.unsendable,
    });
    let head = ["column-site", "column-here", "column-step", "column-rule"];
    let mut lines = vec![head.map(|key| out.words().text(key)).to_vec()];
    lines.extend(rows.iter().map(|row| {
        let verdict = &row.verdict;
        let here = format!("{} {}", out.mark(verdict.state), here_word(out, verdict));
        let rule = verdict.rule.to_string();
        vec![row.target.to_string(), here, step_word(out, verdict), rule]
    }));
    out.data("run", &data, &table(&lines))?;
    let count =
        |states: &[State]| rows.iter().filter(|row| states.contains(&row.verdict.state)).count();
    let args = [
        ("all", Value::Count(rows.len())),
        ("open", Value::Count(count(&[State::Ok]))),
        ("failed", Value::Count(count(&[State::Interference]))),
        ("unclear", Value::Count(count(&[State::Inconclusive, State::Down, State::Server]))),
        ("none", Value::Count(count(&[State::Void]))),
    ];
    out.note("run-summary", &args);
    out.note("run-one-is-no-finding", &[]);
    tell_delivery(out, delivery);
    Ok(())
}

/// Says what was sent and what waits.
pub fn tell_delivery(out: &Out, delivery: &Delivery) {
    if delivery.sent > 0 {
        out.note("run-sent", &[("count", Value::Count(delivery.sent))]);
    }
    if delivery.unsendable > 0 {
        out.note("run-unsendable", &[("count", Value::Count(delivery.unsendable))]);
    }
    if delivery.held > 0 {
        out.note("run-held", &[("count", Value::Count(delivery.held))]);
    }
    if let Some(stop) = &delivery.stopped {
        out.tell(stop);
    }
}
