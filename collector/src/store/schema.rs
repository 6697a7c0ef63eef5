//! How a connection is set up, and the schema that it must find.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::store::{ReadTx, StoreError};

/// Refuses a SQLite that may corrupt the database: versions 3.7.0 to 3.51.2 can lose pages when a
/// writer and a checkpoint meet (sqlite.org/wal.html, "the WAL-reset bug").
pub(super) fn check_version() -> Result<(), StoreError> {
    if rusqlite::version_number() >= LEAST_SQLITE {
        return Ok(());
    }
    Err(StoreError::Version { found: rusqlite::version() })
}

/// Prepares the one connection that writes.
pub(super) fn prepare_writer(writer: &mut Connection) -> Result<(), StoreError> {
    writer.pragma_update(None, "journal_mode", "WAL")?;
    // A receipt promises that the batch survives a power cut: only FULL does.
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "foreign_keys", true)?;
    writer.pragma_update(None, "trusted_schema", false)?;
    writer.pragma_update(None, "cell_size_check", true)?;
    writer.pragma_update(None, "temp_store", "MEMORY")?;
    writer.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    writer.pragma_update(None, "journal_size_limit", 64 << 20)?;
    writer.busy_timeout(std::time::Duration::from_secs(5))?;
    migrations().to_latest(writer)?;
    Ok(())
}

/// Prepares a connection that only reads.
pub(super) fn prepare_reader(reader: &Connection) -> Result<(), StoreError> {
    reader.pragma_update(None, "query_only", true)?;
    reader.pragma_update(None, "trusted_schema", false)?;
    reader.pragma_update(None, "temp_store", "MEMORY")?;
    reader.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(())
}

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(include_str!("../../migrations/0001_raw.sql")),
        M::up(include_str!("../../migrations/0002_derived.sql")),
    ])
}

impl ReadTx<'_> {
    /// Returns what SQLite's own check complains about.
    pub(super) fn complaints(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.0.prepare("PRAGMA integrity_check")?;
        let lines = statement.query_map((), |row| row.get::<_, String>(0))?;
        let mut complaints = lines.collect::<Result<Vec<_>, _>>()?;
        complaints.retain(|line| line != "ok");
        let mut statement = self.0.prepare("PRAGMA foreign_key_check")?;
        let orphans = statement.query_map((), |row| row.get::<_, String>(0))?;
        for table in orphans {
            complaints.push(format!("a row of {} points at nothing", table?));
        }
        Ok(complaints)
    }
}

const LEAST_SQLITE: i32 = 3_051_003;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_valid() {
        migrations().validate().unwrap();
    }

    #[test]
    fn every_column_has_a_comment() {
        for text in [
            include_str!("../../migrations/0001_raw.sql"),
            include_str!("../../migrations/0002_derived.sql"),
        ] {
            let mut inside = false;
            for line in text.lines() {
                inside =
                    if inside { !line.starts_with(')') } else { line.starts_with("CREATE TABLE") };
                let column = inside && line.starts_with("    ") && !line.contains("PRIMARY KEY (");
                assert!(!column || line.contains(" -- "), "{line}");
            }
        }
    }
}
