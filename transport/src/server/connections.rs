//! The connections of one server, each in a task of its own, and the end of them all.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use volo_thrift::codec::{DefaultMakeCodec, MakeCodec};
use volo_thrift::tracing::DefaultProvider;
use volo_thrift::transport::pingpong;

use super::ThriftService;
use super::biz_error::KeepBizError;
use super::codec::{BetweenCalls, Noticing};
use crate::connection::{Connection, Peer};
use crate::split::split;

/// How long the end of a connection may take: as long as a peer needs that still reads, and no longer.
const GOODBYE: Duration = Duration::from_secs(1);

/// The running connections. Dropping it ends them at once.
pub(super) struct Connections {
    tasks: JoinSet<()>,
    stopping: CancellationToken,
    /// What volo's loop reads after each call: whether to tell the peer that the connection ends with this answer.
    last_answer: Arc<AtomicBool>,
}

impl Connections {
    pub(super) fn new(stopping: CancellationToken) -> Self {
        Self { tasks: JoinSet::new(), stopping, last_answer: Arc::default() }
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
            Some(Err(error)) => tracing::error!(%error, "a handler panicked; its connection is closed"),
            None => std::future::pending().await,
        }
    }

    pub(super) fn spawn<C: Connection, P: Peer, S: ThriftService>(&mut self, connection: C, peer: P, service: Arc<S>) {
        // A token of its own: waiting for the common one would have all connections share its lock, at every call.
        let stopping = self.stopping.child_token();
        let last_answer = Arc::clone(&self.last_answer);
        self.tasks.spawn(async move {
            tracing::trace!(%peer, "connected");
            let (reader, writer, connection) = split(connection);
            let (reader, byte_of_call_seen) = Noticing::new(reader);
            let (encoder, decoder) = DefaultMakeCodec::default().make_codec(reader, writer);
            let decoder = BetweenCalls { decoder, byte_of_call_seen, stopping };
            // volo's own way to end a connection cuts a half-read call off; `BetweenCalls` does not, so this one is
            // never used.
            let never = Notify::new();
            pingpong::serve::<_, S::Request, _, _, _, _>(
                encoder,
                decoder,
                never.notified(),
                last_answer,
                &KeepBizError(&*service),
                Arc::from([]),
                peer.address(),
                DefaultProvider,
            )
            .await;
            // An end in good order behind the last answer: a yamux stream that is only dropped is reset, and Go throws
            // away what it has not read of a stream that was reset.
            let goodbye = poll_fn(|cx| Pin::new(&mut *connection.lock()).poll_shutdown(cx));
            let _told = tokio::time::timeout(GOODBYE, goodbye).await;
            tracing::trace!(%peer, "disconnected");
        });
    }

    /// Ends the idle ones, waits for the others, and cuts off what is left after `patience`. Returns how many were.
    pub(super) async fn drain(mut self, patience: Duration) -> usize {
        self.last_answer.store(true, std::sync::atomic::Ordering::Relaxed);
        let all_ended = async {
            while !self.tasks.is_empty() {
                self.one_ended().await;
            }
        };
        if tokio::time::timeout(patience, all_ended).await.is_ok() {
            return 0;
        }
        let left = self.tasks.len();
        tracing::warn!(connections = left, ?patience, "calls still running: cutting them off");
        self.tasks.shutdown().await;
        left
    }
}
