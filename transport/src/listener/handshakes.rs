//! Handshakes beside the accepting: each in a task of its own, with a deadline and a cap on how many there are.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Listener;
use crate::connection::{Connection, Peer};

/// Bounds on unfinished handshakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeLimits {
    /// How long one may take. Default: 10 s. Peers over it are dropped.
    pub deadline: Duration,
    /// How many may be under way at once. Default: 1024. At least 1. Further connections wait in the inner listener.
    pub concurrency: usize,
}

impl Default for HandshakeLimits {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(10), concurrency: 1024 }
    }
}

/// A listener whose connections go through a handshake before they are handed out.
///
/// Connections come out in the order in which their handshakes end. The tasks end with the listener.
pub struct Handshakes<L: Listener, F, C, P> {
    inner: L,
    handshake: Arc<F>,
    limits: HandshakeLimits,
    under_way: JoinSet<Option<(C, P)>>,
    inner_ended: bool,
}

impl<L, F, C, P> Handshakes<L, F, C, P>
where
    L: Listener,
    C: Connection,
    P: Peer,
{
    /// Puts `handshake` behind `inner`.
    pub fn new(inner: L, handshake: F, limits: HandshakeLimits) -> Self {
        Self { inner, handshake: Arc::new(handshake), limits, under_way: JoinSet::new(), inner_ended: false }
    }

    /// With another handshake; those under way go on as they began.
    pub fn with_handshake<G>(self, handshake: G) -> Handshakes<L, G, C, P> {
        let Self { inner, limits, under_way, inner_ended, .. } = self;
        Handshakes { inner, handshake: Arc::new(handshake), limits, under_way, inner_ended }
    }

    /// Other bounds; for handshakes that start from now on.
    pub fn set_limits(&mut self, limits: HandshakeLimits) {
        self.limits = limits;
    }
}

impl<L, F, Fut, C, P, E> Handshakes<L, F, C, P>
where
    L: Listener,
    F: Fn(L::Connection, L::Peer) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(C, P), E>> + Send + 'static,
    E: fmt::Display + Send,
    C: Connection,
    P: Peer,
{
    /// As [`Listener::accept`], and as cancel safe.
    pub async fn accept(&mut self) -> Option<(C, P)> {
        loop {
            let may_start = !self.inner_ended && self.under_way.len() < self.limits.concurrency.max(1);
            tokio::select! {
                Some(done) = self.under_way.join_next(), if !self.under_way.is_empty() => {
                    // A panic in a handshake is that connection's end; it has been reported by the panic hook.
                    if let Ok(Some(ready)) = done {
                        return Some(ready);
                    }
                }
                accepted = self.inner.accept(), if may_start => match accepted {
                    Some((connection, peer)) => self.start(connection, peer),
                    None => self.inner_ended = true,
                },
                else => return None,
            }
        }
    }

    fn start(&mut self, connection: L::Connection, peer: L::Peer) {
        let handshake = Arc::clone(&self.handshake);
        let deadline = self.limits.deadline;
        self.under_way.spawn(async move {
            match tokio::time::timeout(deadline, handshake(connection, peer.clone())).await {
                Ok(Ok(ready)) => Some(ready),
                Ok(Err(error)) => {
                    tracing::debug!(%peer, %error, "handshake failed");
                    None
                }
                Err(_) => {
                    tracing::debug!(%peer, ?deadline, "handshake not finished in time");
                    None
                }
            }
        });
    }
}

impl<L: Listener + fmt::Debug, F, C, P> fmt::Debug for Handshakes<L, F, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshakes").field("inner", &self.inner).field("limits", &self.limits).finish_non_exhaustive()
    }
}
