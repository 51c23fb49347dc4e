//! A connection in two halves, as volo's codec wants it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use volo::net::ext::AsyncExt;

/// The connection behind both halves. The lock is never contended: a connection is used by one task.
#[derive(Debug)]
pub(crate) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        // A panic inside a poll leaves the connection as it was; the next poll reports what is wrong with it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Splits `io`, and gives a third handle to look after it. tokio's own `split` has none, and asks for more (`Sync`).
pub(crate) fn split<T>(io: T) -> (ReadHalf<T>, WriteHalf<T>, Shared<T>) {
    let shared = Arc::new(Mutex::new(io));
    (ReadHalf(Shared(Arc::clone(&shared))), WriteHalf(Shared(Arc::clone(&shared))), Shared(shared))
}

/// The half of a connection that a codec reads from.
#[derive(Debug)]
pub struct ReadHalf<T>(Shared<T>);

/// The half of a connection that a codec writes to.
#[derive(Debug)]
pub struct WriteHalf<T>(Shared<T>);

impl<T: AsyncRead + Unpin> AsyncRead for ReadHalf<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for WriteHalf<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.lock()).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.lock()).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.lock().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_shutdown(cx)
    }
}

// volo's codec asks its halves for readiness in one place: a client that wants to know whether a connection may be
// reused. The pool here answers that itself (`client::lease`), so these are never asked in earnest.
impl<T: Send> AsyncExt for ReadHalf<T> {
    async fn ready(&self, _: Interest) -> io::Result<Ready> {
        Ok(Ready::EMPTY)
    }
}

impl<T: Send> AsyncExt for WriteHalf<T> {
    async fn ready(&self, _: Interest) -> io::Result<Ready> {
        Ok(Ready::EMPTY)
    }
}
