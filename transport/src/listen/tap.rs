//! A look at every accepted connection.

use std::fmt;

use super::Listener;
use crate::endpoint::Endpoint;

/// Shows every accepted connection to a closure. Made by [`ListenerExt::tap`](super::ListenerExt::tap).
pub struct Tap<L, F> {
    inner: L,
    look: F,
}

impl<L, F> Tap<L, F> {
    pub(super) fn new(inner: L, look: F) -> Self {
        Self { inner, look }
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
        (self.look)(&mut connection, &peer);
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
