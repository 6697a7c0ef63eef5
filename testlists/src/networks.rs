//! Providers as readers know them, and the networks they run.

use std::fmt;

use record::{Asn, NetworkKind};
use serde::{Deserialize, Serialize};

/// A provider's stable id: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderId(pub String);

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A company with one or more networks, as readers know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// Its names.
    pub names: Names,
    /// Who owns it, with the date of that knowledge.
    #[serde(default)]
    pub owner: String,
    /// What kind of networks it runs; hosting is never shown as a provider.
    pub kind: NetworkKind,
}

/// A name in three languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
    /// In English.
    pub en: String,
}

/// One autonomous system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its number.
    pub asn: Asn,
    /// The provider that runs it.
    pub provider: ProviderId,
    /// What kind of network it is.
    pub kind: NetworkKind,
    /// Its name in the registry.
    #[serde(default)]
    pub registry_name: String,
    /// Where this is known from.
    #[serde(default)]
    pub source: String,
}
