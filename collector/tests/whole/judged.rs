//! The command `judge`, and the other commands.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::made::{Job, Signer};
use crate::running::{NOON, Running, write_lists};

#[test]
fn records_in_files_are_judged_one_line_each() {
    let folder = tempfile::tempdir().unwrap();
    write_lists(folder.path());
    let settings = "lists = \"lists\"\nextra_roots = \"roots.pem\"\n";
    std::fs::write(folder.path().join("collector.toml"), settings).unwrap();
    let nobody = record::Digest([0; 32]);
    let job = Job {
        signer: Signer::agent(1),
        role: record::Role::Agent,
        target: "https://news.test/".parse().unwrap(),
        hour: NOON,
        snapshot: nobody,
        seed: record::Seed(nobody),
        round: 0,
        network: None,
    };
    let records = [job.reached(), job.intercepted()];
    let oonis = ooni::write(&records[0]);
    std::fs::write(folder.path().join("ooni.json"), oonis.to_string()).unwrap();
    let lines = records.each_ref().map(|record| String::from_utf8(record.encode()).unwrap());
    std::fs::write(folder.path().join("many.ndjson"), lines.join("\n")).unwrap();
    let one: Value = serde_json::from_str(&lines[0]).unwrap();
    std::fs::write(folder.path().join("one.json"), serde_json::to_string_pretty(&one).unwrap())
        .unwrap();

    let output = run(folder.path(), &["judge", "many.ndjson", "one.json", "ooni.json"]);

    assert!(output.status.success(), "{output:?}");
    let lines: Vec<Value> =
        text(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = lines.iter().map(|line| (&line["state"], &line["rule"])).collect();
    let (ok, reached) = (Value::from("ok"), Value::from("http_reached"));
    let (bad, shown) = (Value::from("interference"), Value::from("tls_interception_listed"));
    assert_eq!(told, [(&ok, &reached), (&bad, &shown), (&ok, &reached), (&ok, &reached)]);
    assert_eq!(lines[0]["id"], records[0].id().to_string());
    assert_eq!(lines[0]["verdict"]["state"], "ok");
    assert_eq!(lines[2]["file"], "one.json");
}

#[test]
fn what_is_no_record_is_said_and_the_others_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.json"), "{\"test_keys\": {}}").unwrap();

    let output = run(folder.path(), &["judge", "bad.json", "missing.json"]);

    assert!(!output.status.success());
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("bad.json") && errors.contains("missing.json"), "{errors}");
}

#[test]
fn a_fresh_folder_is_private_and_passes_the_check() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;

    let first = run(folder.path(), &["--data", "data", "init"]);
    let second = run(folder.path(), &["--data", "data", "init"]);

    assert_eq!(text(&first), text(&second));
    let key = serde_json::from_str::<Value>(&text(&first)).unwrap();
    assert_eq!(key["key"].as_str().unwrap().len(), 64);
    assert_eq!((mode(&data), mode(&data.join("collector.key"))), (0o700, 0o600));
    let rebuilt = run(folder.path(), &["--data", "data", "rebuild"]);
    assert!(rebuilt.status.success(), "{rebuilt:?}");
    let settings = std::fs::read_to_string(data.join("collector.toml")).unwrap();
    let roomy = settings.replace("min_free_mb = 2048", "min_free_mb = 1");
    std::fs::write(data.join("collector.toml"), roomy).unwrap();
    let checked = run(folder.path(), &["--data", "data", "check"]);
    assert!(checked.status.success(), "{checked:?}");
    assert!(text(&checked).contains("SQLite 3."), "{checked:?}");
    for what in ["settings", "key", "lists", "database", "disk"] {
        assert!(text(&checked).contains(&format!("ok      {what}")), "{what}");
    }
    std::fs::write(data.join("collector.key"), "short").unwrap();
    let checked = run(folder.path(), &["--data", "data", "check"]);
    assert!(!checked.status.success() && text(&checked).contains("not ok  key"));
}

#[test]
fn two_programs_do_not_work_in_one_folder() {
    let running = Running::start();
    let folder = running.data.clone();

    let rebuilt = run(&folder, &["rebuild"]);
    drop(running);

    assert!(!rebuilt.status.success());
    let errors = String::from_utf8(rebuilt.stderr).unwrap();
    assert!(errors.contains("another collector works in"), "{errors}");
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_qoljetim-collector");
    let mut command = Command::new(program);
    if words.first() != Some(&"--data") {
        command.args(["--data", "."]);
    }
    command.args(words).current_dir(folder).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
