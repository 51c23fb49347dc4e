//! The library, its buffers and the connection: moves bytes between the three.
//!
//! The session's task does that, and whoever flushes a stream while nobody else does ([`Gate`](super::gate::Gate)). The
//! connection always has the task's waker, whoever polls it: a caller that goes away must not take along the news that
//! there is something to read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::buffers::LibraryEnd;
use super::frame::Header;
use super::gate::Visit;
use super::status::Status;
use super::wire::Wire;
use super::{SessionError, YamuxOptions};
use crate::connection::Connection;

pub(super) struct Engine {
    /// Gone once goodbye has been said.
    library: Option<yamux::Connection<LibraryEnd>>,
    buffers: LibraryEnd,
    /// What the library came to while somebody else than the task polled it.
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
        let buffers = LibraryEnd::new(Wire::new(Box::new(connection)), status);
        Self {
            library: Some(yamux::Connection::new(buffers.clone(), options.library(), mode)),
            buffers,
            inbound: VecDeque::new(),
            opening: false,
        }
    }

    /// To be called by the task whenever it is polled.
    pub(super) fn register_task(&mut self, waker: &Waker) {
        self.buffers.lock().wire.register_task(waker);
    }

    /// Sends what streams have written, for somebody else than the task.
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
        // The library wakes nobody when a stream that goes makes room for the one that is to be opened.
        let behind = buffers.wire.is_behind() || buffers.wire.take_read_directly() || self.opening;
        drop(buffers);
        match written {
            // The library has waited for room.
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

    /// The library needs no waker: it is polled whenever a byte has moved or a stream has something for it, of which
    /// streams tell the gate. By itself it would also wake its task whenever it has polled all streams in vain.
    fn poll_library(&mut self) -> Poll<Inbound> {
        let Some(library) = &mut self.library else { return Poll::Ready(None) };
        let mut cx = Context::from_waker(Waker::noop());
        library.poll_next_inbound(&mut cx).map(|next| next.map(|stream| stream.map_err(SessionError::protocol)))
    }

    /// Opens a stream. The library has to be polled after it.
    pub(super) fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Option<yamux::Stream>> {
        let Some(library) = &mut self.library else { return Poll::Ready(None) };
        let opened = library.poll_new_outbound(cx);
        self.opening = opened.is_pending();
        // An error means that the session is over; polling the library tells why.
        opened.map(Result::ok)
    }

    /// Ends all streams. The library has a close of its own, but a stream that waits for bytes is not woken by it and
    /// waits for ever; dropping the library ends its streams.
    pub(super) fn drop_library(&mut self) -> bool {
        self.library.take().is_some()
    }

    pub(super) fn inject(&mut self, header: Header) {
        self.buffers.lock().inject(header);
    }

    pub(super) fn sent_go_away(&self) -> Option<Header> {
        self.buffers.lock().sent_go_away()
    }

    /// Whether the library has not yet read all that has arrived, as far as memory goes.
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

    /// Whether the connection has taken bytes since this was last asked.
    pub(super) fn take_progress(&mut self) -> bool {
        self.buffers.lock().wire.take_progress()
    }

    /// Whether the library has read off the connection itself since this was last asked.
    pub(super) fn take_read_directly(&mut self) -> bool {
        self.buffers.lock().wire.take_read_directly()
    }

    /// How many messages have arrived since this was last asked.
    pub(super) fn take_arrived(&mut self) -> usize {
        std::mem::take(&mut self.buffers.lock().arrived)
    }

    /// Gives empty buffers up.
    pub(super) fn release(&mut self) {
        self.buffers.lock().wire.release();
    }

    /// From the connection into memory. `true` when something came.
    pub(super) fn read(&mut self) -> Result<bool, SessionError> {
        self.buffers.lock().wire.fill().map_err(SessionError::io)
    }

    /// Throws away what arrives. Resolves at the end of the connection.
    pub(super) fn poll_discard(&mut self) -> Poll<Result<(), SessionError>> {
        let mut buffers = self.buffers.lock();
        loop {
            buffers.wire.incoming.clear();
            if !buffers.wire.fill().map_err(SessionError::io)? {
                return if buffers.wire.ended { Poll::Ready(Ok(())) } else { Poll::Pending };
            }
        }
    }

    /// From memory to the connection. `true` when something went.
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

    #[test]
    #[allow(clippy::unwrap_used)]
    fn a_visitor_wakes_the_task_while_a_stream_is_to_be_opened() {
        let (connection, _peer) = tokio::io::duplex(64 * 1024);
        let status = Arc::new(Status::new(1));
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
