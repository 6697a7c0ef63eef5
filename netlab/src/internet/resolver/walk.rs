//! Iterative resolution: asks the root, follows referrals and aliases, within limits.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

use super::cache::Cache;
use crate::internet::DNS;
use crate::internet::sockets::{Protocol, Sockets};

/// What came of a question.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// What became of it.
    pub(super) code: ResponseCode,
    /// Records that answer, aliases first.
    pub(super) answers: Vec<Record>,
    /// Where there is no answer, who says so.
    pub(super) authorities: Vec<Record>,
}

/// Resolves names from the root down.
#[derive(Debug)]
pub(super) struct Walk {
    sockets: Sockets,
    root: Ipv4Addr,
    cache: Cache,
}

impl Walk {
    /// Makes a resolver that begins at `root`.
    pub(super) fn new(sockets: Sockets, root: Ipv4Addr) -> Self {
        Self { sockets, root, cache: Cache::default() }
    }

    /// Returns what the owners of `name` say of it, or that nobody could be asked in time.
    pub(super) async fn resolve(&self, name: &Name, kind: RecordType) -> Found {
        if let Some(found) = self.cache.find(name, kind, Instant::now()) {
            return found;
        }
        let walked = timeout(DEADLINE, self.follow_aliases(name, kind)).await;
        let Some(found) = walked.ok().flatten() else {
            return Found {
                code: ResponseCode::ServFail,
                answers: Vec::new(),
                authorities: Vec::new(),
            };
        };
        self.cache.keep(name, kind, &found, Instant::now());
        found
    }

    /// Forgets all answers.
    pub(super) fn forget(&self) {
        self.cache.clear();
    }

    async fn follow_aliases(&self, name: &Name, kind: RecordType) -> Option<Found> {
        let mut name = name.clone();
        let mut answers = Vec::new();
        for _ in 0..MOST_ALIASES {
            let message = self.descend(&name, kind).await?;
            let alias = chain(&message, &name, kind, &mut answers);
            let Some(alias) = alias else {
                let code = message.metadata.response_code;
                let nothing = answers.iter().all(|record| record.record_type() != kind);
                let authorities = if nothing { message.authorities } else { Vec::new() };
                return Some(Found { code, answers, authorities });
            };
            name = alias;
        }
        None
    }

    /// Asks the root about `name`, then whoever it refers to, until somebody answers.
    async fn descend(&self, name: &Name, kind: RecordType) -> Option<Message> {
        let mut zone = Name::root();
        let mut servers = vec![self.root];
        for _ in 0..MOST_REFERRALS {
            let message = self.ask_any(&servers, name, kind).await?;
            let code = message.metadata.response_code;
            if code == ResponseCode::NXDomain {
                return Some(message);
            }
            if code != ResponseCode::NoError {
                return None;
            }
            let Some((below, next)) = referral(&message, &zone, name) else {
                return Some(message);
            };
            (zone, servers) = (below, next);
        }
        None
    }

    async fn ask_any(
        &self,
        servers: &[Ipv4Addr],
        name: &Name,
        kind: RecordType,
    ) -> Option<Message> {
        for _ in 0..ATTEMPTS {
            for server in servers.iter().take(MOST_SERVERS) {
                let asked = timeout(PATIENCE, self.ask(*server, name, kind)).await;
                if let Some(message) = asked.ok().flatten() {
                    return Some(message);
                }
            }
        }
        None
    }

    async fn ask(&self, server: Ipv4Addr, name: &Name, kind: RecordType) -> Option<Message> {
        let at = SocketAddr::from(SocketAddrV4::new(server, DNS));
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.ok()?;
        socket.connect(self.sockets.find(Protocol::Udp, at)).await.ok()?;
        let mut question = Message::query();
        question.add_query(Query::query(name.clone(), kind));
        socket.send(&question.to_vec().ok()?).await.ok()?;
        let mut buffer = [0; 1500];
        loop {
            let size = socket.recv(&mut buffer).await.ok()?;
            let Ok(message) = Message::from_vec(buffer.get(..size)?) else { continue };
            let fits = message.metadata.message_type == MessageType::Response
                && message.metadata.id == question.metadata.id
                && message.queries == question.queries;
            if fits {
                return Some(message);
            }
        }
    }
}

/// Takes the answers about `name` and its aliases; returns the alias whose own answer is missing.
fn chain(
    message: &Message,
    name: &Name,
    kind: RecordType,
    answers: &mut Vec<Record>,
) -> Option<Name> {
    let mut name = name.clone();
    for _ in 0..MOST_ALIASES {
        let about = || message.answers.iter().filter(|record| record.name == name);
        let fitting: Vec<Record> =
            about().filter(|record| record.record_type() == kind).cloned().collect();
        if !fitting.is_empty() {
            answers.extend(fitting);
            return None;
        }
        let alias = about().find_map(|record| {
            let RData::CNAME(alias) = &record.data else { return None };
            Some((record, alias.0.clone()))
        });
        let Some((record, to)) = alias else {
            // The name that was asked for has nothing of this kind; an alias is still to be asked.
            let followed = answers.last().is_some_and(|last| is_alias_to(last, &name));
            let asked = message.queries.first().is_some_and(|query| *query.name() == name);
            return (followed && !asked).then_some(name);
        };
        answers.push(record.clone());
        name = to;
    }
    Some(name)
}

fn is_alias_to(record: &Record, name: &Name) -> bool {
    matches!(&record.data, RData::CNAME(alias) if alias.0 == *name)
}

/// Returns the zone that `message` refers to and the addresses of its servers.
fn referral(message: &Message, zone: &Name, name: &Name) -> Option<(Name, Vec<Ipv4Addr>)> {
    if !message.answers.is_empty() || message.metadata.authoritative {
        return None;
    }
    let mut below = None;
    let mut servers = Vec::new();
    for record in &message.authorities {
        let RData::NS(server) = &record.data else { continue };
        // Only downwards, and only towards the name: anything else could lead in circles.
        let deeper = zone.zone_of(&record.name) && record.name.num_labels() > zone.num_labels();
        if !deeper || !record.name.zone_of(name) {
            continue;
        }
        below = Some(record.name.clone());
        let glue = message.additionals.iter().filter(|glue| glue.name == server.0);
        servers.extend(glue.filter_map(|glue| address(&glue.data)));
    }
    below.filter(|_| !servers.is_empty()).map(|below| (below, servers))
}

fn address(data: &RData) -> Option<Ipv4Addr> {
    let RData::A(address) = data else { return None };
    Some(address.0)
}

/// A whole question; the agent waits longer.
const DEADLINE: Duration = Duration::from_secs(4);
/// One server's answer.
const PATIENCE: Duration = Duration::from_millis(600);
const ATTEMPTS: usize = 2;
const MOST_SERVERS: usize = 3;
const MOST_REFERRALS: usize = 8;
const MOST_ALIASES: usize = 8;
