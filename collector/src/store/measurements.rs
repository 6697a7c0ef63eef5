//! The records that were taken, and lists of them.

use rusqlite::OptionalExtension as _;
use rusqlite::types::Value;

use record::{Asn, BatchId, Day, Digest, Hour, KeyText, Layer, MeasurementId, State, Target};

use crate::store::{ReadTx, StoreError, words};

/// A target whose name failed on a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedByName {
    /// The network.
    pub asn: Asn,
    /// The target.
    pub target: Target,
    /// How many agents saw it.
    pub agents: u32,
}

/// What was found out about a record when it was opened.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its name.
    pub id: MeasurementId,
    /// The first batch that holds it.
    pub batch: u64,
    /// The code of the prefix that the batch came from.
    pub bucket: u16,
    /// Who made it.
    pub credential: KeyText,
    /// The country of the control that made it; none for an agent's.
    pub country: Option<String>,
    /// When.
    pub hour: Hour,
    /// The snapshot it was made by.
    pub snapshot: Digest,
    /// Its network.
    pub asn: Option<Asn>,
    /// The fresh control it names.
    pub control: Option<MeasurementId>,
    /// What was tested.
    pub target: Target,
    /// Whether its own run's checks found it at fault.
    pub is_void: bool,
}

/// One record as it was received, with the batch it came in.
#[derive(Clone, Debug)]
pub struct MeasurementRecord {
    /// The batch.
    pub batch: BatchId,
    /// The batch's place in the order of intake.
    pub index: u64,
    /// The record's bytes.
    pub record: Vec<u8>,
}

/// One line of a list of measurements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub id: MeasurementId,
    /// What was tested.
    pub target: Target,
    /// Its network.
    pub asn: Option<Asn>,
    /// When.
    pub hour: Hour,
    /// Whether a control made it.
    pub control: bool,
    /// What was concluded.
    pub state: State,
    /// The layer, where the conclusion is about one.
    pub layer: Option<Layer>,
    /// The rule.
    pub rule: String,
    /// Whether it counts.
    pub counted: bool,
}

/// Which measurements are asked for; what is none does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these networks.
    pub networks: Option<Vec<Asn>>,
    /// Whether controls' measurements are listed as well where networks are named.
    pub with_controls: bool,
    /// Of this target.
    pub target: Option<Target>,
    /// With this conclusion.
    pub state: Option<State>,
    /// Of this day.
    pub day: Option<Day>,
    /// Those that stand after this one in the list: newest hour first, then by name.
    pub after: Option<(Hour, MeasurementId)>,
}

impl ReadTx<'_> {
    /// Returns every measurement of one target and day, in the order of their names.
    pub fn held_of(&self, day: Day, target: &Target) -> Result<Vec<Held>, StoreError> {
        let sql = format!("{HELD} WHERE m.day = ?1 AND m.target = ?2 ORDER BY m.id");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query((day.0, target.as_str()))?;
        all(&mut rows, held)
    }

    /// Returns controls' measurements of a target between two hours, both included.
    pub fn controls(&self, target: &Target, from: Hour, to: Hour) -> Result<Vec<Held>, StoreError> {
        let sql = format!(
            "{HELD} WHERE m.target = ?1 AND m.hour BETWEEN ?2 AND ?3 AND m.country IS NOT NULL
             ORDER BY m.hour DESC, m.id"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query((target.as_str(), from.0, to.0))?;
        all(&mut rows, held)
    }

    /// Returns the newest measurement of every control for every target, not older than `from`.
    pub fn latest_controls(&self, from: Hour) -> Result<Vec<Held>, StoreError> {
        let sql = format!(
            "{HELD} WHERE m.number IN (
                 SELECT number FROM (
                     SELECT number, row_number() OVER (
                         PARTITION BY target, credential ORDER BY hour DESC, id
                     ) AS place
                     FROM measurements WHERE country IS NOT NULL AND void = 0 AND hour >= ?1
                 ) WHERE place = 1
             ) ORDER BY m.id"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query([from.0])?;
        all(&mut rows, held)
    }

    /// Returns what failed by name on each network since an hour: agents' blocks in which the
    /// target's name failed three times and others once at most, and that were found to show
    /// interference.
    pub fn failed_by_name(&self, from: Hour) -> Result<Vec<FailedByName>, StoreError> {
        let sql = "SELECT m.asn, m.target, count(DISTINCT m.credential)
                   FROM measurements AS m
                   JOIN verdicts AS v ON v.measurement = m.id
                   JOIN blocks AS b ON b.measurement = m.id
                   WHERE m.hour >= ?1 AND m.country IS NULL AND m.asn IS NOT NULL
                     AND v.counted = 1 AND v.broke = 0 AND v.state = 'interference'
                     AND b.channel IN ('site', 'beacon')
                     AND b.named_failed = 3 AND b.neutral_failed <= 1
                   GROUP BY m.asn, m.target ORDER BY m.asn, m.target";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([from.0])?;
        all(&mut rows, |row| {
            let (asn, target) = (Asn(row.get(0)?), words::target(&row.get::<_, String>(1)?)?);
            Ok(FailedByName { asn, target, agents: row.get(2)? })
        })
    }

    /// Returns one record by its name.
    pub fn held(&self, id: MeasurementId) -> Result<Option<Held>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{HELD} WHERE m.id = ?1"))?;
        let mut rows = statement.query([id.0.0])?;
        rows.next()?.map(held).transpose()
    }

    /// Returns whether an agent broke a block's drawn order on a day, as far as batches up to
    /// `through` tell.
    pub fn broke_order(
        &self,
        credential: &KeyText,
        day: Day,
        through: Option<u64>,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM measurements
                   WHERE credential = ?1 AND day = ?2 AND ordered = 0 AND batch <= ?3 LIMIT 1";
        let through = through.and_then(|index| i64::try_from(index).ok()).unwrap_or(i64::MAX);
        Ok(self.0.prepare_cached(sql)?.exists((credential.bytes(), day.0, through))?)
    }

    /// Returns one record's bytes and its batch.
    pub fn record(&self, id: MeasurementId) -> Result<Option<MeasurementRecord>, StoreError> {
        let sql = "SELECT batches.id, batches.idx, m.record
                   FROM measurements AS m JOIN batches ON batches.idx = m.batch WHERE m.id = ?1";
        let row = self.0.prepare_cached(sql)?.query_row([id.0.0], |row| {
            Ok((BatchId(Digest(row.get(0)?)), row.get(1)?, row.get::<_, Vec<u8>>(2)?))
        });
        let Some((batch, index, packed)) = row.optional()? else { return Ok(None) };
        let record = words::unpacked(&packed, record::limits::RECORD_BYTES)?;
        Ok(Some(MeasurementRecord { batch, index, record }))
    }

    /// Returns one judged measurement's row.
    pub fn row(&self, id: MeasurementId) -> Result<Option<Row>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{ROW} WHERE m.id = ?1"))?;
        let mut rows = statement.query([id.0.0])?;
        rows.next()?.map(row).transpose()
    }

    /// Returns judged measurements, newest hour first, at most `most`.
    pub fn rows(&self, filter: &Filter, most: usize) -> Result<Vec<Row>, StoreError> {
        let (wheres, values) = conditions(filter)?;
        let sql = format!("{ROW} WHERE {wheres} ORDER BY m.hour DESC, m.id LIMIT {most}");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        all(&mut rows, row)
    }
}

