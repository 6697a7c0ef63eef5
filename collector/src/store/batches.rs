//! The raw batches, in the order of intake.

use rusqlite::OptionalExtension as _;

use record::{Asn, BatchId, Digest, Hour, Place};

use crate::store::{ReadTx, StoreError, WriteTx};

/// A batch on its way in.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// Its name.
    pub id: BatchId,
    /// Its bytes as received.
    pub body: &'a [u8],
    /// The network it came from.
    pub place: &'a Place,
    /// When it came.
    pub hour: Hour,
}

/// A batch as kept.
#[derive(Clone, Debug)]
pub struct StoredBatch {
    /// Its place in the order of intake.
    pub index: u64,
    /// Its name.
    pub id: BatchId,
    /// Its bytes as received.
    pub body: Vec<u8>,
    /// The network it came from.
    pub place: Place,
    /// When it came.
    pub hour: Hour,
}

impl ReadTx<'_> {
    /// Returns the receipt of a batch that is kept already.
    pub fn receipt(&self, id: BatchId) -> Result<Option<String>, StoreError> {
        let mut statement = self.0.prepare_cached("SELECT receipt FROM batches WHERE id = ?1")?;
        Ok(statement.query_row([id.0.0], |row| row.get(0)).optional()?)
    }

    /// Returns how many batches are kept: the index of the next one.
    pub fn batch_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(idx) + 1, 0) FROM batches";
        Ok(self.0.prepare_cached(sql)?.query_row((), |row| row.get(0))?)
    }

    /// Returns the hour of the newest batch.
    pub fn last_intake(&self) -> Result<Option<Hour>, StoreError> {
        let sql = "SELECT hour FROM batches ORDER BY idx DESC LIMIT 1";
        let hour = self.0.query_row(sql, (), |row| row.get(0)).optional()?;
        Ok(hour.map(Hour))
    }

    /// Returns one batch by its place.
    pub fn batch(&self, index: u64) -> Result<Option<StoredBatch>, StoreError> {
        let sql = "SELECT id, body, asn, bucket, hour FROM batches WHERE idx = ?1";
        let found = self.0.prepare_cached(sql)?.query_row([index], |row| {
            Ok(StoredBatch {
                index,
                id: BatchId(Digest(row.get(0)?)),
                body: row.get(1)?,
                place: Place { asn: row.get::<_, Option<u32>>(2)?.map(Asn), bucket: row.get(3)? },
                hour: Hour(row.get(4)?),
            })
        });
        Ok(found.optional()?)
    }
}

impl WriteTx<'_> {
    /// Keeps a batch and returns its receipt, which `sign` makes for its place; a batch that is
    /// kept already has its first receipt returned and nothing written.
    pub fn keep_batch(
        &self,
        batch: Intake<'_>,
        sign: impl FnOnce(u64) -> String,
    ) -> Result<String, StoreError> {
        if let Some(receipt) = self.receipt(batch.id)? {
            return Ok(receipt);
        }
        let index = self.batch_count()?;
        let receipt = sign(index);
        let sql = "INSERT INTO batches (idx, id, body, asn, bucket, hour, receipt)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.0.0.prepare_cached(sql)?.execute((
            index,
            batch.id.0.0,
            batch.body,
            batch.place.asn.map(|asn| asn.0),
            batch.place.bucket,
            batch.hour.0,
            &receipt,
        ))?;
        Ok(receipt)
    }
}
