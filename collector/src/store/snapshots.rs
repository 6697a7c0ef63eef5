//! Every list snapshot that was ever handed out.

use rusqlite::OptionalExtension as _;

use record::{Digest, Signed, Timestamp};

use crate::store::{ReadTx, StoreError, WriteTx, words};

impl ReadTx<'_> {
    /// Returns the signed text whose body has this digest.
    pub fn snapshot(&self, digest: Digest) -> Result<Option<Signed>, StoreError> {
        let mut statement =
            self.0.prepare_cached("SELECT signed FROM snapshots WHERE digest = ?1")?;
        let packed: Option<Vec<u8>> =
            statement.query_row([digest.0], |row| row.get(0)).optional()?;
        packed.map(|packed| signed(&packed)).transpose()
    }

    /// Returns when the newest was issued.
    pub fn last_issue(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT issued FROM snapshots ORDER BY number DESC LIMIT 1";
        let issued = self.0.query_row(sql, (), |row| row.get(0)).optional()?;
        Ok(issued.map(Timestamp))
    }

    /// Returns how many were issued.
    pub fn snapshot_count(&self) -> Result<u64, StoreError> {
        Ok(self.0.query_row("SELECT count(*) FROM snapshots", (), |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// Keeps a snapshot for good.
    pub fn keep_snapshot(&self, signed: &Signed, issued: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO snapshots (digest, issued, signed) VALUES (?1, ?2, ?3)";
        let packed = words::packed(words::json(signed)?.as_bytes())?;
        self.0.0.execute(sql, (Digest::of(signed.body.as_bytes()).0, issued.0, packed))?;
        Ok(())
    }
}

fn signed(packed: &[u8]) -> Result<Signed, StoreError> {
    let text = words::unpacked(packed, MOST_BYTES)?;
    serde_json::from_slice(&text).map_err(|source| StoreError::Foreign(source.to_string()))
}

/// More than any snapshot has: four megabytes of text with every quote escaped.
const MOST_BYTES: usize = 16 << 20;
