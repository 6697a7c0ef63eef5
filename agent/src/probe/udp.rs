//! A UDP socket that counts the bytes that pass and hears when nobody listens at the other end.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};
use tokio::sync::watch;

use record::Failure;

/// A socket with its counts.
#[derive(Debug)]
pub struct CountedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    read: AtomicU64,
    written: AtomicU64,
    refused: watch::Sender<Option<Failure>>,
}

impl CountedSocket {
    /// Counts what passes `inner`.
    pub fn new(inner: Arc<dyn AsyncUdpSocket>) -> Self {
        let (read, written) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { inner, read, written, refused: watch::Sender::new(None) }
    }

    /// Returns the bytes of the datagrams received.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Returns the bytes of the datagrams sent.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Waits until a router or the host says that datagrams do not arrive (ICMP); for ever where
    /// nobody does.
    pub async fn refused(&self) -> Failure {
        let mut told = self.refused.subscribe();
        match told.wait_for(Option::is_some).await.map(|told| *told) {
            Ok(Some(failure)) => failure,
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Notes an error that came in place of a datagram; others are the endpoint's business.
    fn note(&self, error: &io::Error) -> bool {
        let kind = error.kind();
        let by_router = [io::ErrorKind::HostUnreachable, io::ErrorKind::NetworkUnreachable];
        let failure = if kind == io::ErrorKind::ConnectionRefused {
            Failure::Refused
        } else if by_router.contains(&kind) {
            Failure::Unreachable
        } else {
            return false;
        };
        self.refused.send_replace(Some(failure));
        true
    }
}

impl AsyncUdpSocket for CountedSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.inner).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        match self.inner.try_send(transmit) {
            Ok(()) => {
                self.written.fetch_add(transmit.contents.len() as u64, Ordering::Relaxed);
                Ok(())
            }
            // The datagram counts as lost; what was said of it is noted.
            Err(error) if self.note(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            return match self.inner.poll_recv(cx, bufs, meta) {
                Poll::Ready(Ok(count)) => {
                    let bytes: usize = meta.iter().take(count).map(|one| one.len).sum();
                    self.read.fetch_add(bytes as u64, Ordering::Relaxed);
                    Poll::Ready(Ok(count))
                }
                Poll::Ready(Err(error)) if self.note(&error) => continue,
                Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                Poll::Pending => Poll::Pending,
            };
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn may_fragment(&self) -> bool {
        self.inner.may_fragment()
    }
}
