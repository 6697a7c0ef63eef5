//! Who plays in the demo: which provider does what to which site.

use super::truth::Treatment;

/// One provider's treatment of the sites.
struct Part {
    provider: &'static str,
    treatment: Treatment,
    sites: &'static [&'static str],
}

/// Returns what `provider` does to `target`.
pub(super) fn treatment(provider: &str, target: &str) -> Treatment {
    let treats = |part: &&Part| part.provider == provider && part.sites.contains(&target);
    PARTS.iter().find(treats).map_or(Treatment::Open, |part| part.treatment)
}

/// Returns the hosts that `provider` treats so.
pub(super) fn hosts(provider: &str, treatment: Treatment) -> Vec<String> {
    let parts = PARTS.iter().filter(|part| part.provider == provider && part.treatment == treatment);
    let targets = parts.flat_map(|part| part.sites);
    targets.filter_map(|target| host(target)).collect()
}

fn host(target: &str) -> Option<String> {
    let rest = target.split_once("://")?.1;
    Some(rest.trim_end_matches('/').to_owned())
}

/// The stage: the first provider does nothing, each other one something of its own.
const PARTS: &[Part] = &[];
