//! A stream that sends its first message in two segments, cut inside a name.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream whose first write ends in the middle of `name`; what follows waits for a moment, so
/// that the two leave in segments of their own.
///
/// It needs a socket without Nagle's delay below it.
#[derive(Debug)]
pub struct Cut<S> {
    inner: S,
    name: Vec<u8>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Nothing was written yet.
    Whole,
    /// So many bytes are to be written before the pause.
    First(usize),
    /// The first segment is on its way.
    Pause(Pin<Box<Sleep>>),
    /// Everything else passes.
    Rest,
}

impl<S> Cut<S> {
    /// Cuts the first message that passes to `inner` inside `name`.
    pub fn new(inner: S, name: &str) -> Self {
        Self { inner, name: name.as_bytes().to_vec(), stage: Stage::Whole }
    }

    /// Returns how many of the message's bytes go first, the name's first half with them.
    fn place(&self, message: &[u8]) -> io::Result<usize> {
        let found = message.windows(self.name.len().max(1)).position(|part| part == self.name);
        let start = found.ok_or_else(|| io::Error::other("no name to cut"))?;
        Ok(start + self.name.len().div_ceil(2))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Cut<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Cut<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match &mut self.stage {
                Stage::Whole => {
                    let first = self.place(bytes)?;
                    self.stage = Stage::First(first);
                }
                Stage::First(left) => {
                    let left = *left;
                    let part = bytes.get(..left).unwrap_or(bytes);
                    let polled = Pin::new(&mut self.inner).poll_write(cx, part);
                    if let Poll::Ready(Ok(written)) = &polled {
                        self.stage = match left.saturating_sub(*written) {
                            0 => Stage::Pause(Box::pin(sleep(PAUSE))),
                            left => Stage::First(left),
                        };
                    }
                    return polled;
                }
                Stage::Pause(pause) => {
                    std::task::ready!(pause.as_mut().poll(cx));
                    self.stage = Stage::Rest;
                }
                Stage::Rest => return Pin::new(&mut self.inner).poll_write(cx, bytes),
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Long enough for the first segment to leave alone, short beside any network's way.
const PAUSE: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::time::Instant;

    use super::*;

    /// Keeps every write by itself.
    #[derive(Debug, Default)]
    struct Writes(Vec<(Vec<u8>, Option<Instant>)>, usize);

    impl AsyncWrite for Writes {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let most = bytes.len().min(self.1);
            self.0.push((bytes[..most].to_vec(), Some(Instant::now())));
            Poll::Ready(Ok(most))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_message_is_cut_inside_the_name_and_nothing_is_lost() {
        let mut cut = Cut::new(Writes(Vec::new(), usize::MAX), "site.test");

        cut.write_all(b"hello site.test, how are you").await.unwrap();
        cut.write_all(b" site.test").await.unwrap();

        let parts: Vec<&[u8]> = cut.inner.0.iter().map(|(part, _)| part.as_slice()).collect();
        assert_eq!(parts, [&b"hello site."[..], b"test, how are you", b" site.test"]);
        let times: Vec<Instant> = cut.inner.0.iter().filter_map(|(_, at)| *at).collect();
        assert!(times[1].duration_since(times[0]) >= PAUSE && times[1] == times[2]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_that_takes_little_at_a_time_still_pauses_inside_the_name() {
        let mut cut = Cut::new(Writes(Vec::new(), 4), "site.test");

        cut.write_all(b"hello site.test").await.unwrap();

        let parts: Vec<&[u8]> = cut.inner.0.iter().map(|(part, _)| part.as_slice()).collect();
        assert_eq!(parts, [&b"hell"[..], b"o si", b"te.", b"test"]);
    }

    #[tokio::test]
    async fn a_message_without_the_name_is_not_passed_off_as_cut() {
        let mut cut = Cut::new(Writes(Vec::new(), usize::MAX), "site.test");

        assert!(cut.write_all(b"hello").await.is_err());
        assert!(cut.inner.0.is_empty());
    }
}
