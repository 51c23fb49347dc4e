//! The connections of one server, each in its own task.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::connection_task::ConnectionTask;
use super::drain::DrainDeadline;
use super::newcomers::{Newcomers, Sent};
use super::{ServeOptions, ThriftService};
use crate::connection::{Connection, Peer};

/// The open connections. Dropping it aborts their tasks.
pub(super) struct Connections {
    tasks: JoinSet<()>,
    newcomers: Newcomers,
    /// One was dropped, and its task has not ended yet.
    dropping: bool,
    stopping: CancellationToken,
    options: ServeOptions,
}

impl Connections {
    pub(super) fn new(stopping: CancellationToken, options: ServeOptions) -> Self {
        Self { tasks: JoinSet::new(), newcomers: Newcomers::default(), dropping: false, stopping, options }
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Waits until a connection has ended. Never resolves if there is none. Meanwhile, if there are as many as allowed,
    /// the oldest newcomer whose time is over is dropped: so one ends.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn one_ended(&mut self) {
        let Self { tasks, newcomers, dropping, stopping, options } = self;
        loop {
            let wanted = !*dropping && !stopping.is_cancelled() && tasks.len() >= options.max_connections();
            let due = if wanted { newcomers.first_due() } else { None };
            tokio::select! {
                biased;
                Some(ended) = tasks.join_next() => {
                    *dropping = false;
                    match ended {
                        Err(error) if !error.is_cancelled() => {
                            tracing::error!(%error, "a connection panicked and is closed");
                        }
                        _ => {}
                    }
                    return;
                }
                () = until(due) => *dropping = newcomers.drop_one(),
            }
        }
    }

    pub(super) fn spawn<C: Connection, P: Peer, S: ThriftService>(&mut self, connection: C, peer: P, service: Arc<S>) {
        // Its own token: with a shared one, all connections would take the same lock at every call.
        let stopping = self.stopping.child_token();
        let sent = Sent::default();
        let task = ConnectionTask::new(connection, peer, service, self.options, stopping, sent.clone());
        // Owned by `tasks`, which aborts it when it is dropped.
        let task = self.tasks.spawn(task.run());
        self.newcomers.add(sent, task, self.tasks.len());
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

/// Waits for `due`; for ever, if it is `None`.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
