//! What becomes of records: taken or not, counted once, graded.

use record::{Asn, Digest, Hour, Measurement, Role, VoidReason};

use crate::made::{Job, Signer};
use crate::running::{NOON, Running, until};

#[test]
fn a_name_dropped_for_everybody_is_confirmed_with_its_layer_and_rule() {
    let running = Running::start();
    fill(&running, &[("127.1", 5)]);

    let cell = cell(&running, "north", "https://news.test/");

    assert_eq!(cell["word"], "confirmed", "{cell}");
    assert_eq!((&cell["layer"], &cell["rule"]), (&"tls".into(), &"tls_name_dropped".into()));
    assert_eq!((&cell["agents"], &cell["screens"]), (&5.into(), &10.into()));
    let evidence = running.get("/api/v1/evidence/north/news.test").json();
    assert_eq!(evidence["networks"][0]["grade"], "b", "{evidence}");
    assert_eq!(evidence["networks"][0]["abroad"], 2);
    assert_eq!(evidence["networks"][0]["site_blocks"], 10);
    assert_eq!(evidence["alternatives"][0]["finding"], "excluded");
    assert_eq!(evidence["measurements"].as_array().unwrap().len(), 14);
}

#[test]
fn what_fails_by_name_is_followed_with_its_provider_for_a_day() {
    let running = Running::start_with(|config| config.snapshot_ttl_s = 4 * 3600);
    fill(&running, &[("127.1", 5)]);
    let signer = Signer::agent(99);
    let calm = Job::new(&signer, &running.snapshot()).of("https://other.test/").reached();
    running.keep(&signer.batch(&[calm]), "127.2.0.1");
    running.settle();
    assert!(running.snapshot().0.followed.is_empty(), "issued before anything came");
    let followed = |hours: u32| {
        let issued = running.snapshot().0.issued;
        running.set_hour(Hour(NOON.0 + hours));
        until("a newer edition is issued", || running.snapshot().0.issued > issued);
        running.snapshot().0
    };

    let soon = followed(2);

    assert_eq!(soon.followed.len(), 1, "{:?}", soon.followed);
    assert_eq!(soon.followed_by("north"), ["https://news.test/".parse().unwrap()]);
    assert!(soon.followed_by("south").is_empty());
    assert!(followed(26).followed.is_empty(), "a day later");
}

#[test]
fn without_controls_nothing_is_confirmed() {
    let running = Running::start();
    let snapshot = running.snapshot();
    for number in 0..5 {
        let signer = Signer::agent(number);
        let job = Job::new(&signer, &snapshot);
        running.keep(&signer.batch(&[job.dropped()]), &format!("127.1.{number}.1"));
    }
    running.settle();

    let cell = cell(&running, "north", "https://news.test/");

    assert_ne!(cell["word"], "confirmed", "{cell}");
    assert_ne!(cell["word"], "likely", "{cell}");
}

#[test]
fn neighbours_and_copies_do_not_make_more_of_one_line() {
    let running = Running::start();
    let snapshot = running.snapshot();
    controls(&running);
    for number in 0..6 {
        let signer = Signer::agent(number);
        let job = Job::new(&signer, &snapshot);
        // All from one /24.
        running.keep(&signer.batch(&[job.dropped()]), &format!("127.1.7.{}", number + 1));
    }
    running.settle();

    let cell = cell(&running, "north", "https://news.test/");

    assert_eq!(cell["agents"], 6);
    assert!(!["confirmed", "likely"].contains(&cell["word"].as_str().unwrap()), "{cell}");
}

#[test]
fn a_record_in_two_batches_counts_once() {
    let running = Running::start();
    let signer = Signer::agent(1);
    let snapshot = running.snapshot();
    let record = Job::new(&signer, &snapshot).reached();
    let other = Job::new(&signer, &snapshot).of("https://other.test/").reached();
    running.keep(&signer.batch(&[record.clone(), record.clone()]), "127.1.0.1");
    running.keep(&signer.batch(&[other, record]), "127.1.0.1");
    running.settle();

    assert_eq!(running.counts()["measurements"], 2);
    assert_eq!(cell(&running, "north", "https://news.test/")["screens"], 1);
}

