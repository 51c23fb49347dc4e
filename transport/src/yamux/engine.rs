//! The library, its buffers and the connection: moves bytes between the three.
//!
//! The session's task does that, and whoever flushes a stream while nobody else does ([`Gate`](super::gate::Gate)). The
//! connection always has the task's waker, whoever polls it: a caller that goes away must not take along the news that
//! there is something to read.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;
use tokio_util::io::poll_read_buf;

use super::buffers::LibraryEnd;
use super::frame::Header;
use super::gate::Visit;
use super::status::Status;
use super::{SessionError, YamuxOptions};
use crate::connection::Connection;

/// How many unread bytes are taken off the connection ahead of the library.
const READ_AHEAD: usize = 64 * 1024;

pub(super) struct Engine {
    connection: Box<dyn Connection>,
    /// Gone once goodbye has been said.
    library: Option<yamux::Connection<LibraryEnd>>,
    buffers: LibraryEnd,
    unflushed: bool,
    /// What the library came to while somebody else than the task polled it.
    inbound: VecDeque<Inbound>,
    /// The connection has taken bytes since the task has looked.
    progress: bool,
    /// The task's.
    waker: Waker,
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
        let buffers = LibraryEnd::new(status);
        Self {
            connection: Box::new(connection),
            library: Some(yamux::Connection::new(buffers.clone(), options.library(), mode)),
            buffers,
            unflushed: false,
            inbound: VecDeque::new(),
            progress: false,
            waker: Waker::noop().clone(),
        }
    }

    /// To be called by the task whenever it is polled.
    pub(super) fn register_task(&mut self, waker: &Waker) {
        self.waker.clone_from(waker);
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
        let full = self.buffers.lock().is_full();
        match self.write() {
            // The library has waited for room.
            Ok(true) if full => Visit::More,
            Ok(_) if !self.is_behind() => Visit::Done,
            Ok(_) => Visit::Task,
            Err(error) => {
                self.inbound.push_back(Some(Err(error)));
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
        // An error means that the session is over; polling the library tells why.
        library.poll_new_outbound(cx).map(Result::ok)
    }

    /// Ends all streams. The library has a close of its own, but a stream that waits for bytes is not woken by it and
    /// waits for ever; dropping the library ends its streams.
    pub(super) fn drop_library(&mut self) -> bool {
        self.library.take().is_some()
    }

    pub(super) fn inject(&mut self, header: Header) {
        self.buffers.lock().inject(header);
    }

    pub(super) fn said_go_away(&self) -> Option<Header> {
        self.buffers.lock().said_go_away()
    }

    /// Whether the library has not yet read all that has arrived, as far as memory goes.
    pub(super) fn is_full(&self) -> bool {
        self.buffers.lock().incoming.len() >= READ_AHEAD
    }

    /// Whether bytes wait to be written.
    pub(super) fn has_unwritten(&self) -> bool {
        !self.buffers.lock().outgoing.is_empty()
    }

    /// Whether bytes are due that the connection has not taken.
    pub(super) fn is_behind(&self) -> bool {
        self.unflushed || self.has_unwritten()
    }

    /// Whether the connection has taken bytes since this was last asked.
    pub(super) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progress)
    }

    /// How many messages have arrived since this was last asked.
    pub(super) fn take_arrived(&mut self) -> usize {
        std::mem::take(&mut self.buffers.lock().arrived)
    }

    /// From the connection into memory. `true` when something came.
    pub(super) fn read(&mut self) -> Result<bool, SessionError> {
        let mut cx = Context::from_waker(&self.waker);
        let mut buffers = self.buffers.lock();
        if buffers.ended || buffers.incoming.len() >= READ_AHEAD {
            return Ok(false);
        }
        buffers.incoming.reserve(READ_AHEAD / 2);
        match poll_read_buf(Pin::new(&mut self.connection), &mut cx, &mut buffers.incoming).map_err(SessionError::io)? {
            Poll::Ready(count) => {
                buffers.ended = count == 0;
                Ok(true)
            }
            Poll::Pending => {
                // Idle sessions keep no buffers; a new one costs less than the system call that fills it.
                if buffers.incoming.is_empty() {
                    buffers.incoming = BytesMut::new();
                }
                Ok(false)
            }
        }
    }

    /// Throws away what arrives. Resolves at the end of the connection.
    pub(super) fn poll_discard(&mut self) -> Poll<Result<(), SessionError>> {
        loop {
            self.buffers.lock().incoming.clear();
            if !self.read()? {
                return if self.buffers.lock().ended { Poll::Ready(Ok(())) } else { Poll::Pending };
            }
        }
    }

    /// From memory to the connection. `true` when something went.
    pub(super) fn write(&mut self) -> Result<bool, SessionError> {
        let mut cx = Context::from_waker(&self.waker);
        let mut moved = false;
        let mut buffers = self.buffers.lock();
        while !buffers.outgoing.is_empty() {
            match Pin::new(&mut self.connection).poll_write(&mut cx, &buffers.outgoing).map_err(SessionError::io)? {
                Poll::Ready(0) => return Err(SessionError::io(io::ErrorKind::WriteZero.into())),
                Poll::Ready(count) => {
                    buffers.outgoing.advance(count);
                    self.unflushed = true;
                    self.progress = true;
                    moved = true;
                }
                Poll::Pending => break,
            }
        }
        if moved && buffers.outgoing.is_empty() {
            buffers.outgoing = BytesMut::new();
        }
        drop(buffers);
        if self.unflushed && Pin::new(&mut self.connection).poll_flush(&mut cx).map_err(SessionError::io)?.is_ready() {
            self.unflushed = false;
            self.progress = true;
        }
        Ok(moved)
    }

    pub(super) fn poll_shutdown(&mut self) -> Poll<Result<(), SessionError>> {
        let mut cx = Context::from_waker(&self.waker);
        Pin::new(&mut self.connection).poll_shutdown(&mut cx).map_err(SessionError::io)
    }
}
