//! Several censors in a row.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::{Act, Censor, Forged, Way};

/// Several censors in a row: the first that keeps a packet decides about it.
#[derive(Default)]
pub struct Chain {
    censors: Vec<Box<dyn Censor>>,
    acted: Acted,
}

/// Which of the censors in a row did something so far.
#[derive(Clone, Debug, Default)]
pub struct Acted(Arc<[AtomicBool]>);

impl Acted {
    /// Counts the censors that never did anything.
    pub fn idle(&self) -> usize {
        self.0.iter().filter(|acted| !acted.load(Ordering::Relaxed)).count()
    }
}

impl Chain {
    /// Puts `censors` in a row.
    pub fn new(censors: Vec<Box<dyn Censor>>) -> Self {
        let acted = censors.iter().map(|_| AtomicBool::new(false)).collect();
        Self { censors, acted: Acted(acted) }
    }

    /// Returns which of them did something, to be looked at from any thread.
    pub fn acted(&self) -> Acted {
        self.acted.clone()
    }
}

impl Censor for Chain {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let mut forged = Forged::new();
        for (censor, acted) in self.censors.iter_mut().zip(self.acted.0.iter()) {
            let act = censor.inspect(now, way, packet);
            if act != Act::Pass {
                acted.store(true, Ordering::Relaxed);
            }
            match act {
                Act::Pass => {}
                Act::Inject(more) => forged.extend(more),
                Act::Replace(more) => {
                    forged.extend(more);
                    return Act::Replace(forged);
                }
                Act::Drop if forged.is_empty() => return Act::Drop,
                Act::Drop => return Act::Replace(forged),
                Act::Divert => return Act::Divert,
            }
        }
        if forged.is_empty() { Act::Pass } else { Act::Inject(forged) }
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({})", self.censors.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(Act);

    impl Censor for Always {
        fn inspect(&mut self, _now: Instant, _way: Way, _packet: &[u8]) -> Act {
            self.0.clone()
        }
    }

    #[test]
    fn the_first_that_keeps_a_packet_decides_and_nothing_forged_is_lost() {
        let forged = |byte| (Way::Back, vec![byte]);
        let inject = |byte| Act::Inject(vec![forged(byte)]);
        let decide = |acts: Vec<Act>| {
            let censors = acts.into_iter().map(|act| Box::new(Always(act)) as Box<dyn Censor>);
            Chain::new(censors.collect()).inspect(Instant::now(), Way::Out, &[])
        };

        assert_eq!(decide(vec![]), Act::Pass);
        assert_eq!(decide(vec![Act::Pass, Act::Divert, Act::Drop]), Act::Divert);
        assert_eq!(decide(vec![inject(1), Act::Drop]), Act::Replace(vec![forged(1)]));
        assert_eq!(decide(vec![inject(1), inject(2)]), Act::Inject(vec![forged(1), forged(2)]));
    }

    #[test]
    fn those_that_never_did_anything_are_counted() {
        let censors = [Act::Pass, Act::Drop, Act::Drop];
        let censors = censors.map(|act| Box::new(Always(act)) as Box<dyn Censor>);
        let mut chain = Chain::new(censors.into());
        let acted = chain.acted();

        assert_eq!(acted.idle(), 3);
        chain.inspect(Instant::now(), Way::Out, &[]);

        assert_eq!(acted.idle(), 2, "the third saw nothing");
    }
}
