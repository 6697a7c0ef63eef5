//! Many volunteers at once: all is kept and worked out. `cargo xtask bench collector` runs this with
//! more of them and shows what it prints.

use std::sync::Mutex;
use std::time::Instant;

use crate::derived::controls;
use crate::made::{Job, Signer};
use crate::running::{NOON, Running};

#[test]
fn of_many_volunteers_at_once_everything_is_kept_and_worked_out() {
    let agents = option_env!("QOLJETIM_LOAD_AGENTS")
        .map_or(AGENTS, |text| text.parse().expect("QOLJETIM_LOAD_AGENTS: a number of agents"));
    let running = Running::start();
    controls(&running);
    let snapshot = running.snapshot();
    let batches: Vec<(Vec<u8>, String)> = (0..agents)
        .flat_map(|number| {
            let signer = Signer::agent(number);
            let job = Job::new(&signer, &snapshot);
            let from = format!("127.{}.{}.1", 1 + number % 3, number / 3);
            let batch = |hours: u32| {
                let job = job.at(record::Hour(NOON.0 - hours));
                signer.batch(&[job.dropped(), job.of("https://other.test/").reached()])
            };
            [(batch(0), from.clone()), (batch(1), from)]
        })
        .collect();
    let waits = Mutex::new(Vec::new());
    let begun = Instant::now();

    std::thread::scope(|scope| {
        for part in batches.chunks(batches.len().div_ceil(CLIENTS)) {
            let (running, waits) = (&running, &waits);
            scope.spawn(move || {
                for (bytes, from) in part {
                    let asked = Instant::now();
                    running.keep(bytes, from);
                    waits.lock().unwrap().push(asked.elapsed());
                }
            });
        }
    });
    let taken = begun.elapsed();
    running.settle();
    let settled = begun.elapsed();

    let mut waits = waits.into_inner().unwrap();
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100];
    println!(
        "{} batches from {CLIENTS} clients: {:.0}/s, answer p50 {:?}, p99 {:?}; {} records worked \
         out after {settled:.1?}",
        batches.len(),
        batches.len() as f64 / taken.as_secs_f64(),
        at(50),
        at(99),
        batches.len() * 2,
    );
    assert_eq!(running.counts()["measurements"], batches.len() * 2);
}

/// How many agents upload where nothing else is said; a bench says more.
const AGENTS: u32 = 60;
const CLIENTS: usize = 32;
