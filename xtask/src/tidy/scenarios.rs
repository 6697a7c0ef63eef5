//! Every way of interfering that the lab knows is in a scenario.

use anyhow::Result;

use super::Tree;

/// Complains about a censor without a scenario.
pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let inside = |path: &str| path.strip_prefix("netlab/src/censor/").map(str::to_owned);
    let is_one = |text: &str| text.contains("impl Censor for ");
    let censors = tree.ending(".rs").filter(|(_, text)| is_one(text));
    let censors = censors.filter_map(|(path, _)| inside(path)).filter(|name| name != "chain.rs");
    let names = censors.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned));
    let scenarios: Vec<(&str, &str)> =
        tree.ending(".toml").filter(|(path, _)| path.starts_with("netlab/scenarios/")).collect();
    let is_rule = |rule: &str| {
        let quoted = format!("\"{rule}\"");
        scenarios.iter().any(|(_, text)| text.contains(&quoted))
    };
    // Some act on names in hellos and in requests alike: both must be shown.
    let used = |name: &str| {
        is_rule(name) || ["sni", "http"].iter().all(|on| is_rule(&format!("{on}_{name}")))
    };
    Ok(names
        .filter(|name| !used(name))
        .map(|name| format!("the censor {name} is in no file of netlab/scenarios/"))
        .collect())
}
