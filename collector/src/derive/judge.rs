//! Judges every measurement of one target and day.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

use evidence::Abroad;
use record::{
    Asn, Certificates, Day, Hour, KeyText, Measurement, MeasurementId, Observation, Target,
    VoidReason,
};
use testlists::Fingerprints;
use verdict::{Case, Screen};

use crate::Reference;
use crate::derive::cells::Gathered;
use crate::derive::certificates::names;
use crate::derive::snapshots::Snapshots;
use crate::store::{CellRow, Held, Judged, JudgedArtefact, ReadTx, StoreError};

/// What a target's measurements of one day came to.
pub(super) struct CellFound {
    /// Each measurement's conclusion.
    pub(super) judged: Vec<Judged>,
    /// What agents contributed, by network.
    pub(super) cells: BTreeMap<Asn, CellRow>,
    /// What controls saw.
    pub(super) abroad: Abroad,
}

/// Judges every measurement of one target and day, and gathers what counts.
///
/// Once the day is closed, what came after the closing is judged but not counted, and does not
/// change what counts.
pub(super) fn judge_cell(
    tx: &ReadTx<'_>,
    day: Day,
    target: &Target,
    (reference, snapshots): (&Reference, &mut Snapshots),
) -> Result<CellFound, StoreError> {
    let through = tx.closing(day)?.map(|closing| closing.through);
    let first = Hour(day.first_hour().0.saturating_sub(CONTROL_HOURS));
    let last = Hour(day.first_hour().0 + 23);
    let pool = tx.controls(target, first, last)?;
    let pool = pool.iter().map(|held| Control::read(held, reference));
    let pool = pool.collect::<Result<Vec<_>, _>>()?;
    let mut broke = BTreeMap::new();
    let mut judged = Vec::new();
    let mut gathered = Gathered::new(reference);
    tx.each_held(target, day, |held| {
        let counts = through.is_none_or(|through| held.batch <= through);
        let horizon = through.filter(|_| counts);
        let mut measurement = decode(&held)?;
        reference.roots.judge_again(&mut measurement);
        let control = if held.country.is_some() {
            None
        } else {
            let named = named_control(tx, &held, target, (horizon, reference))?;
            named.or_else(|| nearest(&pool, held.hour, horizon).cloned())
        };
        let key = (held.credential, horizon);
        if let Entry::Vacant(vacant) = broke.entry(key) {
            vacant.insert(tx.broke_order(&held.credential, day, horizon)?);
        }
        if broke.get(&key) == Some(&true) && held.country.is_none() {
            measurement.run.void.push(VoidReason::WrongOrder);
        }
        let Some(snapshot) = snapshots.find(tx, held.snapshot)? else {
            let missing = format!("a measurement by the snapshot {}, which is gone", held.snapshot);
            return Err(StoreError::Foreign(missing));
        };
        let judging = || judge(&held, &measurement, control.as_ref(), &snapshot.known);
        // A record that a rule cannot bear must not stop the others.
        let Ok(mut one) = catch_unwind(AssertUnwindSafe(judging)) else {
            tracing::error!(id = %held.id, "a rule failed on a measurement");
            return Ok(());
        };
        one.counted = counts && gathered.add(&held, &measurement, &one);
        judged.push(one);
        Ok(())
    })?;
    let (cells, abroad) = gathered.finish();
    Ok(CellFound { judged, cells, abroad })
}

/// Judges one measurement whose certificates were judged again.
fn judge(
    held: &Held,
    measurement: &Measurement,
    control: Option<&Control>,
    known: &Fingerprints,
) -> Judged {
    let case = Case {
        target: &measurement.target,
        seen: &measurement.seen,
        certificates: &measurement.certificates,
        control: control.map(|control| control.seen.as_slice()),
        known,
        void: &measurement.run.void,
    };
    let artefacts = verdict::artefacts(&case).into_iter();
    let artefacts = artefacts.map(|artefact| described(artefact, &measurement.certificates));
    Judged {
        id: held.id,
        verdict: verdict::judge(case),
        screen: screen_word(verdict::screen(&case)),
        counted: false,
        control: control.map(|control| control.id),
        blocks: verdict::blocks(&case),
        artefacts: artefacts.collect(),
    }
}

fn described(artefact: verdict::Artefact, certificates: &Certificates) -> JudgedArtefact {
    let der = certificates.0.get(&artefact.certificate);
    let (subject, issuer) = der.map(|der| names(der)).unwrap_or_default();
    let verdict::Artefact { certificate, authority } = artefact;
    JudgedArtefact { certificate, authority, subject, issuer }
}

/// What a control saw.
#[derive(Clone)]
struct Control {
    id: MeasurementId,
    batch: u64,
    hour: Hour,
    is_void: bool,
    seen: Vec<Observation>,
}

impl Control {
    fn read(held: &Held, reference: &Reference) -> Result<Self, StoreError> {
        let mut measurement = decode(held)?;
        reference.roots.judge_again(&mut measurement);
        let Measurement { hour, run, seen, .. } = measurement;
        Ok(Self { id: held.id, batch: held.batch, hour, is_void: !run.void.is_empty(), seen })
    }

    fn is_usable(&self, through: Option<u64>) -> bool {
        !self.is_void && through.is_none_or(|through| self.batch <= through)
    }
}

/// Returns the control that a measurement names, when a control of ours measured the same target.
fn named_control(
    tx: &ReadTx<'_>,
    held: &Held,
    target: &Target,
    (through, reference): (Option<u64>, &Reference),
) -> Result<Option<Control>, StoreError> {
    let Some(id) = held.control else { return Ok(None) };
    let Some(named) = tx.held(id)?.filter(|named| named.country.is_some()) else { return Ok(None) };
    // A control of another day says little about this one, whoever names it.
    let near = named.hour.0.abs_diff(held.hour.0) <= CONTROL_HOURS;
    if !near || decode(&named)?.target != *target {
        return Ok(None);
    }
    Ok(Some(Control::read(&named, reference)?).filter(|control| control.is_usable(through)))
}

/// Returns the newest control of the hour or the hours before; among equals the first by name.
fn nearest(pool: &[Control], hour: Hour, through: Option<u64>) -> Option<&Control> {
    let near = |control: &&Control| {
        control.hour <= hour
            && hour.0 - control.hour.0 <= CONTROL_HOURS
            && control.is_usable(through)
    };
    pool.iter().filter(near).max_by_key(|control| (control.hour, std::cmp::Reverse(control.id)))
}

fn decode(held: &Held) -> Result<Measurement, StoreError> {
    Measurement::decode(&held.record)
        .map_err(|_| StoreError::Foreign(format!("the record {}, which is none", held.id)))
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

/// How many hours a control speaks for those that follow.
pub(super) const CONTROL_HOURS: u32 = 6;

/// Who measured, as cells tell agents apart.
pub(super) fn agent_name(credential: &KeyText) -> String {
    credential.to_string()
}
