//! A person at the command line, with a state folder.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::fake::Fake;

pub(crate) struct Person {
    dir: tempfile::TempDir,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Person {
    /// Somebody who uses `fake`, and has not agreed to anything yet.
    pub(crate) fn of(fake: &Fake) -> Self {
        Self::with(fake, "")
    }

    /// The same, with more settings.
    pub(crate) fn with(fake: &Fake, settings: &str) -> Self {
        let person = Self { dir: tempfile::tempdir().unwrap() };
        let text = format!(
            "collector_url = \"http://{}/\"\ncollector_key = \"{}\"\n\
             no_provider_resolver = true\n{settings}",
            fake.at,
            Fake::key()
        );
        std::fs::write(person.path("agent.toml"), text).unwrap();
        person
    }

    /// Agrees to the statement in force.
    pub(crate) fn agrees(self, sharing: &str) -> Self {
        let id = self.does(&["--json", "consent", "show"]).data()["statement"].clone();
        let accepted = self.does(&[
            "consent",
            "accept",
            "--statement",
            id.as_str().unwrap(),
            "--sharing",
            sharing,
        ]);
        assert_eq!(accepted.code, 0, "{accepted:?}");
        self
    }

    pub(crate) fn does(&self, arguments: &[&str]) -> Came {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        Came {
            code: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Prepares a command that nobody started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.arg("--state").arg(self.dir.path()).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Counts the records in a folder.
    pub(crate) fn count(&self, folder: &str) -> usize {
        let entries = std::fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".json")).count()
    }
}

impl Came {
    /// Returns the data of a `--json` document.
    pub(crate) fn data(&self) -> Value {
        let document: Value = serde_json::from_str(&self.out).unwrap();
        assert_eq!(document["ok"], true, "{self:?}");
        document["data"].clone()
    }
}

/// The program with an environment of its own.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qoljetim"));
    command.env_clear().env("LANG", "C.UTF-8");
    command
}
