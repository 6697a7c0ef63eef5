//! Which targets are on watch: their next slots run confirm blocks whatever the screen says.
//!
//! The rule looks at the past alone and the order of a block is drawn afresh, so it cannot lead a
//! block to its result.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use record::{Target, Timestamp};

/// The targets on watch. Never leaves this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchList {
    targets: BTreeMap<Target, OnWatch>,
}

/// One target on watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OnWatch {
    /// Slots that still run confirm blocks.
    slots: u8,
    /// When the last slot began that was counted.
    slot: Timestamp,
    /// When its screen failed last.
    failed: Timestamp,
}

/// How the screen of a measurement that counts ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// It reached the site.
    Passed,
    /// It failed, or ended on a page that nothing vouches for.
    Failed,
}

impl WatchList {
    /// Returns whether `target` is on watch at `now`.
    pub fn holds(&self, target: &Target, now: Timestamp) -> bool {
        self.targets.get(target).is_some_and(|watch| watch.is_due(now))
    }

    /// Counts how many targets are on watch.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Returns whether nothing is on watch.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Takes in how the screen of `target` ended at `now`; returns whether anything changed. Only
    /// measurements that count are taken in.
    ///
    /// A failed screen puts the target on watch for the next two slots; a slot is a measurement at
    /// least two hours after the last one that was counted. After three days it is forgotten.
    pub fn note(&mut self, target: &Target, screen: Screen, now: Timestamp) -> bool {
        let before = self.targets.len();
        self.targets.retain(|_, watch| watch.is_due(now));
        let swept = self.targets.len() != before;
        match (self.targets.get_mut(target), screen) {
            (None, Screen::Passed) => swept,
            (found, Screen::Failed) => {
                let fresh = OnWatch { slots: SLOTS, slot: now, failed: now };
                if let Some(watch) = found {
                    *watch = fresh;
                } else if self.targets.len() < MOST {
                    self.targets.insert(target.clone(), fresh);
                }
                true
            }
            (Some(watch), Screen::Passed) => {
                if now.0.saturating_sub(watch.slot.0) < SLOT_S {
                    return swept;
                }
                watch.slots = watch.slots.saturating_sub(1);
                watch.slot = now;
                if watch.slots == 0 {
                    self.targets.remove(target);
                }
                true
            }
        }
    }
}

impl OnWatch {
    /// Returns whether it still holds; a clock that was set back ends it.
    fn is_due(&self, now: Timestamp) -> bool {
        self.slots > 0 && self.failed <= now && now.0 - self.failed.0 < FORGET_S
    }
}

/// Slots that run confirm blocks after a failed screen.
const SLOTS: u8 = 2;
/// The least time between two slots.
const SLOT_S: u64 = 2 * 3600;
const FORGET_S: u64 = 3 * 86_400;
/// More targets than any list has.
const MOST: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_slots_after_a_failed_screen_are_on_watch() {
        let mut list = WatchList::default();
        assert!(!list.holds(&target("a"), at(0)));

        assert!(list.note(&target("a"), Screen::Failed, at(0)));
        assert!(list.holds(&target("a"), at(5)) && !list.holds(&target("b"), at(5)));
        assert!(list.note(&target("a"), Screen::Passed, at(8)));
        assert!(list.holds(&target("a"), at(15)));
        assert!(list.note(&target("a"), Screen::Passed, at(16)));

        assert!(!list.holds(&target("a"), at(24)) && list.is_empty());
    }

    #[test]
    fn measurements_within_two_hours_are_one_slot() {
        let mut list = WatchList::default();
        list.note(&target("a"), Screen::Failed, at(0));

        assert!(!list.note(&target("a"), Screen::Passed, at(1)));
        assert!(list.note(&target("a"), Screen::Passed, at(2)));
        assert!(!list.note(&target("a"), Screen::Passed, at(3)));

        assert!(list.holds(&target("a"), at(3)));
    }

    #[test]
    fn failing_again_begins_the_watch_anew() {
        let mut list = WatchList::default();
        list.note(&target("a"), Screen::Failed, at(0));
        list.note(&target("a"), Screen::Passed, at(8));

        list.note(&target("a"), Screen::Failed, at(16));
        list.note(&target("a"), Screen::Passed, at(24));

        assert!(list.holds(&target("a"), at(25)));
    }

    #[test]
    fn three_days_and_a_clock_set_back_end_the_watch() {
        let mut list = WatchList::default();
        list.note(&target("a"), Screen::Failed, at(100));

        assert!(list.holds(&target("a"), at(171)) && !list.holds(&target("a"), at(172)));
        assert!(!list.holds(&target("a"), at(99)));
        assert!(list.note(&target("b"), Screen::Passed, at(172)), "what ended is swept out");
        assert!(list.is_empty());
    }

    fn at(hours: u64) -> Timestamp {
        Timestamp(hours * 3600)
    }

    fn target(name: &str) -> Target {
        format!("https://{name}.test/").parse().unwrap()
    }
}
