//! What the derived tables follow from beside the raw ones, and how they are emptied.

use rusqlite::OptionalExtension as _;

use record::Digest;

use crate::store::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// Returns the digest of what the derived tables were made with.
    pub fn basis(&self) -> Result<Option<Digest>, StoreError> {
        let digest = self.0.query_row("SELECT digest FROM basis", (), |row| row.get(0));
        Ok(digest.optional()?.map(Digest))
    }
}

impl WriteTx<'_> {
    /// Empties every derived table; what they follow from is noted anew.
    pub fn empty_derived(&self, basis: Digest) -> Result<(), StoreError> {
        for table in DERIVED {
            // The names are this file's own.
            self.0.0.execute(&format!("DELETE FROM {table}"), ())?;
        }
        self.0.0.execute("INSERT INTO basis (digest) VALUES (?1)", [basis.0])?;
        Ok(())
    }
}

/// Every table of `0002_derived.sql`.
const DERIVED: [&str; 17] = [
    "openings",
    "quarantine",
    "rejected",
    "measurements",
    "measured_days",
    "dirty",
    "dirty_days",
    "verdicts",
    "blocks",
    "artefacts",
    "cells",
    "abroad",
    "grades",
    "provider_cells",
    "volunteers",
    "days",
    "basis",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_derived_table_is_emptied() {
        let sql = include_str!("../../migrations/0002_derived.sql");
        let made = sql.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
        let names: Vec<&str> = made.filter_map(|rest| rest.split(' ').next()).collect();

        assert_eq!(names, DERIVED);
    }
}
