//! Reads the attempts of confirm blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use record::{
    Arm, Digest, Failed, Failure, Fetch, Hello, Host, Layer, Load, Loaded, Observation, Page, Part,
    Seen,
};
use testlists::PageMark;

use crate::case::Slot;
use crate::subject::Subject;
use crate::{Block, Case, Channel};

/// Returns what each confirm block of the case came to.
///
/// Over TLS and QUIC an attempt passed when the far end answered: with a session of any trust, or
/// with an alert. Over HTTP on the beacon it passed when the answer bears the beacon's header; on
/// the site when a page came which is none of those that stood in for the beacon's answer and bears
/// no listed mark. A load passed when the beacon's bytes came in full, however slowly. A lost attempt
/// counts against a finding: the target's name as passed, the neutral one as failed. Lost is what
/// was not made, was cut short, was made twice, or was not made as its part says.
pub fn blocks(case: &Case<'_>) -> Vec<Block> {
    tried(case).iter().map(Tried::block).collect()
}

/// The attempts of one block that count.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) channel: Channel,
    pub(crate) round: u32,
    /// Whose name is set against neutral ones.
    pub(crate) subject: Subject,
    /// Where all of them went; none when none counts.
    pub(crate) to: Option<SocketAddr>,
    pub(crate) attempts: Vec<Attempt>,
}

/// One attempt of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) at: usize,
    pub(crate) arm: Arm,
    pub(crate) end: End,
    /// How long it took, or what was loaded took to come, in milliseconds.
    pub(crate) took_ms: u32,
    /// Whether the connection was opened, so that the name could be sent.
    pub(crate) opened: bool,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed(Failure),
    /// Another page came in place of the right one.
    Replaced,
    /// Some bytes of a load came, and then no more.
    Stalled,
}

impl Tried {
    fn block(&self) -> Block {
        Block {
            channel: self.channel,
            layer: self.layer(),
            round: self.round,
            named_failed: self.count(Arm::Named, |end| end != End::Passed),
            neutral_failed: self.neutral_failed(),
        }
    }

    /// Returns what its attempts were made over.
    pub(crate) fn layer(&self) -> Layer {
        match self.channel {
            Channel::SiteQuic | Channel::BeaconQuic => Layer::Quic,
            Channel::SiteElsewhere => Layer::Tls,
            Channel::Site | Channel::Beacon | Channel::BeaconLoad | Channel::SiteEncrypted => {
                if self.subject.tls {
                    Layer::Tls
                } else {
                    Layer::Http
                }
            }
        }
    }

    /// Counts the attempts of one arm whose end is such.
    pub(crate) fn count(&self, arm: Arm, is_such: impl Fn(End) -> bool) -> u8 {
        self.tally(|attempt| attempt.arm == arm && is_such(attempt.end))
    }

    /// Counts the attempts under the target's name whose end is such, on connections that were opened.
    pub(crate) fn count_after_hello(&self, is_such: impl Fn(End) -> bool) -> u8 {
        self.tally(|attempt| attempt.arm == Arm::Named && attempt.opened && is_such(attempt.end))
    }

    fn tally(&self, is_such: impl Fn(&Attempt) -> bool) -> u8 {
        let such = self.attempts.iter().filter(|attempt| is_such(attempt));
        u8::try_from(such.count()).unwrap_or(u8::MAX).min(3)
    }

    /// Counts the neutral attempts that did not pass, lost ones included.
    pub(crate) fn neutral_failed(&self) -> u8 {
        3 - self.count(Arm::Neutral, |end| end == End::Passed)
    }
}

