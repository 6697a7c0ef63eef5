//! Whether a finished screen calls for confirmation.

use std::net::IpAddr;

use record::{Failure, Fetch, Kind, Observation, Page, Part, Resolver, Seen, Transport, Trust};

use super::view::is_trusted;
use crate::Job;

/// Returns whether the finished screen failed somewhere, or ended on a page that nothing vouches
/// for.
///
/// Failed: the system's resolver gives no address, or only such as no other resolver gives and no
/// certificate vouches for; over https a chain that is not valid for the name, or none that is;
/// no page; a redirect whose page was not reached. A page over plain HTTP may be anybody's: it takes
/// the beacon to tell.
pub(in crate::kinds) fn screen_failed(job: &Job, seen: &[Observation]) -> bool {
    (job.addresses.is_empty() && lookup_failed(job, seen))
        || (job.target.is_https() && handshake_failed(seen))
        || match job.kind {
            Kind::Web => page_failed(seen),
            Kind::Endpoint => !seen.iter().any(is_connected),
        }
}

/// Returns whether the finished screen went through, but so slowly that slowing by name is worth
/// looking for.
///
/// Slow: a handshake of a second and a half and more; a page that took three seconds and more, and came at
/// less than 32 kB/s or took ten times as long as the known-good pages beside it; a page that stopped
/// on the way. On a line that is slow for everything the contrast decides.
pub(in crate::kinds) fn is_slow(seen: &[Observation]) -> bool {
    let beside = seen
        .iter()
        .filter_map(Observation::as_fetch)
        .filter(|fetch| matches!(fetch.part, Part::Before | Part::After) && fetch.outcome.is_ok());
    let beside_ms = beside.map(|fetch| fetch.took_ms).max();
    seen.iter().any(|seen| match seen {
        Observation::Handshake(shaken) if shaken.part == Part::Screen && shaken.outcome.is_ok() => {
            shaken.took_ms >= SLOW_HANDSHAKE_MS
        }
        Observation::Fetch(fetch) if is_of_the_journey(fetch.part) => match &fetch.outcome {
            Ok(page) => {
                let rate = page.bytes.saturating_mul(1000) / u64::from(fetch.took_ms.max(1));
                let tenfold = beside_ms.is_some_and(|beside| fetch.took_ms / SLOW_TIMES >= beside);
                fetch.took_ms >= SLOW_PAGE_MS && (rate < SLOW_BYTES_PER_S || tenfold)
            }
            Err(failed) => failed.failure == Failure::Timeout,
        },
        Observation::Lookup(_)
        | Observation::Connect(_)
        | Observation::Handshake(_)
        | Observation::Fetch(_)
        | Observation::Service(_)
        | Observation::Variant(_)
        | Observation::Quic(_)
        | Observation::Http3(_)
        | Observation::Load(_)
        | Observation::Hops(_) => false,
    })
}

/// In 2022 and 2023 handshakes with throttled sites took more than 2 s on Kazakh lines, more than 4 s
/// at the median (OONI, "Throttling in Kazakhstan", 2023); unhindered ones well below 1 s.
const SLOW_HANDSHAKE_MS: u32 = 1_500;
const SLOW_PAGE_MS: u32 = 3_000;
const SLOW_BYTES_PER_S: u64 = 32_000;
/// A site that is slowed down tenfold must not pass for one that works.
const SLOW_TIMES: u32 = 10;

fn is_of_the_journey(part: Part) -> bool {
    matches!(part, Part::Screen | Part::Hop { .. })
}

fn is_connected(seen: &Observation) -> bool {
    seen.as_connect().is_some_and(|seen| seen.part == Part::Screen && seen.outcome.is_ok())
}

fn lookup_failed(job: &Job, seen: &[Observation]) -> bool {
    let host = job.target.host();
    let (mut own, mut others) = (Vec::<IpAddr>::new(), Vec::<IpAddr>::new());
    let lookups = seen.iter().filter_map(Observation::as_lookup);
    for lookup in lookups.filter(|seen| seen.part == Part::Screen && seen.step.name == host) {
        let given = lookup.outcome.as_ref().map(record::Answers::addresses).unwrap_or_default();
        match lookup.step.resolver.transport {
            Transport::System => own.extend(given),
            // What the line's own resolver says is no second opinion.
            Transport::Udp if lookup.step.resolver.id == Resolver::PROVIDER => {}
            Transport::Udp | Transport::Doh => others.extend(given),
        }
    }
    let handshakes = seen.iter().filter_map(Observation::as_handshake);
    let trusted = handshakes.filter(|seen| seen.part == Part::Screen && is_trusted(seen));
    let vouched: Vec<IpAddr> = trusted.map(|seen| seen.step.to.ip()).collect();
    own.is_empty()
        || (!others.is_empty() && !own.iter().any(|ip| others.contains(ip) || vouched.contains(ip)))
}

fn handshake_failed(seen: &[Observation]) -> bool {
    let handshakes = seen.iter().filter_map(Observation::as_handshake);
    let mut sessions = handshakes
        .filter(|seen| seen.part == Part::Screen)
        .filter_map(|seen| seen.outcome.as_ref().ok())
        .peekable();
    sessions.peek().is_none() || sessions.any(|session| session.trust != Trust::Trusted)
}

/// Looks at the last page of the journey.
fn page_failed(seen: &[Observation]) -> bool {
    let hops = seen.iter().filter_map(|seen| match seen.part() {
        Part::Hop { number } => Some(number),
        Part::Screen | Part::Before | Part::After => None,
        Part::SiteBlock { .. } | Part::BeaconBlock { .. } | Part::Block { .. } => None,
        Part::Variation | Part::OverQuic => None,
    });
    let part = hops.max().map_or(Part::Screen, |number| Part::Hop { number });
    let mut fetches = seen.iter().filter_map(Observation::as_fetch);
    !fetches.any(|fetch| fetch.part == part && is_vouched_for(fetch))
}

