//! Who plays in the demo: which provider does what to which site.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use record::{Host, Target};

use super::truth::Treatment;
use crate::LabError;
use crate::censor::{CensorSpec, InterceptSpec, Place, SniDropSpec, Timing, Whom};
use crate::internet::{BLOCK_PAGE, WorldSpec};
use crate::lab::{Home, Lab, LabSpec, ProviderSpec};
use crate::lists::{self, PROVIDERS};
use crate::netns::Space;
use crate::road::{Ipv6, Versions};

/// The demo's lab with its lists.
pub(super) struct Stage {
    pub(super) lab: Lab,
    /// The folder of the lab's lists.
    pub(super) lists: PathBuf,
    /// The lab's public roots (PEM).
    pub(super) roots: PathBuf,
    /// The providers' ids, in the order of the columns.
    pub(super) providers: Vec<String>,
    /// The targets, in the order of the list.
    pub(super) targets: Vec<String>,
    volunteers: u8,
}

impl Stage {
    /// Returns every volunteer: a name for the folder, the host, the addresses.
    pub(super) fn lines(&self) -> impl Iterator<Item = (String, Space, Vec<IpAddr>)> + '_ {
        let of = move |provider: usize| {
            (0..usize::from(self.volunteers)).map(move |volunteer| {
                let (space, addresses) = self.lab.volunteer(provider, volunteer);
                let name = format!("{}-{volunteer}", self.providers[provider]);
                (name, space.clone(), addresses.to_vec())
            })
        };
        (0..self.providers.len()).flat_map(of)
    }
}

/// Builds the demo's lab in `dir` and writes its lists.
pub(super) fn set(volunteers: u8, dir: &Path) -> Result<Stage, LabError> {
    let lab = lab(volunteers, dir)?;
    let targets: Result<Vec<Target>, _> = TARGETS.iter().map(|target| target.parse()).collect();
    let targets = targets.map_err(LabError::failed("reading the demo's targets"))?;
    let folder = dir.join("lists");
    lists::write(&folder, lab.spec(), &targets, Some(lab.national()))?;
    Ok(Stage {
        roots: lab.roots().to_owned(),
        lab,
        lists: folder,
        providers: PROVIDERS.iter().map(|provider| provider.id.to_owned()).collect(),
        targets: TARGETS.iter().map(|&target| target.to_owned()).collect(),
        volunteers,
    })
}

/// Builds the demo's five providers with their censors.
pub(super) fn lab(volunteers: u8, dir: &Path) -> Result<Lab, LabError> {
    let world = WorldSpec::standard();
    let mut providers = Vec::new();
    for (at, provider) in (0_u8..).zip(PROVIDERS) {
        providers.push(ProviderSpec {
            id: provider.id.to_owned(),
            volunteers,
            delay_ms: 10 + 5 * u32::from(at),
            hops: 3 + at,
            ipv6: if SIX.contains(&provider.id) { Ipv6::Works } else { Ipv6::None },
            censored: Versions::Both,
            home: Home::Bare,
            censors: censors(provider.id)?,
        });
    }
    Lab::start(LabSpec { providers, world, dir: dir.to_owned() })
}

fn censors(provider: &str) -> Result<Vec<CensorSpec>, LabError> {
    let mut censors = Vec::new();
    for part in PARTS.iter().filter(|part| part.provider == provider) {
        let targets: Result<Vec<Target>, _> =
            part.sites.iter().map(|target| target.parse()).collect();
        let targets = targets.map_err(LabError::failed("reading the demo's targets"))?;
        let names: Vec<Host> = targets.iter().map(Target::host).collect();
        censors.push(match part.treatment {
            Treatment::Open | Treatment::SiteDown => continue,
            Treatment::SniDrop => {
                let plain = SniDropSpec::default();
                CensorSpec::SniDrop(SniDropSpec { names, residual_s: 5, ..plain })
            }
            Treatment::SniReset => CensorSpec::SniReset { names },
            Treatment::Interception => {
                CensorSpec::Intercept(InterceptSpec { names, ..InterceptSpec::default() })
            }
            Treatment::DnsForged => CensorSpec::DnsForge {
                names,
                place: Place::Resolver,
                address: BLOCK_PAGE,
                timing: Timing::Before,
                alias: None,
            },
            Treatment::HttpBlockPage => CensorSpec::HttpBlockPage { names, status: 403 },
            Treatment::AddressDrop => {
                CensorSpec::AddressDrop(Whom { names, addresses: Vec::new() })
            }
        });
    }
    Ok(censors)
}

/// One provider's treatment of the sites.
struct Part {
    provider: &'static str,
    treatment: Treatment,
    sites: &'static [&'static str],
}

/// Returns what `provider` does to `target`.
pub(super) fn treatment(provider: &str, target: &str) -> Treatment {
    if target == DOWN {
        return Treatment::SiteDown;
    }
    let treats = |part: &&Part| part.provider == provider && part.sites.contains(&target);
    PARTS.iter().find(treats).map_or(Treatment::Open, |part| part.treatment)
}

/// The first provider, `altyn-net`, does nothing; each other one has something of its own.
const PARTS: &[Part] = &[
    Part {
        provider: "baiterek-mobile",
        treatment: Treatment::SniDrop,
        sites: &[
            "https://tan-jarygy.test/",
            "https://qyran-kozi.test/",
            "https://kok-jiyek-lab.test/",
            "https://sybyrlas.test/",
            "https://bizdin-talap.test/",
        ],
    },
    Part {
        provider: "dala-telecom",
        treatment: Treatment::SniReset,
        sites: &["https://qyran-kozi.test/", "https://esil-jarshysy.test/"],
    },
    Part {
        provider: "dala-telecom",
        treatment: Treatment::AddressDrop,
        sites: &["https://tau-samaly-lab.test/"],
    },
    Part {
        provider: "jibek-fiber",
        treatment: Treatment::Interception,
        sites: &["https://keruen-zholy.test/", "https://sybyrlas.test/"],
    },
    Part {
        provider: "samal-link",
        treatment: Treatment::DnsForged,
        sites: &["https://tan-jarygy.test/", "https://dostar-alany.test/"],
    },
    Part {
        provider: "samal-link",
        treatment: Treatment::HttpBlockPage,
        sites: &["http://eski-gazet.test/"],
    },
];

/// What the demo measures: sites that work, one that is down for everybody.
pub(super) const TARGETS: &[&str] = &[
    "https://tan-jarygy.test/",
    "https://dala-tynysy.test/",
    "https://kok-jiyek-lab.test/",
    "https://qyran-kozi.test/",
    "https://esil-jarshysy.test/",
    "https://boz-torgai.test/",
    "https://tau-samaly-lab.test/",
    "https://keruen-zholy.test/",
    "https://shanyraq-uni.test/",
    "https://tobylgy-sozi.test/",
    "https://aq-bulaq-apta.test/",
    "http://eski-gazet.test/",
    "http://auyl-habary.test/",
    "https://sybyrlas.test/",
    "https://dostar-alany.test/",
    "https://tanys-tap-lab.test/",
    "https://kirpi-aitar.test/",
    "https://bizdin-talap.test/",
    "https://korinis-lab.test/",
    "https://jabyq-esik.test/",
];

/// The providers whose volunteers have IPv6 too.
const SIX: &[&str] = &["altyn-net", "baiterek-mobile"];

/// The one that is down for everybody.
const DOWN: &str = "https://jabyq-esik.test/";
