//! The role `control`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use record::{KeyText, Measurement, Role};

use crate::fake::{Fake, control};
use crate::person::Person;

#[test]
fn a_control_measures_delivers_and_answers_for_listed_targets_only() {
    let fake = Fake::start(&["http://localhost/", "http://localhost/b"]);
    let person = Person::of(&fake);
    let key = person.does(&["--json", "keys", "control"]).data()["credential"].clone();
    let running = Running::start(&person);
    assert_eq!(running.said["credential"], key);
    until("the first round is delivered", || fake.records().len() >= 2);
    assert!(fake.records().iter().all(|record| record.role == Role::Control));

    let (status, body) = running.ask(r#"{"target":"http://localhost/b"}"#);
    assert_eq!(status, 200);
    let fresh = Measurement::decode(&body).unwrap();
    assert_eq!(fresh.target.as_str(), "http://localhost/b");
    let (_, again) = running.ask(r#"{"target":"http://localhost/b"}"#);
    assert_eq!(again, body, "the same minute, the same record");
    until("the fresh record is delivered", || fake.records().contains(&fresh));

    assert_eq!(running.ask(r#"{"target":"http://localhost/c"}"#).0, 404);
    assert_eq!(running.ask("{}").0, 400);
    assert_eq!(running.ask(&"x".repeat(100_000)).0, 400);
}

#[test]
fn an_agent_names_the_fresh_control_that_it_asked_for() {
    let fake = Fake::start(&["http://localhost/"]);
    let outside = Person::of(&fake);
    let running = Running::start(&outside);
    until("the control has measured", || !fake.records().is_empty());
    let url = format!("http://{}/", running.said["listen"].as_str().unwrap());
    let key: KeyText = serde_json::from_value(running.said["credential"].clone()).unwrap();
    fake.change(|snapshot| snapshot.controls.push(control(key, &url)));
    let person = Person::of(&fake).agrees("hold");

    person.does(&["run"]);

    let id = person.does(&["--json", "list"]).data()["records"][0]["id"].clone();
    let record = person.does(&["--json", "show", id.as_str().unwrap()]).data();
    let named = record["control"].as_str().unwrap().to_owned();
    until("the control's record is delivered", || {
        fake.records().iter().any(|record| record.id().to_string() == named)
    });
}

#[test]
fn one_round_can_be_asked_for() {
    let fake = Fake::start(&["http://localhost/"]);
    let person = Person::of(&fake);

    let came = person.does(&[
        "control",
        "--listen",
        ANY,
        "--beacon-tls",
        ANY,
        "--beacon-http",
        ANY,
        "--once",
    ]);

    assert_eq!((came.code, fake.records().len()), (0, 1), "{came:?}");
}

struct Running {
    child: Child,
    said: Value,
}

impl Running {
    fn start(person: &Person) -> Self {
        let mut command = person.command(&[
            "--json",
            "control",
            "--listen",
            ANY,
            "--beacon-tls",
            ANY,
            "--beacon-http",
            ANY,
        ]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self { child, said: said["data"].clone() }
    }

    fn ask(&self, body: &str) -> (u16, Vec<u8>) {
        let at = self.said["listen"].as_str().unwrap();
        let mut stream = TcpStream::connect(at).unwrap();
        let head = format!(
            "POST /api/v1/control HTTP/1.1\r\nHost: c.test\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A body that is too long may be refused before it was read.
        stream.write_all(body.as_bytes()).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        let cut = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..cut]).into_owned();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), answer[cut + 4..].to_vec())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < patience, "it took too long until {what}");
        std::thread::yield_now();
    }
}

const ANY: &str = "127.0.0.1:0";
