//! Tests of the spool.

use std::collections::BTreeMap;

use proptest::prelude::*;

use record::{
    Certificates, Digest, FORMAT, Kind, Role, RuleId, RunFacts, State as Claimed, Verdict,
};

use super::*;

#[test]
fn what_was_put_is_listed_oldest_first_and_read_back() {
    let (_dir, spool) = spool(1 << 20, 1000);
    let (late, early) = (record(20, "b"), record(10, "a"));

    spool.put(&late, None).unwrap();
    spool.put(&early, None).unwrap();

    let waiting = spool.list().unwrap();
    assert_eq!(waiting.iter().map(|one| one.hour.0).collect::<Vec<_>>(), [10, 20]);
    let kept = spool.read(&waiting[0]).unwrap().unwrap();
    assert_eq!((kept.id, kept.bytes), (early.id(), early.encode()));
    spool.remove(&waiting[0]).unwrap();
    spool.remove(&waiting[0]).unwrap();
    assert_eq!(spool.list().unwrap().len(), 1);
}

#[test]
fn putting_twice_is_putting_once() {
    let (_dir, spool) = spool(1 << 20, 1000);

    spool.put(&record(10, "a"), None).unwrap();
    spool.put(&record(10, "a"), None).unwrap();

    assert_eq!(spool.list().unwrap().len(), 1);
}

#[test]
fn a_record_takes_anothers_place_and_no_third_goes_for_it() {
    let size = record(10, "a").encode().len() as u64;
    let (_dir, full) = spool(size * 2, 1000);
    full.put(&record(1, "a"), None).unwrap();
    full.put(&record(2, "a"), None).unwrap();
    let old = full.list().unwrap().remove(1);

    full.replace(&old, &record(2, "another")).unwrap();

    assert_eq!(hours(&full), [1, 2]);
    let kept = full.list().unwrap().remove(1);
    assert_eq!(full.read(&kept).unwrap().unwrap().id, record(2, "another").id());
}

#[test]
fn the_oldest_go_when_there_is_no_room_or_their_time_is_over() {
    let size = record(10, "a").encode().len() as u64;
    let (_dir, small) = spool(size * 2 + size / 2, 1000);
    let put = |spool: &Spool, hour, free| spool.put(&record(hour, "a"), free).unwrap();

    assert_eq!((put(&small, 1, None), put(&small, 2, None)), (0, 0));
    assert_eq!(put(&small, 3, None), 1);
    assert_eq!(hours(&small), [2, 3]);

    let (_dir, short) = spool(1 << 20, 5);
    put(&short, 1, None);
    assert_eq!(put(&short, 7, None), 1);
    assert_eq!(hours(&short), [7]);
}

#[test]
fn never_more_than_a_twentieth_of_the_free_disk_is_used() {
    let size = record(10, "a").encode().len() as u64;
    let (_dir, spool) = spool(1 << 30, 1000);

    assert_eq!(spool.put(&record(1, "a"), Some(size * 20)).unwrap(), 0);
    // The first record takes part of what was free; now there is room for one alone.
    assert_eq!(spool.put(&record(2, "a"), Some(size * 20)).unwrap(), 1);
    assert_eq!(hours(&spool), [2]);
    assert!(matches!(spool.put(&record(3, "a"), Some(size)), Err(SpoolError::NoRoom { .. })));
}

#[test]
fn a_damaged_record_is_set_aside_and_never_sent() {
    for (from, to) in [("\"hour\"", "\"hou"), ("0.1.0", "0.1.1")] {
        let (dir, spool) = spool(1 << 20, 1000);
        spool.put(&record(1, "a"), None).unwrap();
        let waiting = spool.list().unwrap();
        let path = spool.path(&waiting[0]);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(from, to)).unwrap();

        assert!(spool.read(&waiting[0]).unwrap().is_none(), "{from}");

        assert!(spool.list().unwrap().is_empty());
        assert_eq!(fs::read_dir(dir.path().join("spool/aside")).unwrap().count(), 1);
    }
}

