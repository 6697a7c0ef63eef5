//! A stream whose first bytes, read before, are read once more.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream with bytes put back before it.
pub(super) struct Rewound<S> {
    head: Vec<u8>,
    at: usize,
    rest: S,
}

impl<S> Rewound<S> {
    /// Puts `head` back before `rest`.
    pub(super) fn new(head: Vec<u8>, rest: S) -> Self {
        Self { head, at: 0, rest }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewound<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let head = self.head.get(self.at..).unwrap_or_default();
        if head.is_empty() {
            return Pin::new(&mut self.rest).poll_read(cx, buffer);
        }
        let size = head.len().min(buffer.remaining());
        buffer.put_slice(head.get(..size).unwrap_or_default());
        self.at += size;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewound<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.rest).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.rest).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.rest).poll_shutdown(cx)
    }
}
