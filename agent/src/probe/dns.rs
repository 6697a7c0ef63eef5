//! Asks a resolver over UDP and keeps every datagram of the window.
//!
//! A resolver library returns the first answer that fits and drops the others; a forged answer
//! would then hide the real one. So the sockets are our own, and not connected: a connected socket
//! drops what comes from another address, which is a mark of forging.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use record::{Answer, Answers, Datagram, Failed, Failure, Host, limits};

use super::deadline::millis;
use super::failure::{LocalFault, Trouble, failed, of_connect};
use crate::edge::Edge;

/// How long a lookup waits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until the first answer.
    pub first: Duration,
    /// For further answers after the first.
    pub window: Duration,
}

/// Asks the resolver at `server` for the A and AAAA records of `name`, each question from a socket
/// of its own.
pub async fn lookup(
    name: &Host,
    server: SocketAddr,
    patience: Patience,
    edge: &Edge,
) -> Result<Answers, Trouble> {
    let [a, aaaa] = [RecordType::A, RecordType::AAAA].map(|kind| Question::new(name, kind, edge));
    let (a, aaaa) = (a?, aaaa?);
    let (four, six) = tokio::join!(a.ask(server, patience), aaaa.ask(server, patience));
    let datagrams: Vec<Datagram> = four?.into_iter().chain(six?).collect();
    Ok(conclude(datagrams)?)
}

/// Makes the outcome of everything that came.
///
/// A resolver's word of its own trouble is a failure; as soon as anything else came beside it, all
/// is kept.
pub fn conclude(datagrams: Vec<Datagram>) -> Result<Answers, Failed> {
    if !datagrams.iter().any(|datagram| datagram.fits) {
        let detail = match datagrams.len() {
            0 => String::new(),
            count => format!("{count} answers, none to the question"),
        };
        return Err(failed(Failure::Timeout, detail));
    }
    let all = |rcode: u16| datagrams.iter().all(|answer| answer.fits && answer.rcode == rcode);
    match (all(SERVFAIL), all(REFUSED)) {
        (true, _) => Err(failed(Failure::ResolverFailed, "SERVFAIL")),
        (_, true) => Err(failed(Failure::ResolverRefused, "REFUSED")),
        (false, false) => Ok(Answers { datagrams }),
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Question {
    kind: RecordType,
    message: Message,
}

impl Question {
    /// Asks for the records of `kind` of `name`, under a random id.
    pub fn new(name: &Host, kind: RecordType, edge: &Edge) -> Result<Self, LocalFault> {
        let wrong = || LocalFault::Name(name.to_string());
        let name = Name::from_ascii(format!("{name}.")).map_err(|_| wrong())?;
        let [high, low, ..] = edge.random().to_be_bytes();
        let id = u16::from_be_bytes([high, low]);
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.add_query(Query::query(name, kind));
        Ok(Self { kind, message })
    }

    /// Sets the id to 0, as caches of DNS over HTTPS want it (RFC 8484 §4.1).
    #[must_use]
    pub fn without_id(mut self) -> Self {
        self.message.metadata.id = 0;
        self
    }

    /// Returns the question's bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, LocalFault> {
        self.message.to_vec().map_err(|_| LocalFault::Name("in the question".to_owned()))
    }

    /// Reads one answer, whatever it is.
    pub fn read(&self, bytes: &[u8], after: Duration, from_resolver: bool) -> Datagram {
        let question = self.kind.to_string();
        let after_ms = millis(after);
        let Ok(answer) = Message::from_vec(bytes) else {
            // The code sits in the low half of the fourth byte, if there is one.
            let rcode = bytes.get(3).map_or(UNREADABLE, |byte| u16::from(byte & 0x0f));
            return Datagram { question, after_ms, fits: false, rcode, answers: Vec::new() };
        };
        let asked = answer.queries.first().zip(self.message.queries.first());
        let same = asked.is_some_and(|(theirs, ours)| {
            theirs.name().eq_ignore_root(ours.name()) && theirs.query_type() == ours.query_type()
        });
        let fits = from_resolver
            && same
            && answer.metadata.id == self.message.metadata.id
            && answer.metadata.message_type == MessageType::Response
            // Cut short and empty: nothing was answered.
            && !(answer.metadata.truncation && answer.answers.is_empty());
        let records = answer.answers.iter().filter_map(|record| told(&record.data));
        Datagram {
            question,
            after_ms,
            fits,
            rcode: u16::from(answer.metadata.response_code),
            answers: records.take(limits::ANSWERS).collect(),
        }
    }

    /// Sends the question and keeps everything that comes until the window closes.
    async fn ask(&self, server: SocketAddr, patience: Patience) -> Result<Vec<Datagram>, Trouble> {
        let any: SocketAddr = if server.is_ipv4() {
            (Ipv4Addr::UNSPECIFIED, 0).into()
        } else {
            (Ipv6Addr::UNSPECIFIED, 0).into()
        };
        let socket = UdpSocket::bind(any).await.map_err(LocalFault::Socket)?;
        let bytes = self.bytes()?;
        let began = Instant::now();
        socket.send_to(&bytes, server).await.map_err(|error| of_connect(error, server))?;
        let mut end = began + patience.first;
        let mut again = Some(began + patience.first / 2);
        let mut datagrams = Vec::new();
        let mut buffer = vec![0; DATAGRAM_BYTES];
        let mut errors = 0;
        while datagrams.len() < limits::DATAGRAMS / 2 && errors < ERRORS {
            let until = again.map_or(end, |again| again.min(end));
            match timeout_at(until, socket.recv_from(&mut buffer)).await {
                Ok(Ok((length, from))) => {
                    if datagrams.is_empty() {
                        end = Instant::now() + patience.window;
                    }
                    again = None;
                    let answer = buffer.get(..length).unwrap_or_default();
                    datagrams.push(self.read(answer, began.elapsed(), from == server));
                }
                // An ICMP error about a datagram sent before; the window stays open.
                Ok(Err(_)) => errors += 1,
                // Silence until half of the time: the question may have been lost. Asked again
                // only while nothing came at all, so that no answer is doubled by ourselves.
                Err(_) if again.take().is_some_and(|again| again < end) => {
                    socket.send_to(&bytes, server).await.ok();
                }
                Err(_) => break,
            }
        }
        Ok(datagrams)
    }
}

/// Returns what of a record is told: addresses and aliases.
fn told(data: &RData) -> Option<Answer> {
    if let RData::A(a) = data {
        return Some(Answer::Address(a.0.into()));
    }
    if let RData::AAAA(aaaa) = data {
        return Some(Answer::Address(aaaa.0.into()));
    }
    let RData::CNAME(alias) = data else { return None };
    Some(Answer::Alias(alias.0.to_ascii().trim_end_matches('.').to_owned()))
}

const SERVFAIL: u16 = 2;
const REFUSED: u16 = 5;
/// Stands where not even a response code came: no code is as large (RFC 6895 §2.3).
const UNREADABLE: u16 = u16::MAX;
const DATAGRAM_BYTES: usize = 4096;
const ERRORS: usize = 16;
