//! The settings: `collector.toml` in the data folder.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use testlists::ControlServer;

/// Everything that can be set. Every field has a default; `collector.sample.toml` explains them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to answer.
    pub listen: SocketAddr,
    /// A folder of lists in place of the built-in ones.
    pub lists: Option<PathBuf>,
    /// A file in Citizen Lab's format, added to the lists.
    pub citizenlab: Option<PathBuf>,
    /// Whether sensitive targets are handed out as well.
    pub sensitive: bool,
    /// Whether the data are invented.
    pub demo: bool,
    /// Certificate authorities that are trusted beside the public ones, in PEM.
    pub extra_roots: Option<PathBuf>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long a snapshot may be measured by, in seconds.
    pub snapshot_ttl_s: u64,
    /// The least pause between two snapshots that differ in their controls only, in seconds.
    pub snapshot_pause_s: Option<u64>,
    /// Megabytes that must stay free; below that uploads are refused.
    pub min_free_mb: u64,
    /// Bounds of connections and uploads.
    pub limits: Limits,
    /// The project's controls.
    #[serde(rename = "control")]
    pub controls: Vec<ControlServer>,
}

/// Bounds of connections and uploads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Uploads read at once, of at most one megabyte each.
    pub uploads_at_once: usize,
    /// Uploads read at once from one prefix.
    pub uploads_of_one_prefix: usize,
    /// Uploads that wait for the disk.
    pub queue: usize,
    /// How long a request's head may take, in milliseconds.
    pub head_ms: u64,
    /// How long a body may pause, in milliseconds.
    pub body_idle_ms: u64,
    /// How long a body may take, in milliseconds.
    pub body_total_ms: u64,
}

impl Config {
    /// Reads the settings; paths in them are relative to the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Disk { path: path.to_owned(), source })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Shape { path: path.to_owned(), source })?;
        if config.snapshot_ttl_s < LEAST_TTL_S {
            return Err(ConfigError::TooShort {
                path: path.to_owned(),
                found: config.snapshot_ttl_s,
            });
        }
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        for path in [&mut config.lists, &mut config.citizenlab, &mut config.extra_roots] {
            *path = path.take().map(|path| folder.join(path));
        }
        Ok(config)
    }

    /// Returns the least pause between two snapshots that differ in their controls only: short
    /// where a demo lasts minutes, a quarter of an hour where each edition is kept for ever.
    pub fn snapshot_pause(&self) -> u64 {
        self.snapshot_pause_s.unwrap_or(if self.demo { 2 } else { 900 })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            lists: None,
            citizenlab: None,
            sensitive: false,
            demo: false,
            extra_roots: None,
            trusted_proxies: Vec::new(),
            snapshot_ttl_s: 86_400,
            snapshot_pause_s: None,
            min_free_mb: 2_048,
            limits: Limits::default(),
            controls: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            uploads_at_once: 256,
            uploads_of_one_prefix: 32,
            queue: 256,
            head_ms: 10_000,
            body_idle_ms: 5_000,
            body_total_ms: 60_000,
        }
    }
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The disk did not give the file.
    #[error("could not read {}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
    /// The file does not say what it should.
    #[error("{} is not a configuration", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: toml::de::Error,
    },
    /// No agent could measure by lists that are over at once.
    #[error(
        "{}: snapshot_ttl_s is {found}; write at least {LEAST_TTL_S}, or agents have no lists in force",
        path.display()
    )]
    TooShort {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u64,
    },
}

/// Less than a run takes.
const LEAST_TTL_S: u64 = 600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_shows_every_field_with_its_default() {
        let sample = include_str!("../collector.sample.toml");
        let uncommented: String = sample
            .lines()
            .map(|line| line.strip_prefix("#= ").unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();

        let plain: Config = toml::from_str(sample).unwrap();
        let full: toml::Table = uncommented.parse().unwrap();

        assert_eq!(plain, Config::default());
        for field in FIELDS {
            assert!(full.contains_key(field), "{field}");
        }
        let limits = full["limits"].as_table().unwrap();
        assert_eq!(limits.len(), 7);
        let config: Config = toml::from_str(&uncommented).unwrap();
        assert_eq!(config.controls.len(), 1);
    }

    #[test]
    fn lists_that_are_over_at_once_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("collector.toml");
        std::fs::write(&path, "snapshot_ttl_s = 0").unwrap();

        let refused = Config::read(&path).unwrap_err();

        assert!(refused.to_string().contains("snapshot_ttl_s is 0"), "{refused}");
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(toml::from_str::<Config>("listne = \"127.0.0.1:1\"").is_err());
        assert!(toml::from_str::<Config>("[limits]\nque = 1").is_err());
    }

    /// The fields of [`Config`]; the destructuring makes the compiler ask for new ones.
    const FIELDS: [&str; 12] = {
        const fn all(config: &Config) {
            let Config {
                listen: _,
                lists: _,
                citizenlab: _,
                sensitive: _,
                demo: _,
                extra_roots: _,
                trusted_proxies: _,
                snapshot_ttl_s: _,
                snapshot_pause_s: _,
                min_free_mb: _,
                limits: _,
                controls: _,
            } = config;
        }
        let _: fn(&Config) = all;
        [
            "listen",
            "lists",
            "citizenlab",
            "sensitive",
            "demo",
            "extra_roots",
            "trusted_proxies",
            "snapshot_ttl_s",
            "snapshot_pause_s",
            "min_free_mb",
            "limits",
            "control",
        ]
    };
}
