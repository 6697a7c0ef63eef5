//! Lookups out of questions: OONI keeps each question apart, a record keeps a name's together.

use std::net::IpAddr;

use record::{
    Answer, Answers, Datagram, Failed, Failure, Host, Lookup, Observation, Resolver, Seen,
    Transport, limits,
};

use crate::failure::of_ooni;
use crate::shape::{Query, QueryAnswer, part, word};

/// Makes lookups of questions; those to resolvers, or for records, that a record has no word for
/// are counted.
pub(crate) fn lookups(queries: Vec<Query>, left_out: &mut u32) -> Vec<Observation> {
    let mut groups: Vec<Group> = Vec::new();
    for query in queries {
        let Some((key, name, resolver)) = keyed(&query) else {
            *left_out += 1;
            continue;
        };
        match groups.iter_mut().find(|group| group.key == key) {
            Some(group) => group.queries.push(query),
            None => groups.push(Group { key, name, resolver, queries: vec![query] }),
        }
    }
    groups.into_iter().map(Group::observation).collect()
}

/// The questions of one lookup.
struct Group {
    key: Key,
    name: Host,
    resolver: Resolver,
    queries: Vec<Query>,
}

/// What the questions of one lookup have in common: name, engine, resolver, hop, transaction.
type Key = (String, String, String, u8, Option<i64>);

fn keyed(query: &Query) -> Option<(Key, Host, Resolver)> {
    let hostname = query.hostname.clone()?;
    let name: Host = hostname.parse().ok()?;
    let engine = query.engine.clone().unwrap_or_default();
    let address = query.resolver_address.clone().unwrap_or_default();
    let resolver = resolver(&engine, &address, query.when.tag("resolver="))?;
    let asked = query.query_type.as_deref().unwrap_or("A");
    if !matches!(asked, "A" | "AAAA" | "ANY") {
        return None;
    }
    let depth = query.when.depth().unwrap_or(0);
    Some(((hostname, engine, address, depth, query.when.transaction_id), name, resolver))
}

/// Names a resolver; its address is never kept, since it may be one at the volunteer's home.
fn resolver(engine: &str, address: &str, tagged: Option<&str>) -> Option<Resolver> {
    let transport = match engine {
        "" | "system" | "getaddrinfo" | "golang_net_resolver" | "unknown" => Transport::System,
        "udp" => Transport::Udp,
        "doh" => Transport::Doh,
        _ => return None,
    };
    let known = PUBLIC.iter().find(|(_, marks)| marks.iter().any(|mark| address.contains(mark)));
    let id = match (transport, tagged, known) {
        (Transport::System, _, _) => "system",
        (Transport::Udp | Transport::Doh, Some(id), _) if is_id(id) => id,
        (Transport::Udp | Transport::Doh, _, Some((id, _))) => id,
        (Transport::Udp | Transport::Doh, _, None) => "other",
    };
    Some(Resolver { id: id.to_owned(), transport })
}

/// Returns whether a tag names a resolver as lists do: never by an address.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(allowed)
}

impl Group {
    fn observation(self) -> Observation {
        let at_ms = self.queries.iter().map(|query| query.when.at_ms()).min().unwrap_or(0);
        let end_ms = self.queries.iter().map(|query| query.when.end_ms()).max().unwrap_or(0);
        let (mut datagrams, mut failures) = (Vec::new(), Vec::new());
        for query in &self.queries {
            match answers(query, at_ms) {
                Ok(answers) => datagrams.extend(answers),
                Err(failed) => failures.push(failed),
            }
        }
        datagrams.sort_by(|a: &Datagram, b: &Datagram| {
            (&a.question, a.after_ms).cmp(&(&b.question, b.after_ms))
        });
        datagrams.truncate(limits::DATAGRAMS);
        let depth = self.queries.first().and_then(|query| query.when.depth()).unwrap_or(0);
        Observation::Lookup(Seen {
            step: Lookup { name: self.name, resolver: self.resolver },
            part: part(depth),
            at_ms,
            took_ms: end_ms.saturating_sub(at_ms),
            outcome: conclude(datagrams, failures),
        })
    }
}

/// A resolver's word of its own trouble is a failure; as soon as anything else came, all is kept.
fn conclude(datagrams: Vec<Datagram>, failures: Vec<Failed>) -> Result<Answers, Failed> {
    if datagrams.is_empty() {
        let first = failures.into_iter().next();
        return Err(first.unwrap_or_else(|| Failed::plain(Failure::ResolverFailed)));
    }
    let all = |rcode: u16| datagrams.iter().all(|answer| answer.fits && answer.rcode == rcode);
    match (all(SERVFAIL), all(REFUSED)) {
        (true, _) => Err(Failed::plain(Failure::ResolverFailed)),
        (_, true) => Err(Failed::plain(Failure::ResolverRefused)),
        (false, false) => Ok(Answers { datagrams }),
    }
}

/// Reads the answers to one question; "any" is what `getaddrinfo` is asked, and answers both.
fn answers(query: &Query, at_ms: u32) -> Result<Vec<Datagram>, Failed> {
    let failure = word(query.failure.as_ref());
    let records: Vec<Answer> = query.answers.iter().flatten().filter_map(answer).collect();
    let rcode = match (query.rcode, failure) {
        (Some(rcode), _) => rcode,
        (None, None | Some("dns_no_answer")) => 0,
        (None, Some("dns_nxdomain_error" | "dns_name_error")) => NXDOMAIN,
        (None, Some("dns_servfail_error")) => SERVFAIL,
        (None, Some("dns_refused_error")) => REFUSED,
        // Such as `dns_bogon_error`: an answer came, and OONI did not like it.
        (None, Some(_)) if !records.is_empty() => 0,
        (None, Some(other)) => return Err(of_ooni(other)),
    };
    let datagram = |question: &str, keep: fn(&Answer) -> bool| Datagram {
        question: question.to_owned(),
        after_ms: query.when.end_ms().saturating_sub(at_ms),
        fits: failure != Some("dns_reply_with_wrong_query_id"),
        rcode,
        answers: records.iter().filter(|one| keep(one)).take(limits::ANSWERS).cloned().collect(),
    };
    Ok(match query.query_type.as_deref() {
        Some("ANY") => {
            vec![datagram("A", is_no_v6), datagram("AAAA", is_v6)]
        }
        Some(asked) => vec![datagram(asked, |_| true)],
        None => vec![datagram("A", |_| true)],
    })
}

fn is_v6(one: &Answer) -> bool {
    matches!(one, Answer::Address(IpAddr::V6(_)))
}

fn is_no_v6(one: &Answer) -> bool {
    !is_v6(one)
}

fn answer(answer: &QueryAnswer) -> Option<Answer> {
    if answer.answer_type.as_deref() == Some("CNAME") {
        return answer
            .hostname
            .as_deref()
            .map(|name| Answer::Alias(name.trim_end_matches('.').chars().take(253).collect()));
    }
    let ip = answer.ipv4.as_deref().or(answer.ipv6.as_deref())?;
    ip.parse().ok().map(Answer::Address)
}

/// Public resolvers by their ids in `testlists/resolvers.toml`.
const PUBLIC: [(&str, &[&str]); 3] = [
    ("cloudflare", &["cloudflare-dns.com", "1.1.1.1:", "1.0.0.1:"]),
    ("google", &["dns.google", "8.8.8.8:", "8.8.4.4:"]),
    ("quad9", &["quad9.net", "9.9.9.9:", "149.112.112.112:"]),
];

const SERVFAIL: u16 = 2;
const NXDOMAIN: u16 = 3;
const REFUSED: u16 = 5;
