//! `qoljetim`: reads the clock, randomness and the environment, and hands them down.

use std::env::var;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use agent::cli::{self, Surroundings};
use agent::edge::Edge;
use record::Timestamp;

fn main() -> ExitCode {
    let surroundings = surroundings();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return ExitCode::FAILURE };
    let exit = runtime.block_on(cli::main(arguments, surroundings));
    // A question to the system's resolver cannot be called back: it must not keep the program.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ExitCode::from(exit as u8)
}

#[expect(clippy::disallowed_methods, reason = "main.rs is where the environment is read")]
fn surroundings() -> Surroundings {
    let set = |name: &str| var(name).ok().filter(|value| !value.is_empty());
    let offset: i64 =
        set("QOLJETIM_CLOCK_OFFSET").and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let random = || {
        use rand::TryRngCore as _;
        // Without randomness there is no safe key: better to end than to go on.
        rand::rngs::OsRng.try_next_u64().unwrap_or_else(|_| std::process::abort())
    };
    let state = set("QOLJETIM_STATE").map(PathBuf::from).or_else(|| {
        let base = set("XDG_STATE_HOME").map(PathBuf::from);
        let home = set("HOME").or_else(|| set("USERPROFILE"));
        base.or_else(|| Some(PathBuf::from(home?).join(".local/state")))
            .map(|base| base.join("qoljetim"))
    });
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    Surroundings {
        edge: Edge::new(move || Timestamp::now().shifted(offset), random),
        state: state.unwrap_or_else(|| PathBuf::from("qoljetim-state")),
        lang: set("QOLJETIM_LANG"),
        locale: locale.unwrap_or_default(),
        colour: std::io::stdout().is_terminal()
            && set("NO_COLOR").is_none()
            && set("TERM").is_none_or(|term| term != "dumb"),
    }
}