fn is_vouched_for(fetch: &Seen<Fetch, Page>) -> bool {
    let session = fetch.outcome.as_ref().ok().and_then(|page| page.session.as_ref());
    session.is_some_and(|session| session.trust == Trust::Trusted)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use record::{Answer, Answers, Datagram, Digest, Failed, Handshake, Lookup, Session};

    use super::*;
    use crate::Confirm;

    #[test]
    fn a_trusted_page_from_an_address_that_everybody_gives_passes() {
        let seen = [system(&[SITE]), udp(&[SITE]), handshake(SITE), page(Part::Screen)];

        assert!(!screen_failed(&job(), &seen));
    }

    #[test]
    fn an_address_that_only_the_systems_resolver_gives_fails_unless_a_certificate_stands_for_it() {
        let forged = [system(&[OTHER]), udp(&[SITE]), handshake(SITE), page(Part::Screen)];
        let nearer = [system(&[OTHER]), udp(&[SITE]), handshake(OTHER), page(Part::Screen)];
        let alone = [system(&[OTHER]), udp(&[]), handshake(SITE), page(Part::Screen)];

        assert!(screen_failed(&job(), &forged));
        assert!(!screen_failed(&job(), &nearer));
        assert!(!screen_failed(&job(), &alone));
    }

    #[test]
    fn a_silent_resolver_of_the_system_fails_though_others_answer() {
        let seen = [system(&[]), udp(&[SITE]), handshake(SITE), page(Part::Screen)];

        assert!(screen_failed(&job(), &seen));
    }

    #[test]
    fn the_page_that_counts_is_the_last_of_the_journey() {
        let hop = Part::Hop { number: 1 };
        let mut lost = vec![system(&[SITE]), handshake(SITE), page(Part::Screen)];
        lost.push(Observation::Lookup(Seen { part: hop, ..lookup(Transport::System, &[SITE]) }));

        assert!(screen_failed(&job(), &lost));
        lost.push(page(hop));
        assert!(!screen_failed(&job(), &lost));
    }

    #[test]
    fn a_page_is_slow_by_its_bytes_or_beside_known_good_ones() {
        let timed = |part: Part, took_ms: u32, bytes: u64| {
            let mut page = page(part);
            if let Observation::Fetch(seen) = &mut page {
                seen.took_ms = took_ms;
                seen.outcome.as_mut().unwrap().bytes = bytes;
            }
            page
        };
        let beside = |took_ms| timed(Part::Before, took_ms, 2_000);
        let large = timed(Part::Screen, 4_000, 250_000);

        assert!(is_slow(&[timed(Part::Screen, 3_000, 60_000)]));
        assert!(!is_slow(&[timed(Part::Screen, 2_900, 2_000), beside(100)]));
        assert!(!is_slow(std::slice::from_ref(&large)));
        assert!(is_slow(&[large.clone(), beside(400)]));
        assert!(!is_slow(&[large, beside(100), timed(Part::After, 401, 2_000)]));
    }

    const SITE: &str = "192.0.2.7";
    const OTHER: &str = "203.0.113.66";

    fn job() -> Job {
        let target = |text: &str| text.parse().unwrap();
        Job {
            kind: Kind::Web,
            target: target("https://news.test/"),
            addresses: Vec::new(),
            before: target("https://good1.test/"),
            after: target("https://good2.test/"),
            round: 0,
            confirm: Confirm::IfFailed,
        }
    }

    fn system(ips: &[&str]) -> Observation {
        Observation::Lookup(lookup(Transport::System, ips))
    }

    fn udp(ips: &[&str]) -> Observation {
        Observation::Lookup(lookup(Transport::Udp, ips))
    }

    fn lookup(transport: Transport, ips: &[&str]) -> Seen<Lookup, Answers> {
        let answers = ips.iter().map(|ip| Answer::Address(ip.parse().unwrap())).collect();
        let datagram =
            Datagram { question: "A".into(), after_ms: 1, fits: true, rcode: 0, answers };
        let answered = Ok(Answers { datagrams: vec![datagram] });
        let silent = Err(Failed::plain(Failure::Timeout));
        let resolver = Resolver { id: "any".into(), transport };
        Seen {
            step: Lookup { name: "news.test".parse().unwrap(), resolver },
            part: Part::Screen,
            at_ms: 0,
            took_ms: 1,
            outcome: if ips.is_empty() { silent } else { answered },
        }
    }

    fn handshake(ip: &str) -> Observation {
        let to = (ip.parse::<IpAddr>().unwrap(), 443).into();
        Observation::Handshake(Seen {
            step: Handshake { to, sni: "news.test".parse().unwrap() },
            part: Part::Screen,
            at_ms: 0,
            took_ms: 1,
            outcome: Ok(session()),
        })
    }

    fn page(part: Part) -> Observation {
        let to = (SITE.parse::<IpAddr>().unwrap(), 443).into();
        Observation::Fetch(Seen {
            step: Fetch { to, url: "https://news.test/".parse().unwrap() },
            part,
            at_ms: 0,
            took_ms: 1,
            outcome: Ok(Page {
                status: 200,
                headers: BTreeMap::new(),
                body: Digest::of(b"page"),
                bytes: 4,
                truncated: false,
                title: None,
                similarity: None,
                marks: Vec::new(),
                session: Some(session()),
            }),
        })
    }

    fn session() -> Session {
        Session {
            version: "TLSv1_3".into(),
            chain: Vec::new(),
            trust: Trust::Trusted,
            read: 1,
            written: 1,
            system: None,
            encrypted_name: None,
        }
    }
}
