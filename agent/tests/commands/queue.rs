//! Sending: nothing is removed without a receipt, nothing is sent that should not be.

use std::collections::BTreeSet;

use crate::fake::{Fake, Mood};
use crate::person::{Came, Person};

const TARGETS: &[&str] = &["http://localhost/", "http://localhost/b"];

#[test]
fn a_login_page_that_says_200_removes_nothing() {
    let (fake, person) = held();
    fake.set(Mood::Portal);

    let came = send(&person);

    assert_eq!(came.code, 6, "{came:?}");
    assert!(came.err.contains("login page"), "{came:?}");
    assert_eq!(person.count("spool"), 2);
    fake.set(Mood::Good);
    assert_eq!(send(&person).data()["sent"], 2);
    assert_eq!((person.count("spool"), fake.records().len()), (0, 2));
}

#[test]
fn an_empty_object_is_no_receipt_and_no_list() {
    let (fake, person) = held();
    fake.set(Mood::Braces);

    let came = send(&person);

    assert_eq!((came.code, person.count("spool")), (6, 2), "{came:?}");
    assert!(came.err.contains("login page") && !came.err.contains("error-"), "{came:?}");
    let lists = person.does(&["lists", "update"]);
    assert_eq!(lists.code, 6, "{lists:?}");
    assert!(!lists.err.contains("error-"), "{lists:?}");
}

#[test]
fn records_whose_key_is_gone_are_kept_and_nobody_is_blamed_for_it() {
    let (fake, person) = held();
    for key in std::fs::read_dir(person.path("keys")).unwrap().flatten() {
        std::fs::remove_file(key.path()).unwrap();
    }

    let came = send(&person);

    assert_eq!((&came.data()["unsendable"], &came.data()["rejected"]), (&2.into(), &0.into()));
    assert_eq!((person.count("spool"), person.count("spool/unsendable")), (0, 2));
    assert!(fake.batches().is_empty());
    let told = person.does(&["queue", "list"]).out;
    assert!(told.contains("key") && !told.contains("rejected"), "{told}");
}

#[test]
fn a_receipt_of_another_key_or_for_another_batch_removes_nothing() {
    for mood in [Mood::WrongKey, Mood::OtherBatch] {
        let (fake, person) = held();
        fake.set(mood);

        assert_eq!(send(&person).code, 7, "{mood:?}");

        assert_eq!(person.count("spool"), 2, "{mood:?}");
    }
}

#[test]
fn sending_again_after_a_lost_answer_is_sending_the_same_batch() {
    let (fake, person) = held();
    fake.set(Mood::Lost);
    assert_eq!(send(&person).code, 6);
    fake.set(Mood::Good);

    assert_eq!(send(&person).code, 0);

    let batches = fake.batches();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches.iter().collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn a_batch_that_is_never_taken_is_kept_with_the_reason_and_not_sent_again() {
    let (fake, person) = held();
    fake.set(Mood::Reject);

    let came = send(&person);

    assert_eq!(came.data()["rejected"], 2);
    assert_eq!((person.count("spool"), person.count("spool/rejected")), (0, 2));
    send(&person);
    assert_eq!(fake.batches().len(), 1);
    assert!(person.does(&["queue", "list"]).out.contains("rejected"));
}

#[test]
fn a_server_that_asks_to_wait_is_left_alone_but_for_a_day_at_most() {
    let (fake, person) = held();
    fake.set(Mood::Busy);
    assert_eq!(send(&person).code, 6);
    fake.set(Mood::Good);

    assert_eq!(send(&person).code, 6);
    assert_eq!(fake.batches().len(), 1);

    let mut tomorrow = person.command(&["queue", "send"]);
    let code = tomorrow.env("QOLJETIM_CLOCK_OFFSET", "86500").status().unwrap().code();
    assert_eq!((code, fake.records().len()), (Some(0), 2));
}

#[test]
fn held_records_wait_for_the_person_and_local_ones_never_leave() {
    let (fake, person) = held();
    assert_eq!(fake.batches().len(), 0);
    assert_eq!(
        person.does(&["--json", "queue", "list"]).data()["waiting"].as_array().unwrap().len(),
        2
    );

    let local = Person::of(&fake).agrees("local");
    assert_eq!(local.does(&["run"]).code, 4);
    assert_eq!(local.does(&["queue", "send"]).code, 3);
    assert_eq!((local.count("spool"), local.count("records")), (0, 2));

    let unsent = Person::of(&fake).agrees("send");
    unsent.does(&["run", "--no-send"]);
    assert_eq!((unsent.count("spool"), fake.batches().len()), (2, 0));
}

/// Somebody with two records that wait.
fn held() -> (Fake, Person) {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("hold");
    let came = person.does(&["--json", "run"]);
    assert_eq!(came.data()["held"], 2, "{came:?}");
    (fake, person)
}

fn send(person: &Person) -> Came {
    person.does(&["--json", "queue", "send"])
}
