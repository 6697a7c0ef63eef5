//! What one side of a case saw of the target itself: the agent inside, or the control outside.

use std::collections::BTreeSet;
use std::net::IpAddr;

use record::{
    Answers, Connect, Connected, Fetch, Handshake, Lookup, Observation, Page, Part, Seen, Session,
    Target, Trust, plain,
};

use crate::Case;

/// One side's observations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'a> {
    pub(crate) target: &'a Target,
    pub(crate) seen: &'a [Observation],
}

/// An observation and its position.
pub(crate) type At<'a, S, T> = (usize, &'a Seen<S, T>);

impl<'a> Case<'a> {
    /// What the agent saw.
    pub(crate) fn inside(&self) -> Side<'a> {
        Side { target: self.target, seen: self.seen }
    }

    /// What the control saw, where one is known.
    pub(crate) fn outside(&self) -> Option<Side<'a>> {
        self.control.map(|seen| Side { target: self.target, seen })
    }
}

impl<'a> Side<'a> {
    /// The screen's lookups of the target's host.
    pub(crate) fn lookups(self) -> impl Iterator<Item = At<'a, Lookup, Answers>> {
        let host = self.target.host();
        let all = self.all(Observation::as_lookup);
        all.filter(move |(_, seen)| seen.part == Part::Screen && seen.step.name == host)
    }

    /// The screen's connections to the target's port.
    pub(crate) fn connects(self) -> impl Iterator<Item = At<'a, Connect, Connected>> {
        let port = self.target.port();
        let all = self.all(Observation::as_connect);
        all.filter(move |(_, seen)| seen.part == Part::Screen && seen.step.to.port() == port)
    }

    /// The screen's handshakes under the target's name; none for a target without TLS.
    pub(crate) fn handshakes(self) -> impl Iterator<Item = At<'a, Handshake, Session>> {
        let (host, port) = (self.target.host(), self.target.port());
        let is_https = self.target.is_https();
        self.all(Observation::as_handshake).filter(move |(_, seen)| {
            let step = &seen.step;
            is_https && seen.part == Part::Screen && step.sni == host && step.to.port() == port
        })
    }

    /// The screen's fetches of the target itself.
    pub(crate) fn fetches(self) -> impl Iterator<Item = At<'a, Fetch, Page>> {
        let all = self.all(Observation::as_fetch);
        all.filter(move |(_, seen)| seen.part == Part::Screen && seen.step.url == *self.target)
    }

    /// Every observation of one kind, with positions.
    pub(crate) fn all<T: 'a>(
        self,
        kind: fn(&'a Observation) -> Option<&'a T>,
    ) -> impl Iterator<Item = (usize, &'a T)> {
        self.seen.iter().enumerate().filter_map(move |(at, seen)| Some((at, kind(seen)?)))
    }

    /// Every address that the screen's lookups gave.
    pub(crate) fn addresses(self) -> BTreeSet<IpAddr> {
        self.lookups().flat_map(|(_, seen)| given(seen)).collect()
    }

    /// Every address at which a certificate was shown that is valid for the target's name.
    pub(crate) fn trusted(self) -> BTreeSet<IpAddr> {
        let handshakes = self.handshakes().filter(|(_, seen)| is_trusted(seen));
        let fetches = self.fetches().filter(|(_, seen)| has_trusted_page(seen));
        let shaken = handshakes.map(|(_, seen)| plain(seen.step.to.ip()));
        shaken.chain(fetches.map(|(_, seen)| plain(seen.step.to.ip()))).collect()
    }

    /// Every address that answered over TCP.
    pub(crate) fn connected(self) -> BTreeSet<IpAddr> {
        let connects = self.connects().filter(|(_, seen)| seen.outcome.is_ok());
        let handshakes = self.handshakes().filter(|(_, seen)| is_answered(seen));
        let fetches = self.fetches().filter(|(_, seen)| seen.outcome.is_ok());
        let connects = connects.map(|(_, seen)| plain(seen.step.to.ip()));
        let shaken = handshakes.map(|(_, seen)| plain(seen.step.to.ip()));
        let fetched = fetches.map(|(_, seen)| plain(seen.step.to.ip()));
        connects.chain(shaken).chain(fetched).collect()
    }
}

/// The addresses that a lookup gave, as a resolver would hand them on.
pub(crate) fn given(seen: &Seen<Lookup, Answers>) -> BTreeSet<IpAddr> {
    let addresses = seen.outcome.as_ref().map(Answers::addresses).unwrap_or_default();
    addresses.into_iter().map(plain).collect()
}

/// Returns whether a chain was shown that is valid for the name.
pub(crate) fn is_trusted(seen: &Seen<Handshake, Session>) -> bool {
    seen.outcome.as_ref().is_ok_and(|session| session.trust == Trust::Trusted)
}

/// Returns whether the far end answered in TLS: a session of any trust, or an alert.
pub(crate) fn is_answered(seen: &Seen<Handshake, Session>) -> bool {
    seen.failure().is_none_or(record::Failure::is_answer)
}

/// Returns whether a page came over TLS with a chain that is valid for its host.
pub(crate) fn has_trusted_page(seen: &Seen<Fetch, Page>) -> bool {
    seen.outcome.as_ref().is_ok_and(is_trusted_page)
}

/// Returns whether the page came over TLS with a chain that is valid for its host.
pub(crate) fn is_trusted_page(page: &Page) -> bool {
    page.session.as_ref().is_some_and(|session| session.trust == Trust::Trusted)
}

/// Returns whether a step failed for a reason of the far end or of the way there.
pub(crate) fn failed_there<S, T>(seen: &Seen<S, T>) -> bool {
    seen.failure().is_some_and(|failure| !failure.is_local())
}
