//! Accepts connections: so many at once, each for so long.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Hands every connection of `listener` to `serve`, each as a task of its own; never returns.
pub(super) async fn accept<F>(listener: TcpListener, serve: impl Fn(TcpStream) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let open = Arc::new(Semaphore::new(MOST_OPEN));
    loop {
        let Ok(place) = Arc::clone(&open).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, or the peer was gone before it was taken.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Many small answers, all of them timed by somebody.
        stream.set_nodelay(true).ok();
        let work = serve(stream);
        drop(tokio::spawn(async move {
            timeout(LONGEST, work).await.ok();
            drop(place);
        }));
    }
}

const MOST_OPEN: usize = 1024;
const LONGEST: Duration = Duration::from_secs(60);
