//! The long list: invented sites, some of which the provider interferes with.

use std::net::Ipv4Addr;

use record::{Host, Target};

use crate::LabError;
use crate::censor::{CensorSpec, Place, SniDropSpec, Timing};
use crate::internet::{BLOCK_PAGE, Site, WorldSpec};

/// What must be concluded of one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Reached,
    Dropped,
    Forged,
}

impl Expected {
    /// Returns what must be concluded of the site with this address.
    pub(super) fn of(target: &str) -> Self {
        let digits: String = target.chars().filter(char::is_ascii_digit).collect();
        digits.parse().map_or(Self::Reached, Self::of_number)
    }

    /// One in ten is dropped after its hello, three in a hundred are forged in DNS.
    fn of_number(number: u16) -> Self {
        match number % 100 {
            17 | 50 | 83 => Self::Forged,
            rest if rest % 10 == 4 => Self::Dropped,
            _ => Self::Reached,
        }
    }

    /// Returns whether a verdict says so.
    pub(super) fn fits(self, state: &str, rule: &str) -> bool {
        match self {
            Self::Reached => state == "ok",
            Self::Dropped => (state, rule) == ("interference", "tls_name_dropped"),
            Self::Forged => (state, rule) == ("interference", "dns_forged_answer"),
        }
    }
}

/// Returns the standard world with `count` sites more.
pub(super) fn spec(count: u16) -> Result<WorldSpec, LabError> {
    let mut world = WorldSpec::standard();
    for number in 0..count {
        let last = u8::try_from(number % ADDRESSES).unwrap_or(0) + FIRST_ADDRESS;
        let addresses = vec![Ipv4Addr::new(198, 51, 100, last).into()];
        world.sites.push(Site::new(host(number)?, "A page of the long list", "news", addresses));
    }
    Ok(world)
}

/// Returns every site of the list.
pub(super) fn targets(count: u16) -> Result<Vec<Target>, LabError> {
    (0..count).map(|number| Ok(site(number)?.target())).collect()
}

/// Returns `some` of the sites, evenly spread, so that every sort is among them as often.
pub(super) fn some(count: u16, some: u16) -> Result<Vec<String>, LabError> {
    let step = usize::from((count / some.max(1)).max(1)) | 1;
    let numbers = (0..count).step_by(step).take(usize::from(some));
    numbers.map(|number| Ok(site(number)?.target().to_string())).collect()
}

/// Returns what the provider does to them.
pub(super) fn censors(count: u16) -> Result<Vec<CensorSpec>, LabError> {
    let of = |expected: Expected| -> Result<Vec<Host>, LabError> {
        let numbers = (0..count).filter(|number| Expected::of_number(*number) == expected);
        numbers.map(host).collect()
    };
    let plain = SniDropSpec::default();
    Ok(vec![
        CensorSpec::SniDrop(SniDropSpec { names: of(Expected::Dropped)?, ..plain }),
        CensorSpec::DnsForge {
            names: of(Expected::Forged)?,
            place: Place::Path,
            address: BLOCK_PAGE,
            timing: Timing::Before,
            alias: None,
        },
    ])
}

fn site(number: u16) -> Result<Site, LabError> {
    Ok(Site::new(host(number)?, "", "news", Vec::new()))
}

fn host(number: u16) -> Result<Host, LabError> {
    let text = format!("tizim-{number:03}.test");
    text.parse().map_err(LabError::failed("making the name of a site"))
}

/// Addresses of the world that nothing else has; several sites share each.
const ADDRESSES: u16 = 120;
const FIRST_ADDRESS: u8 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_ten_is_dropped_and_three_in_a_hundred_are_forged() {
        let all: Vec<Expected> = (0..500).map(Expected::of_number).collect();
        let count = |wanted| all.iter().filter(|one| **one == wanted).count();

        assert_eq!(count(Expected::Dropped), 50);
        assert_eq!(count(Expected::Forged), 15);
        assert_eq!(Expected::of("https://tizim-104.test/"), Expected::Dropped);
        assert_eq!(Expected::of("https://tizim-117.test/"), Expected::Forged);
    }

    #[test]
    fn a_few_sites_are_of_every_sort() {
        let few = some(500, 30).unwrap();

        assert_eq!(few.len(), 30);
        assert!(few.iter().any(|target| Expected::of(target) == Expected::Dropped), "{few:?}");
    }
}
