//! Tells forged answers from answers that merely differ: sites are served from many places.

use std::collections::BTreeSet;
use std::net::IpAddr;

use record::{Answer, Answers, Datagram, Host, Lookup, Seen, Transport, plain};

use super::{is_bogus, is_public_over_udp};
use crate::fingerprint::listed;
use crate::side::{failed_there, given, is_trusted};
use crate::vouch::{vouched, vouched_exactly};
use crate::{Answerer, Case};

/// What is forged, and what shows it.
pub(super) struct Forged {
    pub(super) because: Vec<usize>,
    pub(super) addresses: BTreeSet<IpAddr>,
}

/// Finds forged answers. None without a control that resolves the name; never one that came over
/// HTTPS, and on a line whose resolver is a filter's none at all: what asks there may hear the filter
/// everywhere.
///
/// An answer is forged when it gives an address that forged answers are known to give, or that no
/// public site can have; when it makes the site an alias of a host that they are known to name; when
/// another answer, with an address that is vouched for, came right behind it to the same question; or
/// when nobody vouches for any of its addresses, the control and another resolver inside agree on
/// others, and those do better ([`outdone`]).
///
/// What the line's own resolver alone says is the provider's word only where it is the provider's
/// ([`Answerer`]); a listed address is, too, where something at home may stand in between. Filters at home give
/// addresses that no site has, and caches hold old ones, so such an address, or one that connects nowhere, counts only where a public resolver, asked over UDP, seems to
/// give the like ([`is_heard_on_the_way`]).
pub(super) fn forged(case: &Case<'_>) -> Option<Forged> {
    let outside = case.outside()?.addresses();
    if outside.is_empty() || case.resolver == Answerer::Filter {
        return None;
    }
    let (vouched, exactly) = (vouched(case), vouched_exactly(case));
    let mut because = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    for (at, seen) in case.inside().lookups() {
        if seen.step.resolver.transport == Transport::Doh {
            continue;
        }
        let given = given(seen);
        let strange: BTreeSet<IpAddr> = given.difference(&vouched).copied().collect();
        let bogus = strange.iter().any(|ip| is_bogus(case, *ip));
        let on_the_way = is_public_over_udp(case, seen) || is_heard_on_the_way(case, &strange);
        let may = |those: &[Answerer]| on_the_way || those.contains(&case.resolver);
        let listed = strange.iter().any(|ip| is_listed(case, *ip)) || is_listed_alias(case, seen);
        let witnesses = if (bogus && may(&[Answerer::Provider]))
            || (listed && may(&[Answerer::Provider, Answerer::ProviderBehind]))
            || is_doubled(seen, &vouched, &exactly)
        {
            Some(Vec::new())
        } else if !strange.is_empty() && strange == given && others_agree(case, at, &outside) {
            let dead = if on_the_way { Dead::Counts } else { Dead::MayBeOld };
            let theirs = may(&[Answerer::Provider]);
            if theirs { outdone(case, &strange, &vouched, dead) } else { None }
        } else {
            None
        };
        if let Some(witnesses) = witnesses {
            because.insert(at);
            because.extend(witnesses);
            addresses.extend(strange);
        }
    }
    (!because.is_empty()).then(|| Forged { because: because.into_iter().collect(), addresses })
}

/// Returns whether a public resolver, asked over UDP, seems to give one of the `strange` addresses too, or,
/// where one of these is an address that no site has, another such: then it is the way that answers.
fn is_heard_on_the_way(case: &Case<'_>, strange: &BTreeSet<IpAddr>) -> bool {
    let bogus = |ips: &BTreeSet<IpAddr>| ips.iter().any(|ip| is_bogus(case, *ip));
    let public = case.inside().lookups().filter(|(_, seen)| is_public_over_udp(case, seen));
    let mut heard = public.map(|(_, seen)| given(seen));
    heard.any(|heard| !heard.is_disjoint(strange) || (bogus(strange) && bogus(&heard)))
}

fn is_listed(case: &Case<'_>, ip: IpAddr) -> bool {
    case.known.dns.iter().any(|known| plain(*known) == ip)
}

/// Returns whether an answer makes the site an alias of a listed host, or of one below it, and none that
/// the control got does.
fn is_listed_alias(case: &Case<'_>, seen: &Seen<Lookup, Answers>) -> bool {
    let outside = case.outside().into_iter().flat_map(|outside| outside.lookups());
    !outside.into_iter().any(|(_, there)| names_listed(case, there)) && names_listed(case, seen)
}

fn names_listed(case: &Case<'_>, seen: &Seen<Lookup, Answers>) -> bool {
    let datagrams = seen.outcome.iter().flat_map(|answers| &answers.datagrams);
    let mut answers = datagrams.flat_map(|datagram| &datagram.answers);
    answers.any(|answer| match answer {
        Answer::Alias(alias) => case.known.aliases.iter().any(|host| is_below(alias, host)),
        Answer::Address(_) => false,
    })
}

