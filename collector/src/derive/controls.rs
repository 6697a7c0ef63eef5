//! Chooses the control that a measurement is judged against.

use std::collections::BTreeMap;

use record::{Day, MeasurementId, Observation, Target};

use crate::Reference;
use crate::derive::judge::{CONTROL_HOURS, hours_of_controls, read};
use crate::store::{Held, ReadTx, StoreError};

/// The controls of one target and day.
pub(super) struct Controls<'a> {
    tx: &'a ReadTx<'a>,
    reference: &'a Reference,
    target: &'a Target,
    /// Newest hour first, then by name.
    pool: Vec<Held>,
    seen: BTreeMap<MeasurementId, Vec<Observation>>,
}

impl<'a> Controls<'a> {
    /// Looks up the controls that may speak for measurements of a day.
    pub(super) fn of(
        tx: &'a ReadTx<'a>,
        day: Day,
        target: &'a Target,
        reference: &'a Reference,
    ) -> Result<Self, StoreError> {
        let (from, to) = hours_of_controls(day);
        let pool = tx.controls(target, from, to)?;
        Ok(Self { tx, reference, target, pool, seen: BTreeMap::new() })
    }

    /// Returns the control that a measurement names, if it is one of ours, of the same target and
    /// within six hours; else the newest of the hour or the six hours before, among equals the
    /// first by name. Only batches up to `through` are looked at, where that is given.
    pub(super) fn choose(
        &self,
        held: &Held,
        through: Option<u64>,
    ) -> Result<Option<MeasurementId>, StoreError> {
        let is_usable = |control: &Held| {
            !control.is_void && through.is_none_or(|through| control.batch <= through)
        };
        if let Some(id) = held.control {
            let named = self.tx.held(id)?.filter(|named| {
                named.country.is_some()
                    && named.target == *self.target
                    && named.hour.0.abs_diff(held.hour.0) <= CONTROL_HOURS
            });
            if let Some(named) = named.filter(is_usable) {
                return Ok(Some(named.id));
            }
        }
        let near = |control: &&Held| {
            control.hour <= held.hour && held.hour.0 - control.hour.0 <= CONTROL_HOURS
        };
        let found = self.pool.iter().filter(near).find(|control| is_usable(control));
        Ok(found.map(|control| control.id))
    }

    /// Returns what a control saw, with its certificates judged again.
    pub(super) fn seen(&mut self, id: MeasurementId) -> Result<&[Observation], StoreError> {
        if !self.seen.contains_key(&id) {
            let gone = || StoreError::Foreign(format!("the control {id}, which is gone"));
            let held = self.tx.held(id)?.ok_or_else(gone)?;
            let seen = read(self.tx, &held, self.reference)?.seen;
            self.seen.insert(id, seen);
        }
        Ok(self.seen.get(&id).map(Vec::as_slice).unwrap_or_default())
    }
}
