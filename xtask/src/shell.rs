//! Runs programs and says what is run.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail};

/// Returns the root of the checkout: the parent of this crate's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Prints one line on stderr, where progress belongs.
#[expect(clippy::print_stderr, reason = "this is xtask's one place for progress")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Prints one line on stdout, where results belong.
#[expect(clippy::print_stdout, reason = "this is xtask's one place for results")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}

/// Makes a command that runs at the root of the checkout.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Makes a cargo command; the cargo that started xtask.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command(env!("CARGO"), arguments)
}

/// Runs a command with its output shown; an exit code other than 0 is an error.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = status(&mut command)?;
    if !status.success() {
        bail!("{} ended with {status}", words(&command));
    }
    Ok(())
}

/// Runs a command with its output shown and returns how it ended.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    say(&format!("$ {}", words(command)));
    let starting = format!("starting {}", words(command));
    Command::status(command).context(starting)
}

/// Runs a command and returns its stdout, whatever its exit code; stderr is shown.
pub(crate) fn output(mut command: Command) -> Result<(ExitStatus, String)> {
    say(&format!("$ {}", words(&command)));
    let starting = format!("starting {}", words(&command));
    let output = command.stderr(Stdio::inherit()).output().context(starting)?;
    Ok((output.status, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Returns whether a program can be found.
pub(crate) fn has(program: &str) -> bool {
    let mut probe = Command::new("sh");
    probe.args(["-c", &format!("command -v {program}")]).stdout(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}
