//! What was seen so far, asked by step.

use std::net::{IpAddr, SocketAddr};

use record::{
    Answers, Connect, Connected, Fetch, Handshake, Host, Lookup, Observation, Page, Part, Quic,
    Resolver, Seen, Session, Step, Target, Transport, Trust,
};

use crate::{Job, Plan, Planned};

/// One job, the circumstances, and everything seen so far.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) job: &'a Job,
    pub(super) plan: &'a Plan<'a>,
    pub(super) seen: &'a [Observation],
}

impl<'a> View<'a> {
    /// Returns what came of looking `name` up.
    pub(super) fn lookup(
        self,
        name: &Host,
        resolver: &Resolver,
        part: Part,
    ) -> Option<&'a Seen<Lookup, Answers>> {
        self.seen.iter().filter_map(Observation::as_lookup).find(|seen| {
            seen.part == part && seen.step.name == *name && seen.step.resolver == *resolver
        })
    }

    /// Returns what came of connecting to `to`.
    pub(super) fn connect(
        self,
        to: SocketAddr,
        part: Part,
    ) -> Option<&'a Seen<Connect, Connected>> {
        let mut connects = self.seen.iter().filter_map(Observation::as_connect);
        connects.find(|seen| seen.part == part && seen.step.to == to)
    }

    /// Returns what came of shaking hands with `to` under the name `sni`.
    pub(super) fn handshake(
        self,
        to: SocketAddr,
        sni: &Host,
        part: Part,
    ) -> Option<&'a Seen<Handshake, Session>> {
        let mut handshakes = self.seen.iter().filter_map(Observation::as_handshake);
        handshakes.find(|seen| seen.part == part && seen.step.to == to && seen.step.sni == *sni)
    }

    /// Returns what came of shaking hands over QUIC.
    pub(super) fn quic(self, step: &Quic, part: Part) -> Option<&'a Seen<Quic, Session>> {
        let mut tried = self.seen.iter().filter_map(Observation::as_quic);
        tried.find(|seen| seen.part == part && seen.step == *step)
    }

    /// Returns whether `step` was made as `part`.
    pub(super) fn did(self, step: &Step, part: Part) -> bool {
        self.seen.iter().any(|seen| seen.part() == part && seen.is_of(step))
    }

    /// Returns what came of fetching `url` from `to`.
    pub(super) fn fetch(
        self,
        to: SocketAddr,
        url: &Target,
        part: Part,
    ) -> Option<&'a Seen<Fetch, Page>> {
        let mut fetches = self.seen.iter().filter_map(Observation::as_fetch);
        fetches.find(|seen| seen.part == part && seen.step.to == to && seen.step.url == *url)
    }
}

/// Returns whether the handshake ended with a chain that is valid for the name.
pub(super) fn is_trusted(seen: &Seen<Handshake, Session>) -> bool {
    seen.outcome.as_ref().is_ok_and(|session| session.trust == Trust::Trusted)
}

/// Plans a step without a pause.
pub(super) fn at_once(step: Step, part: Part) -> Planned {
    Planned { step, part, wait_ms: 0 }
}

/// The resolver that the system asks.
pub(super) fn system() -> Resolver {
    Resolver { id: Resolver::SYSTEM.to_owned(), transport: Transport::System }
}

/// Who gave one address, the better the larger.
///
/// A resolver over HTTPS cannot be forged on the way; several resolvers are harder to forge than
/// one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Vouching {
    over_https: bool,
    resolvers: usize,
}

/// Returns who gave `ip` among the lookups of `part`.
pub(super) fn vouching(seen: &[Observation], ip: IpAddr, part: Part) -> Vouching {
    let lookups = seen.iter().filter_map(Observation::as_lookup);
    let gave = lookups.filter(|seen| {
        let gives = |answers: &Answers| answers.addresses().contains(&ip);
        seen.part == part && seen.outcome.as_ref().is_ok_and(gives)
    });
    let mut vouching = Vouching { over_https: false, resolvers: 0 };
    for seen in gave {
        vouching.over_https |= seen.step.resolver.transport == Transport::Doh;
        vouching.resolvers += 1;
    }
    vouching
}
