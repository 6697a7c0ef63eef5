//! Forges the address in answers to questions about listed names.

use std::net::Ipv4Addr;
use std::time::Instant;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, RecordType};

use super::question::Listed;
use super::{Act, Censor, Names, Timing, Way};

/// Answers every question over UDP about a listed name with a false address.
#[derive(Debug)]
pub struct DnsForge {
    /// The names.
    pub names: Names,
    /// The false address.
    pub address: Ipv4Addr,
    /// Whether the true answer follows.
    pub timing: Timing,
}

impl Censor for DnsForge {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(question) = Listed::read(&self.names, way, packet) else { return Act::Pass };
        let data = (question.kind == RecordType::A).then_some(RData::A(A(self.address)));
        let forged = question.answer(ResponseCode::NoError, data);
        let forged: Vec<_> = forged.into_iter().map(|forged| (Way::Back, forged)).collect();
        match self.timing {
            Timing::Before => Act::Inject(forged),
            Timing::Instead => Act::Replace(forged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::super::question::tests::{ask, read};
    use super::*;

    #[test]
    fn a_listed_name_gets_the_false_address_and_another_passes() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let mut censor =
            DnsForge { names: names(&["listed.test"]), address, timing: Timing::Before };
        let now = Instant::now();

        let listed = censor.inspect(now, Way::Out, &ask("WWW.Listed.test.", RecordType::A));
        let other = censor.inspect(now, Way::Out, &ask("other.test.", RecordType::A));

        let Act::Inject(forged) = listed else { panic!("{listed:?}") };
        assert_eq!(forged[0].0, Way::Back);
        assert_eq!(read(&forged[0].1).answers[0].data, RData::A(A(address)));
        assert_eq!(other, Act::Pass);
    }

    #[test]
    fn instead_of_the_true_answer_means_that_the_question_is_swallowed() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let mut censor =
            DnsForge { names: names(&["listed.test"]), address, timing: Timing::Instead };

        let act = censor.inspect(Instant::now(), Way::Out, &ask("listed.test.", RecordType::AAAA));

        let Act::Replace(forged) = act else { panic!("{act:?}") };
        assert!(read(&forged[0].1).answers.is_empty());
    }
}
