//! Words and files that were published and are for ever.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use record::{Contrast, Failure, Label, Layer, VoidReason};

use super::Tree;

const WORDS: &str = "xtask/tidy/published-words.txt";
const FILES: &str = "xtask/tidy/frozen-files.txt";

/// Complains about a published word that is gone and a frozen file that was changed.
pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let known = words();
    let published: BTreeSet<String> = lines(tree, WORDS);
    for word in published.difference(&known) {
        complaints.push(format!("{word} was published and must not go or change its name"));
    }
    for word in known.difference(&published) {
        complaints.push(format!("{word} is new: publish it with `cargo xtask bless`"));
    }
    let now: BTreeSet<String> = files(tree).collect();
    let frozen = lines(tree, FILES);
    for line in frozen.difference(&now) {
        complaints.push(format!("{line}: this file was changed; add a new one instead"));
    }
    for line in now.difference(&frozen) {
        let name = line.split(' ').next().unwrap_or_default();
        if !frozen.iter().any(|old| old.starts_with(&format!("{name} "))) {
            complaints.push(format!("{name} is new: freeze it with `cargo xtask bless`"));
        }
    }
    Ok(complaints)
}

/// Adds what is new; what is there stays as it is.
pub(super) fn bless(tree: &Tree) -> Result<()> {
    let mut published = lines(tree, WORDS);
    published.extend(words());
    write(tree, WORDS, &published)?;
    let mut frozen = lines(tree, FILES);
    let named = |lines: &BTreeSet<String>, name: &str| {
        lines.iter().any(|old| old.split(' ').next() == Some(name))
    };
    for line in files(tree) {
        if !named(&frozen, line.split(' ').next().unwrap_or_default()) {
            frozen.insert(line);
        }
    }
    write(tree, FILES, &frozen)
}

/// Returns every word that readers of published data rely on.
fn words() -> BTreeSet<String> {
    let rules = verdict::rule_ids().into_iter().map(|rule| format!("rule {}", rule.id));
    let spelled = |kind: &str, value: Result<serde_json::Value, serde_json::Error>| {
        let word = value.ok().and_then(|value| value.as_str().map(str::to_owned));
        format!("{kind} {}", word.unwrap_or_default())
    };
    let failures = Failure::ALL.iter().map(|one| spelled("failure", serde_json::to_value(one)));
    let voids = VoidReason::ALL.iter().map(|one| spelled("void", serde_json::to_value(one)));
    let labels = Label::ALL.iter().map(|one| spelled("label", serde_json::to_value(one)));
    let contrasts = Contrast::ALL.iter().map(|one| format!("contrast {}", one.word()));
    let layers = Layer::ALL.iter().map(|one| format!("layer {}", one.word()));
    rules.chain(failures).chain(voids).chain(labels).chain(contrasts).chain(layers).collect()
}

/// Returns name and digest of every file that must never change once it was released.
fn files(tree: &Tree) -> impl Iterator<Item = String> + '_ {
    let frozen = |path: &str| {
        (path.starts_with("collector/migrations/") && path.ends_with(".sql"))
            || (path.starts_with("record/examples/v") && path.ends_with(".json"))
    };
    let files = tree.files.iter().filter(move |(path, _)| frozen(path));
    files.map(|(path, text)| format!("{path} {}", hex::encode(Sha256::digest(text))))
}

fn lines(tree: &Tree, path: &str) -> BTreeSet<String> {
    let text = tree.text(path).unwrap_or_default();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn write(tree: &Tree, path: &str, lines: &BTreeSet<String>) -> Result<()> {
    let mut text = "# Written by `cargo xtask bless`, which only ever adds lines.\n".to_owned();
    for line in lines {
        writeln!(text, "{line}").context("writing to memory")?;
    }
    std::fs::write(tree.root.join(path), text).with_context(|| format!("writing {path}"))
}