#[test]
fn hosting_unknown_carried_and_nameless_records_are_kept_but_not_counted() {
    let running = Running::start();
    let snapshot = running.snapshot();
    let agents: Vec<Signer> = (0..5).map(Signer::agent).collect();
    let job = |number: usize| Job::new(&agents[number], &snapshot);
    let carried = Job { network: Some(Asn(64_502)), ..job(2) };
    let at_home = job(3);
    let hosted = Job { network: Some(Asn(64_504)), ..job(0) };
    // Measured where the collector could not be asked; sent from wherever it could.
    let nameless = Job { network: None, ..job(4) };
    running.keep(&agents[0].batch(&[hosted.reached()]), "127.4.0.1");
    running.keep(&agents[1].batch(&[job(1).reached()]), "127.9.0.1");
    running.keep(&agents[4].batch(&[nameless.reached()]), "127.1.0.1");
    running.keep(&agents[2].batch(&[carried.reached()]), "127.1.0.1");
    running.keep(&agents[3].batch(&[at_home.reached()]), "127.1.0.1");
    running.settle();

    assert_eq!(running.counts()["measurements"], 5);
    assert_eq!(cell(&running, "north", "https://news.test/")["screens"], 1);
    let rows = running.get("/api/v1/measurements").json();
    let counted =
        rows["measurements"].as_array().unwrap().iter().filter(|row| row["counted"] == true);
    assert_eq!(counted.count(), 1);
}

#[test]
fn records_that_break_the_rules_are_not_taken_and_the_reason_is_counted() {
    let running = Running::start();
    let snapshot = running.snapshot();
    let signer = Signer::agent(1);
    let job = Job::new(&signer, &snapshot);
    let spoof = Job { role: Role::Control, ..job.clone() };
    let invented = Job { snapshot: Digest([9; 32]), ..job.clone() };
    let expired = snapshot.0.expires.hour().0;
    let bad = [
        Job::new(&Signer::agent(2), &snapshot).reached(),
        spoof.reached(),
        invented.reached(),
        job.of("https://elsewhere.test/").reached(),
        job.at(Hour(NOON.0 - 2)).reached(),
        job.at(Hour(NOON.0 + 2)).reached(),
        job.at(Hour(expired + 2)).reached(),
    ];
    running.keep(&signer.batch(&bad), "127.1.0.1");
    running.keep(&signer.batch(&[job.reached()]), "127.1.0.1");
    let text = zstd::bulk::compress(b"{}\nnot json\n", 3).unwrap();
    running.keep(&signer.raw_batch(&text), "127.1.0.1");
    running.settle();

    let counts = running.counts();
    assert_eq!(counts["measurements"], 1, "{counts}");
    assert_eq!(
        counts["rejected"],
        serde_json::json!({
            "other_credential": 1,
            "not_a_control": 1,
            "unknown_snapshot": 1,
            "unlisted_target": 1,
            "outside_snapshot": 2,
            "from_the_future": 1,
            "undecodable": 2,
        })
    );
    assert_eq!(running.get("/api/v1/matrix").json()["cells"][0]["screens"], 1);
}

#[test]
fn a_record_with_a_wrong_clock_is_kept_as_of_its_arrival_and_counts_nowhere() {
    let running = Running::start();
    let snapshot = running.snapshot();
    let signer = Signer::agent(1);
    let job = Job::new(&signer, &snapshot);
    let mut off = job.at(Hour(NOON.0 - 48)).reached();
    off.run.void = vec![VoidReason::WrongClock];

    running.keep(&signer.batch(&[off.clone()]), "127.1.0.1");
    running.settle();

    let counts = running.counts();
    assert_eq!(counts["measurements"], 1, "{counts}");
    let row = running.get("/api/v1/measurements").json()["measurements"][0].clone();
    assert_eq!((&row["counted"], &row["hour"]), (&false.into(), &NOON.0.into()), "{row}");
    let view = running.get(&format!("/api/v1/measurements/{}", off.id())).json();
    assert_eq!(view["verdict"]["state"], "void");
}

#[test]
fn a_poisoned_batch_is_set_aside_and_the_others_are_read() {
    let running = Running::start();
    let snapshot = running.snapshot();
    let signer = Signer::agent(1);
    running.keep(&signer.raw_batch(b"no zstd at all"), "127.1.0.1");
    running.keep(&signer.raw_batch(&bomb()), "127.1.0.1");
    running.keep(&signer.batch(&vec![Job::new(&signer, &snapshot).reached(); 501]), "127.1.0.1");
    running.keep(&signer.batch(&[Job::new(&signer, &snapshot).reached()]), "127.1.0.1");
    running.settle();

    let counts = running.counts();
    assert_eq!((&counts["opened"], &counts["measurements"]), (&4.into(), &1.into()));
    assert_eq!(
        counts["quarantined"],
        serde_json::json!({
            "not_decompressed": 1, "too_long_when_opened": 1, "too_many_records": 1,
        })
    );
}

