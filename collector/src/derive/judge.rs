//! Judges the measurements of one target and day.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

use evidence::Abroad;
use record::{
    Asn, Certificates, Day, Hour, Measurement, MeasurementId, Observation, State, Target, Verdict,
    VoidReason,
};
use testlists::Fingerprints;
use verdict::{Answerer, Case, Screen};

use crate::Reference;
use crate::derive::cells::Gathered;
use crate::derive::certificates::names;
use crate::derive::controls::Controls;
use crate::derive::snapshots::Snapshots;
use crate::store::{CellRow, Held, Judged, JudgedArtefact, ReadTx, StoreError};

/// What a target's measurements of one day came to.
pub(super) struct CellFound {
    /// The conclusions that are not the ones before.
    pub(super) changed: Vec<Judged>,
    /// What agents contributed, by network.
    pub(super) cells: BTreeMap<Asn, CellRow>,
    /// What controls saw.
    pub(super) abroad: Abroad,
}

/// Judges the measurements of one target and day, and gathers what counts.
///
/// A conclusion follows from the record, its snapshot, its control and its agent's keeping to the
/// drawn order; where none of these changed, the one before is taken. Once the day is closed, what
/// came after the closing is judged but not counted, and does not change what counts.
pub(super) fn judge_cell(
    tx: &ReadTx<'_>,
    day: Day,
    target: &Target,
    (reference, snapshots): (&Reference, &mut Snapshots),
) -> Result<CellFound, StoreError> {
    let through = tx.closing(day)?.map(|closing| closing.through);
    let mut before = tx.judged(day, target)?;
    let mut controls = Controls::of(tx, day, target, reference)?;
    let mut broke_order = BTreeMap::new();
    let mut gathered = Gathered::new(reference);
    let mut changed = Vec::new();
    for held in tx.held_of(day, target)? {
        let in_time = through.is_none_or(|through| held.batch <= through);
        let horizon = through.filter(|_| in_time);
        let is_control = held.country.is_some();
        let control = if is_control { None } else { controls.choose(&held, horizon)? };
        let broke = !is_control
            && match broke_order.entry((held.credential, horizon)) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(new) => {
                    *new.insert(tx.broke_order(&held.credential, day, horizon)?)
                }
            };
        let known = before.remove(&held.id);
        let same = known.filter(|known| known.control == control && known.broke == broke);
        let was = same.as_ref().map(|judged| judged.counted);
        let judged = match same {
            Some(judged) => judged,
            None => {
                let snapshot = snapshots.find(tx, held.snapshot)?.ok_or_else(|| {
                    StoreError::Foreign(format!("the snapshot {}, which is gone", held.snapshot))
                })?;
                let seen = control.map(|control| controls.seen(control)).transpose()?;
                let measurement = read(tx, &held, reference)?;
                let judged = judge(&held, measurement, broke, (seen, &snapshot.known));
                Judged { control, ..judged }
            }
        };
        let counted = in_time && gathered.add(&held, &judged);
        if was != Some(counted) {
            changed.push(Judged { counted, ..judged });
        }
    }
    let (cells, abroad) = gathered.finish();
    Ok(CellFound { changed, cells, abroad })
}

/// Reads a record and judges its certificates again.
pub(super) fn read(
    tx: &ReadTx<'_>,
    held: &Held,
    reference: &Reference,
) -> Result<Measurement, StoreError> {
    let gone = || StoreError::Foreign(format!("the record {}, which is none", held.id));
    let kept = tx.record(held.id)?.ok_or_else(gone)?;
    let mut measurement = Measurement::decode(&kept.record).map_err(|_| gone())?;
    reference.roots.judge_again(&mut measurement);
    Ok(measurement)
}

/// Judges one measurement. A record that a rule cannot bear must not stop the others: it shows
/// nothing.
fn judge(
    held: &Held,
    mut measurement: Measurement,
    broke: bool,
    (control, known): (Option<&[Observation]>, &Fingerprints),
) -> Judged {
    if broke {
        measurement.run.void.push(VoidReason::WrongOrder);
    }
    let case = Case {
        kind: measurement.kind,
        target: &measurement.target,
        seen: &measurement.seen,
        certificates: &measurement.certificates,
        control,
        known,
        void: &measurement.run.void,
        resolver: Answerer::of(&measurement.run, measurement.network),
    };
    let judging = || {
        let artefacts = verdict::artefacts(&case).into_iter();
        let artefacts = artefacts.map(|artefact| described(artefact, &measurement.certificates));
        Judged {
            verdict: verdict::judge(case),
            screen: verdict::screen(&case),
            blocks: verdict::blocks(&case),
            artefacts: artefacts.collect(),
            ..nothing(held.id)
        }
    };
    let judged = catch_unwind(AssertUnwindSafe(judging)).unwrap_or_else(|_| {
        tracing::error!(id = %held.id, "a rule failed on a measurement");
        nothing(held.id)
    });
    Judged { broke, ..judged }
}

/// Returns the conclusion that nothing was shown.
fn nothing(id: MeasurementId) -> Judged {
    let verdict = Verdict {
        state: State::Inconclusive,
        layer: None,
        rule: "no_rule".into(),
        because: Vec::new(),
        layers: Vec::new(),
    };
    Judged {
        id,
        verdict,
        screen: Screen::Unclear,
        counted: false,
        control: None,
        broke: false,
        blocks: Vec::new(),
        artefacts: Vec::new(),
    }
}

fn described(artefact: verdict::Artefact, certificates: &Certificates) -> JudgedArtefact {
    let der = certificates.0.get(&artefact.certificate);
    let (subject, issuer) = der.map(|der| names(der)).unwrap_or_default();
    let verdict::Artefact { certificate, authority } = artefact;
    JudgedArtefact { certificate, authority, subject, issuer }
}

/// Returns the hours of a day's controls: its own, and those before that still speak for it.
pub(super) fn hours_of_controls(day: Day) -> (Hour, Hour) {
    let first = day.first_hour();
    (Hour(first.0.saturating_sub(CONTROL_HOURS)), Hour(first.0 + 23))
}

/// How many hours a control speaks for those that follow.
pub(super) const CONTROL_HOURS: u32 = 6;
