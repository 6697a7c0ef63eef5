//! Every seed, and twenty thousand changed ones a target, by the very functions that libFuzzer runs.
//! The changes are drawn from a fixed beginning: a failure is the same on every machine.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use fuzz_targets::TARGETS;

use netlab::hello::{self, Opening};

#[test]
fn dns_answers() {
    replay("dns_answer", 20_000);
}

#[test]
fn keys_of_encrypted_hellos() {
    replay("ech_config", 20_000);
}

#[test]
fn tls_records() {
    replay("tls_record", 20_000);
}

#[test]
fn quic_initials() {
    replay("quic_initial", 20_000);
}

#[test]
fn answers_of_web_servers() {
    replay("http_head", 20_000);
}

#[test]
fn measurements_of_oonis() {
    replay("ooni_read", 20_000);
}

#[test]
fn records() {
    replay("record_decode", 20_000);
}

#[test]
fn batches() {
    replay("batch_decode", 20_000);
}

#[test]
fn lists() {
    // Each is written to a file first.
    replay("lists", 5_000);
}

#[test]
fn every_target_has_seeds_and_a_program() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let mut folders: Vec<String> = fs::read_dir(fuzz().join("corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut names = TARGETS.map(|(name, _)| name);
    names.sort_unstable();

    assert_eq!(folders, names);
    for name in names {
        assert!(seeds(name).len() >= 20, "{name} has {} seeds", seeds(name).len());
        let program = format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&program), "{name} has no program");
        assert!(fuzz().join(format!("fuzz_targets/{name}.rs")).exists(), "{name}");
    }
}

/// Seeds that nothing reads would only ever try the first line of a reader.
#[test]
fn whole_seeds_are_read_whole() {
    let seed = |path: &str| fs::read(fuzz().join("corpus").join(path)).unwrap();
    let named = Opening::Named("news.test".to_owned());
    let mut initials = hello::quic::Initials::default();

    for hello in ["hello", "in-small-records"] {
        assert_eq!(hello::tls(&seed(&format!("tls_record/{hello}"))), named, "{hello}");
    }
    assert_eq!(hello::http(&seed("tls_record/request")), named);
    assert_eq!(initials.add(&seed("quic_initial/two-frames")), named);
    assert_eq!(ooni::read(&seed("ooni_read/whole")).unwrap().measurement.seen.len(), 4);
    assert!(record::Measurement::decode(&seed("record_decode/robot_check")).is_ok());
    assert!(record::Batch::from_bytes(&seed("batch_decode/envelope")).is_ok());
    let key = String::from_utf8(seed("ech_config/one")).unwrap();
    assert!(agent::probe::ech::key(&key).is_ok());
    let lists = String::from_utf8(seed("lists/citizenlab")[1..].to_vec()).unwrap();
    assert_eq!(testlists::citizenlab::read(&lists).unwrap().len(), 1);
}

fn replay(name: &str, cases: u64) {
    let (_, target) = TARGETS.into_iter().find(|(own, _)| *own == name).unwrap();
    let seeds = seeds(name);
    let wished = std::env::var_os("FUZZ_CASES");
    let cases = wished.map_or(cases, |wished| wished.to_str().unwrap().parse().unwrap());
    let run = |what: &str, bytes: &[u8]| {
        if catch_unwind(|| target(bytes)).is_err() {
            panic!("{name}: {what} ({} bytes): {}", bytes.len(), bytes.escape_ascii());
        }
    };
    for (file, bytes) in &seeds {
        run(file, bytes);
    }
    for case in 0..cases {
        let mut draw = Draw(0x9e37_79b9 ^ case.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let (file, bytes) = draw.of(&seeds);
        let changed = changed(bytes.clone(), &seeds, &mut draw);
        run(&format!("{file}, case {case}"), &changed);
    }
}

/// Changes bytes one to four times: a bit, a byte, a cut, a part twice, or a part of another seed.
fn changed(mut bytes: Vec<u8>, seeds: &[(String, Vec<u8>)], draw: &mut Draw) -> Vec<u8> {
    for _ in 0..=draw.below(4) {
        let (from, to) = (draw.below(bytes.len() + 1), draw.below(bytes.len() + 1));
        let part = from.min(to)..from.max(to);
        match draw.below(7) {
            0 => bytes.truncate(from),
            1 => drop(bytes.drain(part)),
            2 => {
                let twice = bytes[part].to_vec();
                bytes.splice(from..from, twice);
            }
            3 => {
                let (_, other) = draw.of(seeds);
                let (begin, end) = (draw.below(other.len() + 1), draw.below(other.len() + 1));
                let other = other[begin.min(end)..begin.max(end)].to_vec();
                bytes.splice(part, other);
            }
            4 => {
                let odd = [0, 1, 0x7f, 0x80, 0xc0, 0xff, b'"', b'\n', b'{'];
                let byte = odd[draw.below(odd.len())];
                bytes.insert(from, byte);
            }
            _ if bytes.is_empty() => {}
            5 => {
                let at = draw.below(bytes.len());
                bytes[at] ^= 1 << draw.below(8);
            }
            _ => {
                let at = draw.below(bytes.len());
                bytes[at] = u8::try_from(draw.below(256)).unwrap();
            }
        }
        bytes.truncate(64 << 10);
    }
    bytes
}

/// `SplitMix64` (Steele, Lea and Flood, 2014).
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % most as u64).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn seeds(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(name);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| (path.display().to_string(), fs::read(path).unwrap());
    files.iter().map(read).collect()
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
