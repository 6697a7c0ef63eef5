//! A document names only paths that are there.

use anyhow::Result;

use super::Tree;

/// Complains about paths in backquotes that lead nowhere.
pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for (path, text) in tree.ending(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if path.contains("/cases/") {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            for named in line.split('`').skip(1).step_by(2).filter(|named| is_path(named)) {
                let there = |base: &str| tree.root.join(base).join(named).exists();
                if !there("") && !there(folder) {
                    complaints.push(format!("{path}:{}: `{named}` is not there", at + 1));
                }
            }
        }
    }
    Ok(complaints)
}

/// Returns whether a word in backquotes means a path of this repository.
fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let named = word.contains('/')
        && (word.ends_with('/') || word.rsplit('/').next().is_some_and(|last| last.contains('.')));
    plain
        && named
        && !word.starts_with('/')
        && !word.contains("NNNN")
        && !word.starts_with("api/")
        && !word.starts_with("application/")
        && !word.starts_with("target/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_other_words() {
        assert!(is_path("agent/src/main.rs") && is_path("docs/decisions/"));
        for other in ["cargo test", "a/b", "/api/v1/x.json", "censor/<name>.rs", "text/html", "0/1"]
        {
            assert!(!is_path(other), "{other}");
        }
    }
}
