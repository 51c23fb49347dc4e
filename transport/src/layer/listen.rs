//! A layer on a listener: each handshake runs in its own task while others are accepted.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;

use tokio::task::{JoinError, JoinSet};

use super::running::Running;
use super::{Layer, Layered};
use crate::connect::WithCauses;
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;
use crate::log::{EventKind, limited};
use crate::metrics::Counter;
use crate::printable::Printable;
use crate::telemetry::Failure;

/// The running handshakes. Dropping it aborts them.
///
/// The type of their results is erased: a `Layered` can also be a connector, whose base is not a listener.
#[derive(Debug, Default)]
pub(super) struct Handshakes {
    tasks: JoinSet<Option<Box<dyn Any + Send>>>,
    running: Running,
    /// The underlying listener has ended.
    ended: bool,
}

impl<B, L> Listener for Layered<B, L>
where
    B: Listener,
    L: Layer<B::Connection>,
{
    type Connection = L::Io;
    type Peer = L::Peer<B::Peer>;

    async fn accept(&mut self) -> Option<(Self::Connection, Self::Peer)> {
        loop {
            let Handshakes { tasks, running, ended } = &mut self.handshakes;
            // The task that was aborted for the last one may not have ended yet.
            let may_start = !*ended && tasks.len() <= self.options.concurrency;
            tokio::select! {
                // First those that have ended, so that no running one is dropped because of them.
                biased;
                Some(done) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                    running.ended(done.as_ref().map_or_else(JoinError::id, |(id, _)| *id));
                    // A panic in a handshake ends that connection; the panic hook has reported it.
                    let ready = done.ok().and_then(|(_, ready)| ready);
                    // Every task is spawned by `start`, so its result has this type.
                    if let Some(ready) = ready.and_then(|ready| ready.downcast().ok()) {
                        return Some(*ready);
                    }
                }
                accepted = self.base.accept(), if may_start => match accepted {
                    Some((io, peer)) => self.start(io, peer),
                    None => *ended = true,
                },
                else => return None,
            }
        }
    }

    fn endpoint(&self) -> Endpoint {
        self.layer.endpoint(self.base.endpoint())
    }

    fn stop(&mut self) {
        self.base.stop();
    }
}

impl<B, L> Layered<B, L>
where
    B: Listener,
    L: Layer<B::Connection>,
{
    fn start(&mut self, io: B::Connection, peer: B::Peer) {
        let layer = Arc::clone(&self.layer);
        let deadline = self.options.deadline;
        let address = peer.address();
        // Owned by `handshakes`, which aborts it when the listener is dropped.
        let task = self.handshakes.tasks.spawn(async move {
            match tokio::time::timeout(deadline, layer.incoming(io, peer.clone())).await {
                Ok(Ok(ready)) => Some(Box::new(ready) as Box<dyn Any + Send>),
                Ok(Err(error)) if is_health_check(&error) => {
                    tracing::trace!(peer = %Printable(&peer), "health check answered");
                    None
                }
                Ok(Err(error)) => {
                    Counter::HandshakesFailed(Failure::HANDSHAKE).increment();
                    let shown = Printable(&peer);
                    let why = WithCauses(&error);
                    limited!(INFO, EventKind::Handshake, peer.address(), peer = %shown, error = %why, "handshake failed");
                    None
                }
                Err(_) => {
                    Counter::HandshakesFailed(Failure::TIMEOUT).increment();
                    let shown = Printable(&peer);
                    limited!(INFO, EventKind::Handshake, peer.address(), peer = %shown, ?deadline, "handshake timed out");
                    None
                }
            }
        });
        self.handshakes.running.started(address, task, &self.options);
    }
}

/// Whether the handshake ended because it was a health check, which has been answered. Load balancers send one every
/// few seconds: they are no failures.
fn is_health_check(error: &(dyn Error + 'static)) -> bool {
    #[cfg(feature = "websocket")]
    if matches!(error.downcast_ref(), Some(crate::HandshakeError::HealthCheck)) {
        return true;
    }
    matches!(error.downcast_ref(), Some(crate::HttpError::HealthCheck))
}