/// Returns whether `name`, as an answer spells it, is `host` or a name below it.
fn is_below(name: &str, host: &Host) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let rest = name.strip_suffix(host.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Returns whether one question got two answers: first none that is vouched for, then one that is for itself.
/// A site served by two content networks may give two honest answers, of which a control knows one.
fn is_doubled(
    seen: &Seen<Lookup, Answers>,
    vouched: &BTreeSet<IpAddr>,
    exactly: &BTreeSet<IpAddr>,
) -> bool {
    let Ok(answers) = &seen.outcome else { return false };
    ["A", "AAAA"].into_iter().any(|question| {
        let fits = |datagram: &&Datagram| datagram.fits && datagram.question == question;
        let mut row = answers.datagrams.iter().filter(fits);
        let Some(first) = row.next() else { return false };
        let speaks = first.rcode == 3 || !addresses(first).is_empty();
        let is_of = |datagram: &Datagram, those| !addresses(datagram).is_disjoint(those);
        speaks && !is_of(first, vouched) && row.any(|datagram| is_of(datagram, exactly))
    })
}

fn addresses(datagram: &Datagram) -> BTreeSet<IpAddr> {
    let one = Answers { datagrams: vec![datagram.clone()] };
    one.all_addresses().into_iter().map(plain).collect()
}

/// Returns whether another lookup inside gave an address that the control has as well: then the
/// site is not served from other places here than there.
fn others_agree(case: &Case<'_>, at: usize, outside: &BTreeSet<IpAddr>) -> bool {
    let mut others = case.inside().lookups().filter(|(other, _)| *other != at);
    others.any(|(_, seen)| !given(seen).is_disjoint(outside))
}

/// Returns what shows that the strange addresses do not serve the site while vouched ones do.
///
/// They connect nowhere and vouched ones connect, where that counts; or a foreign certificate is shown
/// there, of no listed authority, and at a vouched one a valid one, or at least none that is foreign too,
/// as where the site's own address is cut off as well. A handshake that merely fails there is not enough:
/// what filters names may stand on one way and not on the other.
fn outdone(
    case: &Case<'_>,
    strange: &BTreeSet<IpAddr>,
    vouched: &BTreeSet<IpAddr>,
    dead: Dead,
) -> Option<Vec<usize>> {
    let inside = case.inside();
    let (connected, trusted) = (inside.connected(), inside.trusted());
    let sessions = |among: &BTreeSet<IpAddr>| -> Vec<usize> {
        let at = inside.handshakes().filter(|(_, seen)| is_foreign(case, seen));
        at.filter(|(_, seen)| among.contains(&plain(seen.step.to.ip()))).map(|(at, _)| at).collect()
    };
    let failures: Vec<usize> = failures_at(case, strange);
    let foreign = sessions(strange);
    let served = |reached: &BTreeSet<IpAddr>| !reached.is_disjoint(vouched);
    let dead = dead == Dead::Counts
        && connected.is_disjoint(strange)
        && !failures.is_empty()
        && served(&connected);
    let unmatched = served(&trusted) || (sessions(vouched).is_empty() && served(&connected));
    (dead || (!foreign.is_empty() && unmatched)).then(|| {
        let reached = inside.handshakes().filter(|(_, seen)| is_trusted(seen)).map(|(at, _)| at);
        let connects = inside.connects().filter(|(_, seen)| {
            seen.outcome.is_ok() && vouched.contains(&plain(seen.step.to.ip()))
        });
        let connects = connects.map(|(at, _)| at);
        failures.into_iter().chain(foreign).chain(reached).chain(connects).collect()
    })
}

/// Whether an address that connects nowhere counts against an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dead {
    /// It does: somebody on the way gave it.
    Counts,
    /// It does not: a cache may hold an old one.
    MayBeOld,
}

fn failures_at(case: &Case<'_>, among: &BTreeSet<IpAddr>) -> Vec<usize> {
    let inside = case.inside();
    let connects = inside.connects().filter(|(_, seen)| failed_there(seen));
    let handshakes = inside.handshakes().filter(|(_, seen)| failed_there(seen));
    let connects = connects.map(|(at, seen)| (at, seen.step.to.ip()));
    let all = connects.chain(handshakes.map(|(at, seen)| (at, seen.step.to.ip())));
    all.filter(|(_, ip)| among.contains(&plain(*ip))).map(|(at, _)| at).collect()
}

/// Returns whether a chain was shown that is not valid for the name and is no interception's.
fn is_foreign(case: &Case<'_>, seen: &Seen<record::Handshake, record::Session>) -> bool {
    let session = seen.outcome.as_ref().ok();
    !is_trusted(seen)
        && session.is_some_and(|session| listed(session, case.certificates, case.known).is_none())
}
