//! The grades of a day's cells, by network and by provider.

use rusqlite::OptionalExtension as _;

use evidence::{Grade, Interval};
use record::{Asn, Day, Layer, Target};

use crate::store::{ReadTx, StoreError, WriteTx, words};

/// One network's graded cell.
#[derive(Clone, Debug, PartialEq)]
pub struct GradeRow {
    /// The target.
    pub target: Target,
    /// The network.
    pub asn: Asn,
    /// The provider that runs it.
    pub provider: String,
    /// The grade.
    pub grade: Grade,
    /// E-values on the site's address, with 0, 1 and 2 lines set aside.
    pub site_e: [f64; 3],
    /// E-values on the beacon, with 0, 1 and 2 lines set aside.
    pub beacon_e: [f64; 3],
    /// The bar of the day's step.
    pub bar: f64,
    /// The most lines that can be set aside.
    pub f_star: Option<u32>,
    /// The upper bound of the share of restricted lines.
    pub upper: Option<f64>,
    /// Agents that contributed.
    pub agents: u32,
    /// Different prefixes among them.
    pub prefixes: u32,
    /// Confirm blocks on the site's address, and on the beacon.
    pub blocks: (u32, u32),
}

/// One provider's cell: all of its networks together.
#[derive(Clone, Debug, PartialEq)]
pub struct DayRow {
    /// The target.
    pub target: Target,
    /// The provider.
    pub provider: String,
    /// The strongest grade among its networks.
    pub grade: Grade,
    /// The layer at which access fails.
    pub layer: Option<Layer>,
    /// The rule that most failing measurements rest on.
    pub rule: Option<String>,
    /// Screens that count.
    pub screens: u32,
    /// Screens of them that failed.
    pub failed: u32,
    /// The share of failing screens.
    pub share: Option<Interval>,
    /// Agents that contributed.
    pub agents: u32,
    /// Measurements set aside.
    pub void: u32,
    /// Networks with this grade, of those measured.
    pub networks: (u32, u32),
}

/// Everything that grading a day brings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayGrades {
    /// How many values its steps weighed together.
    pub tested: u64,
    /// One row a network.
    pub networks: Vec<GradeRow>,
    /// One row a provider.
    pub providers: Vec<DayRow>,
    /// Agents with a measurement that counts, by network.
    pub volunteers: Vec<(Asn, u32)>,
}

