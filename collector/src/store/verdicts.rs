//! What was concluded from each measurement.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension as _;

use record::{Day, Digest, MeasurementId, Target, Verdict};
use verdict::{Block, Channel, Screen};

use crate::store::{ReadTx, StoreError, WriteTx, words};

/// A measurement's conclusion.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The measurement.
    pub id: MeasurementId,
    /// What was concluded, every layer.
    pub verdict: Verdict,
    /// What its screen counts as.
    pub screen: Screen,
    /// Whether it enters its cell.
    pub counted: bool,
    /// The control it was judged against.
    pub control: Option<MeasurementId>,
    /// Whether its agent broke a block's drawn order on the day.
    pub broke: bool,
    /// Its confirm blocks.
    pub blocks: Vec<Block>,
    /// Listed authorities' certificates it was shown.
    pub artefacts: Vec<JudgedArtefact>,
}

/// A listed authority's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedArtefact {
    /// SHA-256 of it.
    pub certificate: Digest,
    /// The authority's id.
    pub authority: String,
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
}

impl ReadTx<'_> {
    /// Returns the whole conclusion from one measurement.
    pub fn verdict(&self, id: MeasurementId) -> Result<Option<Verdict>, StoreError> {
        let sql = "SELECT body FROM verdicts WHERE measurement = ?1";
        let body: Option<String> =
            self.0.prepare_cached(sql)?.query_row([id.0.0], |row| row.get(0)).optional()?;
        body.map(|body| words::from_json(&body)).transpose()
    }

    /// Returns every conclusion about one target and day.
    pub fn judged(
        &self,
        day: Day,
        target: &Target,
    ) -> Result<BTreeMap<MeasurementId, Judged>, StoreError> {
        let key = (day.0, target.as_str());
        let sql = "SELECT measurement, screen, counted, control, broke, body FROM verdicts
                   WHERE day = ?1 AND target = ?2";
        let mut found = BTreeMap::new();
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            let id = words::measurement(row.get(0)?);
            let judged = Judged {
                id,
                verdict: words::from_json(&row.get::<_, String>(5)?)?,
                screen: screen(&row.get::<_, String>(1)?)?,
                counted: row.get(2)?,
                control: row.get::<_, Option<[u8; 32]>>(3)?.map(words::measurement),
                broke: row.get(4)?,
                blocks: Vec::new(),
                artefacts: Vec::new(),
            };
            found.insert(id, judged);
        }
        let sql = "SELECT measurement, channel, layer, round, named_failed, neutral_failed
                   FROM blocks WHERE day = ?1 AND target = ?2 ORDER BY rowid";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            if let Some(judged) = found.get_mut(&words::measurement(row.get(0)?)) {
                judged.blocks.push(block(row)?);
            }
        }
        let sql = "SELECT measurement, certificate, authority, subject, issuer
                   FROM artefacts WHERE day = ?1 AND target = ?2 ORDER BY rowid";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            if let Some(judged) = found.get_mut(&words::measurement(row.get(0)?)) {
                judged.artefacts.push(JudgedArtefact {
                    certificate: Digest(row.get(1)?),
                    authority: row.get(2)?,
                    subject: row.get(3)?,
                    issuer: row.get(4)?,
                });
            }
        }
        Ok(found)
    }
}

impl WriteTx<'_> {
    /// Keeps a conclusion in place of the one before.
    pub fn keep_verdict(
        &self,
        day: Day,
        target: &Target,
        judged: &Judged,
    ) -> Result<(), StoreError> {
        let id = judged.id.0.0;
        for sql in [
            "DELETE FROM verdicts WHERE measurement = ?1",
            "DELETE FROM blocks WHERE measurement = ?1",
            "DELETE FROM artefacts WHERE measurement = ?1",
        ] {
            self.0.0.prepare_cached(sql)?.execute([id])?;
        }
        let sql = "INSERT INTO verdicts (measurement, day, target, state, layer, rule, screen,
                                         counted, control, broke, body)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        self.0.0.prepare_cached(sql)?.execute((
            id,
            day.0,
            target.as_str(),
            words::word(&judged.verdict.state)?,
            judged.verdict.layer.map(|layer| layer.word()),
            judged.verdict.rule.as_str(),
            screen_word(judged.screen),
            judged.counted,
            judged.control.map(|control| control.0.0),
            judged.broke,
            words::json(&judged.verdict)?,
        ))?;
        for block in &judged.blocks {
            self.keep_block((day, target, id), block)?;
        }
        let sql =
            "INSERT INTO artefacts (measurement, day, target, certificate, authority, subject,
                                          issuer)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        for JudgedArtefact { certificate, authority, subject, issuer } in &judged.artefacts {
            self.0.0.prepare_cached(sql)?.execute((
                id,
                day.0,
                target.as_str(),
                certificate.0,
                authority,
                subject,
                issuer,
            ))?;
        }
        Ok(())
    }

    fn keep_block(
        &self,
        (day, target, id): (Day, &Target, [u8; 32]),
        block: &Block,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO blocks (measurement, day, target, channel, layer, round,
                                       named_failed, neutral_failed)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let channel = block.channel.word();
        self.0.0.prepare_cached(sql)?.execute((
            id,
            day.0,
            target.as_str(),
            channel,
            block.layer.word(),
            block.round,
            block.named_failed,
            block.neutral_failed,
        ))?;
        Ok(())
    }
}

fn block(row: &rusqlite::Row<'_>) -> Result<Block, StoreError> {
    let channel: String = row.get("channel")?;
    let foreign = || StoreError::Foreign(format!("the channel {channel:?}"));
    let found = Channel::ALL.into_iter().find(|found| found.word() == channel);
    let channel = found.ok_or_else(foreign)?;
    Ok(Block {
        channel,
        layer: words::from_word(row.get("layer")?)?,
        round: row.get("round")?,
        named_failed: row.get("named_failed")?,
        neutral_failed: row.get("neutral_failed")?,
    })
}

fn screen_word(screen: Screen) -> &'static str {
    match screen {
        Screen::Passed => "passed",
        Screen::Failed => "failed",
        Screen::Excused => "excused",
        Screen::Unclear => "unclear",
        Screen::Void => "void",
    }
}

fn screen(word: &str) -> Result<Screen, StoreError> {
    let found = SCREENS.into_iter().find(|screen| screen_word(*screen) == word);
    found.ok_or_else(|| StoreError::Foreign(format!("the screen {word:?}")))
}

const SCREENS: [Screen; 5] =
    [Screen::Passed, Screen::Failed, Screen::Excused, Screen::Unclear, Screen::Void];
