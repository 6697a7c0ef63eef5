//! The same in, the same out: after a rebuild, in another order, after a restart.

use std::collections::BTreeMap;
use std::sync::Arc;

use collector::Reference;
use collector::derive::Worker;
use collector::store::Store;
use record::{Day, Hour};

use crate::derived::fill;
use crate::made::{Job, Signer};
use crate::running::{NOON, Running, until};

#[test]
fn a_rebuild_brings_the_same_answers_byte_for_byte() {
    let mut running = Running::start();
    everything(&running);
    let before = answers(&running, Batches::AsTheyAre);

    running.stop();
    let store = Arc::new(Store::open(&running.data.join("collector.sqlite")).unwrap());
    let reference = Arc::new(Reference::read(running.config()).unwrap());
    let mut worker = Worker::begin(Arc::clone(&store), reference, running.edge.clone()).unwrap();
    worker.forget().unwrap();
    assert_eq!(store.read("count", |tx| tx.measurement_counts()).unwrap(), (0, 0));
    worker.run(|| false).unwrap();
    drop((worker, store));
    let running = running.restarted();
    running.settle();

    let after = answers(&running, Batches::AsTheyAre);
    assert!(before.len() > 40, "{}", before.len());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (path, body) in &before {
        assert_eq!(body, &after[path], "{path}");
    }
}

#[test]
fn work_that_was_stopped_in_the_middle_is_taken_up_where_it_was() {
    let mut running = Running::start();
    everything(&running);
    let before = answers(&running, Batches::AsTheyAre);

    running.stop();
    let store = Arc::new(Store::open(&running.data.join("collector.sqlite")).unwrap());
    let reference = Arc::new(Reference::read(running.config()).unwrap());
    let begin = || Worker::begin(Arc::clone(&store), Arc::clone(&reference), running.edge.clone());
    begin().unwrap().forget().unwrap();
    // Each worker is stopped after one piece of work and forgets whatever it knew.
    let mut workers = 0;
    while workers == 0 || store.read("look", |tx| tx.backlog()).unwrap() != [0; 3] {
        let looks = std::cell::Cell::new(0);
        begin().unwrap().run(|| looks.replace(looks.get() + 1) > 1).unwrap();
        workers += 1;
    }
    assert!(workers >= 3, "it was done before it could be stopped");
    drop(store);
    let running = running.restarted();

    assert_eq!(answers(&running, Batches::AsTheyAre), before);
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let forwards = Running::start();
    let backwards = Running::start();
    assert_eq!(forwards.snapshot().1, backwards.snapshot().1, "the two must be alike");
    let snapshot = forwards.snapshot();
    let mut batches = Vec::new();
    for number in 1..=2 {
        let job = Job::by_control(number, &snapshot);
        batches.push((Signer::control(number).batch(&[job.reached()]), "127.9.0.1".to_owned()));
    }
    for number in 0..6_u32 {
        let signer = Signer::agent(number);
        let job = Job::new(&signer, &snapshot);
        let last = if number == 5 { job.out_of_order() } else { job.dropped() };
        let other = job.of("https://other.test/").reached();
        let from = format!("127.{}.{number}.1", 1 + number % 3);
        batches.push((signer.batch([&last]), from.clone()));
        batches.push((signer.batch(&[other, last]), from));
    }

    for (bytes, from) in &batches {
        forwards.keep(bytes, from);
    }
    for (bytes, from) in batches.iter().rev() {
        backwards.keep(bytes, from);
        backwards.settle();
    }
    forwards.settle();

    let (one, other) =
        (answers(&forwards, Batches::LeftOut), answers(&backwards, Batches::LeftOut));
    assert!(one.len() > 30, "{}", one.len());
    for (path, body) in &one {
        assert_eq!(body, &other[path], "{path}");
    }
}

/// Whether the batch that a measurement came in is compared: in another order it is another.
#[derive(Clone, Copy, PartialEq)]
enum Batches {
    AsTheyAre,
    LeftOut,
}

/// Uploads a bit of everything.
fn everything(running: &Running) {
    fill(running, &[("127.1", 5), ("127.2", 2), ("127.3", 1)]);
    let snapshot = running.snapshot();
    let (cheat, shown) = (Signer::agent(11), Signer::agent(12));
    let cheated = Job::new(&cheat, &snapshot).out_of_order();
    let intercepted = Job::new(&shown, &snapshot).intercepted();
    running.keep(&cheat.batch([&cheated]), "127.1.11.1");
    running.keep(&cheat.batch(&[cheated]), "127.1.11.1");
    running.keep(&shown.batch(&[intercepted]), "127.1.12.1");
    running.keep(&shown.raw_batch(b"poison"), "127.1.12.1");
    let spoof = Job { role: record::Role::Control, ..Job::new(&shown, &snapshot) };
    running.keep(&shown.batch(&[spoof.reached()]), "127.1.12.1");
    running.settle();
    // The day is closed, and one more comes too late to count.
    running.set_hour(Hour(Day(NOON.local_day().0 + 1).first_hour().0 + 6));
    until("the day is closed", || running.get("/api/v1/matrix").json()["closed"] == true);
    let late = Job::new(&shown, &snapshot).of("https://other.test/").reached();
    running.keep(&shown.batch(&[late]), "127.1.12.1");
    running.settle();
}

/// Asks everything that can be asked, and everything that those answers lead to.
fn answers(running: &Running, batches: Batches) -> BTreeMap<String, String> {
    let mut paths: Vec<String> = [
        "/api/v1/matrix",
        "/api/v1/matrix?day=2026-11-19",
        "/api/v1/days",
        "/api/v1/providers",
        "/api/v1/targets",
        "/api/v1/batches",
        "/api/v1/health",
        "/api/v1/measurements",
        "/api/v1/measurements?limit=7",
        "/api/v1/measurements?provider=north&state=interference",
        "/api/v1/measurements?target=https://other.test/&day=2026-11-20",
        "/api/v1/openapi.json",
    ]
    .map(str::to_owned)
    .to_vec();
    for provider in ["north", "south"] {
        for slug in ["news.test", "other.test"] {
            paths.push(format!("/api/v1/evidence/{provider}/{slug}"));
        }
    }
    let rows = running.get("/api/v1/measurements?limit=1000").json();
    for row in rows["measurements"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        paths.push(format!("/api/v1/measurements/{id}"));
        paths.push(format!("/api/v1/measurements/{id}/raw"));
    }
    let mut answers = BTreeMap::new();
    for path in paths {
        let reply = running.get(&path);
        assert_eq!(reply.status, 200, "{path}");
        let mut text = reply.text();
        if batches == Batches::LeftOut
            && path.starts_with("/api/v1/measurements/")
            && !path.ends_with("raw")
        {
            let mut value = reply.json();
            value.as_object_mut().unwrap().remove("batch");
            text = value.to_string();
        }
        answers.insert(path, text);
    }
    answers
}
