//! The one task of a session: moves its bytes, opens and accepts its streams.
//!
//! Callers move bytes, too, while the task does not ([`Gate`]), and leave the rest to the task.
//!
//! The task waits only for the connection and for its queues: a stream that is not accepted is refused, and a caller that
//! was cancelled gets no stream.

mod state;
mod streams;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use self::state::DriverState;
use super::engine::Engine;
use super::gate::{Gate, Work};
use super::status::Status;
use super::stream::{StreamGuard, YamuxStream};
use super::{SessionError, YamuxOptions, YamuxRole};
use crate::connection::Connection;

/// Requests of handles, besides those to open streams.
#[derive(Debug)]
pub(super) enum Command {
    /// Read a stream that was shut down and dropped until its other end has finished. It counts as open until then. Boxed,
    /// because a queue has room for 32 commands from the beginning.
    ReadToEnd(Box<(yamux::Stream, StreamGuard)>),
    /// Send GoAway and end the session.
    Close,
}

/// A request to open a stream.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) permit: OwnedSemaphorePermit,
    pub(super) reply: oneshot::Sender<YamuxStream>,
}

/// The driver's ends of its queues.
pub(super) struct Queues {
    pub(super) opens: mpsc::Receiver<Open>,
    /// Has room for a command of each possible stream, so that none is lost.
    pub(super) commands: mpsc::Receiver<Command>,
    /// For new streams. Weak, so that the driver does not keep itself running.
    pub(super) own_commands: mpsc::WeakSender<Command>,
    /// Boxed, because the queue has room for 32 from the beginning.
    pub(super) arrived: mpsc::Sender<Box<YamuxStream>>,
}

/// How long sending the remaining frames and GoAway may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the peer may take after that to end its direction.
const LINGER: Duration = Duration::from_secs(1);

/// Sends and receives for a session while its task lives.
pub(super) struct Driver {
    gate: Arc<Gate<Engine>>,
    state: DriverState,
}

impl Driver {
    pub(super) fn new<C: Connection>(
        connection: C,
        role: YamuxRole,
        options: &YamuxOptions,
        status: Arc<Status>,
        queues: Queues,
    ) -> Self {
        let gate = Arc::new(Gate::new(Engine::new(connection, role.mode(), options, Arc::clone(&status))));
        let state = DriverState::new(Arc::downgrade(&gate), options, status, queues);
        Self { gate, state }
    }

    /// Drives the session to its end. `reason` gets the outcome before any other handle sees the end.
    pub(super) async fn run(mut self, reason: &watch::Sender<Option<Result<(), SessionError>>>) {
        let outcome = self.inside(DriverState::poll_session).await.unwrap_or(Ok(()));
        let is_graceful = outcome.is_ok();
        // The peer gets the error code before the connection ends.
        reason.send_replace(Some(outcome.and_then(|()| self.state.violation.take().map_or(Ok(()), Err))));
        self.state.status.end();
        self.state.refuse_opens();
        if is_graceful {
            // The peer may be gone already, or not read.
            let closed = tokio::time::timeout(CLOSE_TIMEOUT, self.inside(DriverState::poll_close)).await;
            if matches!(closed, Ok(Some(Ok(())))) {
                // Closing a socket with unread bytes resets the connection, and what was just written is lost.
                let discard = self.inside(|_, engine, _| engine.poll_discard());
                let _ended = tokio::time::timeout(LINGER, discard).await;
            }
        }
    }

    /// Polls inside the gate. `None` where it is closed.
    async fn inside<R>(
        &mut self,
        mut poll: impl FnMut(&mut DriverState, &mut Engine, &mut Context<'_>) -> Poll<R>,
    ) -> Option<R> {
        poll_fn(|cx| {
            self.gate.register_task(cx.waker());
            let work = self.gate.work(|engine| {
                engine.register_task(cx.waker());
                poll(&mut self.state, engine, cx)
            });
            match work {
                Work::Done(outcome) => outcome.map(Some),
                Work::Held => Poll::Pending,
                Work::Closed => Poll::Ready(None),
            }
        })
        .await
    }
}

/// The streams hold the gate, but the connection ends with the task, also if the runtime shuts down.
impl Drop for Driver {
    fn drop(&mut self) {
        self.state.status.end();
        self.gate.close();
    }
}
