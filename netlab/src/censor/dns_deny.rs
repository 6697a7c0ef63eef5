//! Denies that listed names exist.

use std::time::Instant;

use hickory_proto::op::ResponseCode;

use super::question::Listed;
use super::{Act, Censor, Names, Way};

/// Answers every question over UDP about a listed name with "there is no such name".
#[derive(Debug)]
pub struct DnsDeny {
    /// The names.
    pub names: Names,
}

impl Censor for DnsDeny {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(question) = Listed::read(&self.names, way, packet) else { return Act::Pass };
        let denied = question.answer(ResponseCode::NXDomain, None, None);
        Act::Replace(denied.into_iter().map(|denied| (Way::Back, denied)).collect())
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::rr::RecordType;

    use super::super::names::tests::names;
    use super::super::question::tests::{ask, read};
    use super::*;

    #[test]
    fn a_listed_name_is_denied_and_another_passes() {
        let mut censor = DnsDeny { names: names(&["listed.test"]) };
        let now = Instant::now();

        let listed = censor.inspect(now, Way::Out, &ask("listed.test.", RecordType::A));
        let other = censor.inspect(now, Way::Out, &ask("other.test.", RecordType::A));

        let Act::Replace(forged) = listed else { panic!("{listed:?}") };
        assert_eq!(read(&forged[0].1).metadata.response_code, ResponseCode::NXDomain);
        assert_eq!(other, Act::Pass);
    }
}
