//! Works out what the raw batches mean: opens them, judges each measurement, grades each day.
//!
//! One thread does it, in small transactions; each can be lost and repeated without a difference.
//! Whatever is written here follows from the raw batches, the snapshots, the closings and the
//! reference data alone, in the same bytes every time.

mod admit;
mod cells;
mod certificates;
mod close;
mod controls;
mod grades;
mod judge;
mod open;
mod snapshots;

use std::sync::Arc;

use record::{Day, Target};

pub use certificates::{Roots, RootsError};

use crate::Reference;
use crate::edge::Edge;
use crate::store::{ReadTx, Store, StoreError, StoredBatch};

use snapshots::Snapshots;

/// Does the work.
pub struct Worker {
    store: Arc<Store>,
    reference: Arc<Reference>,
    snapshots: Snapshots,
    edge: Edge,
    controls: u64,
}

impl Worker {
    /// Begins on a database. Derived tables that were made from other reference data, or by
    /// another version of this program, are emptied: they will be made again.
    pub fn begin(
        store: Arc<Store>,
        reference: Arc<Reference>,
        edge: Edge,
    ) -> Result<Self, StoreError> {
        let basis = reference.basis();
        if store.read("read the basis", |tx| tx.basis())? != Some(basis) {
            tracing::info!("the derived tables are made again");
            store.write("empty the derived tables", |tx| tx.empty_derived(basis))?;
        }
        Ok(Self { store, reference, snapshots: Snapshots::default(), edge, controls: 0 })
    }

    /// Empties the derived tables.
    pub fn forget(&mut self) -> Result<(), StoreError> {
        let basis = self.reference.basis();
        self.store.write("empty the derived tables", |tx| tx.empty_derived(basis))
    }

    /// Works until nothing is left to do or `stop` says so; days that are over are graded for good.
    pub fn run(&mut self, stop: impl Fn() -> bool) -> Result<(), StoreError> {
        while !stop() {
            let opened = self.open_some()?;
            let judged = self.judge_some(&stop)?;
            if opened || judged {
                continue;
            }
            close::close_days(&self.store, (self.edge.now)().hour())?;
            self.grade_one()?;
            let left = self.store.read_at_leisure("count what is left", |tx| tx.backlog())?;
            if left == [0; 3] {
                break;
            }
        }
        Ok(())
    }

    /// Returns how many measurements of controls this worker has taken.
    pub fn controls(&self) -> u64 {
        self.controls
    }

    /// Opens the next batches; returns whether there were any.
    fn open_some(&mut self) -> Result<bool, StoreError> {
        let pending = self.store.read_at_leisure("find batches", |tx| tx.pending(GROUP))?;
        // A batch whose opening was begun before may have brought the program down: it goes alone.
        let fresh = pending.iter().take_while(|pending| pending.attempts == 0).count();
        let group = pending.get(..fresh.max(1)).unwrap_or_default();
        if group.is_empty() {
            return Ok(false);
        }
        self.store.write("begin to open batches", |tx| {
            group.iter().try_for_each(|pending| tx.begin_opening(pending.index))
        })?;
        let (mut opened, mut bytes) = (Vec::new(), 0);
        for pending in group {
            let read = |tx: &ReadTx<'_>| tx.batch(pending.index);
            let Some(batch) = self.store.read_at_leisure("read a batch", read)? else { continue };
            let outcome = if pending.attempts >= open::MOST_ATTEMPTS {
                Err(open::Poison::BringsDown)
            } else {
                open::open(&batch)
            };
            bytes += outcome.as_ref().map_or(0, open::Records::len_bytes);
            opened.push((batch, outcome));
            if bytes > OPENED_AT_ONCE {
                self.keep_opened(&std::mem::take(&mut opened))?;
                bytes = 0;
            }
        }
        self.keep_opened(&opened)?;
        Ok(true)
    }

    fn keep_opened(&mut self, opened: &[Opening]) -> Result<(), StoreError> {
        let Self { store, reference, snapshots, .. } = self;
        let controls = store.write("keep measurements", |tx| {
            let mut controls = 0;
            for (batch, outcome) in opened {
                match outcome {
                    Ok(records) => {
                        controls += admit::admit(tx, batch, records, (reference, snapshots))?;
                    }
                    Err(poison) => {
                        let reason = poison.word();
                        tracing::warn!(batch = %batch.id, reason, "set a batch aside");
                        tx.quarantine(batch.index, reason)?;
                    }
                }
                tx.end_opening(batch.index)?;
            }
            Ok(controls)
        })?;
        self.controls += controls;
        Ok(())
    }

    /// Judges what waits, up to a bound; returns whether there was any.
    fn judge_some(&mut self, stop: impl Fn() -> bool) -> Result<bool, StoreError> {
        for round in 0..CELLS_A_ROUND {
            let next = self.store.read_at_leisure("find a cell", |tx| tx.next_dirty())?;
            let Some((day, target)) = next.filter(|_| !stop()) else { return Ok(round > 0) };
            self.judge_cell(day, &target)?;
        }
        Ok(true)
    }

    fn judge_cell(&mut self, day: Day, target: &Target) -> Result<(), StoreError> {
        let Self { store, reference, snapshots, .. } = self;
        let found = store.read_at_leisure("judge a cell", |tx| {
            judge::judge_cell(tx, day, target, (reference, snapshots))
        })?;
        store.write("keep a cell", |tx| {
            found.changed.iter().try_for_each(|judged| tx.keep_verdict(day, target, judged))?;
            tx.keep_cells(day, target, &found.cells, found.abroad)?;
            tx.judged(day, target)
        })
    }

    /// Grades the next day that waits; returns whether there was one.
    fn grade_one(&mut self) -> Result<bool, StoreError> {
        let next = self.store.read_at_leisure("find a day", |tx| tx.next_dirty_day())?;
        let Some(day) = next else { return Ok(false) };
        let graded = self.store.read_at_leisure("grade a day", |tx| {
            Ok(grades::grade(&tx.cells(day)?, &tx.abroad(day)?, &self.reference))
        })?;
        self.store.write("keep grades", |tx| {
            tx.keep_grades(day, &graded)?;
            tx.graded(day)
        })?;
        Ok(true)
    }
}

/// A batch and what opening it came to.
type Opening = (StoredBatch, Result<open::Records, open::Poison>);

/// Batches opened in one transaction, as long as they are small.
const GROUP: usize = 32;

/// Bytes of opened batches that are kept in memory before they are written.
const OPENED_AT_ONCE: usize = 16 << 20;

/// Cells judged before new batches are looked for again.
const CELLS_A_ROUND: usize = 200;
