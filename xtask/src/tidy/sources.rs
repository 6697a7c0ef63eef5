//! How a source file looks.

use anyhow::Result;

use super::Tree;
use super::layers::production;

/// The most production lines of a file; exceptions stand in `xtask/tidy/long-files.txt`.
const MOST_LINES: usize = 400;

/// Names that say nothing about what a module is for.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helpers", "common", "misc", "imp"];

/// The crates of the workspace, as they are written in `use`.
const OWN: [&str; 10] = [
    "record",
    "testlists",
    "plan",
    "verdict",
    "evidence",
    "ooni",
    "agent",
    "collector",
    "dashboards",
    "netlab",
];

/// Complains about length, names, unexplained notes and the order of imports.
pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let exceptions = tree.text("xtask/tidy/long-files.txt").unwrap_or_default();
    for (path, text) in tree.ending(".rs") {
        let production = production(text);
        let lines = production.lines().count();
        let excepted = exceptions.lines().any(|line| line.starts_with(&format!("{path}: ")));
        let in_tests = path.contains("/tests/") || path.ends_with("/tests.rs");
        if lines > MOST_LINES && !excepted && !in_tests {
            complaints.push(format!("{path} has {lines} production lines; split it"));
        }
        if !text.starts_with("//!") && !text.starts_with("#!") {
            complaints.push(format!("{path} does not open with a //! sentence on what it is for"));
        }
        let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs"));
        if stem.is_some_and(|stem| EMPTY_NAMES.contains(&stem)) {
            complaints.push(format!("{path}: name the module after what it does"));
        }
        complaints.extend(notes(path, text));
        complaints.extend(imports(path, production));
    }
    Ok(complaints)
}

fn notes(path: &str, text: &str) -> Vec<String> {
    // Written in two parts, so that this file does not complain about itself.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX:")];
    let open = |line: &str| words.iter().any(|word| line.contains(word)) && !line.contains("(#");
    let lines = text.lines().enumerate().filter(|(_, line)| open(line));
    lines.map(|(at, _)| format!("{path}:{}: a note of work to do names no issue", at + 1)).collect()
}

/// Imports stand in four groups, a blank line between: std, external, workspace, this crate.
fn imports(path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let (mut last, mut blank) = (None, true);
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        if inside {
            inside = !line.trim_end().ends_with(';');
            continue;
        }
        let import = line.strip_prefix("use ").or_else(|| line.strip_prefix("pub use "));
        let Some(import) = import else {
            if line.trim().is_empty() {
                blank = true;
            } else {
                last = None;
            }
            continue;
        };
        // A module of this file, imported by its bare name, stands with this crate's.
        let root = import.split([':', ';', ' ']).next().unwrap_or_default();
        let group = if has_module(text, root) { 3 } else { group(import) };
        let wrong = match last {
            Some(before) if before > group => Some("is out of order"),
            Some(before) if before < group && !blank => Some("needs a blank line before it"),
            _ => None,
        };
        if let Some(wrong) = wrong.filter(|_| !line.starts_with("pub use")) {
            complaints.push(format!("{path}:{}: this import {wrong}", at + 1));
        }
        inside = !line.trim_end().ends_with(';');
        (last, blank) = (Some(group), false);
    }
    complaints
}

fn has_module(text: &str, name: &str) -> bool {
    let declared = |line: &str| {
        line.trim_start().trim_start_matches("pub ").strip_prefix("mod ").map(str::to_owned)
    };
    text.lines().filter_map(declared).any(|module| module.trim_end_matches(';') == name)
}

fn group(import: &str) -> u8 {
    let root = import.split([':', ';', ' ']).next().unwrap_or_default();
    match root {
        "std" | "core" | "alloc" => 0,
        "crate" | "super" | "self" => 3,
        own if OWN.contains(&own) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_in_four_groups_are_fine() {
        let text = "use std::fmt;\n\nuse serde::Serialize;\n\nuse record::{\n    Day,\n};\n\nuse crate::x;\nuse super::y;\n";

        assert_eq!(imports("a.rs", text), Vec::<String>::new());
    }

    #[test]
    fn imports_out_of_order_or_without_a_blank_line_are_not() {
        assert_eq!(imports("a.rs", "use crate::x;\n\nuse std::fmt;\n").len(), 1);
        assert_eq!(imports("a.rs", "use std::fmt;\nuse serde::Serialize;\n").len(), 1);
    }
}
