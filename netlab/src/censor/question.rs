//! Reads DNS questions that cross the censor, and forges answers to them.

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::CNAME;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::{Names, Way};
use crate::packet::{Packet, answer_datagram};

/// A question about a listed name, on its way out.
pub(super) struct Listed<'a> {
    packet: Packet<'a>,
    message: Message,
    /// The type of record asked for.
    pub(super) kind: RecordType,
}

impl<'a> Listed<'a> {
    /// Reads the question in `packet`; none when it is none, or about a name not in `names`.
    pub(super) fn read(names: &Names, way: Way, packet: &'a [u8]) -> Option<Self> {
        let packet = Packet::read(packet).filter(|packet| packet.to.port() == PORT)?;
        let message = Message::from_vec(packet.udp().filter(|_| way == Way::Out)?).ok()?;
        if message.metadata.message_type != MessageType::Query {
            return None;
        }
        let query = message.queries.first()?;
        let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let kind = query.query_type();
        names.cover(&name).then_some(Self { packet, message, kind })
    }

    /// Forges an answer with `data`, or with none; the name is made an alias of `alias` first, where
    /// one is given.
    pub(super) fn answer(
        &self,
        code: ResponseCode,
        alias: Option<&Name>,
        data: Option<RData>,
    ) -> Option<Vec<u8>> {
        let mut answer = Message::response(self.message.metadata.id, OpCode::Query);
        answer.metadata.response_code = code;
        answer.metadata.recursion_desired = self.message.metadata.recursion_desired;
        answer.metadata.recursion_available = true;
        let query = self.message.queries.first()?.clone();
        let mut name = query.name().clone();
        if let Some(alias) = alias {
            let data = RData::CNAME(CNAME(alias.clone()));
            answer.answers.push(Record::from_rdata(name, TTL_S, data));
            name = alias.clone();
        }
        if let Some(data) = data {
            answer.answers.push(Record::from_rdata(name, TTL_S, data));
        }
        answer.add_query(query);
        Some(answer_datagram(&self.packet, &answer.to_vec().ok()?))
    }
}

const PORT: u16 = 53;
/// Short, so that no cache keeps a lie for long after the censor was switched off.
const TTL_S: u32 = 5;

#[cfg(test)]
pub(super) mod tests {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};

    use hickory_proto::op::Query;
    use hickory_proto::rr::Name;
    use proptest::prelude::*;

    use super::super::names::tests::names;
    use super::*;
    use crate::packet::tests::{CLIENT, datagram};

    pub(in crate::censor) const RESOLVER: SocketAddr =
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 11)), 53);

    /// Builds the packet of a question.
    pub(in crate::censor) fn ask(name: &str, kind: RecordType) -> Vec<u8> {
        let mut message = Message::query();
        message.metadata.id = 77;
        message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
        datagram(CLIENT, RESOLVER, &message.to_vec().unwrap())
    }

    /// Reads the message in a forged answer.
    pub(in crate::censor) fn read(packet: &[u8]) -> Message {
        let packet = Packet::read(packet).unwrap();
        assert_eq!((packet.from, packet.to), (RESOLVER, CLIENT));
        let message = Message::from_vec(packet.udp().unwrap()).unwrap();
        assert_eq!(message.metadata.id, 77);
        message
    }

    proptest! {
        #[test]
        fn no_datagram_makes_reading_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..120), at in 0_usize..40, value in any::<u8>(),
        ) {
            let names = names(&["listed.test"]);
            let _random = Listed::read(&names, Way::Out, &datagram(CLIENT, RESOLVER, &bytes));
            let mut damaged = ask("listed.test.", RecordType::A);
            damaged[28 + at.min(28)] = value;
            if let Some(listed) = Listed::read(&names, Way::Out, &damaged) {
                let _answer = listed.answer(ResponseCode::NXDomain, None, None);
            }
        }
    }
}
