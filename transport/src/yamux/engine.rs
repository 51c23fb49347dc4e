//! The library, its buffers and the connection: moves bytes between the three.
//!
//! The session's task does that, and so does a caller that flushes a stream while nobody else does
//! ([`Gate`](super::gate::Gate)). The connection is always polled with the task's waker: otherwise the drop of a caller would
//! lose the wake-up that there is something to read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use tokio::time::Instant;

use super::buffers::LibraryEnd;
use super::frame::FrameHeader;
use super::gate::Visit;
use super::status::Status;
use super::wire::Wire;
use super::{SessionError, YamuxOptions};
use crate::connection::Connection;
use crate::keepalive::{Pulse, PulseStep, Timer};

pub(super) struct Engine {
    /// `None` once the session is closed.
    library: Option<yamux::Connection<LibraryEnd>>,
    buffers: LibraryEnd,
    /// What the library returned to a caller that polled it, for the task.
    inbound: VecDeque<Inbound>,
    /// The task waits for the library to open a stream.
    opening: bool,
}

/// A stream of the peer, or the end of the session. `None` means that the connection has ended.
pub(super) type Inbound = Option<Result<yamux::Stream, SessionError>>;

impl Engine {
    pub(super) fn new<C: Connection>(
        connection: C,
        mode: yamux::Mode,
        options: &YamuxOptions,
        status: Arc<Status>,
    ) -> Self {
        let pulse = options.keepalive.map(|keepalive| Pulse::new(keepalive, options.write_timeout, Instant::now()));
        let buffers = LibraryEnd::new(Wire::new(Box::new(connection), pulse), status);
        Self {
            library: Some(yamux::Connection::new(buffers.clone(), options.library(), mode)),
            buffers,
            inbound: VecDeque::new(),
            opening: false,
        }
    }

    /// Sets the task's waker. The task calls it in every poll.
    pub(super) fn register_task(&mut self, waker: &Waker) {
        self.buffers.lock().wire.register_task(waker);
    }

    /// Sends what streams have written, for a caller that is not the task.
    pub(super) fn visit(&mut self) -> Visit {
        if !self.inbound.is_empty() {
            return Visit::Task;
        }
        if let Poll::Ready(inbound) = self.poll_library() {
            self.inbound.push_back(inbound);
            return Visit::Task;
        }
        let mut buffers = self.buffers.lock();
        let full = buffers.wire.is_full();
        let written = buffers.wire.drain();
        // If a dropped stream makes room for one that waits to be opened, the library wakes nobody.
        let behind =
            buffers.wire.is_behind() || buffers.wire.take_read_directly() || buffers.needs_timer() || self.opening;
        drop(buffers);
        match written {
            // The library waits for room.
            Ok(true) if full && !behind => Visit::More,
            Ok(_) if !behind => Visit::Done,
            Ok(_) => Visit::Task,
            Err(error) => {
                self.inbound.push_back(Some(Err(SessionError::io(error))));
                Visit::Task
            }
        }
    }

    pub(super) fn poll_inbound(&mut self) -> Poll<Inbound> {
        match self.inbound.pop_front() {
            Some(inbound) => Poll::Ready(inbound),
            None => self.poll_library(),
        }
    }

    /// The library needs no waker: it is polled whenever a byte was moved or a stream has notified the gate. With a waker it
    /// would also wake the task each time it finds no stream ready.
    fn poll_library(&mut self) -> Poll<Inbound> {
        let Some(library) = &mut self.library else { return Poll::Ready(None) };
        let mut cx = Context::from_waker(Waker::noop());
        library.poll_next_inbound(&mut cx).map(|next| next.map(|stream| stream.map_err(SessionError::protocol)))
    }

    /// Opens a stream. The library has to be polled afterwards.
    pub(super) fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Option<yamux::Stream>> {
        let Some(library) = &mut self.library else { return Poll::Ready(None) };
        let opened = library.poll_new_outbound(cx);
        self.opening = opened.is_pending();
        // An error means that the session has ended; polling the library returns the reason.
        opened.map(Result::ok)
    }

    /// Ends all streams. The library's own `poll_close` does not wake a stream that waits for bytes; dropping the library
    /// does.
    pub(super) fn drop_library(&mut self) -> bool {
        self.library.take().is_some()
    }

    pub(super) fn inject(&mut self, header: FrameHeader) {
        self.buffers.lock().inject(header);
    }

