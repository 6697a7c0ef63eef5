//! Runs the collector: the listener, the writer, the worker, and the end of all three.

mod listen;
mod work;

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::Edge;
use crate::api::{self, App};
use crate::config::Config;
use crate::derive::Worker;
use crate::intake::{Crowd, Intake, Writer};
use crate::keys::{self, KeyError};
use crate::lists;
use crate::lock::{self, LockError};
use crate::place::Places;
use crate::reference::{Issuer, Reference, ReferenceError};
use crate::store::{Store, StoreError};

/// Serves until `stop` comes true or the disk fails. `ready` is told where it listens.
///
/// Nothing has to be done at the end: what was acknowledged is on the disk, and what was not
/// worked out yet is worked out after the next start. A clean end folds the log of writes into
/// the database, for whoever copies that file alone.
pub async fn serve(
    data: &Path,
    config: Config,
    edge: Edge,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let listen = config.listen;
    let _lock = lock::take(data)?;
    let key = Arc::new(keys::load(&data.join(KEY))?);
    let store = Arc::new(Store::open(&data.join(DATABASE))?);
    let reference = Arc::new(Reference::read(config)?);
    let worker = Worker::begin(Arc::clone(&store), Arc::clone(&reference), edge.clone())?;
    let issuer = Issuer { reference: &reference, key: &key };
    let (text, issued) = lists::issue(&store, &issuer, &edge, worker.controls())?;
    let snapshot = Arc::new(RwLock::new(Arc::<str>::from(text)));
    let failure = Arc::new(Notify::new());

    let show = Arc::clone(&snapshot);
    let work = work::Work {
        worker,
        store: Arc::clone(&store),
        reference: Arc::clone(&reference),
        key: Arc::clone(&key),
        edge: edge.clone(),
        issued,
        show: Box::new(move |text| {
            *show.write().unwrap_or_else(PoisonError::into_inner) = Arc::from(text);
        }),
    };
    let (waker, at_work) = work::start(work, notifier(&failure))?;
    let writer = Writer {
        store: Arc::clone(&store),
        key: (*key).clone(),
        edge: edge.clone(),
        kept: Box::new(move || waker.wake()),
        failed: notifier(&failure),
    };
    let limits = reference.config.limits.clone();
    let (writer, _writer) = writer.start(limits.queue)?;
    let intake = Intake {
        places: Places::new(reference.lists.prefixes.clone(), edge.clone()),
        writer,
        proxies: reference.config.trusted_proxies.iter().map(|ip| ip.to_canonical()).collect(),
        crowd: Crowd::new(limits.uploads_at_once, limits.uploads_of_one_prefix),
        limits,
        folder: data.to_owned(),
        min_free_bytes: reference.config.min_free_mb.saturating_mul(1 << 20),
    };
    let limits = reference.config.limits.clone();
    let at_the_end = Arc::clone(&store);
    let router = api::router(App::new(store, reference, intake, snapshot, edge));

    let listener = TcpListener::bind(listen).await?;
    ready(listener.local_addr()?);
    let ended = tokio::select! {
        () = listen::listen(listener, router, &limits) => Ok(()),
        () = stop => Ok(at_the_end.fold()?),
        () = failure.notified() => Err(ServeError::Disk),
    };
    // The folder is given back when nobody works in it any more.
    at_work.stop().await;
    ended
}

fn notifier(failure: &Arc<Notify>) -> Box<dyn Fn() + Send> {
    let failure = Arc::clone(failure);
    Box::new(move || failure.notify_one())
}

/// Why the collector does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder cannot be worked in.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The key cannot be used.
    #[error("the collector's key cannot be used; run `init` first")]
    Key(#[from] KeyError),
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The reference data cannot be used.
    #[error("the reference data cannot be used")]
    Reference(#[from] ReferenceError),
    /// The system gave no socket or no thread.
    #[error("the system refused a socket or a thread")]
    System(#[from] std::io::Error),
    /// The disk failed while serving.
    #[error("the disk failed; start again once it is sound: what was acknowledged is kept")]
    Disk,
}

/// The key's file in the data folder.
pub(crate) const KEY: &str = "collector.key";

/// The database's file in the data folder.
pub(crate) const DATABASE: &str = "collector.sqlite";
