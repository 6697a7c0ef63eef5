//! The order of a confirm block: a pure function of a seed that was committed before.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Digest, Hour, Target};

/// 32 bytes drawn by the collector, published in the signed list snapshot before any attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub Digest);

/// Which of the two names an attempt carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// The target's name.
    Named,
    /// A neutral name of the same length.
    Neutral,
}

/// The six attempts of one block, in order: three of each arm.
pub type Order = [Arm; 6];

/// All orders of three and three: 6!/(3!·3!) = 20.
pub const ORDERS: usize = 20;

/// Draws the order of one block out of the [`ORDERS`], equally likely.
///
/// `credential` is the agent's public key, `round` counts the agent's blocks for this target in
/// this hour, `channel` keeps the site's block and the beacon's apart. Anybody who holds the seed
/// can compute the order again.
pub fn order(seed: &Seed, credential: &[u8; 32], at: (&Target, Hour, u32), channel: &str) -> Order {
    let (target, hour, round) = at;
    let mut counter = 0_u8;
    loop {
        let mut hash = Sha256::new();
        for part in [
            b"qoljetim block order".as_slice(),
            &seed.0.0,
            credential,
            target.as_str().as_bytes(),
            channel.as_bytes(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(hour.0.to_be_bytes());
        hash.update(round.to_be_bytes());
        hash.update([counter]);
        // 240 is the largest multiple of 20 below 256: bytes above it would favour some orders.
        if let Some(byte) = hash.finalize().into_iter().find(|byte| *byte < 240) {
            return numbered(usize::from(byte) % ORDERS);
        }
        counter = counter.wrapping_add(1);
    }
}

/// Returns the `wanted`-th of the 20 orders, counted lexicographically.
fn numbered(wanted: usize) -> Order {
    let mut masks = (0_u8..64).filter(|mask| mask.count_ones() == 3);
    let mask = masks.nth(wanted).unwrap_or(0b000_111);
    std::array::from_fn(|at| if mask >> at & 1 == 1 { Arm::Named } else { Arm::Neutral })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn all_twenty_orders_are_about_equally_likely() {
        let target: Target = "https://news.test/".parse().unwrap();
        let mut counts = BTreeMap::new();

        for round in 0..20_000 {
            let drawn = order(&Seed(Digest([7; 32])), &[1; 32], (&target, Hour(1), round), "site");
            assert_eq!(drawn.iter().filter(|arm| **arm == Arm::Named).count(), 3);
            *counts.entry(drawn).or_insert(0) += 1;
        }

        // 1,000 expected in each, standard deviation 31: six of them is 185.
        assert_eq!(counts.len(), ORDERS);
        assert!(counts.values().all(|count| (815..1185).contains(count)), "{counts:?}");
    }

    #[test]
    fn every_part_of_the_commitment_changes_the_draw() {
        let news: Target = "https://news.test/".parse().unwrap();
        let other: Target = "https://other.test/".parse().unwrap();
        let run = |seed: u8, key: u8, target: &Target, hour: u32, channel: &str| -> Vec<Order> {
            let draw = |round| {
                order(&Seed(Digest([seed; 32])), &[key; 32], (target, Hour(hour), round), channel)
            };
            (0..8).map(draw).collect()
        };
        let base = run(1, 1, &news, 1, "site");

        assert_eq!(base, run(1, 1, &news, 1, "site"));
        assert_ne!(base, run(2, 1, &news, 1, "site"));
        assert_ne!(base, run(1, 2, &news, 1, "site"));
        assert_ne!(base, run(1, 1, &other, 1, "site"));
        assert_ne!(base, run(1, 1, &news, 2, "site"));
        assert_ne!(base, run(1, 1, &news, 1, "beacon"));
    }
}
