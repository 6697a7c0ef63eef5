//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand, ValueEnum};
use url::Url;

use plan::Confirm;
use record::{Host, Target};

use crate::app::App;
use crate::commands;
use crate::consent::Sharing;
use crate::control::control;
use crate::edge::Edge;
use crate::export;
use crate::out::Out;
use crate::run::{self, Wishes};
use crate::show;
use crate::state::State;
use crate::stop::{Exit, Stop};
use crate::watch;
use crate::words::{Lang, Words};

/// What `main.rs` knows of the machine.
#[derive(Debug)]
pub struct Surroundings {
    /// Clock and randomness.
    pub edge: Edge,
    /// The state folder, unless the command line names another.
    pub state: PathBuf,
    /// The language, where the environment names one.
    pub lang: Option<String>,
    /// The system's locale.
    pub locale: String,
    /// Whether stdout takes colours.
    pub colour: bool,
}

/// Measures which news and social sites open from this network.
///
/// Nothing is measured and no network is touched before you agreed to the statement that
/// `consent show` prints.
#[derive(Debug, Parser)]
#[command(name = "qoljetim", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    /// The folder of settings, consent, keys, lists and records.
    #[arg(long, global = true, value_name = "DIR")]
    state: Option<PathBuf>,
    /// The settings file; agent.toml in the state folder when left out.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The language of messages.
    #[arg(long, global = true)]
    lang: Option<Lang>,
    /// Print one JSON document on stdout instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read the statement, agree to it, or withdraw.
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Measure the list once, or only the targets named.
    Run(RunArgs),
    /// Measure quietly until stopped: a few sites at a time, at random times, a part of the list a
    /// round.
    Watch(WatchArgs),
    /// List the records kept on this computer.
    List,
    /// Show one record, step by step.
    Show {
        /// The record's id, or its beginning.
        id: String,
    },
    /// Write the records kept on this computer in another format; nothing is sent.
    Export(ExportArgs),
    /// Look at what waits to be sent, or send it.
    #[command(subcommand)]
    Queue(QueueCommand),
    /// Show which network your records will name.
    Network,
    /// Look at the list of sites, or fetch a new one.
    #[command(subcommand)]
    Lists(ListsCommand),
    /// Show the credential of this machine as a control.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Run a control and a beacon, on a server of the project outside.
    Control(ControlArgs),
}

