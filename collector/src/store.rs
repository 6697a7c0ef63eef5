//! The database: one writer, bounded readers. The only room with SQL.

mod basis;
mod batches;
mod cells;
mod closings;
mod dirty;
mod evidence;
mod grades;
mod measurements;
mod openings;
mod schema;
mod snapshots;
mod verdicts;
mod words;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use batches::{Intake, StoredBatch};
pub use cells::{CellRow, Cells};
pub use closings::{Closing, Late};
pub use evidence::{ArtefactRow, Claims};
pub use grades::{DayGrades, DayRow, GradeRow};
pub use measurements::{FailedByName, Filter, Held, MeasurementRecord, Row};
pub use openings::{Opened, Pending};
pub use verdicts::{Judged, JudgedArtefact};

/// Everything that is kept.
pub struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

/// A transaction that only reads.
pub struct ReadTx<'a>(Transaction<'a>);

/// A transaction that may write; it can do what a reading one can.
pub struct WriteTx<'a>(ReadTx<'a>);

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Store {
    /// Opens the database at `path`, makes it when there is none, and brings it to this program's
    /// schema.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        schema::check_version()?;
        let mut writer = Connection::open(path)?;
        schema::prepare_writer(&mut writer)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Reads within one transaction, for at most two seconds: a longer reader would keep the log
    /// of writes from being folded back into the database.
    pub fn read<T>(
        &self,
        name: &'static str,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read_within(Some(READ_LIMIT), name, f)
    }

    /// Reads within one transaction without a limit: for the worker and for commands.
    pub fn read_at_leisure<T>(
        &self,
        name: &'static str,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read_within(None, name, f)
    }

    /// Writes within one transaction and commits it to the disk before it returns.
    pub fn write<T>(
        &self,
        name: &'static str,
        f: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let named = |source| StoreError::In { name, source: Box::new(source) };
        // A poisoned lock means that a transaction unwound; SQLite rolled it back.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate);
        let tx = WriteTx(ReadTx(tx.map_err(|source| named(source.into()))?));
        let value = f(&tx).map_err(named)?;
        tx.0.0.commit().map_err(|source| named(source.into()))?;
        Ok(value)
    }

    /// Folds the log of writes back into the database's own file, as far as no reader needs it, so
    /// that a copy of that file alone is whole. Nothing depends on it but such a copy.
    pub fn fold(&self) -> Result<(), StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Returns the version of SQLite that is built in.
    pub fn sqlite_version() -> &'static str {
        rusqlite::version()
    }

    /// Checks the whole database and returns what SQLite complains about; nothing when it is sound.
    pub fn complaints(&self) -> Result<Vec<String>, StoreError> {
        self.read_at_leisure("check", |tx| tx.complaints())
    }

    fn read_within<T>(
        &self,
        limit: Option<Duration>,
        name: &'static str,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let named = |source| StoreError::In { name, source: Box::new(source) };
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.open_reader().map_err(named)?,
        };
        let begun = Instant::now();
        let too_long = limit.map(|limit| move || begun.elapsed() > limit);
        reader.progress_handler(STEPS_BETWEEN_LOOKS, too_long).map_err(|e| named(e.into()))?;
        let tx = reader.transaction().map_err(|source| named(source.into()))?;
        let read = f(&ReadTx(tx)).map_err(named)?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        Ok(read)
    }

    fn open_reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        schema::prepare_reader(&reader)?;
        Ok(reader)
    }
}

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the database failed")]
    Sql(#[from] rusqlite::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought to this program's schema")]
    Schema(#[from] rusqlite_migration::Error),
    /// Another SQLite than the one this program was tested with.
    #[error("SQLite {found} may corrupt its log of writes; at least 3.51.3 is needed")]
    Version {
        /// The version that was found.
        found: &'static str,
    },
    /// A stored value is not what was written there.
    #[error("the database holds {0}, which this program never wrote")]
    Foreign(String),
    /// A transaction failed.
    #[error("could not {name}")]
    In {
        /// The transaction.
        name: &'static str,
        /// What went wrong in it.
        #[source]
        source: Box<Self>,
    },
}

impl StoreError {
    /// Returns whether the disk has no room left: nothing was written, and reading goes on.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Sql(source) => source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::In { source, .. } => source.is_disk_full(),
            Self::Schema(_) | Self::Version { .. } | Self::Foreign(_) => false,
        }
    }

    /// Returns whether a reader took longer than its limit.
    pub fn is_too_long(&self) -> bool {
        let interrupted = Some(rusqlite::ErrorCode::OperationInterrupted);
        match self {
            Self::Sql(source) => source.sqlite_error_code() == interrupted,
            Self::In { source, .. } => source.is_too_long(),
            Self::Schema(_) | Self::Version { .. } | Self::Foreign(_) => false,
        }
    }
}

/// How long an answer may keep a reader busy.
const READ_LIMIT: Duration = Duration::from_secs(2);

/// SQLite's own steps between two looks at the clock: some tens of microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;

#[cfg(test)]
mod tests {
    use record::{BatchId, Hour, Place};

    use super::*;

    #[test]
    fn a_full_disk_loses_nothing_and_is_got_over_without_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("x.sqlite")).unwrap();
        keep(&store, 1, 10).unwrap();
        let limit = |pages: i64| {
            let writer = store.writer.lock().unwrap();
            writer.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        };

        limit(1);
        let refused = keep(&store, 2, 500_000).unwrap_err();
        let count = store.read("count", |tx| tx.batch_count()).unwrap();
        limit(1_000_000);

        assert!(refused.is_disk_full(), "{refused:?}");
        assert_eq!(count, 1);
        keep(&store, 2, 500_000).unwrap();
        assert_eq!(store.complaints().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_reader_that_takes_too_long_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("x.sqlite")).unwrap();
        let endless = |tx: &ReadTx<'_>| {
            let sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
                       SELECT count(*) FROM n";
            Ok(tx.0.query_row(sql, (), |row| row.get::<_, u64>(0))?)
        };

        let stopped = store.read_within(Some(Duration::from_millis(30)), "read", endless);

        assert!(stopped.unwrap_err().is_too_long());
        assert_eq!(store.read("count", |tx| tx.batch_count()).unwrap(), 0);
    }

    #[test]
    fn a_folded_database_is_whole_in_its_own_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let store = Store::open(&path).unwrap();
        keep(&store, 1, 1_000).unwrap();
        let copy = folder.path().join("copy.sqlite");

        store.fold().unwrap();
        std::fs::copy(&path, &copy).unwrap();

        let copied = Store::open(&copy).unwrap();
        assert_eq!(copied.read("count", |tx| tx.batch_count()).unwrap(), 1);
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("x.sqlite")).unwrap();

        let written = store.read("write", |tx| Ok(tx.0.execute("DELETE FROM batches", ())?));

        assert!(written.is_err());
    }

    #[test]
    fn what_is_acknowledged_is_synchronised_to_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("x.sqlite")).unwrap();
        let writer = store.writer.lock().unwrap();
        let pragma = |name| writer.pragma_query_value(None, name, |row| row.get::<_, i64>(0));

        // 2 is FULL.
        assert_eq!(pragma("synchronous").unwrap(), 2);
        assert_eq!(pragma("foreign_keys").unwrap(), 1);
        let mode: String =
            writer.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    fn keep(store: &Store, name: u8, length: usize) -> Result<String, StoreError> {
        let (body, place) = (vec![name; length], Place::default());
        let batch = Intake { id: BatchId::of(&[name]), body: &body, place: &place, hour: Hour(1) };
        store.write("keep", |tx| tx.keep_batch(batch, |index| index.to_string()))
    }
}
