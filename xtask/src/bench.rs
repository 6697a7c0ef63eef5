//! Figures: how long a build takes, how large the programs are, how fast the demo measures.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

use crate::{demo, shell};

/// What to measure.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Arguments {
    /// `all`, or the agent on a long list alone.
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// Targets on the agent's list.
    #[arg(long, default_value_t = 500)]
    targets: u16,
    /// Targets of it that are measured one at a time, for comparison.
    #[arg(long, default_value_t = 20)]
    one_by_one: u16,
    /// Measure a cold build too: in a folder of its own, several minutes.
    #[arg(long)]
    cold: bool,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Build, sizes, demo.
    All,
    /// The agent on a long list, on a line of 80 ms and 20 Mbit/s with interference on it.
    Agent,
    /// The collector under the uploads of many volunteers at once.
    Collector,
}

/// Measures and prints a table.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    match arguments.what {
        What::Agent => return agent(arguments),
        What::Collector => return collector(),
        What::All => {}
    }
    let mut rows = Vec::new();
    let target = demo::target_folder()?;
    if arguments.cold {
        let folder = target.join("cold");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("emptying the cold build's folder")?;
        }
        let mut build =
            shell::cargo(&["build", "--quiet", "-p", "agent", "-p", "collector", "-p", "netlab"]);
        build.env("CARGO_TARGET_DIR", &folder);
        rows.push(("cold build for the demo".to_owned(), timed(build)?));
        std::fs::remove_dir_all(&folder).context("removing the cold build")?;
    }
    let release = ["build", "--release", "--quiet", "-p", "agent", "-p", "collector"];
    rows.push(("release build (as the cache stands)".to_owned(), timed(shell::cargo(&release))?));
    for program in ["qoljetim", "qoljetim-collector"] {
        rows.push((
            format!("{program}, stripped release binary"),
            size(&target.join("release").join(program))?,
        ));
    }
    let out = target.join("demo-bench");
    let mut lab = demo::built_lab()?;
    lab.args(["demo", "--once", "--out"]).arg(&out);
    rows.push(("demo, once".to_owned(), timed(lab)?));
    let text = std::fs::read(out.join("figures.json")).context("reading the demo's figures")?;
    let figures: serde_json::Value =
        serde_json::from_slice(&text).context("reading the demo's figures")?;
    for (key, value) in figures.as_object().into_iter().flatten() {
        rows.push((format!("demo: {}", key.replace('_', " ")), value.to_string()));
    }
    shell::print("| what | figure |\n|---|---|");
    for (what, figure) in rows {
        shell::print(&format!("| {what} | {figure} |"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the release build of the agent in the lab, and prints what it took beside the floor.
fn agent(arguments: &Arguments) -> Result<ExitCode> {
    shell::run(shell::cargo(&["build", "--release", "--quiet", "-p", "agent", "-p", "collector"]))?;
    let release = demo::target_folder()?.join("release");
    let program = size(&release.join("qoljetim"))?;
    shell::print(&format!("| stripped release binary of the agent | {program} |\n|---|---|\n"));
    let mut lab = demo::built_lab()?;
    lab.arg("--programs").arg(&release).arg("bench");
    lab.args(["--targets", &arguments.targets.to_string()]);
    lab.args(["--one-by-one", &arguments.one_by_one.to_string()]);
    shell::run(lab)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the collector's test under load with ten times its volunteers, and shows what it prints.
fn collector() -> Result<ExitCode> {
    let load = ["test", "--release", "--quiet", "-p", "collector", "--test", "whole", "load"];
    let mut command = shell::cargo(&load);
    command.args(["--", "--nocapture"]).env("QOLJETIM_LOAD_AGENTS", "600");
    shell::run(command)?;
    Ok(ExitCode::SUCCESS)
}

fn timed(command: std::process::Command) -> Result<String> {
    let began = Instant::now();
    shell::run(command)?;
    Ok(format!("{:.0} s", began.elapsed().as_secs_f64()))
}

fn size(path: &Path) -> Result<String> {
    let bytes =
        std::fs::metadata(path).with_context(|| format!("measuring {}", path.display()))?.len();
    Ok(format!("{}.{:02} MB", bytes / 1_000_000, bytes / 10_000 % 100))
}
