//! The person's own records in OONI's format.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use record::{Measurement, Role};

use crate::fake::{Fake, control};
use crate::person::{Came, Person};

const TARGETS: &[&str] = &["http://localhost/", "http://localhost/b"];

#[test]
fn what_waits_and_what_is_kept_is_written_once_each_a_line() {
    let (fake, person) = held();
    assert_eq!((person.count("spool"), person.count("records")), (2, 2));

    let came = person.does(&["export", "--format", "ooni"]);

    assert_eq!(came.code, 0, "{came:?}");
    let lines = lines(&came.out);
    let mut inputs: Vec<&str> = lines.iter().map(|line| line["input"].as_str().unwrap()).collect();
    inputs.sort_unstable();
    assert_eq!(inputs, TARGETS);
    for line in &lines {
        assert_eq!(line["test_name"], "web_connectivity");
        let read = ooni::read(line.to_string().as_bytes()).unwrap();
        assert_eq!(read.measurement.network.map(|asn| asn.0), Some(64500));
    }
    assert!(came.err.contains("not sent anywhere"), "{came:?}");
    assert_eq!(fake.batches().len(), 0);
}

#[test]
fn what_waits_is_written_even_where_nothing_is_kept_to_read() {
    let fake = Fake::start(TARGETS);
    let person = Person::with(&fake, "[keep]\nrecords_days = 0\n").agrees("hold");
    person.does(&["run"]);
    assert_eq!((person.count("spool"), person.count("records")), (2, 0));

    let came = person.does(&["export", "--format", "ooni"]);

    assert_eq!(lines(&came.out).len(), 2);
}

#[test]
fn fields_for_the_persons_address_hold_oonis_placeholders() {
    let (_fake, person) = held();

    for line in lines(&person.does(&["export", "--format", "ooni"]).out) {
        assert_eq!(line["probe_ip"], "127.0.0.1");
        assert_eq!(line["resolver_ip"], "127.0.0.2");
        assert_eq!(line["test_keys"]["client_resolver"], "");
        for query in line["test_keys"]["queries"].as_array().unwrap() {
            assert_eq!(query["resolver_address"], "");
        }
    }
}

#[test]
fn a_record_is_written_with_what_its_control_saw() {
    let fake = Fake::start(TARGETS);
    let at = control(Fake::key(), &format!("http://{}/", fake.at));
    fake.change(|snapshot| snapshot.controls.push(at));
    let person = Person::of(&fake).agrees("hold");
    person.does(&["run"]);
    let file = std::fs::read_dir(person.path("records")).unwrap().next().unwrap().unwrap();
    let seen = Measurement::decode(&std::fs::read(file.path()).unwrap()).unwrap();
    let outside = Measurement { role: Role::Control, credential: Fake::key(), ..seen };
    let (target, id) = (outside.target.clone(), outside.id());
    fake.sees_outside(outside);
    person.does(&["run", target.as_str()]);

    let lines = lines(&person.does(&["export", "--format", "ooni"]).out);

    assert_eq!(person.count("controls"), 1, "kept once, for {id}");
    let with_control = |line: &&Value| line["test_keys"]["control"]["dns"].is_object();
    let told: Vec<&Value> = lines.iter().filter(with_control).collect();
    assert_eq!((lines.len(), told.len()), (3, 1));
    assert_eq!(told[0]["input"], target.as_str());
}

#[test]
fn a_folder_gets_one_private_file_that_is_never_written_over() {
    let (_fake, person) = held();
    let folder = person.path("for ooni");
    let arguments = ["--json", "export", "--format", "ooni", "--out", folder.to_str().unwrap()];

    let first = person.does(&arguments);
    let file = folder.join("qoljetim-ooni.jsonl");
    let written = std::fs::read_to_string(&file).unwrap();
    let second = person.does(&arguments);

    let data = first.data();
    assert_eq!((&data["count"], &data["file"]), (&2.into(), &file.to_str().unwrap().into()));
    assert_eq!(lines(&written).len(), 2);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(second.code, 2, "{second:?}");
    assert!(second.err.contains("there already"), "{second:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_record_is_named_by_the_beginning_of_its_id() {
    let (_fake, person) = held();
    let listed = person.does(&["--json", "list"]).data();
    let id = listed["records"][0]["id"].as_str().unwrap();

    let one = person.does(&["--json", "export", "--format", "ooni", id.split_at(12).0, id]);

    let written = one.data()["measurements"].clone();
    assert_eq!(written.as_array().unwrap().len(), 1);
    assert_eq!(written[0]["annotations"]["qoljetim_id"], id);
    let code = |arguments: &[&str]| person.does(&[&["export"], arguments].concat()).code;
    assert_eq!(code(&["--format", "ooni", "no-such-id"]), 1);
    assert_eq!(code(&["--format", "ooni", ""]), 2);
    assert_eq!(code(&["--format", "pcap"]), 2);
    assert_eq!(code(&[]), 2);
}

#[test]
fn where_nothing_is_kept_or_the_folder_is_none_it_is_said() {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake);
    let empty = person.does(&["export", "--format", "ooni"]);
    assert_eq!((empty.code, empty.out.as_str()), (1, ""));
    assert!(empty.err.contains("nothing to export"), "{empty:?}");

    let (_fake, person) = held();
    std::fs::write(person.path("a file"), "").unwrap();
    let into = person.path("a file");
    let came = person.does(&["export", "--format", "ooni", "--out", into.to_str().unwrap()]);

    assert_eq!(came.code, 1, "{came:?}");
    assert!(came.err.contains("could not be written"), "{came:?}");
}

#[test]
fn a_damaged_record_is_left_out_and_counted() {
    let (_fake, person) = held();
    for folder in ["records", "spool"] {
        let entries = std::fs::read_dir(person.path(folder)).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "json"));
        files.sort();
        std::fs::write(&files[0], "{").unwrap();
    }

    let came = person.does(&["export", "--format", "ooni"]);

    assert_eq!((came.code, lines(&came.out).len()), (0, 1), "{came:?}");
    assert!(came.err.contains("1 record was damaged"), "{came:?}");
}

/// Somebody with two records, kept to read and waiting to be sent.
fn held() -> (Fake, Person) {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("hold");
    let came: Came = person.does(&["--json", "run"]);
    assert_eq!(came.data()["held"], 2, "{came:?}");
    (fake, person)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
