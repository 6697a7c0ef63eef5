//! The settings file `agent.toml`. `agent.sample.toml` tells every one with its reason.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use plan::Policy;
use record::{Host, KeyText};

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The base of the collector's address; `http` is taken only because it stands here.
    pub collector_url: String,
    /// The collector's public key. Lists and receipts of any other key are refused.
    pub collector_key: Option<KeyText>,
    /// A file of further root certificates (PEM), beside the embedded public ones.
    pub extra_roots: Option<PathBuf>,
    /// A file of root certificates (PEM) that stands for this machine's own list.
    pub system_roots: Option<PathBuf>,
    /// A table of address ranges and their networks that stands for the one in the program.
    pub prefixes: Option<PathBuf>,
    /// Hosts that are never contacted, with all below them, whatever a list says.
    pub never: Vec<Host>,
    /// Whether the resolver that this line was given is left alone: it is asked through the system
    /// only, not directly.
    pub no_provider_resolver: bool,
    /// Whether targets of the tier `sensitive` are tested as well.
    pub sensitive: bool,
    /// Pauses and time limits.
    pub limits: Limits,
    /// The quiet pace.
    pub watch: Watch,
    /// What is kept on this computer.
    pub keep: Keep,
}

/// Pauses and time limits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Targets tested at the same time.
    pub targets_at_once: usize,
    /// Targets that are begun within an hour; 0 sets no limit.
    pub targets_per_hour: usize,
    /// Connections that are open at the same time.
    pub connections: usize,
    /// Connections to one address; the project's own servers are exempt.
    pub connections_per_address: usize,
    /// Connections to one network (/24 of IPv4, /48 of IPv6); the project's own servers are exempt.
    pub connections_per_network: usize,
    /// Megabits (10⁶) a second, about; 0 sets no limit.
    pub megabits_per_second: u32,
    /// Megabytes (10⁶) a day, about; 0 sets no limit.
    pub megabytes_per_day: u64,
    /// Seconds for one target, confirm blocks included.
    pub target_deadline_s: u64,
    /// Milliseconds for a TCP connection.
    pub connect_timeout_ms: u64,
    /// Milliseconds for a TLS handshake, after the connection.
    pub handshake_timeout_ms: u64,
    /// Milliseconds from a request to the head of its answer.
    pub fetch_timeout_ms: u64,
    /// Milliseconds from there to the end of the page.
    pub body_timeout_ms: u64,
    /// Milliseconds for a load from the project's server, connection and handshake apart.
    pub load_timeout_ms: u64,
    /// Milliseconds until the first answer to a lookup.
    pub dns_timeout_ms: u64,
    /// Milliseconds in which further answers are collected after the first.
    pub dns_window_ms: u64,
    /// Milliseconds between two attempts of a confirm block.
    pub block_spacing_ms: u32,
    /// Milliseconds between two attempts of a block that is repeated because both names failed.
    pub block_residual_ms: u32,
    /// Addresses of a target that are tried at most.
    pub addresses: usize,
    /// Redirects that are followed at most.
    pub redirects: u8,
}

/// The quiet pace of the command `watch`. Spans are drawn from, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Targets tested at the same time.
    pub targets_at_once: usize,
    /// Targets that are begun within an hour; 0 sets no limit.
    pub targets_per_hour: usize,
    /// Megabytes (10⁶) a day, about; 0 sets no limit.
    pub megabytes_per_day: u64,
    /// The mean of the pauses between targets, in seconds: drawn for each round from this span.
    pub gap_seconds: [u32; 2],
    /// The share of the list that a round takes, in percent.
    pub share_percent: [u8; 2],
    /// Minutes from the end of a round to the next.
    pub pause_minutes: [u32; 2],
    /// The first round ever begins within this many minutes.
    pub first_minutes: u32,
    /// Records are sent within this many hours.
    pub upload_delay_hours: u32,
}

/// What is kept on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// Days for which readable records are kept, and the controls' that they were judged with; 0 keeps none.
    pub records_days: u32,
    /// Megabytes of each of both at most.
    pub records_mb: u64,
    /// Days for which unsent records wait.
    pub unsent_days: u32,
    /// Megabytes of unsent records at most; never more than 5 % of the free disk.
    pub unsent_mb: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            targets_at_once: 144,
            targets_per_hour: 0,
            connections: 160,
            connections_per_address: 6,
            connections_per_network: 32,
            megabits_per_second: 10,
            megabytes_per_day: 1_000,
            target_deadline_s: 300,
            connect_timeout_ms: 10_000,
            handshake_timeout_ms: 10_000,
            fetch_timeout_ms: 15_000,
            body_timeout_ms: 15_000,
            load_timeout_ms: 20_000,
            dns_timeout_ms: 5_000,
            dns_window_ms: 2_000,
            block_spacing_ms: 5_000,
            block_residual_ms: 120_000,
            addresses: 4,
            redirects: 5,
        }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            targets_at_once: 4,
            targets_per_hour: 60,
            megabytes_per_day: 100,
            gap_seconds: [20, 60],
            share_percent: [20, 30],
            pause_minutes: [30, 120],
            first_minutes: 60,
            upload_delay_hours: 6,
        }
    }
}

impl Default for Keep {
    fn default() -> Self {
        Self { records_days: 90, records_mb: 200, unsent_days: 90, unsent_mb: 200 }
    }
}

