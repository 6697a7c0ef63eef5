//! Which of the flows that name a listed name are caught, where not all are.

use crate::noise::Dice;

/// Which of the flows that name a listed name are caught. The same flows in the same order meet the
/// same fate.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The number of the first that may be, counted from 1.
    from: u32,
    /// How many of a thousand are.
    share_permille: u16,
    met: u32,
    chance: Dice,
}

impl Catch {
    /// Catches `share_permille` of a thousand flows, by chance, from the one with the number `from`
    /// on; both 1 and 0 mean the first.
    pub fn new(from: u32, share_permille: u16) -> Self {
        Self { from, share_permille, met: 0, chance: Dice(0) }
    }

    /// Returns whether the next flow is caught.
    pub fn catches(&mut self) -> bool {
        self.met = self.met.saturating_add(1);
        self.met >= self.from && self.chance.draw() % 1000 < u64::from(self.share_permille)
    }
}

impl Default for Catch {
    fn default() -> Self {
        Self::new(1, 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_spared_where_it_begins_later() {
        let mut catch = Catch::new(3, 1000);

        let caught: Vec<bool> = (0..4).map(|_| catch.catches()).collect();

        assert_eq!(caught, [false, false, true, true]);
    }

    #[test]
    fn about_as_many_are_caught_as_it_says() {
        let mut catch = Catch::new(1, 250);

        let caught = (0..10_000).filter(|_| catch.catches()).count();

        assert!((2_300..2_700).contains(&caught), "{caught}");
        assert!((0..100).all(|_| Catch::default().catches()));
    }
}
