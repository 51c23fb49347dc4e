//! Limits how many accepted connections are open at a time.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Listener;
use crate::connection::Connection;
use crate::endpoint::Endpoint;

/// Accepts a limited number of connections at a time. Made by [`ListenerExt::limit`](super::ListenerExt::limit).
#[derive(Debug)]
pub struct Limit<L> {
    inner: L,
    permits: Arc<Semaphore>,
}

/// A connection that counts towards the limit until it is dropped.
#[derive(Debug)]
pub struct Limited<C> {
    inner: C,
    _permit: Option<OwnedSemaphorePermit>,
}

impl<L> Limit<L> {
    pub(super) fn new(inner: L, connections: usize) -> Self {
        let permits = connections.clamp(1, Semaphore::MAX_PERMITS);
        Self { inner, permits: Arc::new(Semaphore::new(permits)) }
    }
}

impl<L: Listener> Listener for Limit<L> {
    type Connection = Limited<L::Connection>;
    type Peer = L::Peer;

    async fn accept(&mut self) -> Option<(Self::Connection, L::Peer)> {
        // The semaphore is never closed, so this does not fail.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let (inner, peer) = self.inner.accept().await?;
        Some((Limited { inner, _permit: permit }, peer))
    }

    fn endpoint(&self) -> Endpoint {
        self.inner.endpoint()
    }

    fn stop(&mut self) {
        self.inner.stop();
    }
}

impl<C: Connection> Connection for Limited<C> {
    fn is_reusable(&self) -> bool {
        self.inner.is_reusable()
    }

    fn poll_background(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.inner.poll_background(cx)
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Limited<C> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(cx, buf)
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Limited<C> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
