//! Counting what a server accepts, at the bottom: TCP connections, whatever runs over them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use volo::net::conn::Conn;
use volo::net::incoming::{Incoming, MakeIncoming};
use volplane_transport::{Endpoint, Listener};

/// How many connections have been accepted. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Accepted(Arc<AtomicU64>);

impl Accepted {
    /// How many so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A listener that counts; of this project or of volo.
#[derive(Debug)]
pub struct Counted<L> {
    inner: L,
    accepted: Accepted,
}

impl<L> Counted<L> {
    /// Counts what `inner` accepts.
    pub fn new(inner: L, accepted: &Accepted) -> Self {
        Self { inner, accepted: accepted.clone() }
    }
}

impl<L: Listener> Listener for Counted<L> {
    type Connection = L::Connection;
    type Peer = L::Peer;

    async fn accept(&mut self) -> Option<(L::Connection, L::Peer)> {
        let accepted = self.inner.accept().await?;
        self.accepted.add();
        Some(accepted)
    }

    fn endpoint(&self) -> Endpoint {
        self.inner.endpoint()
    }

    fn stop(&mut self) {
        self.inner.stop();
    }
}

impl<I: Incoming> Incoming for Counted<I> {
    async fn accept(&mut self) -> io::Result<Option<Conn>> {
        let accepted = self.inner.accept().await?;
        if accepted.is_some() {
            self.accepted.add();
        }
        Ok(accepted)
    }
}

impl<I: Incoming> MakeIncoming for Counted<I> {
    type Incoming = Self;

    async fn make_incoming(self) -> io::Result<Self> {
        Ok(self)
    }
}
