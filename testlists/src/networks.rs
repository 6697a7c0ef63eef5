//! Providers as readers know them, and the networks they run.

use std::fmt;

use serde::{Deserialize, Serialize};

use record::{Asn, NetworkKind};

use crate::ListError;
use crate::error::At;
use crate::table::{self, Entry, File, Once};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderEntry {
    id: String,
    kk: String,
    ru: String,
    en: String,
    #[serde(default)]
    owner: String,
    kind: NetworkKind,
}

/// Reads the files of providers.
pub(crate) fn read_providers(files: &[File<'_>]) -> Result<Vec<Provider>, ListError> {
    let mut once = Once::new();
    let mut providers = Vec::new();
    for file in files {
        for Entry { at, value } in table::entries::<ProviderEntry>(file, "provider")? {
            let ProviderEntry { id, kk, ru, en, owner, kind } = value;
            table::check_id(at, &id)?;
            once.check(at, id.clone(), &id)?;
            let names = names(at, [kk, ru, en])?;
            providers.push(Provider { id: ProviderId(id), names, owner, kind });
        }
    }
    Ok(providers)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkEntry {
    asn: Asn,
    provider: ProviderId,
    kind: NetworkKind,
    #[serde(default)]
    registry_name: String,
    #[serde(default)]
    source: String,
}

/// Reads the files of networks, each of one of `providers`.
pub(crate) fn read_networks(
    files: &[File<'_>],
    providers: &[Provider],
) -> Result<Vec<Network>, ListError> {
    let mut once = Once::new();
    let mut networks = Vec::new();
    for file in files {
        for Entry { at, value } in table::entries::<NetworkEntry>(file, "network")? {
            let NetworkEntry { asn, provider, kind, registry_name, source } = value;
            once.check(at, asn, &asn.to_string())?;
            let Some(owner) = providers.iter().find(|known| known.id == provider) else {
                return Err(at.wrong(
                    format!("the provider {provider:?} of {asn} is not known"),
                    "add it to a file in providers/, or correct its id",
                ));
            };
            // Hosting is never counted as somebody's customers, so the two are never mixed.
            if (kind == NetworkKind::Hosting) != (owner.kind == NetworkKind::Hosting) {
                return Err(at.wrong(
                    format!("{asn} and its provider {provider} differ in being hosting"),
                    "give hosting a provider of its own, with kind = \"hosting\" in both files",
                ));
            }
            networks.push(Network { asn, provider, kind, registry_name, source });
        }
    }
    Ok(networks)
}

/// Joins names given in the order Kazakh, Russian, English; refuses an empty one.
pub(crate) fn names(at: At<'_>, [kk, ru, en]: [String; 3]) -> Result<Names, ListError> {
    for (name, language) in [(&kk, "Kazakh (kk)"), (&ru, "Russian (ru)"), (&en, "English (en)")] {
        if name.trim().is_empty() {
            return Err(at.wrong(
                format!("the name in {language} is empty"),
                "write the name as readers of that language know it",
            ));
        }
    }
    Ok(Names { kk, ru, en })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_with_their_providers() {
        let providers = read_providers(&[File::new("providers/x.toml", PROVIDERS)]).unwrap();
        let networks = read_networks(&[File::new("networks/x.toml", NETWORKS)], &providers);

        assert_eq!(providers[0].names.en, "North");
        assert_eq!(networks.unwrap()[1].kind, NetworkKind::Hosting);
    }

    #[test]
    fn a_bad_provider_is_refused_with_its_line() {
        for (from, to, part) in [
            ("Солтүстік", "", "providers/x.toml, line 1: the name in Kazakh (kk) is empty"),
            ("\"mixed\"", "\"wifi\"", "providers/x.toml, line 1: unknown variant `wifi`"),
            ("\"farm\"", "\"north\"", "providers/x.toml, line 8: north stands in providers/x.toml"),
        ] {
            let text = PROVIDERS.replacen(from, to, 1);
            let error = read_providers(&[File::new("providers/x.toml", &text)]).unwrap_err();
            assert!(error.to_string().starts_with(part), "{error}");
        }
    }

    #[test]
    fn a_bad_network_is_refused_with_its_line() {
        let providers = read_providers(&[File::new("providers/x.toml", PROVIDERS)]).unwrap();
        for (from, to, part) in [
            (
                "64497",
                "64496",
                "networks/x.toml, line 5: AS64496 stands in networks/x.toml, line 1",
            ),
            ("\"farm\"", "\"form\"", "networks/x.toml, line 5: the provider"),
            ("\"hosting\"", "\"fixed\"", "networks/x.toml, line 5: AS64497 and its provider farm"),
            ("asn = 64497", "asn = \"AS1\"", "networks/x.toml, line 5: invalid type"),
        ] {
            let text = NETWORKS.replacen(from, to, 1);
            let files = [File::new("networks/x.toml", &text)];
            let error = read_networks(&files, &providers).unwrap_err();
            assert!(error.to_string().starts_with(part), "{error}");
        }
    }

    const PROVIDERS: &str = r#"[[provider]]
id = "north"
kk = "Солтүстік"
ru = "Север"
en = "North"
kind = "mixed"

[[provider]]
id = "farm"
kk = "Ферма"
ru = "Ферма"
en = "Farm"
kind = "hosting"
"#;

    const NETWORKS: &str = r#"[[network]]
asn = 64496
provider = "north"
kind = "mobile"
[[network]]
asn = 64497
provider = "farm"
kind = "hosting"
"#;
}