#[test]
fn a_crash_between_any_two_steps_leaves_no_half_record() {
    // write_whole: create the part, write it, rename it. A crash leaves a cut part, a whole part,
    // or the record.
    let whole = record(1, "a").encode();
    for cut in [0, 1, whole.len() / 2, whole.len()] {
        let (_dir, spool) = spool(1 << 20, 1000);
        let part = spool.folder.join(format!("{}.part", MeasurementId::of(&whole)));
        fs::write(&part, &whole[..cut]).unwrap();

        assert!(spool.list().unwrap().is_empty());
        spool.sweep().unwrap();

        assert!(!part.exists());
        spool.put(&record(1, "a"), None).unwrap();
        assert_eq!(spool.list().unwrap().len(), 1);
    }
}

#[test]
fn a_rejected_record_stays_with_its_reason() {
    let (dir, spool) = spool(1 << 20, 1000);
    spool.put(&record(1, "a"), None).unwrap();
    let waiting = spool.list().unwrap();

    spool.end(&waiting[0], Ended::Rejected, "too old a format").unwrap();

    assert!(spool.list().unwrap().is_empty());
    assert_eq!(spool.count(Ended::Rejected), 1);
    let note = dir.path().join(format!("spool/rejected/{}.reason.txt", waiting[0].id));
    assert_eq!(fs::read_to_string(note).unwrap(), "too old a format");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever somebody or a broken disk puts in the folder: nothing panics, real records are
    /// found, and nothing else is listed after it was read.
    #[test]
    fn arbitrary_contents_of_the_folder_are_survived(
        strange in proptest::collection::vec(
            (name(), proptest::collection::vec(any::<u8>(), 0..200), any::<bool>()),
            0..8,
        ),
    ) {
        let (_dir, spool) = spool(1 << 20, 1000);
        spool.put(&record(5, "a"), None).unwrap();
        for (name, bytes, is_folder) in &strange {
            let path = spool.folder.join(name);
            if *is_folder {
                fs::create_dir(&path).ok();
            } else {
                fs::write(&path, bytes).ok();
            }
        }

        for waiting in spool.list().unwrap() {
            spool.read(&waiting).unwrap();
        }
        let left = spool.list().unwrap();

        prop_assert_eq!(left.len(), 1);
        prop_assert_eq!(left[0].id, record(5, "a").id());
        spool.sweep().unwrap();
        spool.put(&record(6, "b"), None).unwrap();
        prop_assert_eq!(spool.list().unwrap().len(), 2);
    }
}

/// Names of files as they may lie there: near misses of our own, and anything.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{8}-[0-9a-f]{64}\\.json",
        "[0-9]{1,9}-[0-9a-f]{64}\\.json",
        "[0-9a-f]{64}\\.part",
        Just("aside".to_owned()),
        Just("rejected".to_owned()),
        "[a-zA-Z0-9 .а-я_-]{1,20}".prop_filter("no parent", |name| !name.starts_with('.')),
    ]
}

fn hours(spool: &Spool) -> Vec<u32> {
    spool.list().unwrap().iter().map(|one| one.hour.0).collect()
}

fn spool(bytes: u64, hours: u32) -> (tempfile::TempDir, Spool) {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(&dir.path().join("spool"), SpoolLimits { bytes, hours }).unwrap();
    (dir, spool)
}

fn record(hour: u32, name: &str) -> Measurement {
    Measurement {
        format: FORMAT.to_owned(),
        software: "0.1.0".into(),
        role: Role::Agent,
        credential: KeyText::new([1; 32]),
        kind: Kind::Web,
        target: format!("https://{name}.test/").parse().unwrap(),
        hour: Hour(hour),
        snapshot: Digest([0; 32]),
        network: None,
        run: RunFacts::default(),
        seen: Vec::new(),
        certificates: Certificates::default(),
        control: None,
        verdict: Verdict {
            state: Claimed::Inconclusive,
            layer: None,
            rule: RuleId::from("no_rule"),
            because: Vec::new(),
            layers: Vec::new(),
        },
        extra: BTreeMap::new(),
    }
}
