//! One stream of a session.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use futures_util::{AsyncWrite as _, Stream as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::driver::Command;
use super::engine::Engine;
use super::gate::Gate;
use super::options::WINDOW;
use super::status::Status;
use crate::connection::{Connection, NotDelivered};

/// A connection inside a session.
///
/// Written bytes are collected and go out at the next flush at the latest: a message is one frame and one wake-up of the
/// session's task, however many writes it took.
///
/// Dropping it resets it, unless it was shut down: then what the other end still sends is read and thrown away for a
/// while, so that it doesn't wait for room for ever.
///
/// A stream that the other end has certainly not accepted fails with [`NotDelivered`](crate::NotDelivered).
#[derive(Debug)]
pub struct YamuxStream {
    /// `None` only while it is dropped.
    parts: Option<(yamux::Stream, StreamGuard)>,
    /// Written and not yet handed to the library.
    unsent: BytesMut,
    received: Received,
    outbound: bool,
    /// The other end knows of it, or will: a frame of it was handed to the library.
    announced: bool,
    shut_down: bool,
    /// Something was read.
    answered: bool,
    /// Something was handed to the library, and the gate was not notified yet.
    handed: bool,
    /// How much of what was read the library may have counted into a window update since the gate was last notified.
    counted: usize,
    /// How much was read since the library was last polled: it counts that the next time.
    uncounted: usize,
    read_to_end: bool,
}

/// How much is collected before a write has to wait for the library, and at most in one frame: room for a message of
/// 64 KiB with its head.
pub(super) const COLLECTED: usize = 128 * 1024;

/// How large an empty buffer a stream keeps. Larger ones are shared by all streams of the session.
const KEPT: usize = 4 * 1024;

/// What ties a stream to its session: it is counted, and keeps the driver at work.
#[derive(Debug)]
pub(super) struct StreamGuard {
    id: u32,
    _counted: OwnedSemaphorePermit,
    commands: Option<mpsc::Sender<Command>>,
    status: Arc<Status>,
    gate: Weak<Gate<Engine>>,
}

impl StreamGuard {
    /// For a stream that was entered with [`Status::add_stream`].
    pub(super) fn new(
        id: u32,
        counted: OwnedSemaphorePermit,
        commands: mpsc::Sender<Command>,
        status: Arc<Status>,
        gate: Weak<Gate<Engine>>,
    ) -> Self {
        Self { id, _counted: counted, commands: Some(commands), status, gate }
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Says that the stream has given the library something to do.
    fn tell(&self) {
        if let Some(gate) = self.gate.upgrade() {
            gate.tell();
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
            handed: false,
            counted: 0,
            uncounted: 0,
            read_to_end: false,
        }
    }

    /// Acknowledges it, before anybody serves it. `None` where it is refused or gone.
    ///
    /// The library would acknowledge with the first answer, and Go takes the whole session down over a stream that stays
    /// unacknowledged for 75 s: one slow handler would end every call.
    pub(super) fn accept(mut self) -> Option<Self> {
        let (stream, guard) = self.parts.as_mut()?;
        // A new stream's queue has room.
        let mut cx = Context::from_waker(Waker::noop());
        let acknowledge = || matches!(Pin::new(stream).poll_write(&mut cx, &[]), Poll::Ready(Ok(_)));
        self.announced = guard.status.accept(acknowledge);
        guard.tell();
        self.announced.then_some(self)
    }

    /// Why it ended before the other end had finished.
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
    /// Not when it is closed or the other end is going away. A client gives its idle streams up while the session's
    /// places are scarce, so that it does not starve other clients of the session.
    fn is_reusable(&self) -> bool {
        let Some((stream, guard)) = &self.parts else { return false };
        let status = &guard.status;
        let wanted = self.outbound && (status.peer_is_going_away() || status.places_are_scarce());
        !wanted && !status.has_ended() && !self.shut_down && !stream.is_closed()
    }
}

impl AsyncRead for YamuxStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if this.received.is_empty() && !ready!(this.poll_receive(cx))? {
            return Poll::Ready(Ok(()));
        }
        this.received.hand_out(out);
        Poll::Ready(Ok(()))
    }
}

/// The body of a frame, as far as nobody has read it yet.
#[derive(Debug, Default)]
struct Received {
    packet: Option<yamux::Packet>,
    read: usize,
}

impl Received {
    fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    fn rest(&self) -> &[u8] {
        self.packet.as_ref().and_then(|packet| packet.as_ref().get(self.read..)).unwrap_or_default()
    }

    fn hand_out(&mut self, out: &mut ReadBuf<'_>) {
        let rest = self.rest();
        let count = rest.len().min(out.remaining());
        out.put_slice(&rest[..count]);
        self.read += count;
        if self.is_empty() {
            *self = Self::default();
        }
    }
}