/// Collects the blocks of a case, in the order of channel and round.
pub(crate) fn tried(case: &Case<'_>) -> Vec<Tried> {
    let mut by_block = BTreeMap::<(Channel, u32), Vec<Made>>::new();
    for (at, seen) in case.seen.iter().enumerate() {
        let Some(Slot { channel, round, slot, arm }) = Slot::of(seen.part()) else { continue };
        by_block.entry((channel, round)).or_default().push(Made { at, slot, arm });
    }
    if by_block.is_empty() {
        return Vec::new();
    }
    let in_place = in_place_of_the_beacon(case);
    let (target, behind) = (Subject::target(case), Subject::behind(case));
    let read = |((channel, round), made): ((Channel, u32), Vec<Made>)| {
        let met = |subject: &Subject| {
            made.iter().any(|one| one.arm == Arm::Named && is_of(case, one, subject))
        };
        let is_plain = matches!(channel, Channel::Site | Channel::Beacon);
        let behind = behind.as_ref().filter(|behind| is_plain && met(behind) && !met(&target));
        let subject = behind.unwrap_or(&target).clone();
        let attempts = made.iter().filter(|one| {
            one.slot < 6 && made.iter().filter(|other| other.slot == one.slot).count() == 1
        });
        let ends = attempts.filter_map(|one| read(case, (channel, &subject), one, &in_place));
        let (places, attempts): (BTreeSet<SocketAddr>, Vec<Attempt>) = ends.unzip();
        // Attempts at different places cannot be set against each other.
        let to = places.first().copied().filter(|_| places.len() == 1);
        let attempts = if to.is_some() { attempts } else { Vec::new() };
        Tried { channel, round, subject, to, attempts }
    };
    by_block.into_iter().map(read).collect()
}

struct Made {
    at: usize,
    slot: u8,
    arm: Arm,
}

/// Returns whether an attempt was made under the subject's name, as the subject is spoken to.
fn is_of(case: &Case<'_>, made: &Made, subject: &Subject) -> bool {
    match case.seen.get(made.at) {
        Some(Observation::Handshake(seen)) => subject.tls && seen.step.sni == subject.host,
        Some(Observation::Fetch(seen)) => !subject.tls && seen.step.url.host() == subject.host,
        Some(
            Observation::Lookup(_)
            | Observation::Connect(_)
            | Observation::Service(_)
            | Observation::Variant(_)
            | Observation::Quic(_)
            | Observation::Http3(_)
            | Observation::Load(_)
            | Observation::Hops(_),
        )
        | None => false,
    }
}

