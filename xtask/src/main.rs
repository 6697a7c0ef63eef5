//! One command for everything a maintainer does: `cargo xtask demo|test|check|tidy|bless|bench|ooni|lab`.

mod bench;
mod bless;
mod browser;
mod check;
mod counts;
mod demo;
mod ooni;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One command for everything a maintainer does.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a small internet with censors in it, measure it with the real programs and serve the pages.
    Demo(demo::Arguments),
    /// Run every check there is; this is what continuous integration runs.
    Test(test::Arguments),
    /// Run the fast checks: format, lints, unit tests, tidy.
    Check,
    /// Check the habits that the compiler does not.
    Tidy,
    /// Write generated and golden files anew; read the difference as a reviewer.
    Bless,
    /// Measure build time, sizes and speed, and print them as a table.
    Bench(bench::Arguments),
    /// Have OONI's own library read what is written in OONI's format.
    Ooni,
    /// Run the lab: `lab run FILE.toml [--json]`, `lab matrix [FILE…]`, `lab clean`, `lab exec --provider
    /// NAME -- COMMAND…`.
    Lab {
        /// What the lab is asked to do; `cargo xtask lab help` tells.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Check => check::run(),
        Command::Tidy => tidy::run(),
        Command::Bless => bless::run(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Ooni => ooni::run(),
        Command::Lab { arguments } => demo::lab(&arguments),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            shell::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
