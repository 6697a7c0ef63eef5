//! One visit to a web address: lookups, connections, handshakes, one page.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use record::{
    Answers, Connect, Fetch, Handshake, Kind, Lookup, Page, Part, Resolver, Seen, Step, Target,
};

use super::view::{View, at_once, is_trusted, vouching};
use crate::{Planned, is_public};

/// Where a visit stands.
pub(super) enum Visit<'a> {
    /// These steps are due.
    Due(Vec<Planned>),
    /// Nothing is left to do; the page, where one was asked for.
    Ended(Option<&'a Seen<Fetch, Page>>),
}

/// Visits `target` as `part` of the job, asking `resolvers`, on at most `most` addresses of each.
///
/// Connections begin as soon as their own lookup has ended, and handshakes as soon as their own
/// connection stands: nobody waits for a slow resolver. The page alone waits for everything before
/// it, so that what is asked for does not depend on who was quickest. It is asked for once: over
/// https where the certificate is valid for the name, else nobody vouches for what would answer;
/// over http from the address that is best vouched for; from an endpoint, never.
pub(super) fn visit<'a>(
    view: View<'a>,
    target: &Target,
    part: Part,
    resolvers: &[Resolver],
    most: usize,
) -> Visit<'a> {
    let name = target.host();
    let mut due = Vec::new();
    let mut answers = Vec::new();
    let given = if part == Part::Screen { view.job.addresses.as_slice() } else { &[] };
    let asked = if given.is_empty() { resolvers } else { &[] };
    for resolver in asked {
        match view.lookup(&name, resolver, part) {
            Some(seen) => answers.extend(seen.outcome.as_ref().ok()),
            None => due.push(at_once(
                Step::Lookup(Lookup { name: name.clone(), resolver: resolver.clone() }),
                part,
            )),
        }
    }
    let mut open = Vec::new();
    let found = answers.iter().flat_map(|answers| addresses(answers, most));
    let all: BTreeSet<IpAddr> =
        found.chain(given.iter().copied().filter(|ip| is_public(*ip)).take(most)).collect();
    for ip in all {
        let to = SocketAddr::new(ip, target.port());
        match view.connect(to, part) {
            Some(seen) => open.extend(seen.outcome.is_ok().then_some(to)),
            None => due.push(at_once(Step::Connect(Connect { to }), part)),
        }
    }
    if target.is_https() {
        let mut trusted = Vec::new();
        for to in open {
            match view.handshake(to, &name, part) {
                Some(seen) => trusted.extend(is_trusted(seen).then_some(to)),
                None => {
                    due.push(at_once(Step::Handshake(Handshake { to, sni: name.clone() }), part))
                }
            }
        }
        open = trusted;
    }
    if !due.is_empty() {
        return Visit::Due(due);
    }
    open.sort_by_key(|to| Reverse(vouching(view.seen, to.ip(), part)));
    let page = open.first().copied().filter(|_| view.job.kind != Kind::Endpoint);
    let Some(to) = page else { return Visit::Ended(None) };
    match view.fetch(to, target, part) {
        Some(seen) => Visit::Ended(Some(seen)),
        None => Visit::Due(vec![at_once(Step::Fetch(Fetch { to, url: target.clone() }), part)]),
    }
}

/// Returns at most `most` distinct public addresses of one lookup, in the order of the answers, both
/// families taking turns.
pub(super) fn addresses(answers: &Answers, most: usize) -> Vec<IpAddr> {
    let given = || answers.addresses().into_iter().chain(answers.all_addresses());
    let rows: [Vec<IpAddr>; 2] =
        [given().filter(IpAddr::is_ipv4).collect(), given().filter(IpAddr::is_ipv6).collect()];
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut found = Vec::new();
    for at in 0..longest {
        for ip in rows.iter().filter_map(|row| row.get(at)) {
            if found.len() < most && is_public(*ip) && !found.contains(ip) {
                found.push(*ip);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use record::{Answer, Datagram};

    use super::*;

    #[test]
    fn both_families_take_turns() {
        let both = answers(&["203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8::7"]);

        let found = addresses(&both, 3);

        assert_eq!(
            found,
            ["203.0.113.1", "2001:db8::7", "203.0.113.2"].map(|ip| ip.parse::<IpAddr>().unwrap())
        );
    }

    #[test]
    fn addresses_are_distinct_public_and_no_more_than_allowed() {
        let all = answers(&["192.0.2.7", "10.0.0.1", "192.0.2.8", "192.0.2.7", "127.0.0.1"]);

        assert_eq!(addresses(&all, 9).len(), 2);
        assert_eq!(addresses(&all, 1).len(), 1);
        assert!(addresses(&all, 0).is_empty());
    }

    #[test]
    fn a_late_second_answer_is_tried_as_well() {
        let mut raced = answers(&["203.0.113.1"]);
        raced.datagrams.extend(answers(&["192.0.2.7"]).datagrams);

        assert_eq!(addresses(&raced, 9).len(), 2);
    }

    fn answers(ips: &[&str]) -> Answers {
        let ips = ips.iter().map(|ip| ip.parse::<IpAddr>().unwrap());
        let datagram = |question: &str, of: Vec<IpAddr>| Datagram {
            question: question.to_owned(),
            after_ms: 1,
            fits: true,
            rcode: 0,
            answers: of.into_iter().map(Answer::Address).collect(),
        };
        let (v4, v6) = ips.partition(IpAddr::is_ipv4);
        Answers { datagrams: vec![datagram("A", v4), datagram("AAAA", v6)] }
    }
}
