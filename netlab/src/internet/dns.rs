//! DNS over UDP: what is read from a datagram, what is answered, and the server between.

mod doh;
mod layout;
mod lies;
mod service;
mod zone;

use std::net::IpAddr;
use std::sync::Arc;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;

use record::Host;

use crate::LabError;

pub(super) use doh::answer_over_https;
pub(super) use layout::zones;
pub use lies::Lie;
pub(super) use lies::Lies;

/// Who answers questions.
pub(super) trait Answerer: Send + Sync + 'static {
    /// Answers one question.
    fn answer(&self, question: &Question) -> impl Future<Output = Reply> + Send;
}

/// One question about a name.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The name.
    pub(super) name: Name,
    /// The type of record.
    pub(super) kind: RecordType,
    id: u16,
    recursion_desired: bool,
    /// Where it came from, where that matters.
    from: Option<IpAddr>,
    /// Bytes that fit the asker's buffer, where it said so by EDNS.
    payload: Option<u16>,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    /// What became of it.
    pub(super) code: ResponseCode,
    /// Who speaks.
    pub(super) speaker: Speaker,
    /// Records that answer.
    pub(super) answers: Vec<Record>,
    /// Records that say who would know, or that nobody does.
    pub(super) authorities: Vec<Record>,
    /// Addresses of those who would know.
    pub(super) additionals: Vec<Record>,
}

/// In which role an answer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    /// The owner of the zone.
    Zone,
    /// The owner of a zone above, which refers.
    Parent,
    /// A resolver.
    Resolver,
}

impl Reply {
    /// Makes an answer without records.
    pub(super) fn empty(code: ResponseCode, speaker: Speaker) -> Self {
        Self {
            code,
            speaker,
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
        }
    }
}

/// Reads a question; none where the bytes are no whole, plain question of the Internet's class.
pub(super) fn read(bytes: &[u8]) -> Option<Question> {
    let message = Message::from_vec(bytes).ok()?;
    let head = &message.metadata;
    let plain = head.message_type == MessageType::Query
        && head.op_code == OpCode::Query
        && !head.truncation;
    let [query] = message.queries.as_slice() else { return None };
    if !plain || query.query_class() != DNSClass::IN {
        return None;
    }
    Some(Question {
        name: query.name().clone(),
        kind: query.query_type(),
        id: head.id,
        recursion_desired: head.recursion_desired,
        from: None,
        payload: message.edns.as_ref().map(Edns::max_payload),
    })
}

/// Writes the answer to `question`, marked as truncated where it is too long for `carrier`.
pub(super) fn write(question: &Question, reply: Reply, carrier: Carrier) -> Option<Vec<u8>> {
    let mut message = Message::response(question.id, OpCode::Query);
    message.metadata.response_code = reply.code;
    message.metadata.authoritative = reply.speaker == Speaker::Zone;
    message.metadata.recursion_available = reply.speaker == Speaker::Resolver;
    message.metadata.recursion_desired = question.recursion_desired;
    message.add_query(Query::query(question.name.clone(), question.kind));
    message.answers = reply.answers;
    message.authorities = reply.authorities;
    message.additionals = reply.additionals;
    if question.payload.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(MOST_PAYLOAD);
        message.set_edns(edns);
    }
    let bytes = message.to_vec().ok()?;
    let most = match carrier {
        Carrier::Https => usize::from(u16::MAX),
        // RFC 1035 §4.2.1: 512 bytes unless the asker said otherwise.
        Carrier::Datagram => question.payload.unwrap_or(512).clamp(512, MOST_PAYLOAD).into(),
    };
    if bytes.len() <= most { Some(bytes) } else { message.truncate().to_vec().ok() }
}

/// What carries an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// One datagram.
    Datagram,
    /// An HTTP response.
    Https,
}

/// Answers datagrams; what is no question is ignored. Never returns.
pub(super) async fn serve<A: Answerer>(socket: UdpSocket, answerer: Arc<A>) {
    each(socket, move |bytes, from| {
        let answerer = Arc::clone(&answerer);
        async move {
            let mut question = read(&bytes)?;
            question.from = Some(from);
            let reply = answerer.answer(&question).await;
            write(&question, reply, Carrier::Datagram)
        }
    })
    .await;
}

