//! The one task of a session: owns the connection, moves its bytes, opens and accepts its streams.
//!
//! It never waits for anything but the connection and its own queue: a stream that nobody accepts is reset, and a
//! caller that has gone away gets none.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use futures_util::{AsyncRead as _, AsyncWrite as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio_util::io::poll_read_buf;

use super::buffers::LibraryEnd;
use super::stream::{Tether, YamuxStream};
use super::{SessionError, YamuxOptions};
use crate::connection::Connection;
use crate::deadline::Deadline;

/// What handles ask of the driver, besides streams.
#[derive(Debug)]
pub(super) enum Command {
    /// Read a stream that was shut down and dropped, until its other end is done. It counts as open till then.
    ReadToEnd(yamux::Stream, OwnedSemaphorePermit),
    /// Say goodbye and end.
    Close,
}

/// Asks for a stream.
pub(super) type Open = oneshot::Sender<yamux::Stream>;

/// The driver's ends of its queues.
pub(super) struct Queues {
    pub(super) opens: mpsc::Receiver<Open>,
    /// Holds a command for each stream that there can be, so that none is lost.
    pub(super) commands: mpsc::Receiver<Command>,
    /// To hand to accepted streams. Weak, so that the driver does not keep itself at work.
    pub(super) own_commands: mpsc::WeakSender<Command>,
    pub(super) accepted: mpsc::Sender<YamuxStream>,
}

