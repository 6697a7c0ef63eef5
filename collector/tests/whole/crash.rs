//! The program killed again and again: nothing that was acknowledged is lost or doubled.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use record::{BATCH_TYPE, Digest, Timestamp};
use testlists::Snapshot;

use crate::ask::{self, Reply};
use crate::made::{Job, Signer};
use crate::running::{NOON, settings, until, write_lists};

#[test]
fn fifty_kills_lose_no_receipt_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), "error");
    let snapshot = program.snapshot();
    let next = AtomicU32::new(0);
    let sent = Mutex::new(BTreeMap::<Vec<u8>, Option<Vec<u8>>>::new());

    for cycle in 0..CYCLES {
        let enough = acknowledged(&sent) + 1 + cycle * 7 % 13;
        let killed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !killed.load(Ordering::Relaxed) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let signer = Signer::agent(number % 5);
                        let record = Job::new(&signer, &snapshot).in_round(number).dropped();
                        let batch = signer.batch(&[record]);
                        sent.lock().unwrap().insert(batch.clone(), None);
                        let Ok(reply) = program.upload(&batch, [127, 1, 0, 1]) else { continue };
                        assert_eq!(reply.status, 200, "{}", reply.text());
                        sent.lock().unwrap().insert(batch, Some(reply.body));
                    }
                });
            }
            until("some more are acknowledged", || acknowledged(&sent) >= enough);
            program.signal_kill();
            killed.store(true, Ordering::Relaxed);
        });
        program = program.started_again(folder.path());
    }

    let sent = sent.into_inner().unwrap();
    until("everything is worked out", || program.is_settled());
    let kept = program.counts()["batches"].as_u64().unwrap();
    let answered = sent.values().filter(|receipt| receipt.is_some()).count() as u64;
    assert!(answered >= u64::from(CYCLES) && kept >= answered && kept <= sent.len() as u64);
    for (batch, receipt) in &sent {
        let again = program.upload(batch, [127, 1, 0, 1]).unwrap();
        assert_eq!(again.status, 200);
        assert!(receipt.as_ref().is_none_or(|receipt| *receipt == again.body), "another receipt");
    }
    until("everything is worked out", || program.is_settled());
    let counts = program.counts();
    assert_eq!(counts["batches"], sent.len(), "{counts}");
    assert_eq!(counts["measurements"], sent.len(), "{counts}");
    assert_eq!(counts["quarantined"], serde_json::json!({}), "{counts}");
}

fn acknowledged(sent: &Mutex<BTreeMap<Vec<u8>, Option<Vec<u8>>>>) -> u32 {
    let sent = sent.lock().unwrap();
    u32::try_from(sent.values().filter(|receipt| receipt.is_some()).count()).unwrap()
}

/// The program itself, in a process of its own.
pub(crate) struct Program {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
}

impl Program {
    /// Starts on a folder, making it first where it is new.
    pub(crate) fn start(folder: &Path, log: &str) -> Self {
        let data = folder.join("data");
        write_lists(folder);
        let program = env!("CARGO_BIN_EXE_qoljetim-collector");
        let made = Command::new(program).arg("--data").arg(&data).arg("init").output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let control = &settings(folder).controls[0];
        let text = format!(
            "lists = {:?}\nextra_roots = {:?}\nmin_free_mb = 1\nsnapshot_pause_s = 1000000\n\
             [[control]]\ncredential = \"{}\"\nurl = \"{}\"\ncountry = \"{}\"\n\
             beacon_tls = \"{}\"\nbeacon_http = \"{}\"\n",
            folder.join("lists"),
            folder.join("roots.pem"),
            control.credential,
            control.url,
            control.country,
            control.beacon_tls,
            control.beacon_http,
        );
        std::fs::write(data.join("collector.toml"), text).unwrap();
        Self::spawn(&data, log)
    }

    fn spawn(data: &Path, log: &str) -> Self {
        let logs = std::fs::File::create(data.with_extension("log")).unwrap();
        // The invented day's noon, whatever day it is.
        let noon = i64::try_from(NOON.start().0).unwrap() + 60;
        let offset = noon - i64::try_from(Timestamp::now().0).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_qoljetim-collector"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("QOLJETIM_LOG", log)
            .env("QOLJETIM_CLOCK_OFFSET", offset.to_string())
            .stdout(Stdio::piped())
            .stderr(logs)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("it said {line:?}"));
        let address = said["listening"].as_str().unwrap().parse().unwrap();
        Self { child, address, data: data.to_owned() }
    }

    pub(crate) fn upload(&self, bytes: &[u8], from: [u8; 4]) -> std::io::Result<Reply> {
        let headers = [("content-type", BATCH_TYPE)];
        ask::ask((self.address, from.into()), ("POST", "/api/v1/batches"), &headers, bytes)
    }

    pub(crate) fn get_from(&self, path: &str, from: [u8; 4]) -> Reply {
        ask::ask((self.address, from.into()), ("GET", path), &[], &[]).unwrap()
    }

    pub(crate) fn snapshot(&self) -> (Snapshot, Digest) {
        let reply = self.get_from("/api/v1/lists/snapshot", [127, 0, 0, 1]);
        let signed: record::Signed = serde_json::from_slice(&reply.body).unwrap();
        let digest = Digest::of(signed.body.as_bytes());
        (serde_json::from_str(&signed.body).unwrap(), digest)
    }

    pub(crate) fn counts(&self) -> serde_json::Value {
        self.get_from("/api/v1/batches", [127, 0, 0, 1]).json()
    }

    pub(crate) fn is_settled(&self) -> bool {
        let health = self.get_from("/api/v1/health", [127, 0, 0, 1]).json();
        ["to_open", "to_judge", "to_grade"].iter().all(|left| health[left] == 0)
    }

    /// Kills the program and returns its data folder and everything it logged.
    pub(crate) fn kill_and_keep_logs(self) -> (PathBuf, Vec<u8>) {
        self.signal_kill();
        let data = self.data.clone();
        drop(self);
        let logs = std::fs::read(data.with_extension("log")).unwrap();
        (data, logs)
    }

    fn signal_kill(&self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    }

    fn started_again(mut self, folder: &Path) -> Self {
        self.child.wait().unwrap();
        Self::spawn(&folder.join("data"), "error")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const CYCLES: u32 = 50;
