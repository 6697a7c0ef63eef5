//! What measurements are read against: lists, controls and certificate authorities.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

use record::{Asn, Digest, KeyText, NetworkKind};
use testlists::{ListError, Lists, Network, Provider};

use crate::config::Config;
use crate::derive::Roots;
use crate::derive::RootsError;

/// Everything that does not come from agents. Read once at start.
pub struct Reference {
    /// The settings.
    pub config: Config,
    /// The lists.
    pub lists: Lists,
    /// What certificates are judged against.
    pub roots: Roots,
    countries: BTreeMap<KeyText, String>,
}

impl Reference {
    /// Reads what the settings name.
    pub fn read(config: Config) -> Result<Self, ReferenceError> {
        let mut lists = match &config.lists {
            Some(folder) => testlists::load(folder)?,
            None => testlists::builtin(),
        };
        if let Some(path) = &config.citizenlab {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ReferenceError::Disk { path: path.clone(), source })?;
            lists.add_citizenlab(&text)?;
        }
        let roots = Roots::read(config.extra_roots.as_deref())?;
        let country = |control: &testlists::ControlServer| {
            (control.credential, control.country.to_ascii_lowercase())
        };
        let countries = config.controls.iter().map(country).collect();
        Ok(Self { config, lists, roots, countries })
    }

    /// Returns the country of a configured control.
    pub fn control_country(&self, credential: &KeyText) -> Option<&str> {
        self.countries.get(credential).map(String::as_str)
    }

    /// Returns the network and its provider when it serves customers: hosting is never counted.
    pub fn customers(&self, asn: Asn) -> Option<(&Network, &Provider)> {
        let network = self.lists.network(asn).filter(|known| known.kind != NetworkKind::Hosting)?;
        let provider = self.lists.provider_of(asn)?;
        (provider.kind != NetworkKind::Hosting).then_some((network, provider))
    }

    /// Returns the providers that readers see, in the order of the lists.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.lists.providers.iter().filter(|provider| provider.kind != NetworkKind::Hosting)
    }

    /// Returns a provider's networks, in ascending order.
    pub fn networks_of(&self, provider: &str) -> Vec<Asn> {
        let own = self.lists.networks.iter().filter(|network| {
            network.provider.0 == provider && network.kind != NetworkKind::Hosting
        });
        own.map(|network| network.asn).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Names everything that the derived tables follow from beside the raw ones: another value
    /// means that they must be made again.
    pub fn basis(&self) -> Digest {
        let networks = serde_json::to_string(&self.lists.networks).unwrap_or_default();
        let providers = serde_json::to_string(&self.lists.providers).unwrap_or_default();
        let controls: Vec<_> = self.countries.iter().collect();
        let controls = serde_json::to_string(&controls).unwrap_or_default();
        let roots = self.roots.digest().to_string();
        let demo = self.config.demo.to_string();
        let version = env!("CARGO_PKG_VERSION");
        let parts = [version, DERIVATION, &networks, &providers, &controls, &roots, &demo];
        Digest::of(parts.join("\0").as_bytes())
    }
}

/// A signing key with its lists: what issuing a snapshot takes.
pub(crate) struct Issuer<'a> {
    /// The lists and settings.
    pub(crate) reference: &'a Reference,
    /// What snapshots are signed with.
    pub(crate) key: &'a SigningKey,
}

/// Why the reference data could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// A list is wrong.
    #[error("the lists cannot be used")]
    Lists(#[from] ListError),
    /// The certificate authorities are wrong.
    #[error("the certificate authorities cannot be used")]
    Roots(#[from] RootsError),
    /// The disk did not give a file.
    #[error("could not read {}", path.display())]
    Disk {
        /// The file.
        path: std::path::PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
}

/// Raised whenever the derivation changes its mind about the same input.
const DERIVATION: &str = "7";
