//! The connections of one server, each in its own task.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::connection_task::ConnectionTask;
use super::drain::DrainDeadline;
use super::{ServeOptions, ThriftService};
use crate::connection::{Connection, Peer};

/// The open connections. Dropping it aborts their tasks.
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

    /// Waits until a connection has ended. Never resolves if there is none.
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
        // Its own token: with a shared one, all connections would take the same lock at every call.
        let stopping = self.stopping.child_token();
        // Owned by `tasks`, which aborts it when it is dropped.
        self.tasks.spawn(ConnectionTask::new(connection, peer, service, self.options, stopping).run());
    }

    /// Waits until all connections have ended, and aborts the rest at the deadline. Returns how many were aborted.
    pub(super) async fn drain(mut self, deadline: &mut DrainDeadline) -> usize {
        let all_ended = async {
            while !self.tasks.is_empty() {
                self.one_ended().await;
            }
        };
        tokio::select! {
            biased;
            () = all_ended => return 0,
            () = deadline.elapsed() => {}
        }
        let left = self.tasks.len();
        tracing::warn!(connections = left, "aborting calls that are still running");
        self.tasks.shutdown().await;
        left
    }
}
