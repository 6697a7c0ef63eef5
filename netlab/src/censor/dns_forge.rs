//! Forges the address in answers to questions about listed names.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Instant;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{Name, RData, RecordType};

use record::Host;

use super::question::Listed;
use super::{Act, Censor, Names, Timing, Way};
use crate::flow::FlowKey;
use crate::packet::Packet;

/// Answers every question over UDP about a listed name with a false address.
#[derive(Debug)]
pub struct DnsForge {
    names: Names,
    address: Ipv4Addr,
    timing: Timing,
    /// The host that the name is made an alias of, where it is.
    alias: Option<Name>,
    /// What follows true answers that are still under way, by flow and the question's id.
    late: HashMap<(FlowKey, [u8; 2]), Vec<u8>>,
}

impl DnsForge {
    /// Makes a censor of questions about `names`, which answers with `address`.
    pub fn new(names: Names, address: Ipv4Addr, timing: Timing) -> Self {
        Self { names, address, timing, alias: None, late: HashMap::new() }
    }

    /// Makes the name an alias of `host` first.
    #[must_use]
    pub fn with_alias(mut self, host: Option<Host>) -> Self {
        self.alias = host.and_then(|host| Name::from_ascii(format!("{host}.")).ok());
        self
    }

    fn forge(&mut self, way: Way, packet: &[u8]) -> Act {
        let Some(question) = Listed::read(&self.names, way, packet) else { return Act::Pass };
        let data = (question.kind == RecordType::A).then_some(RData::A(A(self.address)));
        let forged = question.answer(ResponseCode::NoError, self.alias.as_ref(), data);
        let Some(forged) = forged else { return Act::Pass };
        match self.timing {
            Timing::Before => Act::Inject(vec![(Way::Back, forged)]),
            Timing::Instead => Act::Replace(vec![(Way::Back, forged)]),
            Timing::After => {
                if self.late.len() >= MOST_LATE {
                    self.late.clear();
                }
                if let Some(asked) = asked(way, packet) {
                    self.late.insert(asked, forged);
                }
                Act::Pass
            }
        }
    }
}

impl Censor for DnsForge {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        match way {
            Way::Out => self.forge(way, packet),
            Way::Back if self.late.is_empty() => Act::Pass,
            Way::Back => {
                let late = asked(way, packet).and_then(|asked| self.late.remove(&asked));
                late.map_or(Act::Pass, |late| {
                    Act::Replace(vec![(way, packet.to_vec()), (way, late)])
                })
            }
        }
    }
}

/// Names the question that a datagram asks or answers.
fn asked(way: Way, packet: &[u8]) -> Option<(FlowKey, [u8; 2])> {
    let packet = Packet::read(packet)?;
    let id = packet.udp()?.first_chunk()?;
    Some((FlowKey::of(way, &packet), *id))
}

/// How many questions are remembered while their true answers are under way.
const MOST_LATE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::super::question::tests::{RESOLVER, ask, read};
    use super::*;
    use crate::packet::tests::{CLIENT, datagram};

    #[test]
    fn a_listed_name_gets_the_false_address_and_another_passes() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let mut censor = DnsForge::new(names(&["listed.test"]), address, Timing::Before);
        let now = Instant::now();

        let listed = censor.inspect(now, Way::Out, &ask("WWW.Listed.test.", RecordType::A));
        let other = censor.inspect(now, Way::Out, &ask("other.test.", RecordType::A));

        let Act::Inject(forged) = listed else { panic!("{listed:?}") };
        assert_eq!(forged[0].0, Way::Back);
        assert_eq!(read(&forged[0].1).answers[0].data, RData::A(A(address)));
        assert_eq!(other, Act::Pass);
    }

    #[test]
    fn a_listed_name_is_made_an_alias_of_a_host_with_the_false_address() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let censor = DnsForge::new(names(&["listed.test"]), address, Timing::Before);
        let mut censor = censor.with_alias(Some("notice.test".parse().unwrap()));

        let act = censor.inspect(Instant::now(), Way::Out, &ask("listed.test.", RecordType::A));

        let Act::Inject(forged) = act else { panic!("{act:?}") };
        let answers = read(&forged[0].1).answers;
        assert_eq!(answers[0].data.to_string(), "notice.test.");
        assert_eq!(
            (answers[1].name.to_string(), &answers[1].data),
            ("notice.test.".to_owned(), &RData::A(A(address)))
        );
    }

    #[test]
    fn instead_of_the_true_answer_means_that_the_question_is_swallowed() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let mut censor = DnsForge::new(names(&["listed.test"]), address, Timing::Instead);

        let act = censor.inspect(Instant::now(), Way::Out, &ask("listed.test.", RecordType::AAAA));

        let Act::Replace(forged) = act else { panic!("{act:?}") };
        assert!(read(&forged[0].1).answers.is_empty());
    }

    #[test]
    fn after_the_true_answer_means_that_the_forged_one_follows_it() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let mut censor = DnsForge::new(names(&["listed.test"]), address, Timing::After);
        let now = Instant::now();
        let asked = censor.inspect(now, Way::Out, &ask("listed.test.", RecordType::A));
        let answer = datagram(RESOLVER, CLIENT, &[0, 77, 1, 2]);
        let unasked = datagram(RESOLVER, CLIENT, &[0, 78, 1, 2]);

        assert_eq!(asked, Act::Pass);
        assert_eq!(censor.inspect(now, Way::Back, &unasked), Act::Pass);
        let Act::Replace(sent) = censor.inspect(now, Way::Back, &answer) else { panic!("passed") };
        assert_eq!(sent[0], (Way::Back, answer.clone()));
        assert_eq!(read(&sent[1].1).answers[0].data, RData::A(A(address)));
        assert_eq!(censor.inspect(now, Way::Back, &answer), Act::Pass);
    }
}
