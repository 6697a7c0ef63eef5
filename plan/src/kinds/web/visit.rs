//! One visit to a web address: lookups, connections, handshakes, one page.

use std::cmp::Reverse;
use std::net::{IpAddr, SocketAddr};

use record::{
    Answers, Connect, Fetch, Handshake, Lookup, Page, Part, Resolver, Seen, Step, Target,
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

/// Visits `target` as `part` of the job, asking `resolvers`, on at most `most` addresses.
///
/// Each stage waits for the one before, so that the outcome does not depend on who was quickest;
/// only handshakes begin as soon as their own connection stands. The page is asked for once: over
/// https where the certificate is valid for the name, else nobody vouches for what would answer;
/// over http from the address that is best vouched for.
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
    for resolver in resolvers {
        match view.lookup(&name, resolver, part) {
            Some(seen) => answers.extend(seen.outcome.as_ref().ok()),
            None => due.push(at_once(
                Step::Lookup(Lookup { name: name.clone(), resolver: resolver.clone() }),
                part,
            )),
        }
    }
    if !due.is_empty() {
        return Visit::Due(due);
    }
    let mut open = Vec::new();
    for ip in addresses(&answers, most) {
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
    } else {
        open.sort_by_key(|to| Reverse(vouching(view, to.ip(), part)));
    }
    if !due.is_empty() {
        return Visit::Due(due);
    }
    let Some(to) = open.first().copied() else { return Visit::Ended(None) };
    match view.fetch(to, target, part) {
        Some(seen) => Visit::Ended(Some(seen)),
        None => Visit::Due(vec![at_once(Step::Fetch(Fetch { to, url: target.clone() }), part)]),
    }
}

/// Returns at most `most` distinct public addresses, every lookup's first ones before anybody's
/// second ones, so that one long answer cannot crowd the others out.
pub(super) fn addresses(answers: &[&Answers], most: usize) -> Vec<IpAddr> {
    let of = |is_kind: fn(&IpAddr) -> bool| {
        answers.iter().map(move |answers| {
            let given = answers.addresses().into_iter().chain(answers.all_addresses());
            given.filter(is_kind).collect::<Vec<IpAddr>>()
        })
    };
    let rows: Vec<Vec<IpAddr>> = of(IpAddr::is_ipv4).chain(of(IpAddr::is_ipv6)).collect();
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
    fn one_long_answer_does_not_crowd_the_others_out() {
        let forged = answers(&["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"]);
        let honest = answers(&["192.0.2.7", "2001:db8::7"]);

        let found = addresses(&[&forged, &honest], 3);

        assert_eq!(
            found,
            ["203.0.113.1", "192.0.2.7", "2001:db8::7"].map(|ip| ip.parse::<IpAddr>().unwrap())
        );
    }

    #[test]
    fn addresses_are_distinct_public_and_no_more_than_allowed() {
        let one = answers(&["192.0.2.7", "10.0.0.1", "192.0.2.8"]);
        let two = answers(&["192.0.2.7", "127.0.0.1"]);

        assert_eq!(addresses(&[&one, &two], 9).len(), 2);
        assert_eq!(addresses(&[&one, &two], 1).len(), 1);
        assert!(addresses(&[&one, &two], 0).is_empty());
    }

    #[test]
    fn a_late_second_answer_is_tried_as_well() {
        let mut raced = answers(&["203.0.113.1"]);
        raced.datagrams.extend(answers(&["192.0.2.7"]).datagrams);

        assert_eq!(addresses(&[&raced], 9).len(), 2);
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