/// Writes a filter as a condition; the texts are this function's own, the values are bound.
fn conditions(filter: &Filter) -> Result<(String, Vec<Value>), StoreError> {
    let mut wheres = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    if let Some(networks) = &filter.networks {
        let marks = vec!["?"; networks.len()].join(", ");
        let controls = if filter.with_controls { " OR m.country IS NOT NULL" } else { "" };
        wheres.push(format!("((m.country IS NULL AND m.asn IN ({marks})){controls})"));
        values.extend(networks.iter().map(|asn| Value::from(asn.0)));
    }
    if let Some(target) = &filter.target {
        wheres.push("m.target = ?".to_owned());
        values.push(target.as_str().to_owned().into());
    }
    if let Some(state) = &filter.state {
        wheres.push("v.state = ?".to_owned());
        values.push(words::word(state)?.into());
    }
    if let Some(day) = filter.day {
        wheres.push("m.day = ?".to_owned());
        values.push(day.0.into());
    }
    if let Some((hour, id)) = filter.after {
        wheres.push("(m.hour < ? OR (m.hour = ? AND m.id > ?))".to_owned());
        values.extend([hour.0.into(), hour.0.into(), id.0.0.to_vec().into()]);
    }
    Ok((wheres.join(" AND "), values))
}

fn all<T>(
    rows: &mut rusqlite::Rows<'_>,
    read: impl Fn(&rusqlite::Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

fn held(row: &rusqlite::Row<'_>) -> Result<Held, StoreError> {
    Ok(Held {
        id: words::measurement(row.get("id")?),
        batch: row.get("batch")?,
        bucket: row.get("bucket")?,
        credential: KeyText::new(row.get("credential")?),
        country: row.get("country")?,
        hour: Hour(row.get("hour")?),
        snapshot: Digest(row.get("snapshot")?),
        asn: row.get::<_, Option<u32>>("asn")?.map(Asn),
        control: row.get::<_, Option<[u8; 32]>>("control")?.map(words::measurement),
        target: words::target(&row.get::<_, String>("target")?)?,
        is_void: row.get("void")?,
    })
}

fn row(row: &rusqlite::Row<'_>) -> Result<Row, StoreError> {
    Ok(Row {
        id: words::measurement(row.get("id")?),
        target: words::target(&row.get::<_, String>("target")?)?,
        asn: row.get::<_, Option<u32>>("asn")?.map(Asn),
        hour: Hour(row.get("hour")?),
        control: row.get::<_, Option<String>>("country")?.is_some(),
        state: words::from_word(row.get("state")?)?,
        layer: row.get::<_, Option<String>>("layer")?.map(words::from_word).transpose()?,
        rule: row.get("rule")?,
        counted: row.get("counted")?,
    })
}

const HELD: &str =
    "SELECT m.id, m.batch, batches.bucket, m.credential, m.country, m.target, m.hour,
                           m.snapshot, m.asn, m.control, m.void
                    FROM measurements AS m JOIN batches ON batches.idx = m.batch";

const ROW: &str =
    "SELECT m.id, m.target, m.asn, m.hour, m.country, v.state, v.layer, v.rule, v.counted
                   FROM measurements AS m JOIN verdicts AS v ON v.measurement = m.id";
