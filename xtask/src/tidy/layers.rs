//! Who may depend on whom.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::Tree;

/// The crates of the workspace with the crates of the workspace that each may use.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("record", &[]),
    ("testlists", &["record"]),
    ("plan", &["record", "testlists"]),
    ("verdict", &["record", "testlists"]),
    ("evidence", &["record"]),
    ("ooni", &["record"]),
    ("dashboards", &["record", "evidence"]),
    ("agent", &["record", "testlists", "plan", "verdict", "ooni"]),
    ("collector", &["record", "testlists", "verdict", "evidence", "ooni", "dashboards"]),
    ("netlab", &["record"]),
    ("xtask", &["record", "verdict"]),
];

/// Crates that perform nothing: no sockets, no runtime, no database, no clock, no randomness.
const PURE: [&str; 7] =
    ["record", "testlists", "plan", "verdict", "evidence", "ooni", "dashboards"];

/// What a pure crate never depends on.
const PERFORMS: [&str; 18] = [
    "tokio",
    "tokio-rustls",
    "tokio-util",
    "hyper",
    "hyper-util",
    "reqwest",
    "axum",
    "tower-http",
    "rusqlite",
    "rusqlite_migration",
    "socket2",
    "nix",
    "tun-rs",
    "rtnetlink",
    "rand",
    "rustls",
    "tempfile",
    "tracing-subscriber",
];

/// Complains about every dependency that points upwards or makes a pure crate perform.
pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let own: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    for (name, may_use) in MAY_USE {
        let path = format!("{name}/Cargo.toml");
        let text = tree.text(&path).with_context(|| format!("{path} is missing"))?;
        let manifest: toml::Table = text.parse().with_context(|| format!("reading {path}"))?;
        let used = manifest.get("dependencies").and_then(toml::Value::as_table);
        for used in used.into_iter().flat_map(toml::Table::keys) {
            if own.contains(used.as_str()) && !may_use.contains(&used.as_str()) {
                complaints.push(format!("{name} may not depend on {used}"));
            }
            if PURE.contains(&name) && PERFORMS.contains(&used.as_str()) {
                complaints.push(format!("{name} performs nothing and may not depend on {used}"));
            }
        }
    }
    for (path, text) in tree.ending(".rs") {
        let pure = PURE.iter().any(|name| path.starts_with(&format!("{name}/src/")));
        for door in ["std::net::TcpStream", "std::net::UdpSocket", "Instant::now", "thread::spawn"]
        {
            if pure && production(text).contains(door) {
                complaints.push(format!("{path} uses {door}, but its crate performs nothing"));
            }
        }
        let sql = production(text).lines().any(|line| line.contains("rusqlite::"));
        let store = path == "collector/src/store.rs" || path.starts_with("collector/src/store/");
        if path.starts_with("collector/src/") && sql && !store {
            complaints.push(format!("{path} speaks SQL; only collector/src/store does"));
        }
    }
    Ok(complaints)
}

/// Returns the part of a source file before its tests.
pub(super) fn production(text: &str) -> &str {
    text.find("\n#[cfg(test)]").and_then(|at| text.get(..at)).unwrap_or(text)
}
