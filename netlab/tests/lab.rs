//! The lab itself, on the real kernel: each check runs in namespaces of its own.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "what helps tests is a test too")]

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

macro_rules! checks {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_check_is_a_test() {
            let tests = [$(stringify!($name)),*];

            for (check, _) in netlab::selftest::CHECKS {
                assert!(tests.contains(check), "{check}");
            }
        }
    };
}

checks! {
    address_drop delay dns_lies hops hops_ipv6 http_block_page interception ipv6
    many_connects nat64 own_resolver sni_drop sni_reset switch two_providers
}

#[test]
fn a_program_s_exit_code_is_passed_on() {
    let output = netlab(["exec", "--provider", "altyn-net", "--", "sh", "-c", "exit 9"]);

    if permitted(&output) {
        assert_eq!(output.status.code(), Some(9), "{output:?}");
    }
}

#[test]
fn no_program_outlives_the_lab() {
    // A number that nobody else sleeps for.
    let mark = format!("{}.5", 100_000 + std::process::id());
    let script = format!("sleep {mark} & echo started; wait");
    // What a killed lab cannot remove is removed with this folder.
    let dir = tempfile::tempdir().unwrap();
    let mut lab = command(["exec", "--provider", "altyn-net", "--", "sh", "-c", &script]);
    lab.env("TMPDIR", dir.path());
    let mut lab = lab.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = until(|| is_running(&mark) || lab.try_wait().unwrap().is_some());
    if lab.try_wait().unwrap().is_some() {
        let output = lab.wait_with_output().unwrap();
        assert!(!permitted(&output), "{output:?}");
        return;
    }
    assert!(began, "the program did not start");

    // SIGKILL: the program has no time to clean up.
    lab.kill().unwrap();
    lab.wait().unwrap();

    assert!(until(|| !is_running(&mark)), "a program of the lab still runs");
}

fn check(name: &str) {
    let output = netlab(["selftest", name]);

    if permitted(&output) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn netlab<const N: usize>(arguments: [&str; N]) -> Output {
    command(arguments).output().unwrap()
}

fn command<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlab"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Returns whether this system permits a lab. Where it must (`NETLAB=required`), it has to.
fn permitted(output: &Output) -> bool {
    let words = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(77) {
        return true;
    }
    let required = std::env::var_os("NETLAB").is_some_and(|value| value == OsStr::new("required"));
    assert!(!required, "NETLAB=required, but: {words}");
    println!("skipped: needs network namespaces ({})", words.trim());
    false
}

fn is_running(mark: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let mut words = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
    words.any(|line| line.starts_with("sleep\0") && line.contains(mark))
}

/// Waits until `holds`, at most half a minute; returns whether it does.
fn until(mut holds: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !holds() {
        if began.elapsed() > Duration::from_secs(30) {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    true
}