#[derive(Debug, Subcommand)]
enum ConsentCommand {
    /// Print the statement, and whether you agreed.
    Show,
    /// Agree to the statement and choose what happens to your records.
    Accept {
        /// The id at the end of the statement you have read.
        #[arg(long, value_name = "ID")]
        statement: String,
        /// What happens to your records.
        #[arg(long)]
        sharing: Sharing,
    },
    /// Withdraw: nothing is measured or sent any more.
    Withdraw,
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Targets of the list; all when left out.
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// When the six attempts that tell a filter from a fault are made; a few targets are always
    /// drawn for them when left out.
    #[arg(long)]
    confirm: Option<ConfirmWhen>,
    /// Keep the records even where you agreed to sending.
    #[arg(long)]
    no_send: bool,
    /// How many times the list is gone through.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

#[derive(Debug, clap::Args)]
struct WatchArgs {
    /// End after one round, which begins at once.
    #[arg(long)]
    once: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ConfirmWhen {
    /// For every target.
    Always,
    /// For targets that failed.
    IfFailed,
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// The format: OONI's `web_connectivity`, one JSON text a line.
    #[arg(long)]
    format: ExportFormat,
    /// The folder that the file is written into; "-" prints it.
    #[arg(long, default_value = "-", value_name = "DIR")]
    out: PathBuf,
    /// The records' ids, or their beginnings; all when left out.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExportFormat {
    /// What the tools of OONI read.
    Ooni,
}

#[derive(Debug, Subcommand)]
enum QueueCommand {
    /// List what waits.
    List,
    /// Send what waits.
    Send,
}

#[derive(Debug, Subcommand)]
enum ListsCommand {
    /// Print the list; contacts nobody.
    Show,
    /// Fetch the signed list from the collector.
    Update,
    /// Take in a signed list that somebody handed over as a file.
    Import {
        /// The file: the text that the collector gives at api/v1/lists/snapshot.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Print the control's public key, and make the key where it is missing.
    Control,
}

/// Where a control listens and how often it measures.
#[derive(Debug, clap::Args)]
pub struct ControlArgs {
    /// Where the API answers.
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
    /// Where the beacon ends any TLS name.
    #[arg(long, value_name = "ADDR:PORT")]
    pub beacon_tls: SocketAddr,
    /// Where the beacon answers any Host over HTTP.
    #[arg(long, value_name = "ADDR:PORT")]
    pub beacon_http: SocketAddr,
    /// The name server, where it runs one.
    #[command(flatten)]
    pub whoami: Option<WhoamiArgs>,
    /// Seconds from one round of the list to the next.
    #[arg(long, default_value_t = 3600, value_name = "N")]
    pub every_s: u64,
    /// End after one round.
    #[arg(long)]
    pub once: bool,
}

/// The name server that tells who asked: all three or none.
#[derive(Debug, clap::Args)]
pub struct WhoamiArgs {
    /// Where questions come for the zone that tells who asked.
    #[arg(long = "whoami", value_name = "ADDR:PORT", required = false)]
    #[arg(requires_all = ["zone", "server"])]
    pub at: SocketAddr,
    /// The zone that was delegated to this server.
    #[arg(long = "whoami-zone", value_name = "NAME", required = false, requires = "at")]
    pub zone: Host,
    /// The name that the delegation has for this server.
    #[arg(long = "whoami-server", value_name = "NAME", required = false, requires = "at")]
    pub server: Host,
}

/// Reads the command line, does what it says and returns the exit code.
pub async fn main(arguments: Vec<OsString>, around: Surroundings) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors, though clap hands them over as such.
            error.print().ok();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let environment = around.lang.as_deref().map(Lang::of_locale);
    let lang = cli.lang.or(environment).unwrap_or_else(|| Lang::of_locale(&around.locale));
    let out = Out::new(Words::new(lang), cli.json, around.colour);
    let state = match State::open(&cli.state.unwrap_or(around.state)) {
        Ok(state) => state,
        Err(error) => return end(&out, &error.into()),
    };
    let (config, settings) = match App::settings(&state, cli.config) {
        Ok(read) => read,
        Err(stop) => return end(&out, &stop),
    };
    let app = App { state, config, settings, edge: around.edge, out };
    match command(&app, cli.command).await {
        Ok(exit) => exit,
        Err(stop) => end(&app.out, &stop),
    }
}

fn end(out: &Out, stop: &Stop) -> Exit {
    out.stop(stop);
    stop.exit
}

async fn command(app: &App, command: Command) -> Result<Exit, Stop> {
    match command {
        Command::Consent(ConsentCommand::Show) => commands::show_consent(app),
        Command::Consent(ConsentCommand::Accept { statement, sharing }) => {
            commands::accept(app, &statement, sharing)
        }
        Command::Consent(ConsentCommand::Withdraw) => commands::withdraw(app),
        Command::Run(args) => Box::pin(run::run(app, &wishes(args)?)).await,
        Command::Watch(args) => Box::pin(watch::watch(app, args.once)).await,
        Command::List => show::list(app),
        Command::Show { id } => show::one(app, &id),
        Command::Export(ExportArgs { format: ExportFormat::Ooni, out, ids }) => {
            export::ooni(app, &out, &ids)
        }
        Command::Queue(QueueCommand::List) => show::queue(app),
        Command::Queue(QueueCommand::Send) => commands::send(app).await,
        Command::Network => commands::network(app).await,
        Command::Lists(ListsCommand::Show) => show::lists(app),
        Command::Lists(ListsCommand::Update) => commands::update(app).await,
        Command::Lists(ListsCommand::Import { file }) => commands::import(app, &file),
        Command::Keys(KeysCommand::Control) => commands::keys(app),
        Command::Control(args) => Box::pin(control(app, &args)).await,
    }
}

fn wishes(args: RunArgs) -> Result<Wishes, Stop> {
    let parse = |text: &String| {
        target(text).map_err(|error| {
            Stop::new(Exit::Usage, "error-target").with("target", text).because(error)
        })
    };
    Ok(Wishes {
        targets: args.targets.iter().map(parse).collect::<Result<_, _>>()?,
        confirm: args.confirm.map(|when| match when {
            ConfirmWhen::Always => Confirm::Always,
            ConfirmWhen::IfFailed => Confirm::IfFailed,
        }),
        send: !args.no_send,
        rounds: args.rounds,
    })
}

/// Reads a web address as people write it: the host may be in letters of any alphabet.
fn target(text: &str) -> Result<Target, <Target as FromStr>::Err> {
    let in_letters = (!text.is_ascii()).then(|| Url::parse(text).ok()).flatten();
    let encoded = in_letters.and_then(|url| url.as_str().parse().ok());
    encoded.map_or_else(|| text.parse(), Ok)
}

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 failed · 2 usage · 3 consent missing · 4 measurement not meaningful ·
5 some targets not measured · 6 collector unreachable or refused, records kept · 7 a signature is
wrong · 130 stopped with Ctrl-C, what was measured is kept";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_be_written_in_letters_of_any_alphabet() {
        for (text, read) in [
            ("https://news.test/", Some("https://news.test/")),
            ("https://Жаңалық-хат.test/", Some("https://xn----7sbab0a6a3cwa6c95csc.test/")),
            ("https://192.0.2.1/", None),
            ("жаңалық-хат", None),
        ] {
            let target = target(text).ok();

            assert_eq!(target.as_ref().map(Target::as_str), read, "{text}");
        }
    }
}
