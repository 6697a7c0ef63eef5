//! Whose name a block contrasts: the target's, or where its journey broke, that of the host that a
//! redirect led to.

use std::collections::BTreeSet;
use std::net::IpAddr;

use record::{Host, Observation, Part, Transport, plain};

use crate::Case;
use crate::journey::{Journey, bare};
use crate::side::{given, is_answered, is_trusted, is_trusted_page};
use crate::vouch::{agreed, vouched};

/// The name that a block sets against neutral ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) host: Host,
    /// Whether TLS is spoken to it.
    pub(crate) tls: bool,
    /// Where the screen met it.
    pub(crate) part: Part,
}

impl Subject {
    /// The target itself.
    pub(crate) fn target(case: &Case<'_>) -> Self {
        Self { host: case.target.host(), tls: case.target.is_https(), part: Part::Screen }
    }

    /// The host at which the journey broke, where the redirects to it are the site's own word: every
    /// page that led there has a valid certificate, or the host is the target's own under another
    /// scheme, or the control was sent there as well.
    pub(crate) fn behind(case: &Case<'_>) -> Option<Self> {
        let journey = Journey::of(case.inside())?;
        let first = case.seen.get(*journey.broken.first()?)?;
        let part @ Part::Hop { .. } = first.part() else { return None };
        let met = journey.broken.iter().filter_map(|at| station(case.seen.get(*at)?));
        let mut met = met.collect::<BTreeSet<_>>().into_iter();
        let (Some((host, tls)), None) = (met.next(), met.next()) else { return None };
        let led_there = journey.pages.iter().all(|(_, _, page)| is_trusted_page(page));
        let own = bare(&host) == bare(&case.target.host());
        let outside = case.outside().map(|outside| outside.seen).unwrap_or_default();
        let same = || outside.iter().filter_map(station).any(|(there, _)| there == host);
        (led_there || own || same()).then_some(Self { host, tls, part })
    }

    /// Returns whether it is another than the target itself.
    pub(crate) fn is_behind(&self) -> bool {
        self.part != Part::Screen
    }

    /// Returns the addresses that somebody vouches for; see [`vouched`].
    pub(crate) fn vouched(&self, case: &Case<'_>) -> BTreeSet<IpAddr> {
        let own = self.host == case.target.host();
        let mut found = if own { vouched(case) } else { BTreeSet::new() };
        if !self.is_behind() {
            return found;
        }
        let of_host = |seen: &&Observation| {
            seen.as_lookup().is_some_and(|lookup| lookup.step.name == self.host)
        };
        let inside = case.seen.iter().filter(|seen| seen.part() == self.part);
        let lookups = || inside.clone().filter(of_host).filter_map(Observation::as_lookup);
        let over_https = lookups().filter(|seen| seen.step.resolver.transport == Transport::Doh);
        found.extend(over_https.flat_map(given));
        let shaken = inside.clone().filter_map(Observation::as_handshake);
        let trusted = shaken.filter(|seen| seen.step.sni == self.host && is_trusted(seen));
        found.extend(trusted.map(|seen| plain(seen.step.to.ip())));
        let outside = case.control.unwrap_or_default().iter().filter(of_host);
        let there: BTreeSet<IpAddr> =
            outside.filter_map(Observation::as_lookup).flat_map(given).collect();
        if there.is_empty() {
            found.extend(agreed(lookups()));
        }
        found.extend(there);
        found
    }

    /// Returns whether a control tried this name and got no answer under it.
    pub(crate) fn fails_outside(&self, case: &Case<'_>) -> bool {
        let outside = case.control.unwrap_or_default().iter();
        let met = outside.filter(|seen| matches!(seen.part(), Part::Screen | Part::Hop { .. }));
        let answers = met.filter_map(|seen| match seen {
            Observation::Handshake(seen) if self.tls && seen.step.sni == self.host => {
                Some(is_answered(seen))
            }
            Observation::Fetch(seen)
                if !self.tls && !seen.step.url.is_https() && seen.step.url.host() == self.host =>
            {
                Some(seen.outcome.is_ok())
            }
            Observation::Handshake(_) | Observation::Fetch(_) => None,
            Observation::Lookup(_) | Observation::Connect(_) | Observation::Service(_) => None,
            Observation::Variant(_) | Observation::Quic(_) | Observation::Http3(_) => None,
            Observation::Load(_) | Observation::Hops(_) => None,
        });
        let answers: Vec<bool> = answers.collect();
        !answers.is_empty() && !answers.contains(&true)
    }
}

/// Returns the host that a step met, and whether TLS was spoken to it.
fn station(seen: &Observation) -> Option<(Host, bool)> {
    match seen {
        Observation::Handshake(seen) => Some((seen.step.sni.clone(), true)),
        Observation::Fetch(seen) => Some((seen.step.url.host(), seen.step.url.is_https())),
        Observation::Lookup(_) | Observation::Connect(_) | Observation::Service(_) => None,
        Observation::Variant(_) | Observation::Quic(_) | Observation::Http3(_) => None,
        Observation::Load(_) | Observation::Hops(_) => None,
    }
}