/// Sends what `answer` makes of each datagram back to where it came from, some hundred side by side. Never
/// returns.
pub(super) async fn each<F>(socket: UdpSocket, answer: impl Fn(Vec<u8>, IpAddr) -> F)
where
    F: Future<Output = Option<Vec<u8>>> + Send + 'static,
{
    let socket = Arc::new(socket);
    let open = Arc::new(Semaphore::new(MOST_OPEN));
    let mut buffer = [0; 1500];
    loop {
        // An error here is an ICMP message about an earlier answer.
        let Ok((size, from)) = socket.recv_from(&mut buffer).await else { continue };
        let bytes = buffer.get(..size).unwrap_or_default().to_vec();
        let Ok(place) = Arc::clone(&open).try_acquire_owned() else { continue };
        let (socket, answering) = (Arc::clone(&socket), answer(bytes, from.ip()));
        drop(tokio::spawn(async move {
            if let Some(bytes) = answering.await {
                socket.send_to(&bytes, from).await.ok();
            }
            drop(place);
        }));
    }
}

/// Returns the DNS name of `host`.
pub(super) fn name_of(host: &Host) -> Result<Name, LabError> {
    let mut name = Name::from_ascii(host.as_str())
        .map_err(LabError::failed(format!("making a DNS name of {host}")))?;
    name.set_fqdn(true);
    Ok(name)
}

/// The size that passes every path unfragmented (dnsflagday.net/2020).
const MOST_PAYLOAD: u16 = 1232;
const MOST_OPEN: usize = 512;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hickory_proto::rr::RData;
    use hickory_proto::rr::rdata::A;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_answer_repeats_id_question_and_case() {
        let question = read(&query("NeWs.test.", RecordType::A, None)).unwrap();

        let bytes = write(&question, reply(1), Carrier::Datagram).unwrap();

        let message = Message::from_vec(&bytes).unwrap();
        assert_eq!(message.metadata.id, question.id);
        assert_eq!(message.queries[0].name().to_ascii(), "NeWs.test.");
        assert!(message.metadata.recursion_available && message.edns.is_none());
    }

    #[test]
    fn an_answer_too_long_for_the_asker_is_truncated() {
        let small = read(&query("news.test.", RecordType::A, None)).unwrap();
        let large = read(&query("news.test.", RecordType::A, Some(4096))).unwrap();
        let truncated = |question: &Question, carrier| {
            let bytes = write(question, reply(60), carrier).unwrap();
            Message::from_vec(&bytes).unwrap().metadata.truncation
        };

        assert!(truncated(&small, Carrier::Datagram));
        assert!(!truncated(&large, Carrier::Datagram));
        assert!(!truncated(&small, Carrier::Https));
    }

    #[test]
    fn what_is_no_whole_question_is_ignored() {
        let whole = query("news.test.", RecordType::A, Some(1232));
        let mut answer = Message::from_vec(&whole).unwrap();
        answer.metadata.message_type = MessageType::Response;

        assert!(read(&answer.to_vec().unwrap()).is_none());
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_none(), "{cut} of {} bytes", whole.len());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Some(question) = read(&bytes) {
                write(&question, reply(1), Carrier::Datagram);
            }
        }

        #[test]
        fn no_damage_to_a_question_makes_the_reader_panic(at in 0_usize..40, to in any::<u8>()) {
            let mut bytes = query("www.news.test.", RecordType::AAAA, Some(1232));
            if let Some(byte) = bytes.get_mut(at) {
                *byte = to;
            }
            if let Some(question) = read(&bytes) {
                write(&question, reply(1), Carrier::Datagram);
            }
        }
    }

    fn query(name: &str, kind: RecordType, payload: Option<u16>) -> Vec<u8> {
        let mut message = Message::query();
        message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
        if let Some(payload) = payload {
            let mut edns = Edns::new();
            edns.set_max_payload(payload);
            message.set_edns(edns);
        }
        message.to_vec().unwrap()
    }

    fn reply(answers: u8) -> Reply {
        let name = Name::from_ascii("news.test.").unwrap();
        let record = |last| {
            let data = RData::A(A(Ipv4Addr::new(203, 0, 113, last)));
            Record::from_rdata(name.clone(), 60, data)
        };
        let mut reply = Reply::empty(ResponseCode::NoError, Speaker::Resolver);
        reply.answers = (0..answers).map(record).collect();
        reply
    }
}