impl ReadTx<'_> {
    /// Returns the newest day that was graded.
    pub fn newest_day(&self) -> Result<Option<Day>, StoreError> {
        let sql = "SELECT max(day) FROM days";
        let day: Option<u32> = self.0.prepare_cached(sql)?.query_row((), |row| row.get(0))?;
        Ok(day.map(Day))
    }

    /// Returns how many values a day's steps weighed together; none when it was not graded.
    pub fn tested(&self, day: Day) -> Result<Option<u64>, StoreError> {
        let mut statement = self.0.prepare_cached("SELECT tested FROM days WHERE day = ?1")?;
        Ok(statement.query_row([day.0], |row| row.get(0)).optional()?)
    }

    /// Returns the graded cells of one provider and target, one row a network.
    pub fn network_grades(
        &self,
        day: Day,
        target: &Target,
        provider: &str,
    ) -> Result<Vec<GradeRow>, StoreError> {
        let sql = "SELECT * FROM grades
                   WHERE day = ?1 AND target = ?2 AND provider = ?3 ORDER BY asn";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query((day.0, target.as_str(), provider))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(grade_row(row)?);
        }
        Ok(found)
    }

    /// Returns all providers' cells of a day, by target and provider.
    pub fn provider_cells(&self, day: Day) -> Result<Vec<DayRow>, StoreError> {
        let sql = "SELECT * FROM provider_cells WHERE day = ?1 ORDER BY target, provider";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([day.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(day_row(row)?);
        }
        Ok(found)
    }

    /// Returns the grades of one provider and target since a day, oldest first.
    pub fn strip(
        &self,
        provider: &str,
        target: &Target,
        (from, to): (Day, Day),
    ) -> Result<Vec<(Day, Grade)>, StoreError> {
        let sql = "SELECT day, grade FROM provider_cells
                   WHERE provider = ?1 AND target = ?2 AND day BETWEEN ?3 AND ?4 ORDER BY day";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query((provider, target.as_str(), from.0, to.0))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((Day(row.get(0)?), words::from_word(row.get(1)?)?));
        }
        Ok(found)
    }

    /// Counts each network's agents on a day that gave a measurement that counts.
    pub fn volunteers(&self, day: Day) -> Result<Vec<(Asn, u32)>, StoreError> {
        let sql = "SELECT asn, agents FROM volunteers WHERE day = ?1 ORDER BY asn";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map([day.0], |row| Ok((Asn(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Replaces the grades of a day.
    pub fn keep_grades(&self, day: Day, graded: &DayGrades) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM grades WHERE day = ?1",
            "DELETE FROM provider_cells WHERE day = ?1",
            "DELETE FROM volunteers WHERE day = ?1",
        ] {
            self.0.0.execute(sql, [day.0])?;
        }
        let sql = "INSERT OR REPLACE INTO days (day, tested) VALUES (?1, ?2)";
        self.0.0.execute(sql, (day.0, graded.tested))?;
        graded.networks.iter().try_for_each(|row| self.keep_grade(day, row))?;
        graded.providers.iter().try_for_each(|row| self.keep_provider_cell(day, row))?;
        let sql = "INSERT INTO volunteers (day, asn, agents) VALUES (?1, ?2, ?3)";
        for (asn, agents) in &graded.volunteers {
            self.0.0.prepare_cached(sql)?.execute((day.0, asn.0, agents))?;
        }
        Ok(())
    }

    fn keep_grade(&self, day: Day, row: &GradeRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO grades (day, target, asn, provider, grade, site_e0, site_e1, site_e2,
                                       beacon_e0, beacon_e1, beacon_e2, bar, f_star, upper, agents,
                                       prefixes, site_blocks, beacon_blocks)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                           ?17, ?18)";
        self.0.0.prepare_cached(sql)?.execute(rusqlite::params![
            day.0,
            row.target.as_str(),
            row.asn.0,
            row.provider,
            words::word(&row.grade)?,
            row.site_e[0],
            row.site_e[1],
            row.site_e[2],
            row.beacon_e[0],
            row.beacon_e[1],
            row.beacon_e[2],
            row.bar,
            row.f_star,
            row.upper,
            row.agents,
            row.prefixes,
            row.blocks.0,
            row.blocks.1,
        ])?;
        Ok(())
    }

    fn keep_provider_cell(&self, day: Day, row: &DayRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO provider_cells (day, target, provider, grade, layer, rule, screens,
                                               failed, share, low, high, agents, void, networks_so,
                                               networks)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        self.0.0.prepare_cached(sql)?.execute((
            day.0,
            row.target.as_str(),
            &row.provider,
            words::word(&row.grade)?,
            row.layer.map(|layer| layer.word()),
            &row.rule,
            row.screens,
            row.failed,
            row.share.map(|share| share.share),
            row.share.map(|share| share.low),
            row.share.map(|share| share.high),
            row.agents,
            row.void,
            row.networks.0,
            row.networks.1,
        ))?;
        Ok(())
    }
}

fn grade_row(row: &rusqlite::Row<'_>) -> Result<GradeRow, StoreError> {
    Ok(GradeRow {
        target: words::target(&row.get::<_, String>("target")?)?,
        asn: Asn(row.get("asn")?),
        provider: row.get("provider")?,
        grade: words::from_word(row.get("grade")?)?,
        site_e: [row.get("site_e0")?, row.get("site_e1")?, row.get("site_e2")?],
        beacon_e: [row.get("beacon_e0")?, row.get("beacon_e1")?, row.get("beacon_e2")?],
        bar: row.get("bar")?,
        f_star: row.get("f_star")?,
        upper: row.get("upper")?,
        agents: row.get("agents")?,
        prefixes: row.get("prefixes")?,
        blocks: (row.get("site_blocks")?, row.get("beacon_blocks")?),
    })
}

fn day_row(row: &rusqlite::Row<'_>) -> Result<DayRow, StoreError> {
    let share = match (row.get("share")?, row.get("low")?, row.get("high")?) {
        (Some(share), Some(low), Some(high)) => Some(Interval { share, low, high }),
        _ => None,
    };
    Ok(DayRow {
        target: words::target(&row.get::<_, String>("target")?)?,
        provider: row.get("provider")?,
        grade: words::from_word(row.get("grade")?)?,
        layer: row.get::<_, Option<String>>("layer")?.map(words::from_word).transpose()?,
        rule: row.get("rule")?,
        screens: row.get("screens")?,
        failed: row.get("failed")?,
        share,
        agents: row.get("agents")?,
        void: row.get("void")?,
        networks: (row.get("networks_so")?, row.get("networks")?),
    })
}
