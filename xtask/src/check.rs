//! The inner loop: format, lints, tests without the lab, tidy.

use std::process::ExitCode;

use anyhow::Result;

use crate::{shell, tidy};

/// Runs the fast checks.
pub(crate) fn run() -> Result<ExitCode> {
    shell::run(shell::cargo(&["fmt", "--all", "--check"]))?;
    let lints = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    shell::run(shell::cargo(&lints))?;
    let lab = ["test", "--workspace", "--exclude", "netlab", "--quiet"];
    shell::run(shell::cargo(&lab))?;
    tidy::run()
}
