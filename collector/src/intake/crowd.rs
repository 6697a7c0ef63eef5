//! Keeps one neighbourhood from taking every place.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts the uploads being read, in all and from each prefix (by its code of the day).
pub(crate) struct Crowd {
    most: usize,
    most_of_one: usize,
    here: Mutex<BTreeMap<u16, usize>>,
}

/// A place among the uploads being read; given back when it is dropped.
pub(crate) struct Seat<'a> {
    crowd: &'a Crowd,
    bucket: u16,
}

impl Crowd {
    /// Begins with nobody.
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self { most, most_of_one, here: Mutex::new(BTreeMap::new()) }
    }

    /// Takes a place; none when all are taken, or all of this prefix's.
    pub(crate) fn enter(&self, bucket: u16) -> Option<Seat<'_>> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = here.values().sum();
        let own = here.entry(bucket).or_default();
        if all >= self.most || *own >= self.most_of_one {
            return None;
        }
        *own += 1;
        Some(Seat { crowd: self, bucket })
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut here = self.crowd.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = here.get_mut(&self.bucket) {
            *own = own.saturating_sub(1);
        }
        here.retain(|_, own| *own > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_prefix_cannot_take_every_place() {
        let crowd = Crowd::new(3, 2);
        let one = crowd.enter(1);
        let two = crowd.enter(1);

        assert!(one.is_some() && two.is_some());
        assert!(crowd.enter(1).is_none());
        let other = crowd.enter(2);
        assert!(other.is_some());
        assert!(crowd.enter(3).is_none());
        drop(one);
        assert!(crowd.enter(3).is_some());
        drop((two, other));
        assert!(crowd.here.lock().unwrap().is_empty());
    }
}
