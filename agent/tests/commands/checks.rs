//! What the checks before a run find goes into every record, and is told in plain words.

use record::{Label, VoidReason};

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