impl Config {
    /// Reads the settings in `text`; relative paths in them start at `folder`.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|source| ConfigError::Shape(Box::new(source)))?;
        if !config.collector_url.is_empty() {
            let url: url::Url = config.collector_url.parse().map_err(ConfigError::Url)?;
            if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
                return Err(ConfigError::Scheme(config.collector_url));
            }
            if !config.collector_url.ends_with('/') {
                config.collector_url.push('/');
            }
        }
        let limits = &config.limits;
        for (name, number) in [
            ("limits.targets_at_once", limits.targets_at_once),
            ("limits.connections", limits.connections),
            ("limits.connections_per_address", limits.connections_per_address),
            ("limits.connections_per_network", limits.connections_per_network),
            ("watch.targets_at_once", config.watch.targets_at_once),
        ] {
            if number == 0 {
                return Err(ConfigError::Zero(name));
            }
        }
        config.extra_roots = config.extra_roots.map(|path| folder.join(path));
        config.system_roots = config.system_roots.map(|path| folder.join(path));
        config.prefixes = config.prefixes.map(|path| folder.join(path));
        Ok(config)
    }
}

impl Limits {
    /// Returns the pauses and limits that a recipe decides by.
    pub fn policy(&self) -> Policy {
        Policy {
            spacing_ms: self.block_spacing_ms,
            residual_ms: self.block_residual_ms,
            addresses: self.addresses,
            redirects: self.redirects,
            ..Policy::default()
        }
    }

    /// Returns the limits for a line with this round-trip time, where it was measured: steps that
    /// get no answer are given up earlier on a quick line, the same for every name. The settings
    /// stay the upper bounds.
    ///
    /// A connection has room for two lost packets (1 + 2 s, RFC 6298 §2) and eight round trips; a
    /// handshake and a page for as many and their own work. Answers to a question come within a
    /// few round trips of each other.
    #[must_use]
    pub fn adapted(&self, rtt_ms: Option<u32>) -> Self {
        let Some(rtt) = rtt_ms.map(u64::from) else { return self.clone() };
        let within = |base: u64, trips: u64, most: u64| (base + trips * rtt).min(most);
        Self {
            connect_timeout_ms: within(3_500, 8, self.connect_timeout_ms),
            handshake_timeout_ms: within(4_500, 16, self.handshake_timeout_ms),
            fetch_timeout_ms: within(8_000, 32, self.fetch_timeout_ms),
            dns_window_ms: within(500, 6, self.dns_window_ms),
            ..self.clone()
        }
    }

    /// Returns the time for one target.
    pub fn target_deadline(&self) -> Duration {
        Duration::from_secs(self.target_deadline_s)
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, or a name that is no setting.
    #[error("the settings cannot be read")]
    Shape(#[source] Box<toml::de::Error>),
    /// The collector's address is no address.
    #[error("collector_url is not a web address")]
    Url(#[source] url::ParseError),
    /// The collector's address is neither http nor https.
    #[error("collector_url must begin with https:// or http://, not {0:?}")]
    Scheme(String),
    /// A number that must not be zero is zero.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../agent.sample.toml");

    #[test]
    fn the_sample_holds_every_setting_with_its_default() {
        let uncommented: String = SAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let sample: toml::Table = toml::from_str(&uncommented).unwrap();
        let names = |table: &toml::Table| table.keys().cloned().collect::<Vec<_>>();
        let debug = format!("{:?}", Config::default());
        let fields = |text: &str| -> usize { text.matches(": ").count() };

        let sections = ["limits", "watch", "keep"].map(|name| sample[name].as_table().unwrap());
        let told: usize =
            names(&sample).len() + sections.map(|table| table.len()).iter().sum::<usize>();
        assert_eq!(told, fields(&debug), "fields in the sample against {debug}");

        let read = Config::parse(&uncommented, Path::new("")).unwrap();
        assert_eq!(read.limits, Limits::default());
        assert_eq!(read.watch, Watch::default());
        assert_eq!(read.keep, Keep::default());
        assert!(!read.sensitive && read.collector_key.is_some());
        assert_eq!(Config::parse(SAMPLE, Path::new("")).unwrap(), Config::default());
    }

    #[test]
    fn unknown_settings_and_wrong_values_are_refused() {
        for text in [
            "colector_url = \"https://c.test/\"",
            "[limits]\ntargets = 3",
            "collector_url = \"ftp://c.test/\"",
            "collector_url = \"c.test\"",
            "collector_key = \"12\"",
            "[limits]\ntargets_at_once = 0",
            "[limits]\nconnections = 0",
            "never = [\"192.0.2.1\"]",
        ] {
            assert!(Config::parse(text, Path::new("")).is_err(), "{text}");
        }
    }

    #[test]
    fn a_quick_line_waits_less_and_a_slow_one_no_longer_than_the_settings_say() {
        let limits = Limits::default();
        let timeouts = |limits: &Limits| {
            [limits.connect_timeout_ms, limits.handshake_timeout_ms, limits.fetch_timeout_ms]
        };

        assert_eq!(timeouts(&limits.adapted(Some(80))), [4_140, 5_780, 10_560]);
        assert_eq!(limits.adapted(Some(80)).dns_window_ms, 980);
        assert_eq!(limits.adapted(Some(5_000)), limits);
        assert_eq!(limits.adapted(None), limits);
    }

    #[test]
    fn paths_start_at_the_folder_and_addresses_end_with_a_slash() {
        let text = "collector_url = \"http://198.51.100.10:8080\"\nextra_roots = \"roots.pem\"";

        let config = Config::parse(text, Path::new("/lab")).unwrap();

        assert_eq!(config.collector_url, "http://198.51.100.10:8080/");
        assert_eq!(config.extra_roots.as_deref(), Some(Path::new("/lab/roots.pem")));
    }
}
