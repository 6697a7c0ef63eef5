//! Asks the project's servers over plain HTTP: who answers in their place, and what time it is.

use std::time::{Duration, UNIX_EPOCH};

use tokio::task::JoinSet;

use super::canary::Canary;
use super::{Around, BEACONS};
use crate::collector::{Collector, Glance};
use crate::edge::Edge;

/// Who answered in the place of a beacon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The beacon.
    Beacon,
    /// Somebody else, with a page or a redirect.
    Stranger,
    /// Nobody, or nobody who could be understood.
    None,
}

/// What was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// By beacon.
    pub answers: Vec<Answer>,
    /// By how many seconds the servers that are ours are ahead of this machine.
    pub ahead_s: Vec<i64>,
}

/// Asks beacons and collector. Times are told over plain HTTP as well, since with a wrong clock no
/// certificate can be judged.
pub async fn look(around: Around<'_>) -> Asked {
    let mut running = JoinSet::new();
    let controls = around.edition.snapshot.controls.iter().take(BEACONS);
    for url in controls.map(|control| format!("http://{}{PATH}", control.beacon_http)) {
        running.spawn(ask(around.collector.clone(), around.edge.clone(), Some(url)));
    }
    if around.network.is_some() {
        running.spawn(ask(around.collector.clone(), around.edge.clone(), None));
    }
    let mut asked = Asked::default();
    while let Some(joined) = running.join_next().await {
        let Ok((is_beacon, glance, ahead_s)) = joined else { continue };
        let answer = glance.as_ref().map_or(Answer::None, meaning);
        if is_beacon {
            asked.answers.push(answer);
        }
        if !is_beacon || answer == Answer::Beacon {
            asked.ahead_s.extend(ahead_s);
        }
    }
    asked
}

async fn ask(
    collector: Collector,
    edge: Edge,
    url: Option<String>,
) -> (bool, Option<Glance>, Option<i64>) {
    let glance = match &url {
        Some(url) => collector.glance(url, PATIENCE).await,
        None => collector.glance_home(PATIENCE).await,
    };
    let now = i64::try_from(edge.now().0).unwrap_or(i64::MAX);
    let ahead = |glance: &Glance| Some(seconds(glance.date.as_deref()?)?.saturating_sub(now));
    let ahead_s = glance.as_ref().and_then(ahead);
    (url.is_some(), glance, ahead_s)
}

/// A login page answers 200, redirects to itself, or says that one must log in (RFC 6585 §6).
fn meaning(glance: &Glance) -> Answer {
    match glance.status {
        _ if glance.is_beacon => Answer::Beacon,
        200 | 204 | 300..=399 | 511 => Answer::Stranger,
        _ => Answer::None,
    }
}

/// Returns whether a login page stands before everything: somebody else answers for every beacon
/// that is answered for, and no known-good site shows a valid certificate.
pub fn is_captive(answers: &[Answer], canaries: &[Canary]) -> bool {
    answers.contains(&Answer::Stranger)
        && !answers.contains(&Answer::Beacon)
        && !canaries.iter().any(Canary::is_valid)
}

/// Returns the middle of at least two times; one server alone may be wrong itself.
pub fn median(ahead_s: &[i64]) -> Option<i64> {
    let mut sorted = ahead_s.to_vec();
    sorted.sort_unstable();
    // Of an even number the one nearer to us: in doubt nothing is held against the clock.
    let at = sorted.len() / 2;
    let pair = [sorted.get(at.checked_sub(1)?).copied(), sorted.get(at).copied()];
    match sorted.len() {
        0 | 1 => None,
        odd if odd % 2 == 1 => pair[1],
        _ => pair.into_iter().flatten().min_by_key(|ahead| ahead.unsigned_abs()),
    }
}

/// Reads the time of a `Date` header (RFC 9110 §5.6.7).
fn seconds(date: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(date).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// What beacons are asked for; they answer any path.
const PATH: &str = "/portal";
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::super::canary;
    use super::*;

    #[test]
    fn whoever_answers_without_the_beacons_mark_is_a_stranger() {
        let glance = |status, is_beacon| Glance { status, is_beacon, date: None };

        assert_eq!(meaning(&glance(204, true)), Answer::Beacon);
        assert_eq!(meaning(&glance(200, true)), Answer::Beacon);
        for status in [200, 204, 302, 307, 511] {
            assert_eq!(meaning(&glance(status, false)), Answer::Stranger, "{status}");
        }
        assert_eq!(meaning(&glance(502, false)), Answer::None);
    }

    #[test]
    fn a_login_page_is_one_only_where_nothing_of_ours_gets_through() {
        let (beacon, stranger, none) = (Answer::Beacon, Answer::Stranger, Answer::None);

        assert!(is_captive(&[stranger, none], &[Canary::default()]));
        assert!(!is_captive(&[stranger, beacon], &[Canary::default()]));
        assert!(!is_captive(&[stranger], &[Canary::default(), canary::tests::good()]));
        assert!(!is_captive(&[none], &[]) && !is_captive(&[], &[]));
    }

    #[test]
    fn the_clock_is_judged_by_the_middle_of_two_or_more() {
        for (ahead, middle) in [
            (&[][..], None),
            (&[500], None),
            (&[500, 1], Some(1)),
            (&[-500, -490], Some(-490)),
            (&[1, 500, 490], Some(490)),
        ] {
            assert_eq!(median(ahead), middle, "{ahead:?}");
        }
    }

    #[test]
    fn a_date_is_read_as_servers_write_it() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("yesterday"), None);
    }
}