    /// Sends a ping if one is due, and resolves then, or if the peer is dead. Call it when everything that has arrived was
    /// read.
    pub(super) fn poll_keepalive(&mut self, timer: &mut Timer, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        let mut buffers = self.buffers.lock();
        loop {
            let Some(pulse) = &mut buffers.wire.pulse else { return Poll::Pending };
            match pulse.next() {
                PulseStep::Ping(id) => {
                    buffers.ping(id);
                    return Poll::Ready(Ok(()));
                }
                PulseStep::Wait(until) => {
                    ready!(timer.poll_until(until, cx));
                    pulse.fire(Instant::now()).map_err(SessionError::silent)?;
                }
            }
        }
    }

    /// Resolves when a frame has waited too long for the answer to a mark: poll the library again.
    pub(super) fn poll_held(&mut self, timer: &mut Timer, cx: &mut Context<'_>) -> Poll<()> {
        match self.buffers.lock().held_until() {
            Some(until) => timer.poll_until(until, cx),
            None => Poll::Pending,
        }
    }

    /// Sends a ping now, because the peer may be dead: with the next [`poll_keepalive`](Self::poll_keepalive), or without a
    /// keepalive at once. `true` where it was queued at once.
    pub(super) fn probe(&mut self) -> bool {
        let mut buffers = self.buffers.lock();
        match &mut buffers.wire.pulse {
            Some(pulse) => {
                pulse.probe();
                false
            }
            None => {
                buffers.ping(0);
                true
            }
        }
    }

    pub(super) fn sent_go_away(&self) -> Option<FrameHeader> {
        self.buffers.lock().sent_go_away()
    }

    /// Whether the memory for bytes that the library has not read yet is full.
    pub(super) fn is_ahead(&self) -> bool {
        self.buffers.lock().wire.is_ahead()
    }

    /// Whether bytes wait to be written.
    pub(super) fn has_unwritten(&self) -> bool {
        !self.buffers.lock().wire.outgoing.is_empty()
    }

    /// Whether bytes are due that the connection has not taken.
    pub(super) fn is_behind(&self) -> bool {
        self.buffers.lock().wire.is_behind()
    }

    /// Whether the connection has taken bytes since the last call.
    pub(super) fn take_progress(&mut self) -> bool {
        self.buffers.lock().wire.take_progress()
    }

    /// Whether the library has read from the connection directly since the last call.
    pub(super) fn take_read_directly(&mut self) -> bool {
        self.buffers.lock().wire.take_read_directly()
    }

    /// How many messages have arrived since the last call.
    pub(super) fn take_arrived(&mut self) -> usize {
        std::mem::take(&mut self.buffers.lock().arrived)
    }

    /// Frees empty buffers.
    pub(super) fn release(&mut self) {
        self.buffers.lock().wire.release();
    }

    /// Reads from the connection into memory. `true` when it did.
    pub(super) fn read(&mut self) -> Result<bool, SessionError> {
        self.buffers.lock().wire.fill().map_err(SessionError::io)
    }

    /// Discards what arrives. Resolves at the end of the connection.
    pub(super) fn poll_discard(&mut self) -> Poll<Result<(), SessionError>> {
        let mut buffers = self.buffers.lock();
        loop {
            buffers.wire.incoming.clear();
            if !buffers.wire.fill().map_err(SessionError::io)? {
                return if buffers.wire.ended { Poll::Ready(Ok(())) } else { Poll::Pending };
            }
        }
    }

    /// Writes from memory to the connection. `true` when it did.
    pub(super) fn write(&mut self) -> Result<bool, SessionError> {
        self.buffers.lock().wire.drain().map_err(SessionError::io)
    }

    pub(super) fn poll_shutdown(&mut self) -> Poll<Result<(), SessionError>> {
        self.buffers.lock().wire.poll_shutdown().map_err(SessionError::io)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yamux::YamuxRole;

    #[test]
    fn a_visitor_wakes_the_task_while_a_stream_waits_to_be_opened() {
        let (connection, _peer) = tokio::io::duplex(64 * 1024);
        let status = Arc::new(Status::new(1, YamuxRole::Client));
        let mut engine = Engine::new(connection, yamux::Mode::Client, &YamuxOptions::default(), status);
        let mut cx = Context::from_waker(Waker::noop());
        let mut streams = Vec::new();
        // The library lets 256 streams be without an acknowledgement.
        while let Poll::Ready(stream) = engine.poll_open(&mut cx) {
            streams.push(stream.unwrap());
        }
        drop(streams.pop());
        assert_eq!(engine.visit(), Visit::Task);
        assert!(engine.poll_open(&mut cx).is_ready());
        assert_eq!(engine.visit(), Visit::Done);
    }
}
