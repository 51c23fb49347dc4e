//! The connections of one server, each in a task of its own, and the end of them all.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::conversation::Conversation;
use super::drain::DrainTime;
use super::{ServeOptions, ThriftService};
use crate::connection::{Connection, Peer};

/// The running connections. Dropping it ends them at once.
pub(super) struct Connections {
    tasks: JoinSet<()>,
    stopping: CancellationToken,
    options: ServeOptions,
}

impl Connections {
    pub(super) fn new(stopping: CancellationToken, options: ServeOptions) -> Self {
        Self { tasks: JoinSet::new(), stopping, options }
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Waits for one to end. Never resolves while there is none.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn one_ended(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::error!(%error, "a connection panicked and is closed"),
            None => std::future::pending().await,
        }
    }

    pub(super) fn spawn<C: Connection, P: Peer, S: ThriftService>(&mut self, connection: C, peer: P, service: Arc<S>) {
        // A token of its own: waiting for the common one would have all connections share its lock, at every call.
        let stopping = self.stopping.child_token();
        self.tasks.spawn(Conversation::new(connection, peer, service, self.options, stopping).run());
    }

    /// Waits until all have ended, and cuts off what is left when the time is over. Returns how many were cut off.
    pub(super) async fn drain(mut self, time: &mut DrainTime) -> usize {
        let all_ended = async {
            while !self.tasks.is_empty() {
                self.one_ended().await;
            }
        };
        tokio::select! {
            biased;
            () = all_ended => return 0,
            () = time.over() => {}
        }
        let left = self.tasks.len();
        tracing::warn!(connections = left, "calls still running: cutting them off");
        self.tasks.shutdown().await;
        left
    }
}
