//! Takes batches: checks the envelope, keeps the raw bytes for good, answers with a receipt.
//!
//! The payload is not opened here. What is inside may be anything; it cannot hurt who never looks.

mod admit;
mod crowd;
mod rejected;
mod write;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use axum::body::Body;
use axum::http::HeaderMap;

pub(crate) use crowd::Crowd;
pub(crate) use rejected::Rejected;
pub(crate) use write::{Writer, WriterHandle};

use crate::config::Limits;
use crate::disk;
use crate::place::{Peer, Places};

/// What uploads pass through.
pub(crate) struct Intake {
    /// Where addresses are looked up.
    pub(crate) places: Places,
    /// The one writer.
    pub(crate) writer: WriterHandle,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) proxies: BTreeSet<IpAddr>,
    /// The bounds.
    pub(crate) limits: Limits,
    /// The folder whose disk must have room.
    pub(crate) folder: PathBuf,
    /// Bytes that must stay free.
    pub(crate) min_free_bytes: u64,
    /// The uploads that are being read.
    pub(crate) crowd: Crowd,
}

impl Intake {
    /// Takes one upload; returns the signed receipt once the batch is on the disk.
    pub(crate) async fn take(
        &self,
        peer: Peer,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<String, Rejected> {
        admit::check_head(headers)?;
        if disk::free_bytes(&self.folder).is_some_and(|free| free < self.min_free_bytes) {
            return Err(Rejected::DiskFull);
        }
        let place = self.places.locate(&self.speaker(peer, headers));
        let _seat = self.crowd.enter(place.bucket).ok_or(Rejected::Busy)?;
        let bytes = admit::read(body, &self.limits).await?;
        let (id, bytes) = admit::check_batch(bytes)?;
        self.writer.keep(id, bytes, place).await
    }

    /// Returns who speaks, through a trusted proxy or directly.
    pub(crate) fn speaker(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        // Several headers of the name are one list, in their order.
        let lists = headers.get_all("x-forwarded-for").iter();
        let lists: Vec<&str> = lists.filter_map(|list| list.to_str().ok()).collect();
        let joined = (!lists.is_empty()).then(|| lists.join(","));
        peer.behind(&self.proxies, joined.as_deref())
    }
}
