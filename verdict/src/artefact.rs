//! Certificates of listed interception authorities: they prove themselves.

use std::collections::BTreeSet;

use record::{Arm, Digest, Host, Observation, Part, Session, plain};

use crate::Case;
use crate::fingerprint::listed;
use crate::rules::forged_addresses;

/// A listed authority's certificate, shown in place of the target's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Artefact {
    /// The certificate that bears the mark.
    pub certificate: Digest,
    /// The authority's id in the list.
    pub authority: String,
}

/// Returns every listed authority's certificate that was shown under the target's name, once each.
///
/// It counts wherever it was shown, the beacon included, except at an address that a forged lookup
/// gave: what answers there is not on the way to the site; and except the very certificate that a
/// control is shown by the site: then it is the site's own.
pub fn artefacts(case: &Case<'_>) -> Vec<Artefact> {
    let found: BTreeSet<Artefact> = shown(case).into_iter().map(|(_, artefact)| artefact).collect();
    found.into_iter().collect()
}

/// Returns the artefacts with the positions of the observations that showed them.
pub(crate) fn shown(case: &Case<'_>) -> Vec<(usize, Artefact)> {
    let forged = forged_addresses(case);
    let host = case.target.host();
    let seen = case.seen.iter().enumerate();
    let sessions = seen.filter_map(|(at, seen)| Some((at, session(seen, &host)?)));
    let outside = case.control.unwrap_or_default().iter().filter_map(Observation::session);
    let own: BTreeSet<&Digest> = outside.filter_map(|session| session.chain.first()).collect();
    let foreign = |session: &Session| session.chain.first().is_none_or(|leaf| !own.contains(leaf));
    let honest =
        sessions.filter(|(_, (ip, session))| !forged.contains(&plain(*ip)) && foreign(session));
    honest
        .filter_map(|(at, (_, session))| {
            let (certificate, authority) = listed(session, case.certificates, case.known)?;
            Some((at, Artefact { certificate, authority: authority.id.clone() }))
        })
        .collect()
}

/// Returns the session that was made under the name `host` for the job's own sake, and where.
fn session<'a>(seen: &'a Observation, host: &Host) -> Option<(std::net::IpAddr, &'a Session)> {
    match seen.part() {
        Part::Screen | Part::Hop { .. } => {}
        Part::SiteBlock { arm: Arm::Named, .. } | Part::BeaconBlock { arm: Arm::Named, .. } => {}
        Part::SiteBlock { arm: Arm::Neutral, .. } | Part::BeaconBlock { arm: Arm::Neutral, .. } => {
            return None;
        }
        Part::Block { arm: Arm::Named, .. } | Part::Variation | Part::OverQuic => {}
        Part::Block { arm: Arm::Neutral, .. } | Part::Before | Part::After => return None,
    }
    match seen {
        Observation::Handshake(seen) if seen.step.sni == *host => {
            Some((seen.step.to.ip(), seen.outcome.as_ref().ok()?))
        }
        Observation::Fetch(seen) if seen.step.url.host() == *host => {
            Some((seen.step.to.ip(), seen.outcome.as_ref().ok()?.session.as_ref()?))
        }
        Observation::Quic(seen) if seen.step.sni == *host => {
            Some((seen.step.to.ip(), seen.outcome.as_ref().ok()?))
        }
        Observation::Variant(seen) if seen.step.name == *host => {
            Some((seen.step.to.ip(), seen.outcome.as_ref().ok()?))
        }
        Observation::Lookup(_)
        | Observation::Connect(_)
        | Observation::Handshake(_)
        | Observation::Fetch(_)
        | Observation::Service(_)
        | Observation::Variant(_)
        | Observation::Quic(_)
        | Observation::Http3(_)
        | Observation::Load(_)
        | Observation::Hops(_) => None,
    }
}
