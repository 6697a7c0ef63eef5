//! The lab's truth beside the grade that the measurements reached.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::truth::{Treatment, TrueCell};

/// The comparison as it is written to `comparison.json`.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    /// Cells whose word and layer are right.
    pub(super) agree: u64,
    /// All other cells.
    pub(super) differ: u64,
    /// Files of the collector in which an address of a volunteer was found; must be empty.
    pub(super) addresses_found: Vec<String>,
    /// Cell by cell.
    pub(super) cells: Vec<Compared>,
}

/// One cell: truth and answer.
#[derive(Debug, Serialize)]
pub(super) struct Compared {
    /// The provider's id.
    pub(super) provider: String,
    /// The target.
    pub(super) target: String,
    /// What the lab does to it.
    pub(super) treatment: Treatment,
    /// The words that would be right.
    pub(super) right_words: Vec<&'static str>,
    /// The layer at which it should show.
    pub(super) right_layer: Option<&'static str>,
    /// The word of the matrix; none when the cell is missing.
    pub(super) word: Option<String>,
    /// The grade of the matrix.
    pub(super) grade: Option<String>,
    /// The layer of the matrix.
    pub(super) layer: Option<String>,
    /// Whether word and layer are right.
    pub(super) agrees: bool,
}

/// Compares every true cell with the matrix as the API gave it.
pub(super) fn compare(truth: &[TrueCell], matrix: &Value) -> Comparison {
    let cells = matrix.get("cells").and_then(Value::as_array);
    let text = |cell: &Value, key: &str| cell.get(key).and_then(Value::as_str).map(str::to_owned);
    let found: BTreeMap<_, _> = cells
        .into_iter()
        .flatten()
        .map(|cell| ((text(cell, "provider"), text(cell, "target")), cell))
        .collect();
    let compared: Vec<Compared> = truth
        .iter()
        .map(|cell| {
            let key = (Some(cell.provider.clone()), Some(cell.target.clone()));
            let got = found.get(&key);
            let field = |name: &str| got.and_then(|got| text(got, name));
            let (word, layer) = (field("word"), field("layer"));
            let right = word.as_deref().is_some_and(|word| cell.right_words.contains(&word));
            let agrees = right && layer.as_deref() == cell.layer;
            Compared {
                provider: cell.provider.clone(),
                target: cell.target.clone(),
                treatment: cell.treatment,
                right_words: cell.right_words.clone(),
                right_layer: cell.layer,
                word,
                grade: field("grade"),
                layer,
                agrees,
            }
        })
        .collect();
    let agree = compared.iter().filter(|cell| cell.agrees).count() as u64;
    let differ = compared.len() as u64 - agree;
    Comparison { agree, differ, addresses_found: Vec::new(), cells: compared }
}

/// Prints "truth in the lab / grade reached" as a table.
pub(super) fn table(comparison: &Comparison) -> String {
    let mut text = format!(
        "{:<18} {:<34} {:<16} {:<13} {:<12} {}\n",
        "provider", "site", "truth in the lab", "word reached", "grade", "agrees"
    );
    for cell in &comparison.cells {
        let treatment = serde_json::to_value(cell.treatment).unwrap_or_default();
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let line = writeln!(
            text,
            "{:<18} {:<34} {:<16} {:<13} {:<12} {}",
            cell.provider,
            cell.target,
            treatment.as_str().unwrap_or_default(),
            or_none(&cell.word),
            or_none(&cell.grade),
            if cell.agrees { "yes" } else { "NO" }
        );
        line.expect("writing to memory does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::truth;
    use super::*;

    #[test]
    fn a_missing_cell_a_wrong_word_and_a_wrong_layer_all_differ() {
        let targets = ["https://a.test/", "https://b.test/", "https://c.test/", "https://d.test/"];
        let treat = |_: &str, target: &str| match target {
            "https://a.test/" => Treatment::Open,
            _ => Treatment::SniDrop,
        };
        let truth = truth::cells(&["p".to_owned()], &targets.map(str::to_owned), treat);
        let cell = |target: &str, word: &str, layer: Value| json!({"provider": "p", "target": target, "word": word, "layer": layer, "grade": "b"});
        let matrix = json!({"cells": [
            cell(targets[0], "reachable", Value::Null),
            cell(targets[1], "likely", json!("tls")),
            cell(targets[2], "confirmed", json!("tcp")),
        ]});

        let compared = compare(&truth, &matrix);

        assert_eq!((compared.agree, compared.differ), (1, 3));
        assert!(compared.cells[0].agrees);
        assert!(table(&compared).contains("NO"));
    }
}