#[test]
fn who_breaks_the_drawn_order_loses_the_day_for_every_target() {
    let running = Running::start();
    let snapshot = running.snapshot();
    controls(&running);
    let (honest, cheat) = (Signer::agent(1), Signer::agent(2));
    let job = |signer: &Signer| Job::new(signer, &snapshot);
    running.keep(&honest.batch(&[job(&honest).dropped()]), "127.1.1.1");
    running.keep(&cheat.batch(&[job(&cheat).of("https://other.test/").dropped()]), "127.1.2.1");
    running.settle();
    let before = cell(&running, "north", "https://other.test/");
    assert_eq!((&before["screens"], &before["void"]), (&1.into(), &0.into()));

    running.keep(&cheat.batch(&[job(&cheat).out_of_order()]), "127.1.2.1");
    running.settle();

    let news = cell(&running, "north", "https://news.test/");
    assert_eq!((&news["screens"], &news["void"]), (&1.into(), &1.into()), "{news}");
    let other = cell(&running, "north", "https://other.test/");
    assert_eq!((&other["screens"], &other["void"]), (&0.into(), &1.into()), "{other}");
    let rows = running.get("/api/v1/measurements?state=void").json();
    assert_eq!(rows["measurements"].as_array().unwrap().len(), 2);
}

#[test]
fn an_agents_word_about_trust_is_not_believed() {
    let running = Running::start();
    controls(&running);
    let signer = Signer::agent(1);
    // It says "trusted" of a listed interceptor's certificate.
    let record = Job::new(&signer, &running.snapshot()).intercepted();
    running.keep(&signer.batch([&record]), "127.1.0.1");
    running.settle();

    let found = running.get(&format!("/api/v1/measurements/{}", record.id())).json();

    assert_eq!(found["verdict"]["state"], "interference", "{}", found["verdict"]);
    assert_eq!(found["verdict"]["rule"], "tls_interception_listed");
    let raw = running.get(&format!("/api/v1/measurements/{}/raw", record.id())).body;
    assert_eq!(raw, record.encode());
}

#[test]
fn an_interceptors_certificate_on_two_lines_is_an_artefact_that_confirms() {
    let running = Running::start();
    controls(&running);
    let snapshot = running.snapshot();
    for number in 0..2 {
        let signer = Signer::agent(number);
        let record = Job::new(&signer, &snapshot).intercepted();
        running.keep(&signer.batch(&[record]), &format!("127.1.{number}.1"));
    }
    running.settle();

    let evidence = running.get("/api/v1/evidence/north/news.test").json();

    assert_eq!(evidence["cell"]["grade"], "a", "{evidence}");
    assert_eq!(evidence["artefacts"][0]["authority"], "listed");
    assert_eq!(evidence["artefacts"][0]["agents"], 2);
    assert!(evidence["artefacts"][0]["issuer"].as_str().unwrap().contains("Listed Authority"));
}

#[test]
fn a_control_that_comes_late_changes_what_it_speaks_for() {
    let running = Running::start();
    let snapshot = running.snapshot();
    let (signer, control) = (Signer::agent(1), Signer::control(1));
    let record = Job::new(&signer, &snapshot).silent();
    let later = Job::new(&signer, &snapshot).of("https://other.test/").silent();
    let state = |record: &Measurement| {
        let found = running.get(&format!("/api/v1/measurements/{}", record.id())).json();
        found["verdict"]["state"].as_str().unwrap().to_owned()
    };
    running.keep(&signer.batch([&record, &later]), "127.1.0.1");
    running.settle();
    let before = state(&record);

    let outside = Job::by_control(1, &snapshot).at(Hour(NOON.0 - 1)).silent();
    running.keep(&control.batch([&outside]), "127.9.0.1");
    running.settle();

    assert_eq!((before.as_str(), state(&record).as_str()), ("inconclusive", "down"));
    assert_eq!(state(&later), "inconclusive", "another target's control");
}

#[test]
fn a_named_control_is_heard_unless_it_is_of_another_target_or_another_half_day() {
    let running = Running::start();
    let snapshot = running.snapshot();
    let (signer, control) = (Signer::agent(1), Signer::control(1));
    running.set_hour(Hour(NOON.0 + 9));
    let outside = |target: &str, hour| Job::by_control(1, &snapshot).of(target).at(Hour(hour));
    let (here, elsewhere) = ("https://news.test/", "https://other.test/");
    let after = outside(here, NOON.0 + 2).silent();
    let other = outside(elsewhere, NOON.0 + 2).silent();
    let far = outside(here, NOON.0 + 9).silent();
    running.keep(&control.batch([&after, &other, &far]), "127.9.0.1");
    let naming = |control: &Measurement, round: u32| {
        let mut record = Job::new(&signer, &snapshot).silent();
        record.control = Some(control.id());
        record.run.roots = format!("made in round {round}");
        running.keep(&signer.batch([&record]), "127.1.0.1");
        running.settle();
        let found = running.get(&format!("/api/v1/measurements/{}", record.id())).json();
        found["verdict"]["state"].as_str().unwrap().to_owned()
    };

    assert_eq!(naming(&after, 0), "down");
    assert_eq!(naming(&other, 1), "inconclusive");
    assert_eq!(naming(&far, 2), "inconclusive");
}

