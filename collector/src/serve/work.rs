//! The worker's thread: derives what came in, then issues a snapshot when one is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use ed25519_dalek::SigningKey;

use crate::Edge;
use crate::derive::Worker;
use crate::lists::{self, Issued};
use crate::reference::{Issuer, Reference};
use crate::store::{Store, StoreError};

/// What the thread works with.
pub(super) struct Work {
    pub(super) worker: Worker,
    pub(super) store: Arc<Store>,
    pub(super) reference: Arc<Reference>,
    pub(super) key: Arc<SigningKey>,
    pub(super) edge: Edge,
    pub(super) issued: Issued,
    /// Hands a fresh snapshot to the API.
    pub(super) show: Box<dyn Fn(String) + Send>,
}

/// Wakes the worker.
#[derive(Clone)]
pub(super) struct Waker(SyncSender<()>);

impl Waker {
    /// Says that there is something to do. When it has been said already, once is enough.
    pub(super) fn wake(&self) {
        if self.0.try_send(()).is_err() {
            tracing::trace!("the worker is awake");
        }
    }
}

/// The worker's thread.
pub(super) struct AtWork {
    stop: Arc<AtomicBool>,
    waker: Waker,
    thread: JoinHandle<()>,
}

impl AtWork {
    /// Has the worker finish the piece it is at, and waits for that.
    pub(super) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.waker.wake();
        let thread = self.thread;
        if tokio::task::spawn_blocking(move || thread.join()).await.is_err() {
            tracing::error!("the worker could not be waited for");
        }
    }
}

/// Starts the thread. `failed` is called when the work cannot go
/// on, by an error or by a panic: a collector that only takes in is to be restarted.
pub(super) fn start(work: Work, failed: Box<dyn Fn() + Send>) -> std::io::Result<(Waker, AtWork)> {
    let (sender, wakes) = sync_channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("worker".to_owned());
    let thread = thread.spawn(move || {
        let mut watch = Watch { failed, is_fine: false };
        match work.run(&wakes, &asked) {
            Ok(()) => watch.is_fine = true,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the worker ends");
            }
        }
    })?;
    let waker = Waker(sender);
    Ok((waker.clone(), AtWork { stop, waker, thread }))
}

impl Work {
    fn run(mut self, wakes: &Receiver<()>, asked: &AtomicBool) -> Result<(), StoreError> {
        loop {
            self.worker.run(|| asked.load(Ordering::Relaxed))?;
            if asked.load(Ordering::Relaxed) {
                return Ok(());
            }
            let controls = self.worker.controls();
            let now = (self.edge.now)();
            if lists::is_due(&self.issued, now, controls, &self.reference) {
                let issuer = Issuer { reference: &self.reference, key: &self.key };
                let (text, issued) = lists::issue(&self.store, &issuer, &self.edge, controls)?;
                self.issued = issued;
                (self.show)(text);
            }
            match wakes.recv_timeout(TICK) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}

/// Tells when the thread ends without being asked to.
struct Watch {
    failed: Box<dyn Fn() + Send>,
    is_fine: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_fine {
            (self.failed)();
        }
    }
}

/// How often the clock is looked at when nothing comes in.
const TICK: Duration = Duration::from_secs(1);
