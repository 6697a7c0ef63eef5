//! Holds a step back until there is a place and a share of the line for it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use plan::Planned;
use record::Step;

use super::bytes::{Bucket, cost};
use super::places::{Most, Places};
use crate::probe::{LocalFault, Performed, Prober};

/// The limits on connections and bytes that all jobs of a run share.
#[derive(Debug)]
pub struct Governor {
    places: Mutex<Places>,
    freed: Notify,
    bucket: Mutex<Bucket>,
    began: Instant,
    spent: AtomicU64,
}

impl Governor {
    /// Sets the limits: `most` connections, and `megabits` a second (0 for no limit). `own` are the
    /// project's own servers.
    pub fn new(most: Most, megabits: u32, own: impl IntoIterator<Item = IpAddr>) -> Self {
        Self {
            places: Mutex::new(Places::new(most, own)),
            freed: Notify::new(),
            bucket: Mutex::new(Bucket::new(megabits)),
            began: Instant::now(),
            spent: AtomicU64::new(0),
        }
    }

    /// Returns about how many bytes were used since the last time that this was asked.
    pub fn take_spent(&self) -> u64 {
        self.spent.swap(0, Ordering::Relaxed)
    }

    /// Waits for a place among the connections to `ip`; dropping it gives it back.
    async fn place(&self, ip: IpAddr) -> Place<'_> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // Listens before it looks: a place that is given back between the two is not missed.
            freed.as_mut().enable();
            if held(&self.places).enter(ip) {
                return Place { governor: self, ip };
            }
            freed.await;
        }
    }
}

/// A place for one connection.
struct Place<'a> {
    governor: &'a Governor,
    ip: IpAddr,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        held(&self.governor.places).leave(self.ip);
        self.governor.freed.notify_waiters();
    }
}

/// A prober whose steps wait for the governor.
#[derive(Debug)]
pub struct Governed<P> {
    prober: Arc<P>,
    governor: Arc<Governor>,
}

impl<P> Governed<P> {
    /// Lets `governor` hold back the steps of `prober`.
    pub fn new(prober: Arc<P>, governor: Arc<Governor>) -> Self {
        Self { prober, governor }
    }
}

impl<P: Prober> Prober for Governed<P> {
    async fn perform(
        &self,
        planned: &Planned,
        job_began: Instant,
    ) -> Result<Performed, LocalFault> {
        let governor = &self.governor;
        let estimate = estimate(&planned.step);
        let wait = held(&governor.bucket).take(estimate, governor.began.elapsed());
        if !wait.is_zero() {
            sleep(wait).await;
        }
        let place = match destination(&planned.step) {
            Some(ip) => Some(governor.place(ip).await),
            None => None,
        };
        let performed = self.prober.perform(planned, job_began).await?;
        drop(place);
        let used = cost(&performed.observation);
        held(&governor.bucket).settle(estimate, used);
        governor.spent.fetch_add(used, Ordering::Relaxed);
        Ok(performed)
    }

    fn has_provider_resolver(&self) -> bool {
        self.prober.has_provider_resolver()
    }
}

/// Returns the address that a step opens connections to; none for questions to resolvers.
fn destination(step: &Step) -> Option<IpAddr> {
    let to = match step {
        Step::Lookup(_) | Step::Service(_) => return None,
        Step::Connect(step) => step.to,
        Step::Handshake(step) => step.to,
        Step::Fetch(step) | Step::Http3(step) => step.to,
        Step::Variant(step) => step.to,
        Step::Quic(step) => step.to,
        Step::Load(step) => step.to,
        Step::Hops(step) => step.to,
    };
    Some(to.ip())
}

/// Estimates before a step how many bytes it will use.
fn estimate(step: &Step) -> u64 {
    match step {
        Step::Lookup(_) | Step::Service(_) | Step::Connect(_) => 500,
        Step::Handshake(_) | Step::Variant(_) | Step::Quic(_) | Step::Hops(_) => 6_000,
        Step::Fetch(_) | Step::Http3(_) => PAGE,
        Step::Load(step) => u64::from(step.bytes) + 6_000,
    }
}

