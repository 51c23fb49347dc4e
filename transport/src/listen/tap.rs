//! Calls a closure with every accepted connection.

use std::fmt;

use super::Listener;
use crate::endpoint::Endpoint;

/// Calls a closure with every accepted connection. Made by [`ListenerExt::tap`](super::ListenerExt::tap).
pub struct Tap<L, F> {
    inner: L,
    inspect: F,
}

impl<L, F> Tap<L, F> {
    pub(super) fn new(inner: L, inspect: F) -> Self {
        Self { inner, inspect }
    }
}

impl<L, F> Listener for Tap<L, F>
where
    L: Listener,
    F: FnMut(&mut L::Connection, &L::Peer) + Send + 'static,
{
    type Connection = L::Connection;
    type Peer = L::Peer;

    async fn accept(&mut self) -> Option<(L::Connection, L::Peer)> {
        let (mut connection, peer) = self.inner.accept().await?;
        (self.inspect)(&mut connection, &peer);
        Some((connection, peer))
    }

    fn endpoint(&self) -> Endpoint {
        self.inner.endpoint()
    }

    fn stop(&mut self) {
        self.inner.stop();
    }
}

impl<L: fmt::Debug, F> fmt::Debug for Tap<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap").field("inner", &self.inner).finish_non_exhaustive()
    }
}
