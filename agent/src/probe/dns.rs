//! Asks a resolver over UDP and keeps every datagram of the window.
//!
//! A resolver library returns the first answer that fits and drops the others; a forged answer
//! would then hide the real one. So the sockets are our own, and not connected: a connected socket
//! drops what comes from another address, which is a mark of forging.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::oneshot;
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
    let heard = four?.into_iter().chain(six?);
    Ok(conclude(heard.map(|heard| heard.datagram).collect())?)
}

/// One answer as it was heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What is told of it.
    pub datagram: Datagram,
    /// The whole of it, where it can be read.
    pub message: Option<Message>,
}

impl Heard {
    /// Returns whether it was cut short on its way, by its own word (RFC 1035 §4.1.1, TC).
    pub fn is_cut(&self) -> bool {
        self.message.as_ref().is_some_and(|message| message.metadata.truncation)
    }
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
    pub fn read(&self, bytes: &[u8], after: Duration, from_resolver: bool) -> Heard {
        let question = self.kind.to_string();
        let after_ms = millis(after);
        let Ok(answer) = Message::from_vec(bytes) else {
            // The code sits in the low half of the fourth byte, if there is one.
            let rcode = bytes.get(3).map_or(UNREADABLE, |byte| u16::from(byte & 0x0f));
            let datagram = Datagram { question, after_ms, fits: false, rcode, answers: Vec::new() };
            return Heard { datagram, message: None };
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
        let datagram = Datagram {
            question,
            after_ms,
            fits,
            rcode: u16::from(answer.metadata.response_code),
            answers: records.take(limits::ANSWERS).collect(),
        };
        Heard { datagram, message: Some(answer) }
    }

    /// Sends the question and keeps everything that comes until the window closes. An answer that
    /// was cut short is asked for again over TCP (RFC 7766 §5), beside the window; what comes so
    /// is kept after it.
    pub async fn ask(&self, server: SocketAddr, patience: Patience) -> Result<Vec<Heard>, Trouble> {
        let began = Instant::now();
        let (cut, was_cut) = oneshot::channel();
        let over_tcp = async {
            was_cut.await.ok()?;
            let end = began + patience.first + patience.window;
            timeout_at(end, self.ask_over_tcp(server, began)).await.ok()?
        };
        let (heard, whole) = tokio::join!(self.listen(server, patience, cut), over_tcp);
        Ok(heard?.into_iter().chain(whole).collect())
    }

    /// Keeps every datagram of the window, and tells by `cut` of the first that was cut short.
    async fn listen(
        &self,
        server: SocketAddr,
        patience: Patience,
        cut: oneshot::Sender<()>,
    ) -> Result<Vec<Heard>, Trouble> {
        let any: SocketAddr = if server.is_ipv4() {
            (Ipv4Addr::UNSPECIFIED, 0).into()
        } else {
            (Ipv6Addr::UNSPECIFIED, 0).into()
        };
        let socket = UdpSocket::bind(any).await.map_err(LocalFault::Socket)?;
        let bytes = self.bytes()?;
        let began = Instant::now();
        socket.send_to(&bytes, server).await.map_err(|error| of_connect(error, server))?;
        let mut cut = Some(cut);
        let mut end = began + patience.first;
        let mut again = Some(began + patience.first / 2);
        let mut heard = Vec::new();
        let mut buffer = vec![0; DATAGRAM_BYTES];
        let mut errors = 0;
        // One place is left for an answer over TCP.
        while heard.len() < limits::DATAGRAMS / 2 - 1 && errors < ERRORS {
            let until = again.map_or(end, |again| again.min(end));
            match timeout_at(until, socket.recv_from(&mut buffer)).await {
                Ok(Ok((length, from))) => {
                    if heard.is_empty() {
                        end = Instant::now() + patience.window;
                    }
                    again = None;
                    let answer = buffer.get(..length).unwrap_or_default();
                    let answer = self.read(answer, began.elapsed(), from == server);
                    if from == server && answer.is_cut() {
                        cut.take().map(|cut| cut.send(()).ok());
                    }
                    heard.push(answer);
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
        Ok(heard)
    }

    /// Asks over TCP, where a message has its length before it; none where no whole answer came.
    async fn ask_over_tcp(&self, server: SocketAddr, began: Instant) -> Option<Heard> {
        let mut stream = TcpStream::connect(server).await.ok()?;
        let question = self.bytes().ok()?;
        let length = u16::try_from(question.len()).ok()?;
        stream.write_all(&[&length.to_be_bytes(), question.as_slice()].concat()).await.ok()?;
        let mut answer = vec![0; usize::from(stream.read_u16().await.ok()?)];
        stream.read_exact(&mut answer).await.ok()?;
        Some(self.read(&answer, began.elapsed(), true))
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
