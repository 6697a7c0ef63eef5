//! The name server whose answers tell which address asked: through which network names are looked up.
//!
//! A name below the delegated zone has the asking resolver's own address, and beside it an address that
//! only its own text gives, by which an answer of this server is told from what others answer for any name.
//! Who asked is not written down.

use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, NS, SOA};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

use record::{Digest, Host};

/// The zone that was delegated, and the server that its parent names for it.
#[derive(Clone, Debug)]
pub struct Zone {
    apex: Name,
    server: Name,
    /// Whom to write to about the zone (RFC 1035 §3.3.13).
    mailbox: Name,
}

impl Zone {
    /// Makes the zone below `apex`, for which the parent names `server`; that must lie outside, since every
    /// name inside has the address of whoever asks for it.
    pub fn new(apex: &Host, server: &Host) -> Result<Self, ZoneError> {
        let name = |text: String| Name::from_ascii(text).map_err(ZoneError::Name);
        let zone = Self {
            apex: name(format!("{apex}."))?,
            server: name(format!("{server}."))?,
            mailbox: name(format!("hostmaster.{apex}."))?,
        };
        if zone.apex.zone_of(&zone.server) { Err(ZoneError::Inside) } else { Ok(zone) }
    }

    /// Answers a datagram that came `from` an address; none where it is no plain question. Answers are
    /// at most four times as long as questions: little is gained by asking under somebody else's address.
    fn answer(&self, datagram: &[u8], from: IpAddr) -> Option<Vec<u8>> {
        let asked = Message::from_vec(datagram).ok()?;
        let head = &asked.metadata;
        let [query] = asked.queries.as_slice() else { return None };
        let plain = head.message_type == MessageType::Query && head.op_code == OpCode::Query;
        if !plain || query.query_class() != DNSClass::IN {
            return None;
        }
        let mut told = Message::response(head.id, OpCode::Query);
        told.metadata.recursion_desired = head.recursion_desired;
        told.add_query(Query::query(query.name().clone(), query.query_type()));
        if self.apex.zone_of(query.name()) {
            told.metadata.authoritative = true;
            told.answers = self.records(query.name(), query.query_type(), from);
            if told.answers.is_empty() {
                told.authorities = vec![self.authority()];
            }
        } else {
            told.metadata.response_code = ResponseCode::Refused;
        }
        if asked.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(MOST_PAYLOAD);
            told.set_edns(edns);
        }
        told.to_vec().ok().filter(|answer| answer.len() <= MOST_TIMES * datagram.len())
    }

    fn records(&self, name: &Name, kind: RecordType, from: IpAddr) -> Vec<Record> {
        let is_apex = *name == self.apex;
        let data = match (kind, from.to_canonical()) {
            (RecordType::NS, _) if is_apex => {
                let own = RData::NS(NS(self.server.clone()));
                return vec![Record::from_rdata(name.clone(), A_DAY_S, own)];
            }
            (RecordType::SOA, _) if is_apex => return vec![self.authority()],
            (RecordType::A, asker) if !is_apex => {
                let own = RData::A(A(mark(&name.to_ascii())));
                let IpAddr::V4(asker) = asker else { return vec![fresh(name, own)] };
                vec![own, RData::A(A(asker))]
            }
            (RecordType::AAAA, IpAddr::V6(asker)) if !is_apex => vec![RData::AAAA(AAAA(asker))],
            _ => Vec::new(),
        };
        data.into_iter().map(|data| fresh(name, data)).collect()
    }

    /// Says who answers for the zone, and that no answer may be kept (RFC 2308 §5).
    fn authority(&self) -> Record {
        let soa = SOA::new(self.server.clone(), self.mailbox.clone(), 1, 3600, 600, 86_400, 0);
        fresh(&self.apex, RData::SOA(soa))
    }
}

/// Why there can be no such zone.
#[derive(Debug, thiserror::Error)]
pub enum ZoneError {
    /// A name is too long for DNS.
    #[error("a name is none that DNS can carry")]
    Name(#[source] hickory_proto::ProtoError),
    /// The server's name lies in the zone.
    #[error(
        "the name server's own name must lie outside of the zone: every name in it has the address that asks"
    )]
    Inside,
}

