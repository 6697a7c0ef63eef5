//! Looks whether everything is as it should be.

use std::path::Path;

use crate::cli::chain;
use crate::config::Config;
use crate::disk;
use crate::keys;
use crate::reference::Reference;
use crate::serve::{DATABASE, KEY};
use crate::store::{Store, StoreError};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// Whether it is as it should be.
    pub is_fine: bool,
    /// What was found.
    pub found: String,
}

/// Looks at settings, key, lists, database and disk.
pub fn all(data: &Path, config: &Path) -> Vec<Check> {
    let mut checks = Vec::new();
    let read = Config::read(config);
    checks.push(match &read {
        Ok(config) => fine("settings", format!("{} controls", config.controls.len())),
        Err(error) => wrong("settings", chain(error)),
    });
    checks.push(match keys::load(&data.join(KEY)) {
        Ok(key) => fine("key", keys::public(&key).to_string()),
        Err(error) => wrong("key", chain(&error)),
    });
    let config = read.unwrap_or_default();
    let least = config.min_free_mb;
    checks.push(match Reference::read(config) {
        Ok(reference) => {
            let lists = &reference.lists;
            let (targets, networks) = (lists.targets.len(), lists.networks.len());
            let ranges = lists.prefixes.len();
            let found = format!("{targets} targets, {networks} networks, {ranges} address ranges");
            fine("lists", found)
        }
        Err(error) => wrong("lists", chain(&error)),
    });
    checks.push(match database(&data.join(DATABASE)) {
        Ok(check) => check,
        Err(error) => wrong("database", chain(&error)),
    });
    checks.push(match disk::free_bytes(data) {
        Some(free) if free >> 20 >= least => fine("disk", format!("{} MB free", free >> 20)),
        Some(free) => wrong("disk", format!("{} MB free, {least} MB are wanted", free >> 20)),
        None => wrong("disk", "the system does not say how much is free".to_owned()),
    });
    checks
}

fn database(path: &Path) -> Result<Check, StoreError> {
    if !path.exists() {
        return Ok(fine("database", format!("none yet; SQLite {}", Store::sqlite_version())));
    }
    let store = Store::open(path)?;
    let complaints = store.complaints()?;
    if let Some(first) = complaints.first() {
        return Ok(wrong("database", format!("{} complaints: {first}", complaints.len())));
    }
    let (batches, aside, rejected) = store.read_at_leisure("count", |tx| {
        let sum = |counts: Vec<(String, u64)>| counts.iter().map(|(_, count)| count).sum::<u64>();
        Ok((tx.batch_count()?, sum(tx.quarantined()?), sum(tx.rejected()?)))
    })?;
    Ok(fine(
        "database",
        format!(
            "{batches} batches, {aside} set aside, {rejected} records not taken; SQLite {}",
            Store::sqlite_version()
        ),
    ))
}

fn fine(what: &'static str, found: String) -> Check {
    Check { what, is_fine: true, found }
}

fn wrong(what: &'static str, found: String) -> Check {
    Check { what, is_fine: false, found }
}
