//! Adds what the checks after a run found to its records, before any of them is sent.

use std::collections::BTreeMap;

use record::{Asn, Claim, Hour, Label, Layer, Measurement, MeasurementId, State, VoidReason};
use testlists::Fingerprints;
use verdict::{Answerer, Case};

use super::going::Store;
use super::rows::Row;
use crate::selfcheck::Conclusion;
use crate::spool::{Spool, SpoolError, Waiting};

/// What the checks after a run found that those before it had not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Why the run's measurements do not count.
    pub void: Vec<VoidReason>,
    /// What else is known of line and machine.
    pub labels: Vec<Label>,
}

impl Late {
    /// Compares what was concluded `before` a run and `after` it, and the two `networks` where both are known.
    /// Of the labels those count that may come and go while a line stays the same.
    pub fn of(before: &Conclusion, after: &Conclusion, networks: Option<[Asn; 2]>) -> Self {
        let mut late = Self { void: after.void.clone(), labels: after.labels.clone() };
        late.void.retain(|reason| !before.void.contains(reason));
        if networks.is_some_and(|[before, after]| before != after) {
            late.void.push(VoidReason::NetworkChanged);
        }
        late.labels.retain(|label| PASSING.contains(label) && !before.labels.contains(label));
        late
    }
}

/// Adds what was found late, in the hour `now`, to those records of `rows` that were measured lately.
///
/// That is in this hour or the one before; where the network became another one, all of them. These then
/// bear other names. A run may last for hours, and what is wrong at its end says nothing of its beginning. Where records wait to
/// be sent, what goes wrong with the readable copies costs them alone.
pub fn amend(
    store: &Store,
    rows: &mut [Row],
    late: &Late,
    known: &Fingerprints,
    now: Hour,
) -> Result<(), SpoolError> {
    if *late == Late::default() {
        return Ok(());
    }
    let mut made = BTreeMap::new();
    if let Some(folder) = &store.spool {
        made.extend(amend_in(folder, rows, late, known, now)?);
    }
    if let Some(folder) = &store.records {
        match amend_in(folder, rows, late, known, now) {
            Ok(more) => made.extend(more),
            Err(_) if store.spool.is_some() => {}
            Err(error) => return Err(error),
        }
    }
    for row in rows {
        if let Some(told) = made.remove(&row.id) {
            *row = told;
        }
    }
    Ok(())
}

/// Amends the records of one folder, and returns what is told of them by their old names.
fn amend_in(
    folder: &Spool,
    rows: &[Row],
    late: &Late,
    known: &Fingerprints,
    now: Hour,
) -> Result<BTreeMap<MeasurementId, Row>, SpoolError> {
    let list = folder.list()?.into_iter().map(|waiting| (waiting.id, waiting));
    let lying: BTreeMap<MeasurementId, Waiting> = list.collect();
    // When the network became another one within the run is not known.
    let moved = late.void.contains(&VoidReason::NetworkChanged);
    let is_near = |waiting: &&Waiting| moved || waiting.hour.0.saturating_add(1) >= now.0;
    let mut made = BTreeMap::new();
    for row in rows {
        let Some(old) = lying.get(&row.id).filter(is_near) else { continue };
        let Some(kept) = folder.read(old)? else { continue };
        let Ok(record) = Measurement::decode(&kept.bytes) else { continue };
        let record = amended(record, late, known);
        let told = Row::of(&record);
        if told.id != row.id {
            folder.replace(old, &record)?;
            made.insert(row.id, told);
        }
    }
    Ok(made)
}

/// Returns the record with what was found late. One that does not count any more is judged anew, and so is one
/// that accuses lookups where others than the provider may have answered them, without its control: then
/// nothing is claimed of them.
fn amended(mut record: Measurement, late: &Late, known: &Fingerprints) -> Measurement {
    let mut run = record.run.clone();
    let void = late.void.iter().filter(|reason| !record.run.void.contains(reason));
    let labels = late.labels.iter().filter(|label| !record.run.labels.contains(label));
    run.void.extend(void);
    run.labels.extend(labels);
    let is_of_lookups = |label: &Label| matches!(label, Label::ForeignResolver | Label::DnsFilter);
    let accuses = |claim: &Claim| (claim.layer, claim.state) == (Layer::Dns, State::Interference);
    let doubted =
        late.labels.iter().any(is_of_lookups) && record.verdict.layers.iter().any(accuses);
    if !late.void.is_empty() || doubted {
        record.verdict = verdict::judge(Case {
            kind: record.kind,
            target: &record.target,
            seen: &record.seen,
            certificates: &record.certificates,
            control: None,
            known,
            void: &run.void,
            resolver: Answerer::of(&run, record.network),
        });
    }
    Measurement { run, ..record }
}

