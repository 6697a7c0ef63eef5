//! Nothing happens without consent.

use crate::fake::Fake;
use crate::person::Person;

#[test]
fn without_consent_nothing_is_measured_and_nobody_is_contacted() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake);

    for command in [&["run"][..], &["lists", "update"], &["network"], &["queue", "send"]] {
        let came = person.does(command);
        assert_eq!(came.code, 3, "{command:?} {came:?}");
        assert!(came.err.contains("consent show"), "{came:?}");
    }
    for command in [&["consent", "show"][..], &["list"], &["queue", "list"], &["lists", "show"]] {
        assert_eq!(person.does(command).code, 0, "{command:?}");
    }

    assert_eq!(fake.connections(), 0);
    assert_eq!(person.count("records") + person.count("spool"), 0);
}

#[test]
fn the_statement_can_be_read_in_three_languages_and_agreed_to_by_its_id() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake);
    for (lang, words) in [("kk", "Еріктілік"), ("ru", "Добровольность"), ("en", "Free will")]
    {
        let shown = person.does(&["--lang", lang, "consent", "show"]);
        assert!(shown.out.contains(words), "{shown:?}");
        let id =
            person.does(&["--lang", lang, "--json", "consent", "show"]).data()["statement"].clone();
        let id = id.as_str().unwrap();
        assert!(id.starts_with(lang) && shown.out.contains(id));

        let accepted = person.does(&["consent", "accept", "--statement", id, "--sharing", "local"]);
        assert_eq!(accepted.code, 0, "{accepted:?}");
    }

    let wrong = ["consent", "accept", "--statement", "en-1-00000000", "--sharing", "send"];
    assert_eq!(person.does(&wrong).code, 2);
    let unsaid = ["consent", "accept", "--statement", "en-1-00000000"];
    assert_eq!(person.does(&unsaid).code, 2, "sharing has no default");
}

#[test]
fn withdrawing_stops_everything() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake).agrees("hold");
    assert_eq!(person.does(&["run"]).code, 4);
    let before = fake.connections();

    let withdrawn = person.does(&["--json", "consent", "withdraw"]);

    assert_eq!(withdrawn.data()["unsent"], 1);
    assert_eq!(person.does(&["run"]).code, 3);
    assert_eq!(person.does(&["queue", "send"]).code, 3);
    assert_eq!(fake.connections(), before);
}