/// Answers for ever.
pub async fn serve(socket: UdpSocket, zone: Zone) {
    let mut buffer = [0; DATAGRAM];
    loop {
        // An error here is an ICMP message about an earlier answer.
        let Ok((size, from)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(answer) = buffer.get(..size).and_then(|bytes| zone.answer(bytes, from.ip()))
        else {
            continue;
        };
        socket.send_to(&answer, from).await.ok();
    }
}

/// Returns the address that only `name` has: in the range kept for benchmarks (RFC 2544), by the first two bytes of
/// the SHA-256 of the name in small letters, without its last dot.
pub fn mark(name: &str) -> Ipv4Addr {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let Digest([third, fourth, ..]) = Digest::of(name.as_bytes());
    Ipv4Addr::new(198, 19, third, fourth)
}

/// Reads who asked for `name` off the addresses that were given for it; none where they do not come from
/// a server of this kind. What stands for an address of IPv4 (RFC 6052) is no asker's.
pub fn asker(name: &Host, given: impl IntoIterator<Item = IpAddr> + Clone) -> Option<IpAddr> {
    let mark = IpAddr::from(mark(name.as_str()));
    let is_marked = given.clone().into_iter().any(|ip| ip == mark);
    let mut others: Vec<IpAddr> = given.into_iter().filter(|ip| *ip != mark).collect();
    others.sort_by_key(IpAddr::is_ipv6);
    let asker = others.into_iter().next()?;
    is_marked.then_some(asker)
}

fn fresh(name: &Name, data: RData) -> Record {
    Record::from_rdata(name.clone(), 0, data)
}

/// The size that passes every path unfragmented (dnsflagday.net/2020).
const MOST_PAYLOAD: u16 = 1232;
/// An answer may be so many times as long as its question.
const MOST_TIMES: usize = 4;
const A_DAY_S: u32 = 86_400;
/// Longer questions are nobody's.
const DATAGRAM: usize = 1500;

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_has_the_address_that_asked_for_it() {
        let name: Host = "7f3a.whoami.test".parse().unwrap();
        for from in ["203.0.113.53", "2001:db8::53"] {
            let from: IpAddr = from.parse().unwrap();
            let given = |kind| addresses(&answer("7f3a.whoami.test.", kind, from));
            let all = [given(RecordType::A), given(RecordType::AAAA)].concat();

            assert_eq!(asker(&name, all.iter().copied()), Some(from), "{all:?}");
            let told =
                |without: usize| all.iter().enumerate().filter(move |(at, _)| *at != without);
            assert!((0..2).all(|at| asker(&name, told(at).map(|(_, ip)| *ip)).is_none()));
        }
    }

    #[test]
    fn an_asker_behind_a_dual_socket_has_its_own_address() {
        let given = addresses(&answer(
            "x.whoami.test.",
            RecordType::A,
            "::ffff:203.0.113.5".parse().unwrap(),
        ));

        assert!(given.contains(&"203.0.113.5".parse().unwrap()), "{given:?}");
    }

    #[test]
    fn the_case_of_a_question_is_kept_and_means_nothing() {
        let from = "203.0.113.53".parse().unwrap();

        let answer = answer("7F3a.WhoAmI.test.", RecordType::A, from);

        assert_eq!(answer.answers[0].name.to_ascii(), "7F3a.WhoAmI.test.");
        let name = "7f3a.whoami.test".parse().unwrap();
        assert_eq!(asker(&name, addresses(&answer)), Some(from));
    }

    #[test]
    fn an_address_made_up_for_ipv6_is_not_the_askers() {
        let name: Host = "7f3a.whoami.test".parse().unwrap();
        let four =
            addresses(&answer("7f3a.whoami.test.", RecordType::A, "203.0.113.53".parse().unwrap()));
        let made_up: IpAddr = "64:ff9b::203.0.113.53".parse().unwrap();

        let told = asker(&name, [made_up].into_iter().chain(four));

        assert_eq!(told, Some("203.0.113.53".parse().unwrap()));
    }

    #[test]
    fn who_asks_for_anything_else_is_told_so() {
        let from: IpAddr = "203.0.113.53".parse().unwrap();
        for (name, kind, code, answers, authorities) in [
            ("whoami.test.", RecordType::NS, ResponseCode::NoError, 1, 0),
            ("whoami.test.", RecordType::SOA, ResponseCode::NoError, 1, 0),
            ("whoami.test.", RecordType::A, ResponseCode::NoError, 0, 1),
            ("x.whoami.test.", RecordType::TXT, ResponseCode::NoError, 0, 1),
            ("x.whoami.test.", RecordType::AAAA, ResponseCode::NoError, 0, 1),
            ("news.test.", RecordType::A, ResponseCode::Refused, 0, 0),
        ] {
            let told = answer(name, kind, from);

            assert_eq!(told.metadata.response_code, code, "{name} {kind}");
            assert_eq!(
                (told.answers.len(), told.authorities.len()),
                (answers, authorities),
                "{name} {kind}"
            );
        }
    }

    #[test]
    fn a_server_inside_of_its_own_zone_is_refused() {
        let zone =
            |server: &str| Zone::new(&"whoami.test".parse().unwrap(), &server.parse().unwrap());

        assert!(matches!(zone("ns.whoami.test"), Err(ZoneError::Inside)));
        assert!(zone("ns.test").is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_server_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            zone().answer(&bytes, Ipv6Addr::LOCALHOST.into());
        }

        #[test]
        fn no_damage_to_a_question_makes_the_server_panic(at in 0_usize..34, to in any::<u8>()) {
            let mut bytes = question("x.whoami.test.", RecordType::A);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = to;
            }
            zone().answer(&bytes, Ipv6Addr::LOCALHOST.into());
        }
    }

    fn zone() -> Zone {
        Zone::new(&"whoami.test".parse().unwrap(), &"control.test".parse().unwrap()).unwrap()
    }

    fn answer(name: &str, kind: RecordType, from: IpAddr) -> Message {
        let question = question(name, kind);
        let bytes = zone().answer(&question, from).unwrap();
        assert!(
            bytes.len() <= MOST_TIMES * question.len(),
            "{} to {}",
            bytes.len(),
            question.len()
        );
        Message::from_vec(&bytes).unwrap()
    }

    fn question(name: &str, kind: RecordType) -> Vec<u8> {
        let mut question = Message::query();
        question.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
        question.to_vec().unwrap()
    }

    fn addresses(message: &Message) -> Vec<IpAddr> {
        message.answers.iter().filter_map(|record| record.data.ip_addr()).collect()
    }
}