/// Labels that may come and go while a line stays the same.
const PASSING: [Label; 5] = [
    Label::ForeignResolver,
    Label::DnsFilter,
    Label::LossyLine,
    Label::ClockOff,
    Label::NothingReached,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::SpoolLimits;

    #[test]
    fn what_is_found_after_a_run_is_added_to_its_records_and_to_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let limits = SpoolLimits { bytes: 1 << 20, hours: 1 << 20 };
        let folder = |name| Some(Spool::open(&dir.path().join(name), limits).unwrap());
        let store = Store { spool: folder("spool"), records: folder("records"), controls: None };
        let (of_run, older) = (record("news.test"), record("older.test"));
        for folder in store.spool.iter().chain(&store.records) {
            folder.put(&of_run, None).unwrap();
            folder.put(&older, None).unwrap();
        }
        let mut rows = [Row::of(&of_run)];
        let late = Late { void: vec![VoidReason::CaptivePortal], labels: vec![Label::LossyLine] };

        let (hour, known) = (of_run.hour, Fingerprints::default());
        amend(&store, &mut rows, &late, &known, Hour(hour.0 + 2)).unwrap();
        assert_eq!(rows, [Row::of(&of_run)], "it was measured long before");

        amend(&store, &mut rows, &late, &known, Hour(hour.0 + 1)).unwrap();

        assert_eq!(rows[0].verdict.state, State::Void);
        for folder in store.spool.iter().chain(&store.records) {
            let kept = folder.list().unwrap();
            let kept: Vec<_> = kept.iter().map(|waiting| folder.read(waiting).unwrap()).collect();
            let read = |kept: &Option<crate::spool::Kept>| {
                Measurement::decode(&kept.as_ref().unwrap().bytes).unwrap()
            };
            let kept: Vec<Measurement> = kept.iter().map(read).collect();
            assert_eq!(kept.len(), 2);
            assert!(kept.contains(&older));
            let made = kept.iter().find(|record| record.id() == rows[0].id).unwrap();
            assert_eq!(made.run.void, [VoidReason::CaptivePortal]);
            assert_eq!(made.run.labels, [Label::LossyLine]);
            assert_eq!((&made.seen, made.verdict.state), (&of_run.seen, State::Void));
        }
    }

    #[test]
    fn copies_that_cannot_be_amended_matter_only_where_they_are_all_there_is() {
        let dir = tempfile::tempdir().unwrap();
        let limits = SpoolLimits { bytes: 1 << 20, hours: 1 << 20 };
        let folder = |name| Some(Spool::open(&dir.path().join(name), limits).unwrap());
        let (spool, records) = (folder("spool"), folder("records"));
        std::fs::remove_dir(dir.path().join("records")).unwrap();
        let late = Late { void: vec![VoidReason::CaptivePortal], labels: Vec::new() };
        let amend = |spool: &Option<Spool>| {
            let store = Store { spool: spool.clone(), records: records.clone(), controls: None };
            amend(&store, &mut [], &late, &Fingerprints::default(), Hour(1))
        };

        assert!(amend(&spool).is_ok());
        assert!(amend(&None).is_err());
    }

    #[test]
    fn only_what_was_not_found_before_is_late() {
        let concluded = |void: &[VoidReason], labels: &[Label]| Conclusion {
            void: void.to_vec(),
            labels: labels.to_vec(),
            ..Conclusion::default()
        };
        let before = concluded(&[VoidReason::Tunnel], &[Label::Nat64]);
        let after = concluded(
            &[VoidReason::Tunnel, VoidReason::LossyLine],
            &[Label::Nat64, Label::DnsFilter, Label::LossyLine],
        );

        let labels = vec![Label::DnsFilter, Label::LossyLine];
        let late = Late { void: vec![VoidReason::LossyLine], labels };
        assert_eq!(Late::of(&before, &after, None), late);
        assert_eq!(Late::of(&after, &before, Some([Asn(1), Asn(1)])), Late::default());
        let moved = Late::of(&after, &before, Some([Asn(1), Asn(2)]));
        assert_eq!(moved.void, [VoidReason::NetworkChanged]);
    }

    #[test]
    fn a_filter_that_was_switched_on_takes_back_what_lookups_were_accused_of() {
        let claim = Claim {
            layer: Layer::Dns,
            state: State::Interference,
            rule: "dns_name_denied".into(),
            because: Vec::new(),
        };
        let mut accusing = record("news.test");
        accusing.verdict.layers = vec![claim.clone()];
        let known = Fingerprints::default();
        let late = |labels: &[Label]| Late { void: Vec::new(), labels: labels.to_vec() };

        let filtered = amended(accusing.clone(), &late(&[Label::DnsFilter]), &known);
        let lossy = amended(accusing.clone(), &late(&[Label::LossyLine]), &known);

        assert!(!filtered.verdict.layers.contains(&claim), "{:?}", filtered.verdict);
        assert!(filtered.run.labels.contains(&Label::DnsFilter));
        assert_eq!(lossy.verdict, accusing.verdict);
    }

    fn record(host: &str) -> Measurement {
        let example = include_bytes!("../../../record/examples/v1/no_answer_after_the_hello.json");
        let target = format!("https://{host}/").parse().unwrap();
        Measurement { target, ..Measurement::decode(example).unwrap() }
    }
}