/// A lock that nobody holds across a wait; whoever panicked in it left it whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The median front page's HTML with its handshake (HTTP Archive: about 30 kB), doubled.
const PAGE: u64 = 64_000;

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use record::{Connect, Connected, Failed, Failure, Fetch, Observation, Part, Seen};
    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_connections_are_open_than_the_limits_allow() {
        let most = Most { overall: 100, address: 2, network: 3 };
        let governor = Arc::new(Governor::new(most, 0, []));
        let slow = Arc::new(Slow::default());
        let governed = Arc::new(Governed::new(Arc::clone(&slow), governor));
        let began = Instant::now();

        let mut running = JoinSet::new();
        for ip in [1_u8, 1, 1, 1, 2, 2] {
            let governed = Arc::clone(&governed);
            running.spawn(async move { governed.perform(&connect(ip), began).await.is_ok() });
        }
        let done = running.join_all().await;

        assert_eq!(done, [true; 6]);
        assert_eq!(slow.most.load(Ordering::SeqCst), 3);
        assert_eq!(began.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_that_is_called_off_gives_its_place_back() {
        let most = Most { overall: 1, address: 1, network: 1 };
        let governor = Arc::new(Governor::new(most, 0, []));
        let governed = Arc::new(Governed::new(Arc::new(Slow::default()), Arc::clone(&governor)));
        let began = Instant::now();

        let called_off = {
            let governed = Arc::clone(&governed);
            tokio::spawn(async move { governed.perform(&connect(1), began).await.is_ok() })
        };
        tokio::task::yield_now().await;
        called_off.abort();
        called_off.await.unwrap_err();

        assert_eq!(held(&governor.places).open(), 0);
        assert!(governed.perform(&connect(1), began).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn pages_wait_for_their_share_of_the_line() {
        let most = Most { overall: 9, address: 9, network: 9 };
        let governor = Arc::new(Governor::new(most, 1, []));
        let slow = Arc::new(Slow::default());
        let governed = Arc::new(Governed::new(slow, Arc::clone(&governor)));
        let began = Instant::now();

        let mut running = JoinSet::new();
        for _ in 0..3 {
            let governed = Arc::clone(&governed);
            running.spawn(async move { governed.perform(&fetch(), began).await.is_ok() });
        }
        running.join_all().await;

        // Three estimates of 64 kB are 67 kB more than the first second of 125 kB holds.
        assert_eq!(began.elapsed(), Duration::from_millis(1536));
        for _ in 0..3 {
            governed.perform(&fetch(), began).await.unwrap();
        }
        assert_eq!(began.elapsed(), Duration::from_millis(4536), "what was not used came back");
        assert!((1_000..10_000).contains(&governor.take_spent()));
        assert_eq!(governor.take_spent(), 0);
    }

    /// Takes a second for each step and counts how many are under way.
    #[derive(Debug, Default)]
    struct Slow {
        now: AtomicUsize,
        most: AtomicUsize,
    }

    impl Prober for Slow {
        async fn perform(&self, planned: &Planned, _: Instant) -> Result<Performed, LocalFault> {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            sleep(Duration::from_secs(1)).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            let (part, at_ms, took_ms) = (planned.part, 0, 1000);
            let lost = || Failed::plain(Failure::Timeout);
            let observation = if let Step::Connect(step) = planned.step.clone() {
                let outcome = Ok(Connected {});
                Observation::Connect(Seen { step, part, at_ms, took_ms, outcome })
            } else if let Step::Fetch(step) = planned.step.clone() {
                Observation::Fetch(Seen { step, part, at_ms, took_ms, outcome: Err(lost()) })
            } else {
                return Err(LocalFault::Broken);
            };
            Ok(Performed { observation, certificates: std::collections::BTreeMap::new() })
        }
    }

    fn connect(ip: u8) -> Planned {
        let to = ([192, 0, 2, ip], 443).into();
        Planned { step: Step::Connect(Connect { to }), part: Part::Screen, wait_ms: 0 }
    }

    fn fetch() -> Planned {
        let to = ([192, 0, 2, 1], 443).into();
        let url = "https://site.test/".parse().unwrap();
        Planned { step: Step::Fetch(Fetch { to, url }), part: Part::Screen, wait_ms: 0 }
    }
}
