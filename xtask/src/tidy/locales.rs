//! Every language says everything.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::Tree;

/// Complains about keys that one language has and another lacks.
pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut keys: BTreeMap<(&str, &str), BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for (path, text) in tree.ending(".ftl") {
        let Some((folder, rest)) = path.split_once("/locales/") else { continue };
        let Some((language, file)) = rest.split_once('/') else { continue };
        let here = text.lines().filter_map(|line| line.split_once(" =").map(|(key, _)| key));
        let here = here.filter(|key| !key.is_empty() && !key.starts_with([' ', '#', '.']));
        keys.entry((folder, file)).or_default().entry(language).or_default().extend(here);
    }
    let mut complaints = Vec::new();
    for ((folder, file), languages) in keys {
        for language in ["kk", "ru", "en"] {
            let Some(here) = languages.get(language) else {
                complaints.push(format!("{folder}/locales/{language}/{file} is missing"));
                continue;
            };
            for (other, there) in &languages {
                for key in there.difference(here) {
                    complaints.push(format!(
                        "{folder}/locales/{language}/{file} lacks {key}, which {other} has"
                    ));
                }
            }
        }
    }
    Ok(complaints)
}