impl YamuxStream {
    /// Takes the body of the next frame from the library, as a whole: to have it copied would take a buffer that is
    /// filled with zeros first. `false` at the end of the stream.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            let Some((stream, guard)) = &mut self.parts else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            let next = Pin::new(stream).poll_next(cx);
            self.counted += std::mem::take(&mut self.uncounted);
            // The library queues an update of the window when half of it was read. The other end can send the other
            // half without it, and at the end of that half this is passed.
            if self.counted >= WINDOW / 2 {
                self.counted = 0;
                guard.tell();
            }
            let Some(packet) = ready!(next).transpose()? else {
                // The library reads a reset, and the end of the session, as an end of stream.
                if !guard.status.is_finished(guard.id) {
                    return Poll::Ready(Err(self.reset_error()));
                }
                self.read_to_end = true;
                return Poll::Ready(Ok(false));
            };
            let count = packet.as_ref().len();
            // A frame that only carries a flag has no body.
            if count > 0 {
                self.answered = true;
                self.uncounted = count;
                self.received = Received { packet: Some(packet), read: 0 };
                return Poll::Ready(Ok(true));
            }
        }
    }
}

impl YamuxStream {
    /// Hands what was collected to the library. Whoever calls it tells the session.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let Some((stream, _)) = &mut self.parts else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            // An error means that the stream was reset or the session has ended.
            let count = ready!(Pin::new(stream).poll_write(cx, &self.unsent)).map_err(|_| self.reset_error())?;
            self.announced = true;
            self.handed = true;
            self.unsent.advance(count);
        }
        if self.unsent.capacity() > KEPT {
            let unsent = std::mem::take(&mut self.unsent);
            if let Some((_, guard)) = &self.parts {
                guard.status.keep_buffer(unsent);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Makes room to collect a large message in.
    fn reserve(&mut self, size: usize) {
        if size > KEPT
            && self.unsent.capacity() < size
            && let Some((_, guard)) = &self.parts
        {
            let mut buffer = guard.status.buffer();
            buffer.reserve(self.unsent.len() + size.min(COLLECTED));
            buffer.extend_from_slice(&self.unsent);
            self.unsent = buffer;
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        let Some((stream, _)) = &mut self.parts else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        if !self.announced {
            // Nothing was written: the other end would not know of which stream it reads the end.
            ready!(Pin::new(&mut *stream).poll_write(cx, &[])).map_err(|_| self.reset_error())?;
            self.announced = true;
        }
        let Some((stream, _)) = &mut self.parts else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        Pin::new(stream).poll_close(cx)
    }

    fn tell(&self) {
        if let Some((_, guard)) = &self.parts {
            guard.tell();
        }
    }
}

impl AsyncWrite for YamuxStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.shut_down {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if this.unsent.len() >= COLLECTED {
            let sent = this.poll_send(cx);
            this.tell();
            ready!(sent)?;
        }
        this.reserve(bufs.iter().map(|buf| buf.len()).sum());
        let mut taken = 0;
        for buf in bufs {
            let part = &buf[..buf.len().min(COLLECTED - taken)];
            this.unsent.extend_from_slice(part);
            taken += part.len();
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Sends everything, here and now if nobody else does and few are about to. Otherwise who does sends it soon.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.unsent.is_empty() && !std::mem::take(&mut this.handed) {
            return Poll::Ready(Ok(()));
        }
        this.counted = 0;
        let mut sent = Poll::Pending;
        if let Some((_, guard)) = &this.parts
            && !guard.status.is_busy()
            && let Some(gate) = guard.gate.upgrade()
        {
            let send = || {
                if sent.is_pending() {
                    sent = this.poll_send(cx);
                }
            };
            gate.visit(send, Engine::visit);
        }
        if sent.is_pending() {
            sent = this.poll_send(cx);
            this.tell();
        }
        this.handed &= sent.is_pending();
        sent
    }

    /// Sends the end of this direction, once: Go closes the whole session at a second one.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut_down {
            let closed = this.poll_close(cx);
            this.tell();
            ready!(closed)?;
            this.shut_down = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for YamuxStream {
    fn drop(&mut self) {
        let Some((stream, mut guard)) = self.parts.take() else { return };
        if !self.outbound && !self.announced && !stream.is_closed() {
            guard.status.refuse(guard.id);
        } else if self.shut_down
            && !self.read_to_end
            && let Some(commands) = guard.commands.take()
        {
            // There is room for one of these from every stream; only a session that has ended takes no more.
            let _taken = commands.try_send(Command::ReadToEnd(stream, guard));
            return;
        }
        let gate = guard.gate.upgrade();
        drop((stream, guard));
        if let Some(gate) = gate {
            gate.tell();
        }
    }
}
