//! Lets questions about listed names fail.

use std::time::Instant;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use super::question::Listed;
use super::{Act, Censor, Names, Way};

/// Answers every question over UDP about a listed name with a failure, or not at all.
#[derive(Debug)]
pub struct DnsFail {
    /// The names.
    pub names: Names,
    /// The failure; none for silence.
    pub code: Option<ResponseCode>,
    /// The type of record whose questions fail; none means all.
    pub only: Option<RecordType>,
}

impl Censor for DnsFail {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(question) = Listed::read(&self.names, way, packet) else { return Act::Pass };
        if self.only.is_some_and(|only| only != question.kind) {
            return Act::Pass;
        }
        let failed = self.code.and_then(|code| question.answer(code, None, None));
        failed.map_or(Act::Drop, |failed| Act::Replace(vec![(Way::Back, failed)]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::super::question::tests::{ask, read};
    use super::*;

    #[test]
    fn a_listed_name_fails_and_another_passes() {
        let code = Some(ResponseCode::ServFail);
        let mut censor = DnsFail { names: names(&["listed.test"]), code, only: None };
        let now = Instant::now();

        let listed = censor.inspect(now, Way::Out, &ask("listed.test.", RecordType::A));
        let other = censor.inspect(now, Way::Out, &ask("other.test.", RecordType::A));

        let Act::Replace(forged) = listed else { panic!("{listed:?}") };
        assert_eq!(read(&forged[0].1).metadata.response_code, ResponseCode::ServFail);
        assert_eq!(other, Act::Pass);
    }

    #[test]
    fn silence_means_that_the_question_is_swallowed() {
        let mut censor = DnsFail { names: names(&["listed.test"]), code: None, only: None };
        let now = Instant::now();

        assert_eq!(censor.inspect(now, Way::Out, &ask("listed.test.", RecordType::A)), Act::Drop);
        assert_eq!(censor.inspect(now, Way::Out, &ask("other.test.", RecordType::A)), Act::Pass);
    }

    #[test]
    fn questions_for_other_records_pass_where_one_type_is_named() {
        let only = Some(RecordType::A);
        let mut censor = DnsFail { names: names(&["listed.test"]), code: None, only };
        let now = Instant::now();
        let mut asks = |kind| censor.inspect(now, Way::Out, &ask("listed.test.", kind));

        assert_eq!((asks(RecordType::A), asks(RecordType::AAAA)), (Act::Drop, Act::Pass));
    }
}
