//! Checks of each censor on a real connection: the listed one is hit, another is not.

use std::net::Ipv4Addr;
use std::path::Path;

use record::Host;

use super::client::{Ended, ask, fetch, handshake};
use super::{ensure, lab};
use crate::LabError;
use crate::censor::{CensorSpec, InterceptSpec, Place, SniDropSpec, Timing, Whom};
use crate::internet::{BLOCK_PAGE, BLOCK_PAGE_TITLE, PUBLIC_A};
use crate::lab::Lab;

/// A listed name falls silent; another at the same address is reached.
pub(super) fn sni_drop(dir: &Path) -> Result<(), LabError> {
    let drop = CensorSpec::SniDrop(SniDropSpec { names: shared()?, ..SniDropSpec::default() });
    let lab = lab(dir, &[(5, &[drop])])?;

    ends(&lab, EDGE, LISTED, &Ended::Silent)?;
    ends(&lab, EDGE, UNLISTED, &Ended::Reached)
}

/// A listed name is reset; another at the same address is reached.
pub(super) fn sni_reset(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(5, &[CensorSpec::SniReset { names: shared()? }])])?;

    ends(&lab, EDGE, LISTED, &Ended::Reset)?;
    ends(&lab, EDGE, UNLISTED, &Ended::Reached)
}

/// A listed name gets a forged certificate; another at the same address gets the true one.
pub(super) fn interception(dir: &Path) -> Result<(), LabError> {
    let intercept =
        CensorSpec::Intercept(InterceptSpec { names: shared()?, ..InterceptSpec::default() });
    let lab = lab(dir, &[(5, &[intercept])])?;

    ends(&lab, EDGE, LISTED, &Ended::Untrusted)?;
    ends(&lab, EDGE, UNLISTED, &Ended::Reached)?;
    ends(&lab, Ipv4Addr::new(203, 0, 113, 21), "tan-jarygy.test", &Ended::Reached)
}

/// A listed address cannot be reached; another can.
pub(super) fn address_drop(dir: &Path) -> Result<(), LabError> {
    let whom = Whom { names: names(&["tau-samaly-lab.test"])?, addresses: Vec::new() };
    let lab = lab(dir, &[(5, &[CensorSpec::AddressDrop(whom)])])?;

    ends(&lab, Ipv4Addr::new(203, 0, 113, 26), "tau-samaly-lab.test", &Ended::Silent)?;
    ends(&lab, EDGE, UNLISTED, &Ended::Reached)
}

/// A forged answer comes before the true one, whoever is asked; a resolver's lie comes alone.
pub(super) fn dns_lies(dir: &Path) -> Result<(), LabError> {
    let forge = |names, place| CensorSpec::DnsForge {
        names,
        place,
        address: BLOCK_PAGE,
        timing: Timing::Before,
        alias: None,
    };
    let deny = CensorSpec::DnsDeny { names: names(&["sybyrlas.test"])?, place: Place::Resolver };
    let on_path = forge(names(&["tan-jarygy.test"])?, Place::Path);
    let told = forge(names(&["dala-tynysy.test"])?, Place::Resolver);
    let lab = lab(dir, &[(5, &[on_path, told, deny])])?;
    let (space, _) = lab.volunteer(0, 0);
    let own = Ipv4Addr::new(198, 18, 16, 53);
    let answers = |resolver, name, most| ask(space, resolver, name, most);

    let twice = answers(PUBLIC_A, "tan-jarygy.test.", 2)?;
    let addresses: Vec<_> = twice.iter().flat_map(|(_, addresses)| addresses.clone()).collect();
    let wanted = [BLOCK_PAGE, Ipv4Addr::new(203, 0, 113, 21)];
    ensure(addresses == wanted, || format!("on the path: {twice:?}"))?;

    let lie = answers(own, "dala-tynysy.test.", 1)?;
    ensure(lie.iter().any(|(_, addresses)| *addresses == [BLOCK_PAGE]), || format!("{lie:?}"))?;
    let truth = answers(PUBLIC_A, "dala-tynysy.test.", 1)?;
    let right = truth.iter().any(|(_, found)| *found == [Ipv4Addr::new(203, 0, 113, 22)]);
    ensure(right, || format!("elsewhere: {truth:?}"))?;

    let denied = answers(own, "sybyrlas.test.", 1)?;
    let none = denied.iter().any(|(code, found)| code.contains("Non-Existent") && found.is_empty());
    ensure(none, || format!("denied: {denied:?}"))
}

/// A listed host gets the block page; another at the same address gets its own page.
pub(super) fn http_block_page(dir: &Path) -> Result<(), LabError> {
    let block = CensorSpec::HttpBlockPage { names: names(&["auyl-habary.test"])?, status: 403 };
    let lab = lab(dir, &[(5, &[block])])?;
    let (space, _) = lab.volunteer(0, 0);
    let address = Ipv4Addr::new(203, 0, 113, 62);

    let listed = fetch(space, address, "auyl-habary.test")?;
    let other = fetch(space, address, "jyr-jinaq.test")?;

    let blocked = listed.starts_with("HTTP/1.1 403") && listed.contains(BLOCK_PAGE_TITLE);
    ensure(blocked, || format!("the listed host got {listed:?}"))?;
    ensure(other.starts_with("HTTP/1.1 200"), || format!("the other host got {other:?}"))
}

/// The switch works while the lab runs, both ways.
pub(super) fn switch(dir: &Path) -> Result<(), LabError> {
    let lab = lab(dir, &[(5, &[CensorSpec::SniReset { names: shared()? }])])?;

    lab.censor(0, false);
    ends(&lab, EDGE, LISTED, &Ended::Reached)?;
    lab.censor(0, true);
    ends(&lab, EDGE, LISTED, &Ended::Reset)?;
    lab.censor(0, false);
    ends(&lab, EDGE, LISTED, &Ended::Reached)
}

fn ends(lab: &Lab, address: Ipv4Addr, name: &str, wanted: &Ended) -> Result<(), LabError> {
    let (space, _) = lab.volunteer(0, 0);
    let ended = handshake(space, address, name, lab.roots())?;
    ensure(ended == *wanted, || format!("{name} ended with {ended:?}, not {wanted:?}"))
}

fn shared() -> Result<Vec<Host>, LabError> {
    names(&[LISTED])
}

fn names(names: &[&str]) -> Result<Vec<Host>, LabError> {
    let names: Result<Vec<Host>, _> = names.iter().map(|name| name.parse()).collect();
    names.map_err(LabError::failed("reading names"))
}

/// Two sites that share an address.
const EDGE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);
const LISTED: &str = "kok-jiyek-lab.test";
const UNLISTED: &str = "boz-torgai.test";
