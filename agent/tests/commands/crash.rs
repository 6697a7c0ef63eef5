//! Kills the program in the middle of a run.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::process::Stdio;
use std::time::{Duration, Instant};

use testlists::PublicResolver;

use crate::fake::Fake;
use crate::person::Person;

#[test]
fn a_run_that_was_killed_goes_on_and_every_target_is_delivered_once() {
    let names: Vec<String> = (0..8).map(|n| format!("http://localhost/{n}")).collect();
    let fake = Fake::start(&names.iter().map(String::as_str).collect::<Vec<_>>());
    // A resolver that never answers makes each target take its time.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = silent.local_addr().unwrap();
    let resolver = PublicResolver { id: "silent".into(), udp: Some(at), doh: None };
    fake.change(|snapshot| snapshot.resolvers.push(resolver));
    let settings = "[limits]\ntargets_at_once = 1\ndns_timeout_ms = 300\n";
    let person = Person::with(&fake, settings).agrees("send");

    let mut first = person.command(&["run"]);
    let mut first = first.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(30);
    while person.count("spool") < 2 {
        assert!(Instant::now() < patience, "the first two targets took too long");
        std::thread::yield_now();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let kept = person.count("spool");
    assert!((2..8).contains(&kept), "{kept}");
    assert!(fake.records().is_empty());

    let second = person.does(&["--json", "run"]);

    // A record may be safe on disk before the journal says so: then its target is measured again.
    let again = second.data()["measurements"].as_array().unwrap().len();
    assert!((8 - kept..=8 - kept + 1).contains(&again), "{kept} kept, {again} measured");
    let sent: BTreeSet<String> =
        fake.records().iter().map(|record| record.target.to_string()).collect();
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), names);
    assert_eq!(person.count("spool"), 0);
    assert!(second.err.contains("cut off"), "{}", second.err);

    let third = person.does(&["--json", "run"]);
    assert_eq!(third.data()["measurements"].as_array().unwrap().len(), 8);
}

#[test]
fn a_run_that_is_stopped_with_ctrl_c_says_so_and_keeps_what_it_has() {
    let names: Vec<String> = (0..8).map(|n| format!("http://localhost/{n}")).collect();
    let fake = Fake::start(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = silent.local_addr().unwrap();
    let resolver = PublicResolver { id: "silent".into(), udp: Some(at), doh: None };
    fake.change(|snapshot| snapshot.resolvers.push(resolver));
    let person = Person::with(&fake, "[limits]\ndns_timeout_ms = 300\n").agrees("send");
    let mut running = person.command(&["run"]);
    let running = running.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(30);
    while person.count("spool") < 1 {
        assert!(Instant::now() < patience, "the first target took too long");
        std::thread::yield_now();
    }

    let pid = nix::unistd::Pid::from_raw(running.id().try_into().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    let ended = running.wait_with_output().unwrap();

    assert_eq!(ended.status.code(), Some(130));
    assert!(person.count("spool") >= 1 && fake.records().is_empty());
}

#[test]
fn two_runs_do_not_work_in_one_folder_at_once() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake).agrees("hold");
    let lock = std::fs::File::create(person.path("lock")).unwrap();
    lock.lock().unwrap();

    assert_eq!(person.does(&["run"]).code, 1);

    drop(lock);
    assert_eq!(person.does(&["run"]).code, 4);
}
