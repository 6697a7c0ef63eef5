//! What every command works with.

use std::error::Error;
use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use testlists::Prefixes;

use crate::collector::Collector;
use crate::config::Config;
use crate::edge::Edge;
use crate::out::Out;
use crate::roots::Roots;
use crate::spool::{Spool, SpoolLimits};
use crate::state::State;
use crate::stop::{Exit, Stop};

/// State, settings, clock, randomness and a place to print.
#[derive(Debug)]
pub struct App {
    /// The state folder.
    pub state: State,
    /// The settings.
    pub config: Config,
    /// Where the settings are.
    pub settings: PathBuf,
    /// Clock and randomness.
    pub edge: Edge,
    /// Where words and data go.
    pub out: Out,
}

impl App {
    /// Reads the settings, and returns them with their place; a missing file is all defaults,
    /// unless the command line names it.
    pub fn settings(state: &State, named: Option<PathBuf>) -> Result<(Config, PathBuf), Stop> {
        let must_exist = named.is_some();
        let path = named.unwrap_or_else(|| state.path("agent.toml"));
        let folder = path.parent().map(ToOwned::to_owned).unwrap_or_default();
        let wrong = |source: Box<dyn Error + Send + Sync>| {
            Stop::new(Exit::Usage, "error-config").with("path", path.display()).because(source)
        };
        let config = match std::fs::read_to_string(&path) {
            Ok(text) => Config::parse(&text, &folder).map_err(|error| wrong(error.into()))?,
            Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => Config::default(),
            Err(error) => return Err(wrong(error.into())),
        };
        Ok((config, path))
    }

    /// Keeps every other run of the program out of the state folder until the file is dropped.
    pub fn lock(&self) -> Result<File, Stop> {
        self.state.lock()?.ok_or_else(|| Stop::new(Exit::Failed, "error-busy"))
    }

    /// Loads the root certificates.
    pub fn roots(&self) -> Result<Roots, Stop> {
        Roots::load(self.config.extra_roots.as_deref())
            .map_err(|error| Stop::new(Exit::Usage, "error-roots").because(error))
    }

    /// Reads the table of networks that the settings name in place of the program's own.
    pub fn prefixes(&self) -> Result<Option<Prefixes>, Stop> {
        let Some(path) = &self.config.prefixes else { return Ok(None) };
        let wrong = |error: Box<dyn Error + Send + Sync>| {
            Stop::new(Exit::Usage, "error-prefixes").because(error)
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.into()))?;
        let table = Prefixes::parse(&path.display().to_string(), &text);
        table.map(Some).map_err(|error| wrong(error.into()))
    }

    /// Prepares the way to the collector.
    pub fn collector(&self, roots: &Roots) -> Result<Collector, Stop> {
        Collector::new(&self.config, roots, &self.settings.display().to_string())
    }

    /// Opens the records that wait to be sent.
    pub fn spool(&self) -> Result<Spool, Stop> {
        let keep = &self.config.keep;
        self.folder("spool", keep.unsent_mb, keep.unsent_days)
    }

    /// Opens the readable records; none where the person keeps none.
    pub fn records(&self) -> Result<Option<Spool>, Stop> {
        let keep = &self.config.keep;
        if keep.records_days == 0 {
            return Ok(None);
        }
        self.folder("records", keep.records_mb, keep.records_days).map(Some)
    }

    /// Opens the controls' records that readable ones were judged with; none where the person keeps none.
    pub fn kept_controls(&self) -> Result<Option<Spool>, Stop> {
        let keep = &self.config.keep;
        if keep.records_days == 0 {
            return Ok(None);
        }
        self.folder("controls", keep.records_mb, keep.records_days).map(Some)
    }

    /// Returns the free room of the disk that holds the state folder, where the system tells.
    pub fn free_bytes(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let about = nix::sys::statvfs::statvfs(&self.state.path("")).ok()?;
            // Their width differs between systems.
            #[expect(clippy::useless_conversion, reason = "both are u64 here and u32 elsewhere")]
            Some(
                u64::from(about.blocks_available())
                    .saturating_mul(u64::from(about.fragment_size())),
            )
        }
        #[cfg(not(unix))]
        None
    }

    fn folder(&self, name: &str, megabytes: u64, days: u32) -> Result<Spool, Stop> {
        let limits = SpoolLimits {
            bytes: megabytes.saturating_mul(1 << 20),
            hours: days.saturating_mul(24),
        };
        Ok(Spool::open(&self.state.folder(name)?, limits)?)
    }
}
