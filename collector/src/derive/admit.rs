//! Decides which records of a batch are taken.

use std::panic::{AssertUnwindSafe, catch_unwind};

use record::{Certificates, KeyText, Measurement, MeasurementId, Role, VoidReason};
use testlists::Snapshot;
use verdict::{Answerer, Case, order_followed};

use crate::Reference;
use crate::derive::judge::CONTROL_HOURS;
use crate::derive::open::Records;
use crate::derive::snapshots::Snapshots;
use crate::store::{Opened, StoreError, StoredBatch, WriteTx};

/// Takes the records of a batch that keep to the rules, notes why others do not, and marks what
/// must be worked out again. Returns how many of those taken were made by controls.
pub(super) fn admit(
    tx: &WriteTx<'_>,
    batch: &StoredBatch,
    records: &Records,
    (reference, snapshots): (&Reference, &mut Snapshots),
) -> Result<u64, StoreError> {
    let mut controls = 0;
    for (position, record) in records.records.iter().enumerate() {
        let reading = || Measurement::decode(record);
        // A record that a reader cannot bear must not stop the others.
        let checked = match catch_unwind(AssertUnwindSafe(reading)) {
            Ok(Ok(measurement)) => {
                let snapshot = snapshots.find(tx, measurement.snapshot)?;
                let credential = &records.credential;
                check(&measurement, batch, (credential, reference, snapshot.as_deref()))
                    .map(|country| opened(&measurement, record, batch, (country, snapshot)))
            }
            Ok(Err(_)) => Err("undecodable"),
            Err(_) => Err("brings_the_reader_down"),
        };
        match checked {
            Ok(opened) => {
                let is_new = keep(tx, batch.index, &opened)?;
                controls += u64::from(is_new && opened.country.is_some());
            }
            Err(reason) => tx.reject(batch.index, position, reason)?,
        }
    }
    Ok(controls)
}

/// Checks a record against what it came in and what it names; returns the control's country for
/// a control's record, or the word for why it is not taken.
fn check(
    measurement: &Measurement,
    batch: &StoredBatch,
    (signer, reference, snapshot): (&KeyText, &Reference, Option<&Snapshot>),
) -> Result<Option<String>, &'static str> {
    if measurement.credential != *signer {
        return Err("other_credential");
    }
    let snapshot = snapshot.ok_or("unknown_snapshot")?;
    if !snapshot.targets.iter().any(|listed| listed.target == measurement.target) {
        return Err("unlisted_target");
    }
    // Whole hours are compared, and a clock may be some minutes off.
    let within =
        snapshot.issued.hour().0.saturating_sub(1)..=snapshot.expires.hour().0.saturating_add(1);
    // What says that its own clock is wrong counts nowhere; it is kept as of its arrival.
    let is_dated = !has_wrong_clock(measurement);
    if is_dated && !within.contains(&measurement.hour.0) {
        return Err("outside_snapshot");
    }
    if is_dated && measurement.hour.0 > batch.hour.0.saturating_add(1) {
        return Err("from_the_future");
    }
    match measurement.role {
        Role::Agent => Ok(None),
        Role::Control => {
            let named = |control: &&testlists::ControlServer| control.credential == *signer;
            let then = || snapshot.controls.iter().find(named).map(|control| &*control.country);
            let country = reference.control_country(signer).or_else(then);
            country.map(|country| Some(country.to_ascii_lowercase())).ok_or("not_a_control")
        }
    }
}

fn opened(
    measurement: &Measurement,
    record: &[u8],
    batch: &StoredBatch,
    (country, snapshot): (Option<String>, Option<std::sync::Arc<Snapshot>>),
) -> Opened {
    // A record that names another network than it came from, or none, may have been carried there:
    // nobody can say whose customers it speaks of.
    let asn = batch.place.asn.filter(|asn| measurement.network == Some(*asn));
    let ordered = match (&country, &snapshot) {
        (None, Some(snapshot)) => follows_the_draw(measurement, snapshot),
        _ => true,
    };
    Opened {
        id: MeasurementId::of(record),
        credential: measurement.credential,
        country,
        target: measurement.target.clone(),
        hour: if has_wrong_clock(measurement) { batch.hour } else { measurement.hour },
        snapshot: measurement.snapshot,
        asn,
        control: measurement.control,
        ordered,
        void: !measurement.run.void.is_empty(),
        record: record.to_vec(),
    }
}

fn has_wrong_clock(measurement: &Measurement) -> bool {
    measurement.run.void.contains(&VoidReason::WrongClock)
}

fn follows_the_draw(measurement: &Measurement, snapshot: &Snapshot) -> bool {
    let case = Case {
        kind: measurement.kind,
        target: &measurement.target,
        seen: &measurement.seen,
        certificates: &Certificates::default(),
        control: None,
        known: &snapshot.known,
        void: &[],
        resolver: Answerer::default(),
    };
    order_followed(&case, &snapshot.seed, measurement.credential.bytes(), measurement.hour)
}

/// Keeps a record and marks what it changes; returns whether it was not there before.
fn keep(tx: &WriteTx<'_>, index: u64, opened: &Opened) -> Result<bool, StoreError> {
    if !tx.keep_measurement(index, opened)? {
        return Ok(false);
    }
    let day = opened.hour.local_day();
    tx.mark(day, &opened.target)?;
    if opened.country.is_some() {
        tx.mark_control(opened.id, &opened.target, opened.hour, CONTROL_HOURS)?;
    }
    if !opened.ordered {
        tracing::warn!("an agent broke the drawn order: its day is void");
        tx.mark_agent(day, &opened.credential)?;
    }
    Ok(true)
}
