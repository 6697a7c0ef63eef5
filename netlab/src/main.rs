//! The lab's program: runs scenarios, the demo, or any program inside a provider's network.

use std::ffi::OsString;
use std::io::{Write as _, stderr, stdout};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};

use netlab::demo::{self, Options};
use netlab::lists::PROVIDERS;
use netlab::netns::{self, Inside, Interrupt, exit_code};
use netlab::programs::Programs;
use netlab::run::clean::{self, Amount};
use netlab::run::matrix::Matrix;
use netlab::run::{self, Outcome, built};
use netlab::scenario::Scenario;
use netlab::{LabError, bench, selftest};

/// A small internet with censors in it.
#[derive(Parser)]
#[command(name = "netlab", version)]
struct Cli {
    /// The folder of the agent's and the collector's program; this program's own by default.
    #[arg(long, global = true, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Set by the program itself when it has entered its namespaces.
    #[arg(long, hide = true, value_name = "DIR")]
    inside: Option<PathBuf>,
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run scenarios, each without its censor and with it.
    Run {
        /// The scenarios' files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one JSON object a scenario instead of a table.
        #[arg(long)]
        json: bool,
        /// Run each scenario this often.
        #[arg(long, default_value_t = 1, value_name = "N")]
        repeat: u32,
        /// Write the records there: NAME.json, and NAME.without.json from without the censor.
        #[arg(long, value_name = "DIR")]
        records: Option<PathBuf>,
        /// Run this many at a time: most of a run is waiting.
        #[arg(long, default_value_t = AT_ONCE, value_name = "N")]
        at_once: usize,
    },
    /// Run scenarios and set what must be concluded against what was, as tables.
    Matrix {
        /// The scenarios' files; all that come with the lab by default.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Run this many at a time.
        #[arg(long, default_value_t = AT_ONCE, value_name = "N")]
        at_once: usize,
    },
    /// Measure many times where nobody interferes, and count claims of interference.
    Clean {
        /// A scenario's file; its censors stay off. A bad line's by default.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// How often.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        runs: u32,
        /// In so many labs side by side.
        #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=32))]
        at_once: u32,
    },
    /// Measure a long list with the agent's own limits, and print what it took and the floor.
    Bench {
        /// Targets on the list.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=999))]
        targets: u16,
        /// Targets of it that are measured one at a time, for comparison.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=999))]
        one_by_one: u16,
    },
    /// Run a program inside a provider's network.
    Exec {
        /// The provider's id, such as `baiterek-mobile`.
        #[arg(long, value_name = "NAME")]
        provider: String,
        /// Put this scenario's censors into that network instead of the demo's.
        #[arg(long, value_name = "FILE")]
        scenario: Option<PathBuf>,
        /// The program and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    /// Check that the lab itself works here; used by its tests.
    #[command(hide = true)]
    Selftest {
        /// The check's name.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Run the demo: five providers, real agents, a real collector, the truth beside the grades.
    Demo {
        /// End after the comparison; do not serve.
        #[arg(long)]
        once: bool,
        /// Write matrix.json, truth.json, comparison.json and figures.json there.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Where the pages are served.
        #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
        listen: String,
        /// Volunteers in each provider's network; fewer than six can never say "reachable".
        #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=12))]
        volunteers: u8,
        /// Rounds that each volunteer measures.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=4))]
        rounds: u8,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.inside {
        None => enter(&cli),
        Some(dir) => {
            netns::arrive(dir).map_err(anyhow::Error::from).and_then(|inside| within(&cli, &inside))
        }
    };
    done.unwrap_or_else(|error| {
        tell(&format!("error: {error:#}"));
        let not_here = matches!(error.downcast_ref(), Some(LabError::NotPermitted { .. }));
        if not_here { ExitCode::from(NOT_PERMITTED) } else { ExitCode::FAILURE }
    })
}

/// Starts this program again in namespaces of its own.
fn enter(cli: &Cli) -> Result<ExitCode> {
    let (door, interrupt) = match &cli.command {
        Task::Run { .. }
        | Task::Matrix { .. }
        | Task::Clean { .. }
        | Task::Bench { .. }
        | Task::Selftest { .. }
        | Task::Demo { once: true, .. } => (None, Interrupt::Lab),
        Task::Exec { .. } => (None, Interrupt::Command),
        Task::Demo { listen, .. } => {
            let door = TcpListener::bind(listen);
            (Some(door.with_context(|| format!("listening on {listen}"))?), Interrupt::Lab)
        }
    };
    let arguments = std::env::args_os().skip(1);
    Ok(ExitCode::from(netns::enter(arguments, door, interrupt)?))
}

fn within(cli: &Cli, inside: &Inside) -> Result<ExitCode> {
    let passed = match &cli.command {
        Task::Run { files, json, repeat, records, at_once } => {
            let programs = Programs::find(cli.programs.clone())?;
            let told = Told { json: *json, records: records.as_deref() };
            run_all(&work(files, *repeat, &inside.dir)?, &programs, *at_once, told)?
        }
        Task::Matrix { files, at_once } => {
            let programs = Programs::find(cli.programs.clone())?;
            let files = if files.is_empty() { &own_scenarios()? } else { files };
            compare(&work(files, 1, &inside.dir)?, &programs, *at_once)?
        }
        Task::Clean { file, runs, at_once } => {
            let programs = Programs::find(cli.programs.clone())?;
            let scenario = match file {
                Some(file) => Scenario::read(file)?,
                None => Scenario::parse(CLEAN_NOISY, "clean_noisy")?,
            };
            let tally = clean::repeat_side_by_side(
                &scenario,
                &programs,
                &inside.dir,
                Amount { runs: *runs, labs: *at_once },
            )?;
            tally.accusations.iter().for_each(|accusation| print(accusation));
            print(&tally.line());
            tally.accused == 0
        }
        Task::Bench { targets, one_by_one } => {
            let amount = bench::Amount { targets: *targets, one_by_one: *one_by_one };
            let programs = Programs::find(cli.programs.clone())?;
            bench::run(amount, &programs, &inside.dir, &print)?
        }
        Task::Exec { provider, scenario, command } => {
            return execute(provider, scenario.as_deref(), command, &inside.dir);
        }
        Task::Selftest { name } => {
            selftest::run(name, &inside.dir)?;
            true
        }
        Task::Demo { once, out, volunteers, rounds, .. } => {
            let options =
                Options { once: *once, out: out.clone(), volunteers: *volunteers, rounds: *rounds };
            let programs = Programs::find(cli.programs.clone())?;
            let door = if *once { None } else { Some(inside.door()?) };
            demo::run(&options, &programs, &inside.dir, door.as_ref(), &print)?
        }
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads scenarios, each as often as it is to be run, with a folder for each time.
fn work(files: &[PathBuf], repeat: u32, dir: &Path) -> Result<Vec<(Scenario, PathBuf)>> {
    let mut work = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let scenario = Scenario::read(file)?;
        let dir = |time| dir.join(format!("{number}-{}-{time}", scenario.name));
        work.extend((0..repeat).map(|time| (scenario.clone(), dir(time))));
    }
    Ok(work)
}

/// Lists the scenarios that come with the lab's sources.
fn own_scenarios() -> Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(&folder)
        .with_context(|| format!("reading {}: name the scenarios' files", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    Ok(files)
}

/// Runs scenarios and prints the tables of what was awaited and concluded.
fn compare(work: &[(Scenario, PathBuf)], programs: &Programs, at_once: usize) -> Result<bool> {
    let mut matrix = Matrix::default();
    let mut faults = Vec::new();
    run::run_all(work, programs, at_once, &mut |scenario, outcome| match outcome {
        Ok(outcome) => matrix.add(&outcome),
        Err(error) => {
            tell(&format!("error: running {}: {}", scenario.name, error.told()));
            faults.push(error);
        }
    });
    let refused = |error: &LabError| matches!(error, LabError::NotPermitted { .. });
    let count = faults.len();
    if let Some(refused) = faults.into_iter().find(refused) {
        return Err(refused.into());
    }
    print(&matrix.text());
    print(&format!("{} scenarios, {count} could not run", work.len()));
    Ok(matrix.astray.is_empty() && count == 0)
}

/// How results are told.
#[derive(Clone, Copy)]
struct Told<'a> {
    json: bool,
    records: Option<&'a Path>,
}

impl Told<'_> {
    fn keep(self, outcome: &Outcome) -> std::io::Result<()> {
        let Some(folder) = self.records else { return Ok(()) };
        std::fs::create_dir_all(folder)?;
        for (ending, judged) in [("json", &outcome.got), ("without.json", &outcome.without)] {
            let path = folder.join(format!("{}.{ending}", outcome.scenario));
            std::fs::write(path, judged.record.to_string())?;
        }
        Ok(())
    }
}

fn run_all(
    work: &[(Scenario, PathBuf)],
    programs: &Programs,
    at_once: usize,
    told: Told<'_>,
) -> Result<bool> {
    let mut passed = 0_usize;
    let mut fault = None;
    run::run_all(work, programs, at_once, &mut |scenario, outcome| match outcome {
        Ok(outcome) => {
            passed += usize::from(outcome.pass);
            if let Err(error) = told.keep(&outcome) {
                tell(&format!("error: keeping the records of {}: {error}", outcome.scenario));
            }
            let json = told.json.then(|| serde_json::to_string(&outcome));
            print(&json.and_then(Result::ok).unwrap_or_else(|| outcome.line()));
        }
        Err(error) => {
            tell(&format!("error: running {}: {}", scenario.name, error.told()));
            fault = Some(error);
        }
    });
    if let Some(refused @ LabError::NotPermitted { .. }) = fault {
        return Err(refused.into());
    }
    if !told.json {
        print(&format!("{passed} passed, {} failed", work.len() - passed));
    }
    Ok(passed == work.len())
}

fn execute(
    provider: &str,
    scenario: Option<&Path>,
    command: &[OsString],
    dir: &Path,
) -> Result<ExitCode> {
    let Some(at) = PROVIDERS.iter().position(|known| known.id == provider) else {
        let known: Vec<&str> = PROVIDERS.iter().map(|known| known.id).collect();
        bail!("no provider is called {provider:?}; there are {}", known.join(", "));
    };
    let (lab, at) = match scenario {
        Some(file) => {
            let scenario = Scenario::read(file)?;
            let lab = built(&scenario, provider, dir)?;
            lab.disturb(0, scenario.line.noise());
            (lab, 0)
        }
        None => (demo::lab(1, dir)?, at),
    };
    let (space, _) = lab.volunteer(at, 0);
    let (program, arguments) = command.split_first().context("no program is named")?;
    let mut child = Command::new(program);
    child.args(arguments);
    for name in ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "QOLJETIM_LAB_CA"] {
        child.env(name, lab.roots());
    }
    let status = space.spawn(child)?.wait()?;
    Ok(ExitCode::from(exit_code(status)))
}

/// The one place for results.
fn print(line: &str) {
    // Whoever reads may have read enough.
    writeln!(stdout(), "{line}").ok();
}

/// The one place for complaints.
fn tell(line: &str) {
    writeln!(stderr(), "{line}").ok();
}

/// How many scenarios run at a time: most of a run is waiting.
const AT_ONCE: usize = 8;
/// The scenario of a bad line on which nobody interferes.
const CLEAN_NOISY: &str = include_str!("../scenarios/clean_noisy.toml");
/// The exit code where this system permits no lab: what test tools call a skipped test.
const NOT_PERMITTED: u8 = 77;
