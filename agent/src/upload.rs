//! Sends what waits, and believes nothing but a receipt that the collector signed.

use std::collections::BTreeMap;

use record::{BatchId, KeyText, Receipt};

use crate::backoff::{Backoff, Wish};
use crate::batch::pack;
use crate::collector::{Answer, Collector};
use crate::edge::Edge;
use crate::keys::{Key, KeyError, Keys};
use crate::lists::open;
use crate::spool::{Ended, Kept, Spool, SpoolError, Waiting};
use crate::state::State;
use crate::stop::{Exit, Stop};

/// What came of sending.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Records that the collector acknowledged.
    pub sent: usize,
    /// Records that it will never take.
    pub rejected: usize,
    /// Records that cannot be sent from here.
    pub unsendable: usize,
    /// Records that still wait.
    pub held: usize,
    /// Why not everything was sent, where it was not.
    pub stopped: Option<Stop>,
}

/// Everything that sending needs.
#[derive(Debug)]
pub struct Uploader<'a> {
    /// The state folder.
    pub state: &'a State,
    /// The records.
    pub spool: &'a Spool,
    /// The keys that sign.
    pub keys: &'a Keys,
    /// The way to the collector.
    pub collector: &'a Collector,
    /// Clock and randomness.
    pub edge: &'a Edge,
}

