//! The command line.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use serde_json::json;

use crate::config::Config;
use crate::derive::Worker;
use crate::init::{self, CONFIG};
use crate::serve::DATABASE;
use crate::store::Store;
use crate::{Edge, Reference, check, lock, offline, out, serve};

/// Takes measurements, works out what they prove, and serves it.
#[derive(Debug, Parser)]
#[command(name = "qoljetim-collector", version)]
pub struct Cli {
    /// The data folder.
    #[arg(long, env = "QOLJETIM_COLLECTOR_DATA", default_value = "collector-data")]
    data: PathBuf,
    /// The settings; `collector.toml` in the data folder unless named.
    #[arg(long)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Make the data folder with settings and a key, and print the public key.
    Init,
    /// Take batches and serve the API and the pages.
    Serve {
        /// Where to answer, in place of the settings' word.
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Judge records in files (this project's or OONI's) and print one verdict a line.
    Judge {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Empty every derived table and make it again from the raw batches.
    Rebuild,
    /// Check settings, key, lists, database and disk.
    Check,
}

/// Runs one command.
pub fn run(cli: &Cli, edge: &Edge) -> ExitCode {
    let done = match &cli.command {
        Command::Init => make(&cli.data, edge),
        Command::Serve { listen } => listen_and_serve(cli, *listen, edge),
        Command::Judge { files } => judge(cli, files),
        Command::Rebuild => rebuild(cli, edge),
        Command::Check => return examine(cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = &*error, "{}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn Error>>;

fn make(data: &Path, edge: &Edge) -> Done {
    let key = init::init(data, edge)?;
    out::json(&json!({ "key": key }));
    Ok(())
}

fn listen_and_serve(cli: &Cli, listen: Option<SocketAddr>, edge: &Edge) -> Done {
    let mut config = read_config(cli)?;
    config.listen = listen.unwrap_or(config.listen);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ready = |listening: SocketAddr| out::json(&json!({ "listening": listening }));
    let served = runtime.block_on(serve(&cli.data, config, edge.clone(), ready, stopped()));
    // Readers in the middle of an answer are not waited for.
    runtime.shutdown_background();
    Ok(served?)
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).ok();
    let term = async {
        match &mut term {
            Some(term) => term.recv().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term => {}
    }
}

fn judge(cli: &Cli, files: &[PathBuf]) -> Done {
    let config = read_config_if_any(cli)?;
    let reference = Reference::read(config)?;
    let mut failed = 0;
    for file in files {
        for line in offline::judge_file(file, &reference) {
            match line {
                Ok(judged) => out::json(&judged),
                Err(error) => {
                    failed += 1;
                    tracing::error!("{}: {}", file.display(), chain(&error));
                }
            }
        }
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} records could not be judged").into()) }
}

fn rebuild(cli: &Cli, edge: &Edge) -> Done {
    let _lock = lock::take(&cli.data)?;
    let store = Arc::new(Store::open(&cli.data.join(DATABASE))?);
    let reference = Arc::new(Reference::read(read_config(cli)?)?);
    let mut worker = Worker::begin(Arc::clone(&store), reference, edge.clone())?;
    worker.forget()?;
    worker.run(|| false)?;
    let (agents, controls) = store.read("count", |tx| tx.measurement_counts())?;
    out::json(&json!({ "measurements": agents, "controls": controls }));
    Ok(())
}

fn examine(cli: &Cli) -> ExitCode {
    let path = cli.config.clone().unwrap_or_else(|| cli.data.join(CONFIG));
    let mut sound = true;
    for check in check::all(&cli.data, &path) {
        sound &= check.is_fine;
        let word = if check.is_fine { "ok" } else { "not ok" };
        out::line(&format!("{word:7} {}: {}", check.what, check.found));
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read_config(cli: &Cli) -> Result<Config, Box<dyn Error>> {
    let path = cli.config.clone().unwrap_or_else(|| cli.data.join(CONFIG));
    Ok(Config::read(&path)?)
}

/// Judging needs no data folder: without settings the built-in lists are used.
fn read_config_if_any(cli: &Cli) -> Result<Config, Box<dyn Error>> {
    let path = cli.data.join(CONFIG);
    if cli.config.is_none() && !path.exists() { Ok(Config::default()) } else { read_config(cli) }
}

/// Writes an error with its causes on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
