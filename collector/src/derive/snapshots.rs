//! The snapshots that measurements name, kept at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use record::Digest;
use testlists::Snapshot;

use crate::lists;
use crate::store::{ReadTx, StoreError};

/// The snapshots used last.
#[derive(Default)]
pub(super) struct Snapshots {
    kept: BTreeMap<Digest, (u64, Option<Arc<Snapshot>>)>,
    uses: u64,
}

impl Snapshots {
    /// Returns the snapshot with this digest; none when this collector never issued it.
    pub(super) fn find(
        &mut self,
        tx: &ReadTx<'_>,
        digest: Digest,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        self.uses += 1;
        if let Some((used, found)) = self.kept.get_mut(&digest) {
            *used = self.uses;
            return Ok(found.clone());
        }
        let found = tx.snapshot(digest)?.as_ref().and_then(lists::read).map(Arc::new);
        if found.is_none() {
            // It may still be issued; and anybody can invent digests.
            return Ok(None);
        }
        if self.kept.len() >= MOST {
            let oldest = self.kept.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key);
            oldest.and_then(|key| self.kept.remove(&key));
        }
        self.kept.insert(digest, (self.uses, found.clone()));
        Ok(found)
    }
}

/// Two days of editions at a quarter of an hour would be 192; most cells need a handful.
const MOST: usize = 16;
