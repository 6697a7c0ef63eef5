//! What a resolver remembers: answers for as long as they say, never longer than a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::time::Instant;

use super::walk::Found;

/// Answers with their ends.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<(Name, RecordType), Kept>>);

#[derive(Clone, Debug)]
struct Kept {
    found: Found,
    since: Instant,
    until: Instant,
}

impl Cache {
    /// Returns the answer, its times to live shortened by its age.
    pub(super) fn find(&self, name: &Name, kind: RecordType, now: Instant) -> Option<Found> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get(&(name.to_lowercase(), kind)).filter(|kept| now < kept.until)?;
        let mut found = kept.found.clone();
        let age = u32::try_from((now - kept.since).as_secs()).unwrap_or(u32::MAX);
        for record in found.answers.iter_mut().chain(&mut found.authorities) {
            record.ttl = record.ttl.saturating_sub(age);
        }
        Some(found)
    }

    /// Keeps an answer for its time.
    pub(super) fn keep(&self, name: &Name, kind: RecordType, found: &Found, now: Instant) {
        let kept = Kept { found: found.clone(), since: now, until: now + lifetime(found) };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ENTRIES {
            all.retain(|_, kept| now < kept.until);
        }
        if all.len() < MOST_ENTRIES {
            all.insert((name.to_lowercase(), kind), kept);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn lifetime(found: &Found) -> Duration {
    let negative = found.code == ResponseCode::NXDomain || found.answers.is_empty();
    let answers = found.answers.iter().map(|record| record.ttl);
    // RFC 2308 §5: that something is not there holds for the SOA's minimum.
    let denials = found.authorities.iter().map(|record: &Record| {
        let RData::SOA(soa) = &record.data else { return 0 };
        record.ttl.min(soa.minimum)
    });
    let seconds = if negative { denials.min() } else { answers.min() };
    Duration::from_secs(seconds.unwrap_or(0).min(LONGEST_SECONDS).into())
}

const LONGEST_SECONDS: u32 = 60;
const MOST_ENTRIES: usize = 4096;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hickory_proto::rr::rdata::A;

    use super::*;

    #[test]
    fn an_answer_is_kept_for_its_time_to_live_and_no_longer() {
        let (cache, now) = (Cache::default(), Instant::now());
        let name = Name::from_ascii("News.test.").unwrap();
        let data = RData::A(A(Ipv4Addr::new(203, 0, 113, 1)));
        let answers = vec![Record::from_rdata(name.clone(), 20, data)];
        let found = Found { code: ResponseCode::NoError, answers, authorities: Vec::new() };

        cache.keep(&name, RecordType::A, &found, now);

        let later = |seconds| {
            cache.find(&name.to_lowercase(), RecordType::A, now + Duration::from_secs(seconds))
        };
        assert_eq!(later(15).unwrap().answers[0].ttl, 5);
        assert!(later(20).is_none());
        cache.clear();
        assert!(later(15).is_none());
        assert!(cache.find(&name, RecordType::AAAA, now).is_none());
    }

    #[test]
    fn a_failure_is_not_kept() {
        let (cache, now) = (Cache::default(), Instant::now());
        let name = Name::from_ascii("news.test.").unwrap();
        let code = ResponseCode::ServFail;

        cache.keep(
            &name,
            RecordType::A,
            &Found { code, answers: Vec::new(), authorities: Vec::new() },
            now,
        );

        assert!(cache.find(&name, RecordType::A, now).is_none());
    }
}
