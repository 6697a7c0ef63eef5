//! When days were graded for good.

use record::{Day, Hour};

use crate::store::{ReadTx, StoreError, WriteTx};

/// A day's grading for good, or a second look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The day.
    pub day: Day,
    /// 0 for the first and only test at 5 %; later ones are second looks.
    pub revision: u32,
    /// The last batch that counts in it.
    pub through: u64,
    /// When it was made.
    pub hour: Hour,
}

/// A day with measurements, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The day.
    pub day: Day,
    /// Its last closing.
    pub closing: Option<Closing>,
    /// The last batch with a measurement of the day.
    pub newest: u64,
}

impl ReadTx<'_> {
    /// Returns a day's last closing.
    pub fn closing(&self, day: Day) -> Result<Option<Closing>, StoreError> {
        let sql = "SELECT revision, through, hour FROM closings
                   WHERE day = ?1 ORDER BY revision DESC LIMIT 1";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([day.0])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (revision, through, hour) = (row.get(0)?, row.get(1)?, Hour(row.get(2)?));
        Ok(Some(Closing { day, revision, through, hour }))
    }

    /// Returns every day with measurements, oldest first.
    pub fn measured_days(&self) -> Result<Vec<Late>, StoreError> {
        let sql = "SELECT day, newest FROM measured_days ORDER BY day";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map((), |row| Ok((Day(row.get(0)?), row.get(1)?)))?;
        let days = rows.collect::<Result<Vec<(Day, u64)>, _>>()?;
        days.into_iter()
            .map(|(day, newest)| Ok(Late { day, closing: self.closing(day)?, newest }))
            .collect()
    }
}

impl WriteTx<'_> {
    /// Notes that a day is graded for good, or once more.
    pub fn close(&self, closing: Closing) -> Result<(), StoreError> {
        let sql = "INSERT INTO closings (day, revision, through, hour) VALUES (?1, ?2, ?3, ?4)";
        let Closing { day, revision, through, hour } = closing;
        self.0.0.execute(sql, (day.0, revision, through, hour.0))?;
        Ok(())
    }
}
