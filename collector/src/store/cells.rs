//! What agents contributed to each cell, before it is graded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use evidence::{Abroad, AgentDay};
use record::{Asn, Day, Target};

use crate::store::{ReadTx, StoreError, WriteTx, words};

/// One cell: target × network × day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CellRow {
    /// What each agent contributed, by the agents' names.
    #[serde(with = "agents")]
    pub agents: Vec<AgentDay>,
    /// Agents all of whose screens failed because vouched addresses could not be reached.
    pub unreachable: u32,
    /// Measurements set aside.
    pub void: u32,
    /// How many failing measurements rest on each layer and rule.
    pub causes: Vec<(String, String, u32)>,
}

/// A day's cells by target and network.
pub type Cells = BTreeMap<(Target, Asn), CellRow>;

impl ReadTx<'_> {
    /// Returns a day's cells.
    pub fn cells(&self, day: Day) -> Result<Cells, StoreError> {
        let sql = "SELECT target, asn, body FROM cells WHERE day = ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([day.0])?;
        let mut cells = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let target = words::target(&row.get::<_, String>(0)?)?;
            let body: String = row.get(2)?;
            cells.insert((target, Asn(row.get(1)?)), words::from_json(&body)?);
        }
        Ok(cells)
    }

    /// Returns what controls saw on a day, by target.
    pub fn abroad(&self, day: Day) -> Result<BTreeMap<Target, Abroad>, StoreError> {
        let sql = "SELECT target, countries, ok, failed FROM abroad WHERE day = ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([day.0])?;
        let mut abroad = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let target = words::target(&row.get::<_, String>(0)?)?;
            let (countries_ok, ok, failed) = (row.get(1)?, row.get(2)?, row.get(3)?);
            abroad.insert(target, Abroad { countries_ok, ok, failed });
        }
        Ok(abroad)
    }
}

impl WriteTx<'_> {
    /// Replaces what is known of a target's cells on a day.
    pub fn keep_cells(
        &self,
        day: Day,
        target: &Target,
        cells: &BTreeMap<Asn, CellRow>,
        abroad: Abroad,
    ) -> Result<(), StoreError> {
        let key = (day.0, target.as_str());
        self.0
            .0
            .prepare_cached("DELETE FROM cells WHERE day = ?1 AND target = ?2")?
            .execute(key)?;
        let sql = "INSERT INTO cells (day, target, asn, body) VALUES (?1, ?2, ?3, ?4)";
        for (asn, cell) in cells {
            self.0.0.prepare_cached(sql)?.execute((key.0, key.1, asn.0, words::json(cell)?))?;
        }
        let sql = "INSERT OR REPLACE INTO abroad (day, target, countries, ok, failed)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let Abroad { countries_ok, ok, failed } = abroad;
        self.0.0.prepare_cached(sql)?.execute((key.0, key.1, countries_ok, ok, failed))?;
        Ok(())
    }
}

/// Writes agents' days field by field: `evidence` knows no format.
mod agents {
    use evidence::AgentDay;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "AgentDay")]
    struct Written {
        agent: String,
        buckets: Vec<u16>,
        site: Vec<(u8, u8)>,
        beacon: Vec<(u8, u8)>,
        screens: u32,
        failed: u32,
        slots: u32,
        artefacts: Vec<String>,
        forged_answers: u32,
    }

    #[derive(Serialize, Deserialize)]
    struct Wrapped(#[serde(with = "Written")] AgentDay);

    pub(super) fn serialize<S: Serializer>(
        agents: &[AgentDay],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(agents.iter().cloned().map(Wrapped))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<AgentDay>, D::Error> {
        let wrapped = Vec::<Wrapped>::deserialize(deserializer)?;
        Ok(wrapped.into_iter().map(|Wrapped(agent)| agent).collect())
    }
}
