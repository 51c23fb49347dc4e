//! One stream of a session.

mod read;
mod write;

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use futures_util::AsyncWrite as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use self::read::Received;
pub(super) use self::write::COLLECTED;
use super::driver::Command;
use super::engine::Engine;
use super::gate::Gate;
use super::status::Status;
use crate::connection::{Connection, NotDelivered};
use crate::metrics::{Counted, Gauge};

/// A connection inside a session.
///
/// Written bytes are collected and sent at the next flush at the latest: a message is one frame and wakes the session's
/// task once, regardless of the number of writes.
///
/// Dropping a stream resets it, unless it was shut down: then what the other end still sends is read and discarded for at
/// most [`YamuxOptions::with_close_timeout`](crate::YamuxOptions::with_close_timeout), so that the other end is not
/// blocked by a full window.
///
/// A stream that the other end has certainly not accepted fails with [`NotDelivered`](crate::NotDelivered).
#[derive(Debug)]
pub struct YamuxStream {
    /// `None` only while it is dropped.
    parts: Option<(yamux::Stream, StreamGuard)>,
    /// Written, and not yet given to the library.
    unsent: BytesMut,
    received: Received,
    outbound: bool,
    /// A frame of it was given to the library, so the other end knows of it or will.
    announced: bool,
    shut_down: bool,
    /// Something was read.
    answered: bool,
    /// How many frames of the session had arrived when bytes were sent for which nothing was read yet.
    asked: Option<u64>,
    /// Something was given to the library since the last flush.
    unflushed: bool,
    /// How many of the bytes read since the gate was last notified a window update in the library's queue may cover.
    counted: usize,
    /// How many bytes the last poll of the library's stream returned. The next poll may queue a window update for them.
    uncounted: usize,
    read_to_end: bool,
}

/// Counts a stream in its session, and keeps the session's driver running.
#[derive(Debug)]
pub(super) struct StreamGuard {
    id: u32,
    _permit: OwnedSemaphorePermit,
    commands: Option<mpsc::Sender<Command>>,
    /// Keeps the other session of a pair running.
    _other: Option<mpsc::Sender<Command>>,
    status: Arc<Status>,
    gate: Weak<Gate<Engine>>,
    _counted: Counted,
}

impl StreamGuard {
    /// For a stream that was added with [`Status::add_stream`].
    pub(super) fn new(
        id: u32,
        permit: OwnedSemaphorePermit,
        commands: mpsc::Sender<Command>,
        status: Arc<Status>,
        gate: Weak<Gate<Engine>>,
    ) -> Self {
        Self {
            id,
            _permit: permit,
            commands: Some(commands),
            _other: status.other(),
            status,
            gate,
            _counted: Counted::one(Gauge::StreamsOpen),
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Tells the session that the stream has given the library something to do.
    fn notify(&self) {
        if let Some(gate) = self.gate.upgrade() {
            gate.notify();
        }
    }
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.status.remove_stream(self.id);
    }
}

impl YamuxStream {
    /// One that this end has opened.
    pub(super) fn opened(stream: yamux::Stream, guard: StreamGuard) -> Self {
        Self::new(stream, guard, true)
    }

    /// One that the other end has opened. It has to be [`accept`](Self::accept)ed.
    pub(super) fn arrived(stream: yamux::Stream, guard: StreamGuard) -> Self {
        Self::new(stream, guard, false)
    }

    fn new(stream: yamux::Stream, guard: StreamGuard, outbound: bool) -> Self {
        Self {
            parts: Some((stream, guard)),
            unsent: BytesMut::new(),
            received: Received::default(),
            outbound,
            announced: false,
            shut_down: false,
            answered: false,
            asked: None,
            unflushed: false,
            counted: 0,
            uncounted: 0,
            read_to_end: false,
        }
    }

    /// Acknowledges it, before it is served. `None` if it is refused or was reset.
    ///
    /// The library would acknowledge with the first answer, and hashicorp's implementation ends the whole session if a
    /// stream is unacknowledged for 75 s: one slow handler would end every call.
    pub(super) fn accept(mut self) -> Option<Self> {
        let (stream, guard) = self.parts.as_mut()?;
        // A new stream's queue has room.
        let mut cx = Context::from_waker(Waker::noop());
        let acknowledge = || matches!(Pin::new(stream).poll_write(&mut cx, &[]), Poll::Ready(Ok(_)));
        self.announced = guard.status.accept(acknowledge);
        guard.notify();
        self.announced.then_some(self)
    }

    fn notify(&self) {
        if let Some((_, guard)) = &self.parts {
            guard.notify();
        }
    }

    /// The error of a stream that ended before the other end finished it.
    fn reset_error(&self) -> io::Error {
        match &self.parts {
            Some(_) if self.outbound && !self.announced => {
                NotDelivered::error(io::ErrorKind::ConnectionReset, "yamux stream ended before anything was sent")
            }
            Some((_, guard)) if self.outbound && !self.answered => guard.status.reset_error(guard.id),
            _ => io::Error::new(io::ErrorKind::ConnectionReset, "yamux stream reset"),
        }
    }
}

impl Connection for YamuxStream {
    /// Not if it is closed or the other end is going away, or while the other end may be dead. A client closes its idle
    /// streams while the session's permits are scarce, so that it does not starve other clients of the session.
    fn is_reusable(&self) -> bool {
        let Some((stream, guard)) = &self.parts else { return false };
        let status = &guard.status;
        let unwanted =
            self.outbound && (status.peer_is_going_away() || status.permits_are_scarce() || status.is_suspect());
        !unwanted && !status.has_ended() && !self.shut_down && !stream.is_closed()
    }
}

impl Drop for YamuxStream {
    fn drop(&mut self) {
        let Some((stream, mut guard)) = self.parts.take() else { return };
        if self.outbound && !stream.is_closed() && self.asked == Some(guard.status.frames_received()) {
            guard.status.suspect();
        }
        if !self.outbound && !self.announced && !stream.is_closed() {
            guard.status.refuse(guard.id);
        } else if self.shut_down
            && !self.read_to_end
            && let Some(commands) = guard.commands.take()
        {
            // The queue has room for one from every stream; this fails only if the session has ended.
            let _queued = commands.try_send(Command::ReadToEnd(Box::new((stream, guard))));
            return;
        }
        let gate = guard.gate.upgrade();
        drop((stream, guard));
        if let Some(gate) = gate {
            gate.notify();
        }
    }
}
