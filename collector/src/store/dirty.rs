//! What must be worked out again.

use record::{Day, Hour, KeyText, MeasurementId, Target};

use crate::store::{ReadTx, StoreError, WriteTx, words};

impl ReadTx<'_> {
    /// Returns a target and day whose measurements must be judged again.
    pub fn next_dirty(&self) -> Result<Option<(Day, Target)>, StoreError> {
        let mut statement =
            self.0.prepare_cached("SELECT day, target FROM dirty ORDER BY day, target LIMIT 1")?;
        let mut rows = statement.query(())?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some((Day(row.get(0)?), words::target(&row.get::<_, String>(1)?)?)))
    }

    /// Returns a day whose cells must be graded again.
    pub fn next_dirty_day(&self) -> Result<Option<Day>, StoreError> {
        let sql = "SELECT min(day) FROM dirty_days";
        let day: Option<u32> = self.0.prepare_cached(sql)?.query_row((), |row| row.get(0))?;
        Ok(day.map(Day))
    }

    /// Counts what is still to do: batches to open, cells to judge, days to grade.
    pub fn backlog(&self) -> Result<[u64; 3], StoreError> {
        // Batches and openings have no gaps, so that nothing but their ends has to be looked at.
        let sql = "SELECT (SELECT coalesce(max(idx), -1) FROM batches)
                            - (SELECT coalesce(max(batch), -1) FROM openings)
                            + (SELECT count(*) FROM openings WHERE done = 0),
                          (SELECT count(*) FROM dirty),
                          (SELECT count(*) FROM dirty_days)";
        Ok(self.0.query_row(sql, (), |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?)
    }
}

impl WriteTx<'_> {
    /// Marks one target and day.
    pub fn mark(&self, day: Day, target: &Target) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO dirty (day, target) VALUES (?1, ?2)";
        self.0.0.prepare_cached(sql)?.execute((day.0, target.as_str()))?;
        Ok(())
    }

    /// Marks everything that an agent measured on a day.
    pub fn mark_agent(&self, day: Day, credential: &KeyText) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO dirty (day, target)
                   SELECT DISTINCT day, target FROM measurements WHERE credential = ?1 AND day = ?2";
        self.0.0.prepare_cached(sql)?.execute((credential.bytes(), day.0))?;
        Ok(())
    }

    /// Marks what a new control of `target` at `hour` may change: measurements that follow within
    /// `reach` hours, and those that name it.
    pub fn mark_control(
        &self,
        id: MeasurementId,
        target: &Target,
        hour: Hour,
        reach: u32,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO dirty (day, target)
                   SELECT DISTINCT day, target FROM measurements
                   WHERE target = ?1
                     AND day IN (?2, ?3)
                     AND hour BETWEEN ?4 AND ?5";
        let last = Hour(hour.0.saturating_add(reach));
        let (from, to) = (hour.local_day().0, last.local_day().0);
        self.0.0.prepare_cached(sql)?.execute((target.as_str(), from, to, hour.0, last.0))?;
        let sql = "INSERT OR IGNORE INTO dirty (day, target)
                   SELECT DISTINCT day, target FROM measurements WHERE control = ?1";
        self.0.0.prepare_cached(sql)?.execute([id.0.0])?;
        Ok(())
    }

    /// Marks every target of a day.
    pub fn mark_day(&self, day: Day) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO dirty (day, target)
                   SELECT DISTINCT day, target FROM measurements WHERE day = ?1";
        self.0.0.execute(sql, [day.0])?;
        Ok(())
    }

    /// Notes that a target and day were judged, and that the day must be graded again.
    pub fn judged(&self, day: Day, target: &Target) -> Result<(), StoreError> {
        let sql = "DELETE FROM dirty WHERE day = ?1 AND target = ?2";
        self.0.0.prepare_cached(sql)?.execute((day.0, target.as_str()))?;
        let sql = "INSERT OR IGNORE INTO dirty_days (day) VALUES (?1)";
        self.0.0.prepare_cached(sql)?.execute([day.0])?;
        Ok(())
    }

    /// Notes that a day was graded.
    pub fn graded(&self, day: Day) -> Result<(), StoreError> {
        self.0.0.prepare_cached("DELETE FROM dirty_days WHERE day = ?1")?.execute([day.0])?;
        Ok(())
    }
}
