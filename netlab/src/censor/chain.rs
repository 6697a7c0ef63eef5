//! Several censors in a row.

use std::fmt;
use std::time::Instant;

use super::{Act, Censor, Forged, Way};

/// Several censors in a row: the first that keeps a packet decides about it.
#[derive(Default)]
pub struct Chain(Vec<Box<dyn Censor>>);

impl Chain {
    /// Puts `censors` in a row.
    pub fn new(censors: Vec<Box<dyn Censor>>) -> Self {
        Self(censors)
    }
}

impl Censor for Chain {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let mut forged = Forged::new();
        for censor in &mut self.0 {
            match censor.inspect(now, way, packet) {
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
        write!(f, "Chain({})", self.0.len())
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
}
