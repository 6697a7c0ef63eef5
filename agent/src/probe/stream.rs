//! A stream that counts the bytes that pass.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use record::Failed;

/// The bytes that passed, readable after the stream and its step are gone.
#[derive(Clone, Debug, Default)]
pub struct Counts(Arc<(AtomicU64, AtomicU64)>);

impl Counts {
    /// Returns the bytes read.
    pub fn read(&self) -> u64 {
        self.0.0.load(Ordering::Relaxed)
    }

    /// Returns the bytes written.
    pub fn written(&self) -> u64 {
        self.0.1.load(Ordering::Relaxed)
    }

    /// Writes the counts into a failure.
    pub fn fill(&self, failed: Failed) -> Failed {
        Failed { read: self.read(), written: self.written(), ..failed }
    }
}

/// A stream and its counts.
#[derive(Debug)]
pub struct Counted<S> {
    inner: S,
    counts: Counts,
}

impl<S> Counted<S> {
    /// Counts what passes `inner` in `counts`.
    pub fn new(inner: S, counts: Counts) -> Self {
        Self { inner, counts }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        let read = (buf.filled().len() - before) as u64;
        self.counts.0.0.fetch_add(read, Ordering::Relaxed);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(written)) = &polled {
            self.counts.0.1.fetch_add(*written as u64, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
