//! Trial connections to the project's own servers: how long they take, and how many are lost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use record::{Connect, Failure, Observation, Step};

use super::see;
use crate::probe::Prober;

/// The trial connections to one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trials {
    /// How many were tried.
    pub asked: u32,
    /// How many were refused: an answer, though no connection.
    pub refused: u32,
    /// How many milliseconds each took that came up.
    pub took_ms: Vec<u32>,
}

/// What was lost of the connections to servers that answered at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Connections in a thousand that never came up.
    pub failed_permille: u32,
    /// Connections in a thousand whose first packet was lost, or its answer: those that came up
    /// were later than the quickest by nearly a second, after which systems ask again (RFC 6298
    /// §2.1); and those that never came up.
    pub late_permille: u32,
}

/// Tries twenty connections, spread over the `servers`.
pub async fn look<P: Prober>(prober: &Arc<P>, servers: &[SocketAddr]) -> Vec<Trials> {
    let mut running = JoinSet::new();
    let lanes = servers.iter().copied().enumerate().cycle();
    for ((lane, to), number) in lanes.zip(0..TRIALS) {
        let prober = Arc::clone(prober);
        running.spawn(async move {
            sleep(GAP * number).await;
            let seen = see(&prober, Step::Connect(Connect { to }), PATIENCE).await;
            (lane, seen)
        });
    }
    let mut trials = vec![Trials::default(); servers.len()];
    while let Some(joined) = running.join_next().await {
        let Ok((lane, seen)) = joined else { continue };
        let Some(of) = trials.get_mut(lane) else { continue };
        of.asked += 1;
        let connect = seen.as_ref().and_then(Observation::as_connect);
        match connect.map(|seen| (seen.failure(), seen.took_ms)) {
            Some((None, took_ms)) => of.took_ms.push(took_ms),
            Some((Some(Failure::Refused), _)) => of.refused += 1,
            Some((Some(_), _)) | None => {}
        }
    }
    trials
}

impl Share {
    /// Counts over the servers that answered at least once: a server that never does is down or
    /// filtered, which says nothing of the line. None where no server answered.
    pub fn of(trials: &[Trials]) -> Option<Self> {
        let (mut asked, mut failed, mut late) = (0, 0, 0);
        for of in trials.iter().filter(|of| of.refused > 0 || !of.took_ms.is_empty()) {
            let quickest = of.took_ms.iter().copied().min().unwrap_or(0);
            let again = |took: &&u32| **took >= quickest.saturating_add(ASKED_AGAIN_MS);
            let up = u32::try_from(of.took_ms.len()).unwrap_or(u32::MAX);
            asked += of.asked;
            failed += of.asked.saturating_sub(of.refused).saturating_sub(up);
            late += u32::try_from(of.took_ms.iter().filter(again).count()).unwrap_or(u32::MAX);
        }
        let permille = |count: u32| (count * 1000).checked_div(asked);
        Some(Self { failed_permille: permille(failed)?, late_permille: permille(failed + late)? })
    }
}

/// Returns the median time of a connection to the nearest server, in milliseconds.
pub fn median(trials: &[Trials]) -> Option<u32> {
    let middle = |of: &Trials| {
        let mut sorted = of.took_ms.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    };
    trials.iter().filter_map(middle).min()
}

const TRIALS: u32 = 20;
const GAP: Duration = Duration::from_millis(50);
/// Room for two lost packets: 1 + 2 s.
const PATIENCE: Duration = Duration::from_millis(4_500);
const ASKED_AGAIN_MS: u32 = 900;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use record::{Connected, Failed, Seen};

    use super::*;
    use crate::probe::scripted::ScriptedProber;

    #[tokio::test(start_paused = true)]
    async fn twenty_connections_are_spread_over_the_servers() {
        let number = AtomicU32::new(0);
        let prober = Arc::new(ScriptedProber::new(move |planned| {
            let Step::Connect(step) = planned.step.clone() else { return None };
            let lost = number.fetch_add(1, Ordering::SeqCst).is_multiple_of(10);
            let outcome =
                if lost { Err(Failed::plain(Failure::Timeout)) } else { Ok(Connected {}) };
            let part = planned.part;
            Some(Observation::Connect(Seen { step, part, at_ms: 0, took_ms: 70, outcome }))
        }));
        let servers = [1, 2].map(|last| SocketAddr::from(([192, 0, 2, last], 443)));

        let trials = look(&prober, &servers).await;

        assert_eq!(trials.iter().map(|of| of.asked).collect::<Vec<_>>(), [10, 10]);
        assert_eq!(trials.iter().map(|of| of.took_ms.len()).sum::<usize>(), 18);
        assert_eq!(median(&trials), Some(70));
        assert!(look(&prober, &[]).await.is_empty());
    }

    #[test]
    fn a_server_that_never_answers_says_nothing_of_the_line() {
        let silent = Trials { asked: 10, ..Trials::default() };
        let open = Trials { asked: 10, refused: 0, took_ms: vec![50; 9] };

        assert_eq!(Share::of(std::slice::from_ref(&silent)), None);
        assert_eq!(Share::of(&[]), None);
        let share = Share::of(&[silent, open]).unwrap();
        assert_eq!((share.failed_permille, share.late_permille), (100, 100));
    }

    #[test]
    fn a_connection_that_needed_a_second_packet_is_late_on_quick_and_slow_lines() {
        let late =
            |took_ms| Share::of(&[Trials { asked: 4, refused: 0, took_ms }]).unwrap().late_permille;

        assert_eq!(late(vec![80, 81, 1085, 3090]), 500);
        assert_eq!(late(vec![1200, 1210, 1300, 1250]), 0);
    }

    #[test]
    fn a_refusal_is_an_answer() {
        let refused = Trials { asked: 20, refused: 20, took_ms: Vec::new() };

        assert_eq!(Share::of(std::slice::from_ref(&refused)).unwrap().failed_permille, 0);
        assert_eq!(median(&[refused]), None);
    }
}