/// Reads one attempt; none when it is lost.
fn read(
    case: &Case<'_>,
    (channel, subject): (Channel, &Subject),
    made: &Made,
    in_place: &BTreeSet<Stand>,
) -> Option<(SocketAddr, Attempt)> {
    let seen = case.seen.get(made.at)?;
    if seen.failure().is_some_and(Failure::is_local) {
        return None;
    }
    let fits = |name: &Host| (*name == subject.host) == (made.arm == Arm::Named);
    let failed = seen.failure().map(End::Failed);
    let unless_answered = || {
        let answered = seen.failure().is_none_or(Failure::is_answer);
        failed.filter(|_| !answered).unwrap_or(End::Passed)
    };
    let mut took_ms = seen.took_ms();
    let end = match (channel, seen) {
        (
            Channel::Site | Channel::Beacon | Channel::SiteElsewhere,
            Observation::Handshake(seen),
        ) if subject.tls && fits(&seen.step.sni) => unless_answered(),
        (Channel::Site | Channel::Beacon, Observation::Fetch(seen))
            if !subject.tls && !seen.step.url.is_https() && fits(&seen.step.url.host()) =>
        {
            let is_right = |page: &Page| match channel {
                Channel::Beacon => is_from_the_beacon(page),
                Channel::Site
                | Channel::SiteQuic
                | Channel::BeaconQuic
                | Channel::BeaconLoad
                | Channel::SiteEncrypted
                | Channel::SiteElsewhere => {
                    !in_place.contains(&Stand::of(page)) && !is_marked(page, &case.known.pages)
                }
            };
            let right = seen.outcome.as_ref().is_ok_and(is_right);
            failed.unwrap_or(if right { End::Passed } else { End::Replaced })
        }
        (Channel::SiteQuic | Channel::BeaconQuic, Observation::Quic(seen))
            if fits(&seen.step.sni) =>
        {
            unless_answered()
        }
        (Channel::BeaconLoad, Observation::Load(seen))
            if seen.step.tls == subject.tls && fits(&seen.step.name) =>
        {
            took_ms = seen.outcome.as_ref().map_or(took_ms, |loaded| loaded.last_ms);
            loaded(seen)
        }
        (Channel::SiteEncrypted, Observation::Variant(seen))
            if made.arm == Arm::Named
                && seen.step.name == subject.host
                && matches!(seen.step.hello, Hello::Encrypted { .. }) =>
        {
            unless_answered()
        }
        (Channel::SiteEncrypted, Observation::Handshake(seen))
            if made.arm == Arm::Neutral && seen.step.sni == subject.host =>
        {
            unless_answered()
        }
        // Nothing came of the attempt, not even a connection.
        (_, Observation::Connect(_)) => failed?,
        (
            _,
            Observation::Lookup(_)
            | Observation::Handshake(_)
            | Observation::Fetch(_)
            | Observation::Service(_)
            | Observation::Variant(_)
            | Observation::Quic(_)
            | Observation::Http3(_)
            | Observation::Load(_)
            | Observation::Hops(_),
        ) => return None,
    };
    let opened = seen.failed().is_none_or(|failed| failed.detail != Failed::NOT_OPENED);
    let opened = opened && seen.as_connect().is_none();
    Some((seen.to()?, Attempt { at: made.at, arm: made.arm, end, took_ms, opened }))
}

/// Tells how a load ended.
fn loaded(seen: &Seen<Load, Loaded>) -> End {
    match &seen.outcome {
        Ok(loaded) if !loaded.from_beacon => End::Replaced,
        Ok(loaded) if loaded.bytes < seen.step.bytes => End::Failed(Failure::Closed),
        Ok(_) => End::Passed,
        Err(Failed { failure: Failure::Timeout, read: 1.., .. }) => End::Stalled,
        Err(failed) => End::Failed(failed.failure),
    }
}

/// Returns whether the beacon itself wrote the page.
pub(crate) fn is_from_the_beacon(page: &Page) -> bool {
    page.headers.contains_key("qoljetim-beacon")
}

/// Returns whether the page bears a listed mark: every mark that its row gives. Texts inside a body were
/// looked for where the page was read.
pub(crate) fn is_marked(page: &Page, marks: &[PageMark]) -> bool {
    marks.iter().any(|mark| {
        let title = mark.title.is_empty() || page.title.as_ref() == Some(&mark.title);
        let body = mark.body.is_empty() || mark.body.eq_ignore_ascii_case(&page.body.to_string());
        let here = mark.contains.is_empty() && !(mark.title.is_empty() && mark.body.is_empty());
        page.marks.contains(&mark.id) || (title && body && here)
    })
}

/// What tells a page that stands in for another: its body and where it sends its reader. Redirects
/// often have empty bodies, so that the body alone would take one for another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stand {
    body: Digest,
    location: Option<String>,
}

impl Stand {
    fn of(page: &Page) -> Self {
        Self { body: page.body, location: page.headers.get("location").cloned() }
    }
}

/// Collects the pages that came in place of the beacon's answer.
fn in_place_of_the_beacon(case: &Case<'_>) -> BTreeSet<Stand> {
    let on_beacon = |seen: &&Seen<Fetch, Page>| matches!(seen.part, Part::BeaconBlock { .. });
    let fetches = case.seen.iter().filter_map(Observation::as_fetch).filter(on_beacon);
    let pages = fetches.filter_map(|seen| seen.outcome.as_ref().ok());
    pages.filter(|page| !is_from_the_beacon(page)).map(Stand::of).collect()
}

