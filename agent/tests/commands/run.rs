//! Runs from lists to receipts.

use crate::fake::Fake;
use crate::person::Person;

const TARGETS: &[&str] = &["http://localhost/", "http://localhost/b", "https://localhost/"];

#[test]
fn a_run_measures_the_list_keeps_the_records_and_sends_them() {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("send");

    let came = person.does(&["--json", "run"]);

    // Loopback addresses are never connected to, so the known-good controls fail: nothing counts.
    assert_eq!(came.code, 4, "{came:?}");
    let data = came.data();
    assert_eq!((&data["sent"], &data["held"]), (&3.into(), &0.into()));
    let measured = data["measurements"].as_array().unwrap();
    assert_eq!(measured.len(), 3);
    for one in measured {
        assert_eq!((&one["state"], &one["rule"]), (&"void".into(), &"void_controls".into()));
        assert!(one["id"].as_str().unwrap().len() == 64 && one["verdict"].is_object());
    }
    let mut sent: Vec<String> =
        fake.records().iter().map(|record| record.target.to_string()).collect();
    sent.sort();
    assert_eq!(sent, ["http://localhost/", "http://localhost/b", "https://localhost/"]);
    assert!(fake.records().iter().all(|record| record.network.is_some_and(|asn| asn.0 == 64500)));
    assert_eq!((person.count("spool"), person.count("records")), (0, 3));
}

#[test]
fn what_is_shown_of_a_record_is_what_was_sent() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake).agrees("send");
    person.does(&["run"]);

    let listed = person.does(&["--json", "list"]).data();
    let id = listed["records"][0]["id"].as_str().unwrap().to_owned();
    let shown = person.does(&["--json", "show", id.split_at(10).0]).data();

    let sent = serde_json::to_value(&fake.records()[0]).unwrap();
    assert_eq!(shown, sent);
    let text = person.does(&["show", &id]).out;
    assert!(text.contains("lookup localhost @system") && text.contains("127.0.0.1"), "{text}");
    assert_eq!(person.does(&["show", "ffff"]).code, 1);
}

#[test]
fn only_what_is_on_the_list_is_tested_and_never_what_the_person_excludes() {
    let fake = Fake::start(TARGETS);
    let person = Person::with(&fake, "never = [\"ip6-loopback\"]\n").agrees("hold");
    fake.change(|snapshot| {
        let mut never = snapshot.targets[0].clone();
        never.target = "http://ip6-loopback/".parse().unwrap();
        snapshot.targets.push(never);
    });

    let one = person.does(&["--json", "run", "http://localhost/b"]);
    assert_eq!(one.data()["measurements"].as_array().unwrap().len(), 1);
    assert_eq!(person.does(&["run", "https://elsewhere.test/"]).code, 2);
    let never = person.does(&["run", "http://ip6-loopback/"]);
    assert_eq!(never.code, 2);
    assert!(never.err.contains("\"never\""), "{never:?}");
    assert_eq!(person.does(&["run", "no address"]).code, 2);

    let all = person.does(&["--json", "run"]);
    assert_eq!(all.data()["measurements"].as_array().unwrap().len(), 3);
}

#[test]
fn sensitive_targets_are_tested_only_by_those_who_choose_to() {
    let fake = Fake::start(TARGETS);
    fake.change(|snapshot| snapshot.targets[0].tier = testlists::Tier::Sensitive);
    let measured = |person: &Person| {
        person.does(&["--json", "run"]).data()["measurements"].as_array().unwrap().len()
    };

    assert_eq!(measured(&Person::of(&fake).agrees("hold")), 2);
    assert_eq!(measured(&Person::with(&fake, "sensitive = true\n").agrees("hold")), 3);
}

#[test]
fn rounds_number_the_blocks_of_one_hour_anew() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake).agrees("local");

    let came = person.does(&["--json", "run", "--rounds", "3"]);

    assert_eq!(came.data()["measurements"].as_array().unwrap().len(), 3);
    let rounds = std::fs::read_to_string(person.path("rounds.json")).unwrap();
    let rounds: serde_json::Value = serde_json::from_str(&rounds).unwrap();
    // An hour may have begun between two of them.
    let next = rounds["next"]["http://localhost/"].as_u64().unwrap();
    assert!([2, 4, 6].contains(&next), "two numbers a job: {rounds}");
}

