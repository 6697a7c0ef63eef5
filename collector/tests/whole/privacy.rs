//! No address of anybody who connects is kept or told, in any form.

use std::path::Path;

use crate::crash::Program;
use crate::made::{Job, Signer};
use crate::running::until;

#[test]
fn no_address_is_found_in_files_or_logs_whatever_is_sent_from_it() {
    let folder = tempfile::tempdir().unwrap();
    // The loudest logs there are.
    let program = Program::start(folder.path(), "trace");
    let snapshot = program.snapshot();
    let markers: [[u8; 4]; 3] = [[127, 83, 91, 37], [127, 203, 77, 149], [127, 1, 183, 211]];
    let signer = Signer::agent(1);

    for (number, marker) in (0_u32..).zip(markers) {
        let record = Job::new(&signer, &snapshot).in_round(number).dropped();
        assert_eq!(program.upload(&signer.batch(&[record]), marker).unwrap().status, 200);
        assert_eq!(program.upload(b"no batch", marker).unwrap().status, 400);
        let damaged = signer.batch(&[]).split_last().map(|(_, rest)| rest.to_vec()).unwrap();
        assert_eq!(program.upload(&damaged, marker).unwrap().status, 400);
        assert_eq!(program.upload(&signer.raw_batch(&[9; 40]), marker).unwrap().status, 200);
        for path in ["/api/v1/network", "/kk/", "/api/v1/nothing", "/api/v1/measurements?x=1"] {
            program.get_from(path, marker);
        }
    }
    until("everything is worked out", || program.is_settled());
    // The program is killed, so that the log of writes stays beside the database.
    let (data, logs) = program.kill_and_keep_logs();

    let mut places = vec![("logs".to_owned(), logs)];
    collect(&data, &mut places);
    let names: Vec<&str> = places.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.iter().any(|name| name.ends_with("-wal")), "{names:?}");
    assert!(places.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 100_000);
    for marker in markers {
        for form in forms(marker) {
            for (name, bytes) in &places {
                let found = bytes.windows(form.len()).any(|window| window == form);
                assert!(!found, "{marker:?} as {form:?} stands in {name}");
            }
        }
    }
    // The search itself finds what is there.
    let planted = [b"x".as_slice(), &forms(markers[0])[1]].concat();
    assert!(planted.windows(4).any(|window| window == forms(markers[0])[1]));
}

/// Returns the ways in which an address may be written; each may carry the last byte.
fn forms(marker: [u8; 4]) -> Vec<Vec<u8>> {
    let [a, b, c, d] = marker;
    let number = u32::from_be_bytes(marker);
    vec![
        format!("{a}.{b}.{c}.{d}").into_bytes(),
        marker.to_vec(),
        vec![d, c, b, a],
        format!("{number:08x}").into_bytes(),
        format!("{number:08X}").into_bytes(),
        number.to_string().into_bytes(),
        // As a prefix, the last byte left out.
        format!("{a}.{b}.{c}.0").into_bytes(),
        format!("{a}, {b}, {c}, {d}").into_bytes(),
    ]
}

fn collect(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, places);
        } else {
            places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}