impl Uploader<'_> {
    /// Sends everything that waits, batch by batch, until something goes wrong.
    pub async fn deliver(&self, wish: Wish) -> Result<Delivery, Stop> {
        let mut delivery = Delivery::default();
        let backoff: Backoff = self.state.read_json(BACKOFF)?.unwrap_or_default();
        if backoff.allows(self.edge.now(), wish) {
            self.send_all(&mut delivery, backoff).await?;
        } else {
            let time = backoff.not_before.rfc3339();
            delivery.stopped = Some(Stop::new(Exit::Unsent, "queue-later").with("time", time));
        }
        let waiting = self.spool.list()?;
        delivery.held = waiting.len();
        if waiting.is_empty() {
            // Nothing kept anybody from sending.
            delivery.stopped = delivery.stopped.filter(|stop| stop.exit != Exit::Unsent);
        }
        Ok(delivery)
    }

    async fn send_all(&self, delivery: &mut Delivery, backoff: Backoff) -> Result<(), Stop> {
        for (credential, waiting) in self.by_credential()? {
            let Some(key) = self.keys.find(&credential)? else {
                for record in &waiting {
                    self.spool.end(record, Ended::Unsendable, "the key that made it is gone")?;
                    delivery.unsendable += 1;
                }
                continue;
            };
            match self.send_group(&waiting, &key, delivery).await? {
                Outcome::Done => {}
                Outcome::Stopped { stop, retry_after_s } => {
                    let random = self.edge.random();
                    let later = backoff.after_failure(self.edge.now(), retry_after_s, random);
                    self.state.write_json(BACKOFF, &later)?;
                    delivery.stopped = Some(stop);
                    return Ok(());
                }
            }
        }
        self.state.remove(BACKOFF)?;
        let needed: Vec<KeyText> = self.by_credential()?.into_keys().collect();
        Ok(self.keys.forget(self.edge.now(), &needed)?)
    }

    /// Sends the records of one key.
    async fn send_group(
        &self,
        mut waiting: &[Waiting],
        key: &Key,
        delivery: &mut Delivery,
    ) -> Result<Outcome, Stop> {
        while !waiting.is_empty() {
            let mut whole = Vec::new();
            for record in waiting.iter().take(READ_AT_ONCE) {
                whole.extend(self.spool.read(record)?.map(|kept| (record, kept)));
            }
            let read = waiting.len().min(READ_AT_ONCE);
            let kept: Vec<Kept> = whole.iter().map(|(_, kept)| kept.clone()).collect();
            let Some((count, batch)) = pack(&kept, key) else {
                if let Some((first, _)) = whole.first() {
                    self.spool.end(first, Ended::Unsendable, "it is too large for a batch")?;
                    delivery.unsendable += 1;
                }
                let passed = whole.first().and_then(|(first, _)| at(waiting, first));
                waiting = waiting.get(passed.map_or(read, |at| at + 1)..).unwrap_or_default();
                continue;
            };
            let chosen: Vec<&Waiting> =
                whole.iter().take(count).map(|(record, _)| *record).collect();
            match self.send(&batch.to_bytes(), &chosen, delivery).await? {
                Outcome::Done => {}
                stopped @ Outcome::Stopped { .. } => return Ok(stopped),
            }
            let last = chosen.last().and_then(|last| at(waiting, last));
            waiting = waiting.get(last.map_or(read, |at| at + 1)..).unwrap_or_default();
        }
        Ok(Outcome::Done)
    }

    /// Sends one batch and does what the answer asks for.
    async fn send(
        &self,
        bytes: &[u8],
        chosen: &[&Waiting],
        delivery: &mut Delivery,
    ) -> Result<Outcome, Stop> {
        let answer = match self.collector.post_batch(bytes.to_vec()).await {
            Ok(answer) => answer,
            Err(stop) => return Ok(Outcome::Stopped { stop, retry_after_s: None }),
        };
        match self.read_answer(&answer, BatchId::of(bytes)) {
            Meaning::Stored => {
                for record in chosen {
                    self.spool.remove(record)?;
                }
                delivery.sent += chosen.len();
                Ok(Outcome::Done)
            }
            Meaning::Never(reason) => {
                for record in chosen {
                    self.spool.end(record, Ended::Rejected, &reason)?;
                }
                delivery.rejected += chosen.len();
                Ok(Outcome::Done)
            }
            Meaning::Later(stop) => {
                Ok(Outcome::Stopped { stop, retry_after_s: answer.retry_after_s })
            }
        }
    }

    fn read_answer(&self, answer: &Answer, batch: BatchId) -> Meaning {
        let refused =
            || Stop::new(Exit::Unsent, "error-collector-status").with("status", answer.status);
        match answer.status {
            200 => match open::<Receipt>(&answer.body, "receipt", self.collector.key()) {
                Ok((receipt, _)) if receipt.batch == batch => Meaning::Stored,
                Ok(_) => Meaning::Later(
                    Stop::new(Exit::Integrity, "error-signature").with("what", "receipt"),
                ),
                // A login page of the network says 200 to everything.
                Err(stop) if stop.exit == Exit::Integrity => Meaning::Later(stop),
                Err(stop) => Meaning::Later(self.collector.strange(stop)),
            },
            // Only in the collector's own form: a login page may answer 400 as well.
            400 | 413 | 415 if is_problem(answer) => {
                let told: String = answer.body.chars().take(400).collect();
                Meaning::Never(format!("the collector answered {}: {told}", answer.status))
            }
            _ => Meaning::Later(refused()),
        }
    }

    /// Sorts what waits by the key that made it.
    fn by_credential(&self) -> Result<BTreeMap<KeyText, Vec<Waiting>>, Stop> {
        let mut groups: BTreeMap<KeyText, Vec<Waiting>> = BTreeMap::new();
        for waiting in self.spool.list()? {
            if let Some(kept) = self.spool.read(&waiting)? {
                groups.entry(kept.credential).or_default().push(waiting);
            }
        }
        Ok(groups)
    }
}

/// What an answer means.
enum Meaning {
    Stored,
    Never(String),
    Later(Stop),
}

/// How a group's sending ended.
enum Outcome {
    Done,
    Stopped { stop: Stop, retry_after_s: Option<u64> },
}

/// Returns whether the answer is a problem as the collector tells it (RFC 9457).
fn is_problem(answer: &Answer) -> bool {
    let told: Option<serde_json::Value> = serde_json::from_str(&answer.body).ok();
    told.is_some_and(|told| told["status"] == answer.status)
}

fn at(waiting: &[Waiting], wanted: &Waiting) -> Option<usize> {
    waiting.iter().position(|record| record == wanted)
}

impl From<SpoolError> for Stop {
    fn from(error: SpoolError) -> Self {
        Self::new(Exit::Failed, "error-spool").because(error)
    }
}

impl From<KeyError> for Stop {
    fn from(error: KeyError) -> Self {
        Self::new(Exit::Failed, "error-keys").because(error)
    }
}

/// What is remembered of failed attempts.
pub const BACKOFF: &str = "upload.json";
const READ_AT_ONCE: usize = 200;
