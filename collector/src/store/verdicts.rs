//! What was concluded from each measurement.

use rusqlite::OptionalExtension as _;

use record::{Day, Digest, MeasurementId, Target, Verdict};
use verdict::{Block, Channel};

use crate::store::{ReadTx, StoreError, WriteTx, words};

/// A measurement's conclusion.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The measurement.
    pub id: MeasurementId,
    /// What was concluded, every layer.
    pub verdict: Verdict,
    /// What its screen counts as.
    pub screen: &'static str,
    /// Whether it enters its cell.
    pub counted: bool,
    /// The control it was judged against.
    pub control: Option<MeasurementId>,
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
}

impl WriteTx<'_> {
    /// Forgets every conclusion about one target and day.
    pub fn forget_verdicts(&self, day: Day, target: &Target) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM verdicts WHERE target = ?1 AND day = ?2",
            "DELETE FROM blocks WHERE target = ?1 AND day = ?2",
            "DELETE FROM artefacts WHERE target = ?1 AND day = ?2",
        ] {
            self.0.0.prepare_cached(sql)?.execute((target.as_str(), day.0))?;
        }
        Ok(())
    }

    /// Keeps a conclusion.
    pub fn keep_verdict(
        &self,
        day: Day,
        target: &Target,
        judged: &Judged,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO verdicts (measurement, day, target, state, layer, rule, screen,
                                         counted, control, body)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let id = judged.id.0.0;
        self.0.0.prepare_cached(sql)?.execute((
            id,
            day.0,
            target.as_str(),
            words::word(&judged.verdict.state)?,
            judged.verdict.layer.map(|layer| layer.word()),
            judged.verdict.rule.as_str(),
            judged.screen,
            judged.counted,
            judged.control.map(|control| control.0.0),
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
        let channel = match block.channel {
            Channel::Site => "site",
            Channel::Beacon => "beacon",
        };
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
