//! The quiet pace.

use std::net::UdpSocket;
use std::process::Stdio;
use std::time::{Duration, Instant};

use testlists::PublicResolver;

use crate::fake::Fake;
use crate::person::Person;

const WHOLE: &str = "[watch]\ngap_seconds = [0, 0]\nshare_percent = [100, 100]\n";

#[test]
fn a_round_takes_its_share_of_the_list() {
    let names: Vec<String> = (0..6).map(|n| format!("http://localhost/{n}")).collect();
    let fake = Fake::start(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let half = WHOLE.replace("[100, 100]", "[50, 50]");
    let person = Person::with(&fake, &half).agrees("hold");

    let came = person.does(&["watch", "--once"]);

    assert_eq!((came.code, person.count("spool")), (0, 3), "{came:?}");
    assert!(fake.batches().is_empty());
}

#[test]
fn records_are_sent_within_the_hours_of_the_settings_and_not_before() {
    let fake = Fake::start(&["http://localhost/"]);
    let at_once = format!("{WHOLE}upload_delay_hours = 0\n");
    let late = format!("{WHOLE}upload_delay_hours = 5000000\n");
    let (person, patient) = (Person::with(&fake, &at_once), Person::with(&fake, &late));

    assert_eq!(person.agrees("send").does(&["watch", "--once"]).code, 0);
    assert_eq!(fake.records().len(), 1);
    let patient = patient.agrees("send");
    assert_eq!(patient.does(&["watch", "--once"]).code, 0);

    assert_eq!((fake.records().len(), patient.count("spool")), (1, 1));
}

#[test]
fn without_consent_nothing_is_watched() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::with(&fake, WHOLE);

    assert_eq!(person.does(&["watch", "--once"]).code, 3);
    assert_eq!(person.does(&["watch"]).code, 3);

    assert_eq!(fake.connections(), 0);
}

#[test]
fn the_first_round_is_put_off_and_a_restart_does_not_draw_again() {
    let fake = Fake::start(&["http://localhost/"]);
    let late = format!("{WHOLE}first_minutes = 2800\n");
    let person = Person::with(&fake, &late).agrees("hold");
    let start = || {
        let mut command = person.command(&["watch"]);
        command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    };
    let stopped = |mut child: std::process::Child| {
        let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        std::io::BufRead::read_line(&mut said, &mut line).unwrap();
        assert!(line.contains("quietly"), "{line}");
        let pace = std::fs::read_to_string(person.path("pace.json")).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        pace
    };

    let first = stopped(start());
    let again = stopped(start());

    assert_eq!(first, again);
    assert_eq!((fake.connections(), person.count("spool")), (0, 0));
}

#[test]
fn a_round_that_was_killed_goes_on_where_it_was() {
    let names: Vec<String> = (0..6).map(|n| format!("http://localhost/{n}")).collect();
    let fake = Fake::start(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = Some(silent.local_addr().unwrap());
    let resolver = PublicResolver { id: "silent".into(), udp: at, doh: None };
    fake.change(|snapshot| snapshot.resolvers.push(resolver));
    let slow = format!("{WHOLE}[limits]\ndns_timeout_ms = 300\n");
    let person = Person::with(&fake, &slow).agrees("hold");
    let mut first = person.command(&["watch", "--once"]);
    let mut first = first.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(30);
    while person.count("spool") < 2 {
        assert!(Instant::now() < patience, "the first two targets took too long");
        std::thread::yield_now();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let kept = person.count("spool");

    let came = person.does(&["watch", "--once"]);

    assert!(came.err.contains("cut off"), "{came:?}");
    // A record may be safe on disk before the journal says so.
    assert!((6..=7).contains(&person.count("spool")), "{kept} kept before: {came:?}");
}
