//! Every check there is, in the order in which a mistake is found cheapest.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::counts::Counts;
use crate::{browser, demo, ooni, shell, tidy};

/// What to leave out.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Arguments {
    /// Leave out the lab, the demo and the browser.
    #[arg(long)]
    no_lab: bool,
    /// Fail where the tools of a stage cannot be installed, as in continuous integration; else that
    /// stage is left out.
    #[arg(long, env = "CI", value_parser = clap::builder::FalseyValueParser::new())]
    complete: bool,
}

/// Runs all stages, prints their counts and fails when anything failed.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let began = Instant::now();
    let mut all = Counts::default();
    let (mut failed, mut wrong) = (Vec::new(), Vec::new());
    let mut stage = |name: &'static str, counts: Result<Counts>| {
        let counts = counts.unwrap_or_else(|error| {
            shell::say(&format!("{name}: {error:#}"));
            Counts::one(false)
        });
        shell::say(&format!("== {name}: {} ({} s)", counts.line(), began.elapsed().as_secs()));
        if counts.failed > 0 || counts.passed == 0 {
            failed.push(name);
        }
        all.add(counts);
    };

    stage("format", single(shell::cargo(&["fmt", "--all", "--check"])));
    let lints = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    stage("lints", single(shell::cargo(&lints)));
    let mut docs =
        shell::cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"]);
    // The documents are for maintainers: they show what is private, and may link to it.
    docs.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links");
    stage("documents", single(docs));
    stage("tests", counted(shell::cargo(&["test", "--workspace", "--no-fail-fast"])));
    stage("tidy", tidy::counted());
    match ooni::read_by_its_own_tools(arguments.complete) {
        Ok(None) => shell::print("skipped: ooni (its library could not be installed)"),
        Ok(Some(counts)) => stage("ooni", Ok(counts)),
        Err(error) => stage("ooni", Err(error)),
    }
    if arguments.no_lab {
        shell::say("skipped: the lab, the demo and the browser (--no-lab)");
    } else {
        stage("lab scenarios", scenarios(&mut wrong));
        stage("clean lines", clean_lines());
        stage("demo and browser", browser::demo_in_browser());
    }

    shell::say(&format!("all stages took {} s", began.elapsed().as_secs()));
    // Said at the end, where whoever reads a long log looks first.
    wrong.iter().for_each(|line| shell::print(line));
    if !failed.is_empty() {
        shell::print(&format!("failed: {}", failed.join(", ")));
    }
    shell::print(&all.line());
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs every scenario of the lab, each with and without its censor, and puts what was wrong into
/// `wrong`.
///
/// Six labs on two processors may starve one another, and a step that waits for a processor looks
/// like one that waits for the network. So up to [`AGAIN`] scenarios that are wrong among others are run
/// once more by themselves; what is right then counts, and is told all the same.
fn scenarios(wrong: &mut Vec<String>) -> Result<Counts> {
    let folder = shell::root().join("netlab").join("scenarios");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).context("listing the scenarios")? {
        let path = entry.context("listing the scenarios")?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let among = wrong_among(&files, LABS)?;
    let right = (files.len() - among.len()) as u64;
    let mut counts = Counts { passed: right, ..Counts::default() };
    let are_few = among.len() <= AGAIN;
    for (file, told) in among {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let again = if are_few { wrong_among(&[file], "1")?.pop() } else { None };
        let is_right_alone = are_few && again.is_none();
        let how = if is_right_alone { "wrong among others, right by itself" } else { "wrong" };
        wrong.push(format!("scenario {name}: {how}"));
        wrong.push(told);
        wrong.extend(again.map(|(_, told)| told));
        counts.add(Counts::one(is_right_alone));
    }
    Ok(counts)
}

/// Runs the scenarios of `files`, so many at once, and returns those that are wrong with what the lab says
/// of them. One that could not be run says nothing; it is wrong, too.
fn wrong_among(files: &[PathBuf], at_once: &str) -> Result<Vec<(PathBuf, String)>> {
    let mut lab = demo::built_lab()?;
    lab.arg("run").args(files).args(["--json", "--at-once", at_once]).env("NETLAB", "required");
    let (_, text) = shell::output(lab)?;
    let mut told = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let outcome: serde_json::Value =
            serde_json::from_str(line).context("reading the lab's JSON")?;
        let passed = outcome.get("pass").and_then(serde_json::Value::as_bool) == Some(true);
        let name = outcome.get("scenario").and_then(serde_json::Value::as_str).unwrap_or_default();
        told.insert(name.to_owned(), (passed, line.to_owned()));
    }
    let wrong = files.iter().filter_map(|file| {
        let name = file.file_stem()?.to_str()?;
        match told.remove(name) {
            Some((true, _)) => None,
            Some((false, line)) => Some((file.clone(), line)),
            None => Some((file.clone(), "it could not be run".to_owned())),
        }
    });
    Ok(wrong.collect())
}

/// Measures on a bad line on which nobody interferes; a single claim of interference fails.
fn clean_lines() -> Result<Counts> {
    let mut lab = demo::built_lab()?;
    lab.args(["clean", "--runs", CLEAN_RUNS, "--at-once", LABS]).env("NETLAB", "required");
    single(lab)
}

/// Most of a scenario is waiting: so many run side by side on two processors.
const LABS: &str = "6";
/// More that are wrong at once are no accident.
const AGAIN: usize = 3;
/// More are worth running by hand, see `cargo xtask lab clean --help`.
const CLEAN_RUNS: &str = "40";

/// Counts a command as one check.
fn single(mut command: Command) -> Result<Counts> {
    Ok(Counts::one(shell::status(&mut command)?.success()))
}

/// Runs a test runner, shows its output and reads the counts from it.
fn counted(mut command: Command) -> Result<Counts> {
    command.stdout(Stdio::piped()).env("NETLAB", "required");
    shell::say("$ cargo test --workspace --no-fail-fast");
    let mut child = command.spawn().context("starting the tests")?;
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).context("reading the tests' output")?;
    }
    let status = child.wait().context("waiting for the tests")?;
    let mut counts = Counts::read(&text);
    if status.success() {
        let closing = text.lines().filter(|line| line.starts_with("test result: "));
        closing.for_each(shell::print);
    } else {
        shell::print(&text);
        // A crash of a test program fails without a count.
        counts.failed = counts.failed.max(1);
    }
    Ok(counts)
}
