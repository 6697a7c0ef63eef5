//! Builds the programs and hands over to the lab.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::shell;

/// How the demo is run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Arguments {
    /// Measure, compare with the truth, write the files and stop; do not serve.
    #[arg(long)]
    once: bool,
    /// Where matrix.json, truth.json and comparison.json are written.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the pages are served.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: String,
    /// Volunteers in each provider's network.
    #[arg(long, value_name = "N")]
    volunteers: Option<u32>,
    /// Rounds that each volunteer measures.
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
}

/// Builds what the demo needs and runs it.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut demo = built_lab()?;
    demo.arg("demo").args(["--listen", &arguments.listen]);
    if arguments.once {
        demo.arg("--once");
    }
    if let Some(out) = &arguments.out {
        // The lab runs at the root of the checkout; the path was given where the user stands.
        demo.arg("--out").arg(std::path::absolute(out).context("finding the output folder")?);
    }
    for (flag, number) in [("--volunteers", arguments.volunteers), ("--rounds", arguments.rounds)] {
        if let Some(number) = number {
            demo.args([flag, &number.to_string()]);
        }
    }
    passed_on(demo)
}

/// Runs the lab with the user's own arguments, where the user stands.
pub(crate) fn lab(arguments: &[String]) -> Result<ExitCode> {
    let mut lab = built_lab()?;
    lab.args(arguments);
    lab.current_dir(std::env::current_dir().context("finding the current folder")?);
    passed_on(lab)
}

/// Builds the three programs and returns the command that starts the lab.
pub(crate) fn built_lab() -> Result<Command> {
    let packages = ["build", "--quiet", "-p", "agent", "-p", "collector", "-p", "netlab"];
    shell::run(shell::cargo(&packages))?;
    let lab = target_folder()?.join("debug").join("netlab");
    Ok(shell::command(&lab.to_string_lossy(), &[]))
}

/// Asks cargo where it builds.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let mut metadata = shell::cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let output = metadata.output().context("asking cargo for its target folder")?;
    let value: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("reading what cargo says of itself")?;
    let folder = value.get("target_directory").and_then(|folder| folder.as_str());
    Ok(PathBuf::from(folder.context("cargo names no target folder")?))
}

fn passed_on(mut command: Command) -> Result<ExitCode> {
    let status = shell::status(&mut command)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