/// How many unread bytes are taken off the connection ahead of the library.
const READ_AHEAD: usize = 64 * 1024;

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// Version 0, type 3 (GoAway), no flags, stream 0, code 0: a normal end.
const GO_AWAY: [u8; 12] = [0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

pub(super) struct Driver<T> {
    connection: T,
    /// Gone once goodbye has been said.
    library: Option<yamux::Connection<LibraryEnd>>,
    buffers: LibraryEnd,
    queues: Queues,
    /// A request that the library could not meet yet.
    open: Option<Open>,
    inbound: Arc<Semaphore>,
    reading_to_end: Vec<(yamux::Stream, OwnedSemaphorePermit)>,
    unflushed: bool,
    /// Notices that bytes are due and the connection takes none.
    stall: Deadline,
    closing: bool,
}

impl<T: Connection> Driver<T> {
    pub(super) fn new(connection: T, mode: yamux::Mode, config: &YamuxOptions, queues: Queues) -> Self {
        let buffers = LibraryEnd::default();
        Self {
            connection,
            library: Some(yamux::Connection::new(buffers.clone(), config.library(), mode)),
            buffers,
            queues,
            open: None,
            inbound: Arc::new(Semaphore::new(config.max_inbound_streams)),
            reading_to_end: Vec::new(),
            unflushed: false,
            stall: Deadline::new(config.write_timeout),
            closing: false,
        }
    }

    /// Drives the session to its end. `reason` is told why before anything else notices.
    pub(super) async fn run(mut self, reason: &watch::Sender<Option<Result<(), SessionError>>>) {
        let outcome = poll_fn(|cx| self.poll_open(cx)).await;
        let in_order = outcome.is_ok();
        reason.send_replace(Some(outcome));
        // From here on nobody can take the session for alive.
        self.queues.opens.close();
        while self.queues.opens.try_recv().is_ok() {}
        self.open = None;
        if in_order {
            // The peer may be gone already, or not listen: then there is nobody whom the goodbye could tell anything.
            let _told = tokio::time::timeout(GOODBYE, poll_fn(|cx| self.poll_goodbye(cx))).await;
        }
    }

    /// Resolves when the session is over: `Ok` when a goodbye may still be said.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        loop {
            let mut moved = self.read(cx)?;
            let held_back = self.buffers.lock().incoming.len() >= READ_AHEAD;
            moved |= match self.poll_library(cx) {
                Poll::Ready(Some(Ok(stream))) => {
                    self.admit(stream, cx);
                    true
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Err(SessionError::Protocol(Arc::new(error))));
                }
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => false,
            };
            // The library has made room for what was not read.
            moved |= held_back && self.buffers.lock().incoming.len() < READ_AHEAD;
            moved |= self.obey(cx);
            self.read_dropped_streams(cx);
            moved |= self.write(cx)?;
            if self.closing || self.buffers.lock().said_go_away() {
                return Poll::Ready(Ok(()));
            }
            if !moved {
                let due = self.unflushed || !self.buffers.lock().outgoing.is_empty();
                if !due {
                    self.stall.rest();
                    return Poll::Pending;
                }
                return self.stall.poll_waited(cx).map(|after| Err(SessionError::Stalled(after)));
            }
        }
    }

    fn poll_library(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<yamux::Stream, yamux::ConnectionError>>> {
        match &mut self.library {
            Some(library) => library.poll_next_inbound(cx),
            None => Poll::Ready(None),
        }
    }

    /// Sends what streams have written, then GoAway. The library has a close of its own, but a stream that waits for
    /// bytes is not woken by it and waits for ever; dropping the library ends its streams.
    fn poll_goodbye(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        loop {
            let refused = matches!(self.poll_library(cx), Poll::Ready(Some(Ok(_))));
            let all_sent = !refused && self.buffers.lock().outgoing.is_empty();
            if all_sent && self.library.take().is_some() {
                let mut buffers = self.buffers.lock();
                if !buffers.said_go_away() {
                    buffers.outgoing.extend_from_slice(&GO_AWAY);
                }
                continue;
            }
            if all_sent {
                return Pin::new(&mut self.connection).poll_shutdown(cx).map_err(io_error);
            }
            if !self.write(cx)? && !refused {
                return Poll::Pending;
            }
        }
    }

    /// From the connection into memory. `true` when something came.
    fn read(&mut self, cx: &mut Context<'_>) -> Result<bool, SessionError> {
        let mut buffers = self.buffers.lock();
        if buffers.ended || buffers.incoming.len() >= READ_AHEAD {
            return Ok(false);
        }
        buffers.incoming.reserve(READ_AHEAD / 2);
        match poll_read_buf(Pin::new(&mut self.connection), cx, &mut buffers.incoming).map_err(io_error)? {
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

    /// From memory to the connection. `true` when something went.
    fn write(&mut self, cx: &mut Context<'_>) -> Result<bool, SessionError> {
        let mut moved = false;
        let mut buffers = self.buffers.lock();
        while !buffers.outgoing.is_empty() {
            match Pin::new(&mut self.connection).poll_write(cx, &buffers.outgoing).map_err(io_error)? {
                Poll::Ready(0) => return Err(io_error(io::ErrorKind::WriteZero.into())),
                Poll::Ready(count) => {
                    buffers.outgoing.advance(count);
                    self.unflushed = true;
                    self.stall.rest();
                    moved = true;
                }
                Poll::Pending => break,
            }
        }
        if moved && buffers.outgoing.is_empty() {
            buffers.outgoing = BytesMut::new();
        }
        drop(buffers);
        if self.unflushed && Pin::new(&mut self.connection).poll_flush(cx).map_err(io_error)?.is_ready() {
            self.unflushed = false;
            self.stall.rest();
        }
        Ok(moved)
    }

    /// Hands a stream of the peer to whoever accepts. Over the bound, or with nobody there, it is reset.
    fn admit(&mut self, mut stream: yamux::Stream, cx: &mut Context<'_>) {
        let (Ok(permit), Some(commands)) =
            (Arc::clone(&self.inbound).try_acquire_owned(), self.queues.own_commands.upgrade())
        else {
            return;
        };
        // Acknowledges the stream at once. The library would do so with the first answer, and Go takes the whole
        // session down over a stream that stays unacknowledged for 75 s: one slow handler would end every call.
        let _sent = Pin::new(&mut stream).poll_write(cx, &[]);
        let _accepted =
            self.queues.accepted.try_send(YamuxStream::new(stream, Tether { permit: Some(permit), commands }));
    }

    /// Does what handles ask. `true` when the library has to be polled again.
    fn obey(&mut self, cx: &mut Context<'_>) -> bool {
        loop {
            match self.queues.commands.poll_recv(cx) {
                Poll::Ready(Some(Command::ReadToEnd(stream, permit))) => self.reading_to_end.push((stream, permit)),
                Poll::Ready(Some(Command::Close) | None) => {
                    self.closing = true;
                    return false;
                }
                Poll::Pending => return self.open_streams(cx),
            }
        }
    }

    fn open_streams(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        loop {
            let next = match self.open.take() {
                Some(asker) => Poll::Ready(Some(asker)),
                None => self.queues.opens.poll_recv(cx),
            };
            let Poll::Ready(Some(mut asker)) = next else { return moved };
            // Looked at here, right before opening: a caller that has given up must not cost a stream. The look also
            // has this woken when the caller gives up while the library makes it wait.
            if asker.poll_closed(cx).is_ready() {
                continue;
            }
            let Some(library) = &mut self.library else { return moved };
            match library.poll_new_outbound(cx) {
                Poll::Ready(Ok(stream)) => {
                    let _reset_if_gone = asker.send(stream);
                    moved = true;
                }
                // The session is over; polling the library tells why.
                Poll::Ready(Err(_)) => moved = true,
                Poll::Pending => {
                    self.open = Some(asker);
                    return moved;
                }
            }
        }
    }

    fn read_dropped_streams(&mut self, cx: &mut Context<'_>) {
        self.reading_to_end.retain_mut(|(stream, _)| {
            let mut thrown_away = [0; 4096];
            loop {
                match Pin::new(&mut *stream).poll_read(cx, &mut thrown_away) {
                    Poll::Ready(Ok(0) | Err(_)) => return false,
                    Poll::Ready(Ok(_)) => {}
                    Poll::Pending => return true,
                }
            }
        });
    }
}

fn io_error(error: io::Error) -> SessionError {
    SessionError::Io(Arc::new(error))
}
