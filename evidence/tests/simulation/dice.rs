//! Numbers that look drawn and are the same on every machine.

/// `SplitMix64` (Steele, Lea and Flood 2014): the same numbers on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        ((self.next() >> 11) as f64) < p * 2.0_f64.powi(53)
    }

    /// One of `n`, equally likely but for a part in 2^32.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(((self.next() >> 32) * n as u64) >> 32).expect("it is below n")
    }

    /// A block's order: three attempts with the name among six, all 20 ways equally likely.
    pub(crate) fn order(&mut self) -> [bool; 6] {
        let mut order = [true, true, true, false, false, false];
        for at in (1..6).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }
}