#[cfg(test)]
mod tests {
    use record::{Certificates, Connect, Connected, Failed, Handshake, Session, Target, Trust};
    use testlists::Fingerprints;

    use super::*;

    #[test]
    fn lost_attempts_count_against_a_finding() {
        let seen = [
            attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Timeout)),
            attempt(1, Arm::Neutral, "192.0.2.7", Err(Failure::Alert)),
        ];

        assert_eq!(counts(&seen), [(1, 2)]);
    }

    #[test]
    fn sessions_of_any_trust_and_alerts_pass() {
        let seen = [
            attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Alert)),
            attempt(1, Arm::Neutral, "192.0.2.7", Ok(())),
            attempt(2, Arm::Neutral, "192.0.2.7", Err(Failure::Alert)),
            attempt(3, Arm::Neutral, "192.0.2.7", Err(Failure::Reset)),
        ];

        assert_eq!(counts(&seen), [(0, 1)]);
    }

    #[test]
    fn what_was_cut_short_made_twice_or_misnamed_is_lost() {
        let cut = [attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Cancelled))];
        let twice = [
            attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Timeout)),
            attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Timeout)),
        ];
        let mut misnamed = attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Timeout));
        if let Observation::Handshake(seen) = &mut misnamed {
            seen.step.sni = "bcdf.test".parse().unwrap();
        }

        for seen in [&cut[..], &twice, &[misnamed]] {
            assert_eq!(counts(seen), [(0, 3)]);
        }
    }

    #[test]
    fn attempts_at_two_places_are_no_block() {
        let seen = [
            attempt(0, Arm::Named, "192.0.2.7", Err(Failure::Timeout)),
            attempt(1, Arm::Neutral, "192.0.2.8", Ok(())),
        ];

        assert_eq!(counts(&seen), [(0, 3)]);
    }

    #[test]
    fn a_connection_that_fails_is_a_failed_attempt_and_one_that_stands_is_none() {
        let connect = |outcome| {
            Observation::Connect(Seen {
                step: Connect { to: ([192, 0, 2, 7], 443).into() },
                part: Part::SiteBlock { round: 0, slot: 0, arm: Arm::Named },
                at_ms: 0,
                took_ms: 1,
                outcome,
            })
        };

        assert_eq!(counts(&[connect(Err(Failed::plain(Failure::Timeout)))]), [(1, 3)]);
        assert_eq!(counts(&[connect(Ok(Connected {}))]), [(0, 3)]);
    }

    fn counts(seen: &[Observation]) -> Vec<(u8, u8)> {
        let target: Target = "https://news.test/".parse().unwrap();
        let (known, certificates) = (Fingerprints::default(), Certificates::default());
        let case = Case {
            kind: record::Kind::Web,
            target: &target,
            seen,
            certificates: &certificates,
            control: None,
            known: &known,
            void: &[],
            resolver: crate::Answerer::default(),
        };
        blocks(&case).iter().map(|block| (block.named_failed, block.neutral_failed)).collect()
    }

    fn attempt(slot: u8, arm: Arm, ip: &str, outcome: Result<(), Failure>) -> Observation {
        let session = Session {
            version: "TLSv1_3".into(),
            chain: Vec::new(),
            trust: Trust::UnknownIssuer,
            read: 1,
            written: 1,
            system: None,
            encrypted_name: None,
        };
        let sni = match arm {
            Arm::Named => "news.test",
            Arm::Neutral => "bcdf.test",
        };
        Observation::Handshake(Seen {
            step: Handshake {
                to: SocketAddr::new(ip.parse().unwrap(), 443),
                sni: sni.parse().unwrap(),
            },
            part: Part::SiteBlock { round: 0, slot, arm },
            at_ms: 0,
            took_ms: 1,
            outcome: outcome.map(|()| session).map_err(Failed::plain),
        })
    }
}
