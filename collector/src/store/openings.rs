//! Which batches were opened, and what came of it.

use record::{Asn, Digest, Hour, KeyText, MeasurementId, Target};

use crate::store::{ReadTx, StoreError, WriteTx, words};

/// A batch that waits to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the order of intake.
    pub index: u64,
    /// How often opening it was begun before.
    pub attempts: u32,
}

/// A record that was taken.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its name.
    pub id: MeasurementId,
    /// Who made it.
    pub credential: KeyText,
    /// The country of the control that made it; none for an agent's.
    pub country: Option<String>,
    /// What was tested.
    pub target: Target,
    /// When.
    pub hour: Hour,
    /// The snapshot it was made by.
    pub snapshot: Digest,
    /// Its network.
    pub asn: Option<Asn>,
    /// The fresh control it names.
    pub control: Option<MeasurementId>,
    /// Whether its blocks follow the drawn order.
    pub ordered: bool,
    /// Whether its own run's checks found it at fault.
    pub void: bool,
    /// Its bytes as received.
    pub record: Vec<u8>,
}

impl ReadTx<'_> {
    /// Returns the next batches to open, at most `most`, oldest first.
    pub fn pending(&self, most: usize) -> Result<Vec<Pending>, StoreError> {
        let sql = "SELECT batch, attempts FROM openings WHERE done = 0
                   UNION ALL
                   SELECT idx, 0 FROM batches
                   WHERE idx > (SELECT coalesce(max(batch), -1) FROM openings)
                   ORDER BY 1
                   LIMIT ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([most], |row| Ok(Pending { index: row.get(0)?, attempts: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts the batches that were set aside, by reason.
    pub fn quarantined(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY reason";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts the records that were not taken, by reason.
    pub fn rejected(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT reason, count(*) FROM rejected GROUP BY reason ORDER BY reason";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts the measurements: agents' and controls'.
    pub fn measurement_counts(&self) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT (SELECT count(*) FROM measurements),
                          (SELECT count(*) FROM measurements WHERE country IS NOT NULL)";
        let (all, controls): (u64, u64) =
            self.0.prepare_cached(sql)?.query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((all - controls, controls))
    }
}

impl WriteTx<'_> {
    /// Counts an attempt at opening, before it is made.
    pub fn begin_opening(&self, index: u64) -> Result<(), StoreError> {
        let sql = "INSERT INTO openings (batch, attempts, done) VALUES (?1, 1, 0)
                   ON CONFLICT (batch) DO UPDATE SET attempts = attempts + 1";
        self.0.0.prepare_cached(sql)?.execute([index])?;
        Ok(())
    }

    /// Notes that nothing is left to do about a batch.
    pub fn end_opening(&self, index: u64) -> Result<(), StoreError> {
        let sql = "UPDATE openings SET done = 1 WHERE batch = ?1";
        self.0.0.prepare_cached(sql)?.execute([index])?;
        Ok(())
    }

    /// Sets a batch aside.
    pub fn quarantine(&self, index: u64, reason: &str) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO quarantine (batch, reason) VALUES (?1, ?2)";
        self.0.0.prepare_cached(sql)?.execute((index, reason))?;
        Ok(())
    }

    /// Notes that a record was not taken.
    pub fn reject(&self, index: u64, position: usize, reason: &str) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO rejected (batch, position, reason) VALUES (?1, ?2, ?3)";
        self.0.0.prepare_cached(sql)?.execute((index, position, reason))?;
        Ok(())
    }

    /// Keeps a record; returns whether it was not there before. A record that came in several
    /// batches belongs to the first.
    pub fn keep_measurement(&self, index: u64, opened: &Opened) -> Result<bool, StoreError> {
        let sql = "INSERT OR IGNORE INTO measurements
                   (id, batch, credential, country, target, hour, day, snapshot, asn, control,
                    ordered, void, record)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let packed = words::packed(&opened.record)?;
        let written = self.0.0.prepare_cached(sql)?.execute(rusqlite::params![
            opened.id.0.0,
            index,
            opened.credential.bytes(),
            opened.country,
            opened.target.as_str(),
            opened.hour.0,
            opened.hour.local_day().0,
            opened.snapshot.0,
            opened.asn.map(|asn| asn.0),
            opened.control.map(|id| id.0.0),
            opened.ordered,
            opened.void,
            packed,
        ])?;
        let sql = "INSERT INTO measured_days (day, newest) VALUES (?1, ?2)
                   ON CONFLICT (day) DO UPDATE SET newest = max(newest, excluded.newest)";
        if written == 1 {
            self.0.0.prepare_cached(sql)?.execute((opened.hour.local_day().0, index))?;
        }
        Ok(written == 1)
    }
}
