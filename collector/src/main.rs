//! The program `qoljetim-collector`: reads clock, randomness and environment, and hands them down.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use rand::TryRngCore as _;
use tracing_subscriber::EnvFilter;

use collector::Edge;
use collector::cli::{Cli, run};
use record::Timestamp;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = variable("QOLJETIM_LOG").unwrap_or_else(|| "warn,collector=info".to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .without_time()
        .init();
    let offset: i64 = match variable("QOLJETIM_CLOCK_OFFSET").map(|text| text.parse()) {
        None => 0,
        Some(Ok(seconds)) => seconds,
        Some(Err(_)) => {
            tracing::error!("QOLJETIM_CLOCK_OFFSET is not a number of seconds");
            return ExitCode::from(2);
        }
    };
    let edge = Edge {
        now: Arc::new(move || Timestamp::now().shifted(offset)),
        random: Arc::new(|| {
            let mut drawn = [0; 32];
            rand::rngs::OsRng
                .try_fill_bytes(&mut drawn)
                .expect("a system without randomness cannot run a collector");
            drawn
        }),
    };
    run(&cli, &edge)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
