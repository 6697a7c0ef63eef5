//! All lists of one folder together, checked against each other.

use std::collections::BTreeSet;

use record::{Asn, Host, Target};

use crate::citizenlab::{self, Added, Skip};
use crate::table::File;
use crate::{
    Category, Fingerprints, ListError, Listed, Network, Never, Prefixes, Provider, PublicResolver,
    categories, endpoints, fingerprints, networks, never, prefixes, resolvers, targets,
};

/// How many targets lists may hold.
pub const TARGETS_MOST: usize = 5_000;

/// The lists of one folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lists {
    /// What is tested.
    pub targets: Vec<Listed>,
    /// Benign sites that stand beside each screen as controls.
    pub known_good: Vec<Listed>,
    /// Companies as readers know them.
    pub providers: Vec<Provider>,
    /// Their networks.
    pub networks: Vec<Network>,
    /// Which addresses belong to which network.
    pub prefixes: Prefixes,
    /// The resolvers asked beside the system's.
    pub resolvers: Vec<PublicResolver>,
    /// What is known of forged answers.
    pub known: Fingerprints,
    /// What sorts of targets there are.
    pub categories: Vec<Category>,
    /// Hosts that are never tested.
    pub never: Never,
}

impl Lists {
    /// Returns the provider that runs the network.
    pub fn provider_of(&self, asn: Asn) -> Option<&Provider> {
        let network = self.network(asn)?;
        self.providers.iter().find(|provider| provider.id == network.provider)
    }

    /// Returns the network of this number.
    pub fn network(&self, asn: Asn) -> Option<&Network> {
        self.networks.iter().find(|network| network.asn == asn)
    }

    /// Returns the category of this id.
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// Returns whether the host, or a name above it, is never tested.
    pub fn never(&self, host: &Host) -> bool {
        self.never.covers(host)
    }

    /// Adds the rows of a list of Citizen Lab's that this project may test, and counts the others.
    ///
    /// Fails, and changes nothing, when the text is no such list or the targets become too many.
    pub fn add_citizenlab(&mut self, text: &str) -> Result<Added, ListError> {
        let mut sifted = citizenlab::sift(text)?;
        let mut added = Vec::new();
        for listed in sifted.rows {
            let skip = if self.never(&listed.target.host()) {
                Skip::Never
            } else if self.category(&listed.category).is_none() {
                Skip::OutOfScope
            } else if self.targets.iter().any(|known| known.target == listed.target) {
                Skip::Known
            } else {
                added.push(listed);
                continue;
            };
            *sifted.skipped.entry(skip).or_default() += 1;
        }
        check_count(self.targets.len() + added.len())?;
        let count = added.len();
        self.targets.extend(added);
        Ok(Added { added: count, skipped: sifted.skipped })
    }

    /// Reads the files of one folder, and checks them against each other.
    ///
    /// This repository's own `never.csv` always holds as well, and its categories hold where the
    /// folder brings none.
    pub(crate) fn read(files: &[File<'_>]) -> Result<Self, ListError> {
        for file in files {
            check_size(file)?;
        }
        let one = |path: &str| files.iter().find(|file| file.path == path);
        let many = |folder: &str| {
            let within = |file: &&File<'_>| file.path.starts_with(folder);
            files.iter().filter(within).cloned().collect::<Vec<_>>()
        };
        let own = File::new("categories.toml", crate::load::CATEGORIES);
        let categories = categories::read(one("categories.toml").unwrap_or(&own))?;
        let mut never = never::read(&many("never.csv"))?;
        never.extend(own_never()?);
        let mut targets = targets::read(&many("targets/"), &categories, &never)?;
        if let Some(file) = one("endpoints.toml") {
            let endpoints = endpoints::read(file, &categories, &never)?;
            let known: BTreeSet<Target> = targets.iter().map(|row| row.target.clone()).collect();
            if let Some(twice) = endpoints.iter().find(|row| known.contains(&row.target)) {
                return Err(ListError::file(
                    "endpoints.toml",
                    format!("{} is listed under targets/ as well", twice.target),
                    "keep one of the two rows",
                ));
            }
            targets.extend(endpoints);
        }
        check_count(targets.len())?;
        let known_good = one("known_good.csv")
            .map(|file| targets::read_known_good(file, &categories, &never))
            .transpose()?;
        let providers = networks::read_providers(&many("providers/"))?;
        let networks = networks::read_networks(&many("networks/"), &providers)?;
        let read_known = || {
            let authorities = one("fingerprints/tls.toml").map(fingerprints::read_authorities);
            let dns = one("fingerprints/dns.csv").map(fingerprints::read_dns);
            let bogus = one("fingerprints/bogus.csv").map(fingerprints::read_bogus);
            let content = one("fingerprints/content_networks.csv");
            let content = content.map(fingerprints::read_content_networks);
            let pages = one("fingerprints/http.csv").map(fingerprints::read_pages);
            let (dns, aliases) = dns.transpose()?.unwrap_or_default();
            Ok::<_, ListError>(Fingerprints {
                authorities: authorities.transpose()?.unwrap_or_default(),
                dns,
                aliases,
                bogus: bogus.transpose()?.unwrap_or_default(),
                content_networks: content.transpose()?.unwrap_or_default(),
                pages: pages.transpose()?.unwrap_or_default(),
                programs: crate::interceptors(),
            })
        };
        Ok(Self {
            targets,
            known_good: known_good.unwrap_or_default(),
            providers,
            networks,
            prefixes: prefixes::read(&many("prefixes/"))?,
            resolvers: one("resolvers.toml").map(resolvers::read).transpose()?.unwrap_or_default(),
            known: read_known()?,
            categories,
            never,
        })
    }
}

/// Returns the entries of this repository's own `never.csv`, which hold for every folder.
pub(crate) fn own_never() -> Result<Never, ListError> {
    never::read(&[File::new("never.csv", crate::load::NEVER)])
}

fn check_count(count: usize) -> Result<(), ListError> {
    if count <= TARGETS_MOST {
        return Ok(());
    }
    Err(ListError::file(
        "targets/",
        format!("there are {count} targets; at most {TARGETS_MOST} are read"),
        "a volunteer's line carries no more: remove the least important",
    ))
}

/// Refuses a file that is longer than any list needs to be.
pub(crate) fn check_size(file: &File<'_>) -> Result<(), ListError> {
    let most = bytes_most(&file.path);
    if file.text.len() <= most {
        return Ok(());
    }
    Err(ListError::file(
        &file.path,
        format!("the file has {} bytes; at most {most} are read", file.text.len()),
        "split it, or remove what is not needed",
    ))
}

/// Returns how many bytes the file at `path` may have.
pub(crate) fn bytes_most(path: &str) -> usize {
    if path.starts_with("prefixes/") { 8 * MEBIBYTE } else { 2 * MEBIBYTE }
}

const MEBIBYTE: usize = 1024 * 1024;
