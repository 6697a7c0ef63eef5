//! The one writer: collects what waits, commits it together, then answers each sender.

use std::sync::Arc;
use std::thread::JoinHandle;

use ed25519_dalek::SigningKey;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use record::{BatchId, Hour, Place, Receipt};

use crate::Edge;
use crate::intake::Rejected;
use crate::keys;
use crate::store::{Intake, Store, StoreError};

/// Writes batches, many in one commit.
pub(crate) struct Writer {
    /// Where to.
    pub(crate) store: Arc<Store>,
    /// What receipts are signed with.
    pub(crate) key: SigningKey,
    /// The clock.
    pub(crate) edge: Edge,
    /// Called after each commit: there is something to open.
    pub(crate) kept: Box<dyn Fn() + Send>,
    /// Called when the disk failed: a commit that failed once is not to be tried again, the
    /// program ends and what was acknowledged is read anew.
    pub(crate) failed: Box<dyn Fn() + Send>,
}

/// Hands batches to the writer.
pub(crate) struct WriterHandle(mpsc::Sender<Waiting>);

struct Waiting {
    id: BatchId,
    bytes: Vec<u8>,
    place: Place,
    answer: oneshot::Sender<Result<String, Rejected>>,
}

impl WriterHandle {
    /// Has a batch kept; returns its signed receipt after the commit. Busy when too many wait.
    pub(crate) async fn keep(
        &self,
        id: BatchId,
        bytes: Vec<u8>,
        place: Place,
    ) -> Result<String, Rejected> {
        let (answer, answered) = oneshot::channel();
        let sent = self.0.try_send(Waiting { id, bytes, place, answer });
        sent.map_err(|error| match error {
            TrySendError::Full(_) => Rejected::Busy,
            TrySendError::Closed(_) => Rejected::Failed,
        })?;
        answered.await.unwrap_or(Err(Rejected::Failed))
    }
}

impl Writer {
    /// Starts the writer's thread; at most `queue` batches wait for it. It ends when every handle
    /// is gone.
    pub(crate) fn start(self, queue: usize) -> std::io::Result<(WriterHandle, JoinHandle<()>)> {
        let (sender, waiting) = mpsc::channel(queue.max(1));
        let thread = std::thread::Builder::new().name("writer".to_owned());
        let thread = thread.spawn(move || self.run(waiting))?;
        Ok((WriterHandle(sender), thread))
    }

    fn run(self, mut waiting: mpsc::Receiver<Waiting>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut group = vec![first];
            let mut bytes = group[0].bytes.len();
            while group.len() < GROUP && bytes < GROUP_BYTES {
                let Ok(next) = waiting.try_recv() else { break };
                bytes += next.bytes.len();
                group.push(next);
            }
            if self.keep(group).is_err() {
                (self.failed)();
                return;
            }
            (self.kept)();
        }
    }

    /// Commits a group and answers it; fails when the program must end.
    fn keep(&self, group: Vec<Waiting>) -> Result<(), StoreError> {
        let hour = (self.edge.now)().hour();
        let kept = self.store.write("keep batches", |tx| {
            let keep = |waiting: &Waiting| {
                let Waiting { id, bytes, place, .. } = waiting;
                let batch = Intake { id: *id, body: bytes, place, hour };
                tx.keep_batch(batch, |index| self.receipt(*id, index, hour))
            };
            group.iter().map(keep).collect::<Result<Vec<_>, _>>()
        });
        match kept {
            Ok(receipts) => {
                for (waiting, receipt) in group.into_iter().zip(receipts) {
                    answer(waiting, Ok(receipt));
                }
                Ok(())
            }
            Err(error) if error.is_disk_full() => {
                tracing::error!("the disk is full: batches are refused");
                group.into_iter().for_each(|waiting| answer(waiting, Err(Rejected::DiskFull)));
                Ok(())
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "intake ends");
                group.into_iter().for_each(|waiting| answer(waiting, Err(Rejected::Failed)));
                Err(error)
            }
        }
    }

    fn receipt(&self, batch: BatchId, index: u64, hour: Hour) -> String {
        let body = serde_json::to_string(&Receipt { batch, index, hour })
            .expect("a receipt holds nothing that JSON cannot");
        let signed = keys::sign(&self.key, "receipt", body);
        serde_json::to_string(&signed).expect("a signed text holds nothing that JSON cannot")
    }
}

fn answer(waiting: Waiting, what: Result<String, Rejected>) {
    if waiting.answer.send(what).is_err() {
        tracing::debug!("a sender went away before its answer");
    }
}

/// Batches in one commit: beyond some dozens a larger group saves nothing more.
const GROUP: usize = 256;
const GROUP_BYTES: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn when_too_many_wait_others_are_asked_to_come_again() {
        let (sender, waiting) = mpsc::channel(1);
        let handle = WriterHandle(sender);
        let keep = |byte: u8| handle.keep(BatchId::of(&[byte]), vec![byte], Place::default());
        let first = keep(1);
        let answering = async {
            // The first is in the queue by now, and nobody takes it out.
            let second = keep(2).await;
            drop(waiting);
            second
        };

        let (first, second) = tokio::join!(first, answering);

        assert_eq!(second, Err(Rejected::Busy));
        assert_eq!(first, Err(Rejected::Failed));
        assert_eq!(keep(3).await, Err(Rejected::Failed));
    }
}
