//! Writes generated and golden files anew.

use std::process::ExitCode;

use anyhow::Result;

use crate::{shell, tidy};

/// Runs every test that compares with a file in its writing mode, then freezes new words and files.
pub(crate) fn run() -> Result<ExitCode> {
    let mut tests = shell::cargo(&["test", "--workspace", "--exclude", "netlab", "--quiet"]);
    tests.env("BLESS", "1");
    shell::run(tests)?;
    tidy::bless()?;
    shell::run(shell::command("git", &["status", "--short"]))?;
    Ok(ExitCode::SUCCESS)
}
