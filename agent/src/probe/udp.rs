//! A UDP socket that counts the bytes that pass and hears when nobody listens at the other end.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, Runtime as _, TokioRuntime, UdpPoller};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::watch;

use record::Failure;

/// A socket with its counts.
#[derive(Debug)]
pub struct CountedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    /// The same socket: it waits for errors, which wake nobody who waits for datagrams.
    ear: UdpSocket,
    read: AtomicU64,
    written: AtomicU64,
    refused: watch::Sender<Option<Failure>>,
}

impl CountedSocket {
    /// Counts what passes `socket`, which is connected.
    pub fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let ear = socket.try_clone()?;
        ear.set_nonblocking(true)?;
        Ok(Self {
            ear: UdpSocket::from_std(ear)?,
            inner: TokioRuntime.wrap_udp_socket(socket)?,
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            refused: watch::Sender::new(None),
        })
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
        tokio::select! {
            told = told.wait_for(Option::is_some) => {
                if let Ok(Some(failure)) = told.map(|told| *told) {
                    return failure;
                }
            }
            failure = self.overhear() => return failure,
        }
        std::future::pending().await
    }

    /// Waits for an error that comes while nothing is sent or received.
    async fn overhear(&self) -> Failure {
        loop {
            if self.ear.ready(Interest::ERROR).await.is_err() {
                return std::future::pending().await;
            }
            let error = self.ear.try_io(Interest::ERROR, || {
                self.ear.take_error()?.ok_or_else(|| io::Error::from(io::ErrorKind::WouldBlock))
            });
            if let Some(failure) = error.ok().as_ref().and_then(meaning) {
                return failure;
            }
        }
    }

    /// Notes an error that came in place of a datagram; others are the endpoint's business.
    fn note(&self, error: &io::Error) -> bool {
        let meaning = meaning(error);
        if meaning.is_some() {
            self.refused.send_replace(meaning);
        }
        meaning.is_some()
    }
}

/// Returns what an error says of the far end; none where it says nothing of it.
fn meaning(error: &io::Error) -> Option<Failure> {
    let by_router = [io::ErrorKind::HostUnreachable, io::ErrorKind::NetworkUnreachable];
    if error.kind() == io::ErrorKind::ConnectionRefused {
        Some(Failure::Refused)
    } else {
        by_router.contains(&error.kind()).then_some(Failure::Unreachable)
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
