//! What the checks before a run find goes into every record, and is told in plain words.

use record::{Label, Measurement, Timestamp, VoidReason};

use crate::fake::{Fake, Mood, control};
use crate::person::Person;

#[test]
fn behind_a_login_page_records_are_kept_as_void_and_the_person_is_told() {
    let (fake, person) = with_beacon();
    assert_eq!(person.does(&["lists", "update"]).code, 0);
    fake.set(Mood::Portal);

    let came = person.does(&["run"]);

    assert_eq!(came.code, 4, "{came:?}");
    assert!(came.err.contains("Log in first"), "{came:?}");
    assert_eq!(person.count("spool"), 1);
    fake.set(Mood::Good);
    assert_eq!(person.does(&["queue", "send"]).code, 0);
    assert_eq!(fake.records()[0].run.void[0], VoidReason::CaptivePortal);
}

#[test]
fn a_clock_that_is_off_is_told_and_stands_in_the_record() {
    let (fake, person) = with_beacon();

    let mut run = person.command(&["run"]);
    let came = run.env("QOLJETIM_CLOCK_OFFSET", "300").output().unwrap();

    let said = String::from_utf8(came.stderr).unwrap();
    assert!(said.contains("clock is more than a minute off"), "{said}");
    assert_eq!(person.does(&["queue", "send"]).code, 0);
    assert_eq!(fake.records()[0].run.labels, [Label::ClockOff]);
}

#[test]
fn with_a_clock_that_is_days_off_records_are_made_that_say_so() {
    for offset in ["-300000", "300000000"] {
        let (_fake, person) = with_beacon();

        let mut run = person.command(&["run"]);
        let came = run.env("QOLJETIM_CLOCK_OFFSET", offset).output().unwrap();

        let said = String::from_utf8(came.stderr).unwrap();
        assert!(said.contains("more than a day off"), "{said}");
        assert_eq!((came.status.code(), person.count("spool")), (Some(4), 1), "{said}");
        let file = std::fs::read_dir(person.path("records")).unwrap().next().unwrap().unwrap();
        let record = Measurement::decode(&std::fs::read(file.path()).unwrap()).unwrap();
        assert!(record.run.void.contains(&VoidReason::WrongClock), "{:?}", record.run);
    }
}

#[test]
fn lists_that_are_not_in_force_by_a_clock_that_is_right_stop_the_run() {
    let (fake, person) = with_beacon();
    fake.change(|snapshot| snapshot.expires = Timestamp(snapshot.issued.0 - 1));

    let came = person.does(&["run"]);

    assert!(came.err.contains("expired"), "{came:?}");
    assert_eq!((came.code, person.count("spool")), (4, 0));
}

#[test]
fn a_good_line_is_not_talked_about() {
    let (fake, person) = with_beacon();

    let came = person.does(&["run"]);

    assert!(!came.err.contains("Noted"), "{came:?}");
    assert_eq!(person.does(&["queue", "send"]).code, 0);
    let run = fake.records()[0].run.clone();
    assert!(run.labels.is_empty() && !run.void.contains(&VoidReason::CaptivePortal), "{run:?}");
}

/// Somebody whose lists name a control with a beacon.
fn with_beacon() -> (Fake, Person) {
    let fake = Fake::start(&["http://localhost/"]);
    let mut beacon = control(Fake::key(), &format!("http://{}/", fake.at));
    beacon.beacon_http = fake.at;
    fake.change(|snapshot| snapshot.controls.push(beacon));
    let person = Person::of(&fake).agrees("hold");
    (fake, person)
}
