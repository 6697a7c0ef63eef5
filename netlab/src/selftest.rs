//! Checks that the lab itself does what it says, from within its namespaces. Tests start them
//! through the program, since a test's own process has threads already.

mod censors;
mod client;
mod paths;

use std::path::Path;

use crate::LabError;
use crate::censor::CensorSpec;
use crate::internet::WorldSpec;
use crate::lab::{Home, Lab, LabSpec, ProviderSpec};
use crate::road::{Ipv6, Versions};

/// Runs the check `name` in the fresh folder `dir`.
pub fn run(name: &str, dir: &Path) -> Result<(), LabError> {
    let Some((_, check)) = CHECKS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = CHECKS.iter().map(|(known, _)| *known).collect();
        return Err(LabError::Wrong(format!("no check {name:?}; there are {}", known.join(", "))));
    };
    check(dir)
}

type Check = fn(&Path) -> Result<(), LabError>;

/// The checks.
pub const CHECKS: &[(&str, Check)] = &[
    ("address_drop", censors::address_drop),
    ("delay", paths::delay),
    ("dns_lies", censors::dns_lies),
    ("hops", paths::hops),
    ("hops_ipv6", paths::hops_ipv6),
    ("http_block_page", censors::http_block_page),
    ("ipv6", paths::ipv6),
    ("interception", censors::interception),
    ("many_connects", paths::many_connects),
    ("nat64", paths::nat64),
    ("own_resolver", paths::own_resolver),
    ("sni_drop", censors::sni_drop),
    ("sni_reset", censors::sni_reset),
    ("switch", censors::switch),
    ("two_providers", paths::two_providers),
];

/// Builds a lab of providers with one volunteer each.
fn lab(dir: &Path, providers: &[(u32, &[CensorSpec])]) -> Result<Lab, LabError> {
    lab_with(dir, providers, Ipv6::Works)
}

fn lab_with(dir: &Path, providers: &[(u32, &[CensorSpec])], ipv6: Ipv6) -> Result<Lab, LabError> {
    let provider = |(number, (delay_ms, censors)): (usize, &(u32, &[CensorSpec]))| ProviderSpec {
        id: format!("provider-{number}"),
        volunteers: 1,
        delay_ms: *delay_ms,
        hops: HOPS,
        ipv6,
        censored: Versions::Both,
        home: Home::Bare,
        censors: censors.to_vec(),
    };
    Lab::start(LabSpec {
        providers: providers.iter().enumerate().map(provider).collect(),
        world: WorldSpec::standard(),
        dir: dir.to_owned(),
    })
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), LabError> {
    if holds { Ok(()) } else { Err(LabError::Wrong(otherwise())) }
}

const HOPS: u8 = 4;