#[test]
fn a_provider_with_two_networks_is_told_with_their_number() {
    let running = Running::start();
    fill(&running, &[("127.2", 5)]);
    let signer = Signer::agent(77);
    let job = Job { network: Some(Asn(64_503)), ..Job::new(&signer, &running.snapshot()) };
    running.keep(&signer.batch(&[job.reached()]), "127.3.0.1");
    running.settle();

    let cell = cell(&running, "south", "https://news.test/");

    assert_eq!((&cell["grade"], &cell["networks"]), (&"b".into(), &serde_json::json!([1, 2])));
    assert_eq!(cell["agents"], 6);
}

#[test]
fn a_day_is_graded_for_good_and_what_comes_later_waits_for_the_next_look() {
    let running = Running::start();
    fill(&running, &[("127.1", 5)]);
    let late = Signer::agent(90);
    let record = Job::new(&late, &running.snapshot()).reached();
    let day = NOON.local_day();
    let end = record::Day(day.0 + 1).first_hour();
    let is_closed = || running.get("/api/v1/matrix").json()["closed"] == true;

    running.set_hour(Hour(end.0 + 5));
    running.keep(&late.raw_batch(b"wakes the worker"), "127.1.9.1");
    running.settle();
    assert!(!is_closed());
    running.set_hour(Hour(end.0 + 6));
    until("the day is closed", is_closed);
    running.settle();
    let graded = running.get("/api/v1/matrix").body;
    running.keep(&late.batch([&record]), "127.1.9.1");
    running.settle();

    assert_eq!(running.get("/api/v1/matrix").body, graded);
    let row = running.get(&format!("/api/v1/measurements/{}", record.id())).json();
    assert_eq!(row["row"]["counted"], false);
    assert_eq!(running.get("/api/v1/days").json()["days"][0]["more_since"], true);
    running.set_hour(Hour(end.0 + 30));
    until("there is a second look", || {
        running.get("/api/v1/days").json()["days"][0]["revision"] == 1
    });
    running.settle();
    assert_eq!(cell(&running, "north", "https://news.test/")["agents"], 6);
}

/// Uploads what two controls in two countries saw of both sites, twice.
pub(crate) fn controls(running: &Running) {
    let snapshot = running.snapshot();
    for number in [1, 2] {
        let job = Job::by_control(number, &snapshot);
        let records = [
            job.reached(),
            job.of("https://other.test/").reached(),
            job.at(Hour(NOON.0 - 1)).reached(),
            job.of("https://other.test/").at(Hour(NOON.0 - 1)).reached(),
        ];
        running.keep(&Signer::control(number).batch(&records), "127.9.0.1");
    }
    running.settle();
}

/// Uploads controls, and from each network some agents for whom the name is dropped twice while
/// the other site is reached.
pub(crate) fn fill(running: &Running, networks: &[(&str, u32)]) {
    controls(running);
    let snapshot = running.snapshot();
    for (network, agents) in networks {
        for number in 0..*agents {
            let signer = Signer::agent(100 + number + 50 * u32::from(network.as_bytes()[4]));
            let asn = Asn(64_500 + u32::from(network.as_bytes()[4] - b'0'));
            let job = Job { network: Some(asn), ..Job::new(&signer, &snapshot) };
            let earlier = job.at(Hour(NOON.0 - 1));
            let records = [
                earlier.dropped(),
                job.in_round(0).dropped(),
                earlier.of("https://other.test/").reached(),
                job.of("https://other.test/").reached(),
            ];
            running.keep(&signer.batch(&records), &format!("{network}.{number}.1"));
        }
    }
    running.settle();
}

/// Returns one cell of the newest day.
pub(crate) fn cell(running: &Running, provider: &str, target: &str) -> serde_json::Value {
    let matrix = running.get("/api/v1/matrix").json();
    let cells = matrix["cells"].as_array().unwrap();
    let found = cells.iter().find(|cell| cell["provider"] == provider && cell["target"] == target);
    found.unwrap_or_else(|| panic!("no such cell in {matrix}")).clone()
}

/// A frame of some kilobytes that opens to a gibibyte.
fn bomb() -> Vec<u8> {
    use std::io::Read as _;
    let mut frame = Vec::new();
    let mut encoder = zstd::stream::Encoder::new(&mut frame, 1).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(1 << 30), &mut encoder).unwrap();
    encoder.finish().unwrap();
    frame
}