#[test]
fn a_list_of_another_key_an_old_one_and_an_expired_one_are_refused() {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("hold");
    let update = || person.does(&["lists", "update"]).code;

    assert_eq!(update(), 0);
    fake.change(|snapshot| snapshot.issued = snapshot.issued.shifted(-60));
    assert_eq!(update(), 7, "older than the one that is there");
    fake.change(|snapshot| snapshot.issued = snapshot.issued.shifted(120));
    fake.lose_key();
    assert_eq!(update(), 7, "signed with another key");

    let mut late = person.command(&["run"]);
    let code = late.env("QOLJETIM_CLOCK_OFFSET", "100000").status().unwrap().code();
    assert_eq!(code, Some(7), "expired, and the new one has another key");
    assert_eq!(person.count("spool"), 0);
}

#[test]
fn without_a_collector_a_good_list_still_serves_and_one_that_expired_lately_too() {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("send");
    assert_eq!(person.does(&["lists", "update"]).code, 0);
    lose_collector(&fake, &person);

    let came = person.does(&["--json", "run"]);

    assert_eq!(came.code, 6, "{came:?}");
    assert_eq!((&came.data()["sent"], &came.data()["held"]), (&0.into(), &3.into()));
    let later = |seconds: &str| {
        let mut run = person.command(&["run", "--no-send"]);
        let came = run.env("QOLJETIM_CLOCK_OFFSET", seconds).output().unwrap();
        (came.status.code(), String::from_utf8(came.stderr).unwrap())
    };
    let (code, said) = later("172800");
    assert!(code == Some(4) && said.contains("It expired at"), "{code:?} {said}");
    let (code, said) = later("1728000");
    assert!(code == Some(6), "{code:?} {said}");
}

#[test]
fn a_list_that_was_handed_over_as_a_file_serves_as_one_that_was_fetched() {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("hold");
    lose_collector(&fake, &person);
    let file = person.path("list.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, fake.list()).unwrap();

    assert_eq!(person.does(&["run"]).code, 6, "there is no list yet");
    let taken = person.does(&["--json", "lists", "import", path]);

    assert_eq!(taken.data()["targets"], 3, "{taken:?}");
    let run = person.does(&["--json", "run"]);
    assert_eq!(run.data()["held"], 3, "{run:?}");
    fake.change(|snapshot| snapshot.issued = snapshot.issued.shifted(-60));
    std::fs::write(&file, fake.list()).unwrap();
    assert_eq!(person.does(&["lists", "import", path]).code, 7, "older than the one there");
    fake.lose_key();
    std::fs::write(&file, fake.list()).unwrap();
    assert_eq!(person.does(&["lists", "import", path]).code, 7, "another key");
    std::fs::write(&file, "{}").unwrap();
    let wrong = person.does(&["lists", "import", path]);
    assert!(wrong.code == 2 && !wrong.err.contains("error-"), "{wrong:?}");
    assert_eq!(fake.connections(), 0);
}

#[test]
fn settings_that_are_missing_or_wrong_are_told() {
    let fake = Fake::start(TARGETS);
    let person = Person::of(&fake).agrees("send");
    std::fs::write(person.path("agent.toml"), "").unwrap();
    let missing = person.does(&["run"]);
    std::fs::write(person.path("agent.toml"), "colector_url = 1").unwrap();
    let wrong = person.does(&["run"]);

    assert_eq!((missing.code, wrong.code), (2, 2));
    assert!(missing.err.contains("collector_url"), "{missing:?}");
    assert!(wrong.err.contains("colector_url"), "{wrong:?}");
}

/// Lets the settings name a collector that nobody runs.
fn lose_collector(fake: &Fake, person: &Person) {
    let settings = std::fs::read_to_string(person.path("agent.toml")).unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let moved = settings.replace(&fake.at.to_string(), &nobody.to_string());
    std::fs::write(person.path("agent.toml"), moved).unwrap();
}
