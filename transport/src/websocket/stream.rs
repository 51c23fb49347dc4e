//! A byte stream over WebSocket messages.

mod alive;

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::connection::Connection;
use crate::keepalive::Keepalive;

use self::alive::Alive;
use super::close::WebSocketClosed;
use super::frame::{CLOSE_NORMAL, CLOSE_PROTOCOL_ERROR, Decoder, Encoder, FrameError, MAX_CONTROL, Role, Step};

/// Bytes read from the connection at a time: 4 to 16 KiB is where tungstenite was found best in memory and speed.
const READ_CHUNK: usize = 8 * 1024;

/// Bytes waiting to be written above which a writer waits.
const WRITE_HIGH: usize = 64 * 1024;

/// How much goes into one message: enough for a call of 64 KiB with its head.
const MESSAGE: usize = 256 * 1024;

/// Parts of a large message that are written without being copied, with the frame's header.
const SLICES: usize = 8;

/// How many frames without payload are taken at once, before the reader lets others run: a peer could send pings faster
/// than they are read.
const FRAMES_AT_ONCE: usize = 1024;

/// How large an empty buffer is kept.
const KEPT: usize = 8 * 1024;

/// How large an empty buffer is kept while a reader waits: enough for small calls.
const KEPT_INPUT: usize = 512;

/// A byte stream in WebSocket messages: each write is one binary message, and text and binary messages are read as one
/// stream, however they are fragmented. It answers pings while it is read or polled in the background, and closes with
/// code 1000.
///
/// A read fails with [`io::ErrorKind::TimedOut`] when the other end is dead: see
/// [`WebSocket::with_keepalive`](super::WebSocket::with_keepalive).
///
/// A Close of the peer with the code 1000 or 1001, or without one, is the end of the stream. With another code it is an
/// error, whose source is a [`WebSocketClosed`].
///
/// Written bytes are sent at the next flush at the latest. Dropping it sends a close frame if that needs no waiting.
#[derive(Debug)]
pub struct WebSocketStream<T: AsyncWrite + Unpin> {
    io: T,
    decoder: Decoder,
    encoder: Encoder,
    /// Bytes that were read and not yet decoded. Never contains payload while the reader has room for it.
    input: BytesMut,
    /// Encoded frames that were not yet written.
    output: BytesMut,
    /// The newest unanswered ping; by RFC 6455, 5.5.3, older ones need no answer.
    ping: Option<Vec<u8>>,
    /// Payload that was read in the background, before anybody asked for it.
    ahead: BytesMut,
    /// `None` without keepalive.
    alive: Option<Alive>,
    reading: Reading,
    /// What the peer said when it closed.
    closed: Option<WebSocketClosed>,
    close_sent: bool,
    /// Set while a writer waits for room. The writer then also writes the reader's control frames: the connection keeps
    /// one waker for writing, and the reader's would replace the writer's.
    writer_waits: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Open,
    Ended,
    Failed,
}

impl<T: Connection> Connection for WebSocketStream<T> {
    fn is_reusable(&self) -> bool {
        !self.close_sent && self.reading == Reading::Open && self.io.is_reusable()
    }

    /// Answers pings, sends its own, and keeps what else arrives, up to 64 KiB.
    fn poll_background(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.poll_unread(cx)
    }

    fn end_reason(&self) -> Option<io::Error> {
        match &self.closed {
            Some(closed) => Some(closed.clone().into_error()),
            None => self.io.end_reason(),
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocketStream<T> {
    /// After a handshake. `early` are the bytes that arrived together with it.
    pub(super) fn new(io: T, early: BytesMut, role: Role, keepalive: Option<Keepalive>) -> Self {
        Self {
            io,
            decoder: Decoder::new(role),
            encoder: Encoder::new(role),
            input: early,
            output: BytesMut::new(),
            ping: None,
            ahead: BytesMut::new(),
            alive: keepalive.map(Alive::new),
            reading: Reading::Open,
            closed: None,
            close_sent: false,
            writer_waits: false,
        }
    }

    /// Moves payload that has already been read. Returns how many bytes.
    fn take_buffered_payload(&mut self, out: &mut ReadBuf<'_>) -> usize {
        if !self.ahead.is_empty() {
            return self.take_ahead(out);
        }
        let count = self.decoder.payload_left().min(self.input.len()).min(out.remaining());
        if count > 0 {
            self.decoder.take_payload(&mut self.input[..count]);
            out.put_slice(&self.input[..count]);
            self.input.advance(count);
        }
        count
    }

    /// Reads payload straight into the caller's buffer: no copy for the bulk of a large message.
    fn poll_read_payload(&mut self, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = out.filled().len();
        if Pin::new(&mut self.io).poll_read(cx, out)?.is_pending() {
            return self.poll_silent(cx);
        }
        let read = out.filled().len() - before;
        self.heard(read);
        if read == 0 {
            return Poll::Ready(Err(self.fail(io::ErrorKind::UnexpectedEof, "connection ended inside a message")));
        }
        // To read no further than the payload would take a buffer that is filled with zeros first. What came of the
        // next frame is put where frames begin, which is empty while a payload is read.
        let payload = before + self.decoder.payload_left().min(read);
        self.input.extend_from_slice(&out.filled()[payload..]);
        out.set_filled(payload);
        self.decoder.take_payload(&mut out.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }

    /// Reads more bytes that are not payload. `Ok(0)` is the end of the connection.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if !self.input.is_empty() {
            self.input.reserve(READ_CHUNK);
            let count = ready!(poll_read_buf(Pin::new(&mut self.io), cx, &mut self.input))?;
            self.heard(count);
            return Poll::Ready(Ok(count));
        }
        // On the stack, so that an idle connection has no buffer.
        let mut chunk = [const { MaybeUninit::uninit() }; READ_CHUNK];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        if Pin::new(&mut self.io).poll_read(cx, &mut chunk)?.is_pending() {
            if self.input.capacity() > KEPT_INPUT {
                self.input = BytesMut::new();
            }
            return Poll::Pending;
        }
        self.input.extend_from_slice(chunk.filled());
        self.heard(chunk.filled().len());
        Poll::Ready(Ok(chunk.filled().len()))
    }

    /// The connection has ended.
    fn end(&mut self) -> io::Result<()> {
        if !self.input.is_empty() || !self.decoder.is_between_messages() {
            return Err(self.fail(io::ErrorKind::UnexpectedEof, "connection ended inside a message"));
        }
        self.reading = Reading::Ended;
        Ok(())
    }

    /// Takes one frame header or control frame off the input. `false` if it is incomplete.
    fn understand(&mut self) -> Result<bool, FrameError> {
        match self.decoder.step(&mut self.input)? {
            Step::More => return Ok(false),
            Step::Payload => {}
            Step::Pong(payload) => self.answered(&payload),
            Step::Ping(payload) => self.ping = Some(payload),
            Step::Close(closed) => {
                self.send_close(closed.code().map_or(CLOSE_NORMAL, answer_to_close));
                self.reading = Reading::Ended;
                self.closed = Some(closed);
            }
        }
        Ok(true)
    }

    /// The end of the stream, or the peer's complaint.
    fn how_it_ended(&self) -> io::Result<()> {
        match &self.closed {
            Some(closed) if !closed.is_normal() => Err(closed.clone().into_error()),
            _ => Ok(()),
        }
    }

    fn send_close(&mut self, code: u16) {
        if !self.close_sent {
            self.encoder.close(code, &mut self.output);
            self.close_sent = true;
        }
    }

    fn fail(&mut self, kind: io::ErrorKind, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
        self.reading = Reading::Failed;
        io::Error::new(kind, why)
    }

    /// Ends the connection because of a violation of the protocol.
    fn refuse(&mut self, error: FrameError, cx: &mut Context<'_>) -> io::Result<io::Error> {
        self.send_close(error.close_code());
        let error = self.fail(io::ErrorKind::InvalidData, error);
        self.answer(cx)?;
        Ok(error)
    }

    /// Writes what is left over from when there was no room.
    fn answer_the_rest(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.ping.is_some() || !self.output.is_empty() { self.answer(cx) } else { Ok(()) }
    }

    /// Writes pending control frames, as far as that is possible without waiting for room.
    fn answer(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.output.len() < WRITE_HIGH
            && !self.close_sent
            && let Some(payload) = self.ping.take()
        {
            self.encoder.pong(&payload[..payload.len().min(MAX_CONTROL)], &mut self.output);
        }
        if !self.writer_waits && self.poll_drain(cx, 0)?.is_ready() {
            let _flushed_or_later = Pin::new(&mut self.io).poll_flush(cx)?;
        }
        Ok(())
    }
}

/// The code that answers a peer's: its own, where the RFC (7.4) lets that be sent.
fn answer_to_close(code: u16) -> u16 {
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => code,
        _ => CLOSE_PROTOCOL_ERROR,
    }
}

impl<T: AsyncWrite + Unpin> WebSocketStream<T> {
    fn poll_drain_for_writer(&mut self, cx: &mut Context<'_>, keep: usize) -> Poll<io::Result<()>> {
        let drained = self.poll_drain(cx, keep);
        self.writer_waits = drained.is_pending();
        drained
    }

    /// Writes until at most `keep` bytes wait.
    fn poll_drain(&mut self, cx: &mut Context<'_>, keep: usize) -> Poll<io::Result<()>> {
        while self.output.len() > keep {
            let count = ready!(Pin::new(&mut self.io).poll_write(cx, &self.output))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.output.advance(count);
            if let Some(alive) = &mut self.alive {
                alive.wrote(count);
            }
        }
        if self.output.is_empty() && self.output.capacity() > KEPT {
            self.output = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> WebSocketStream<T> {
    /// Writes a large message without copying it first, where that can be done: a server does not mask, and nothing may
    /// wait before it.
    fn poll_write_plain(&mut self, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Option<Poll<io::Result<usize>>> {
        let length: usize = message_parts(bufs).map(<[u8]>::len).sum();
        if length < KEPT || bufs.len() >= SLICES || !self.output.is_empty() || !self.io.is_write_vectored() {
            return None;
        }
        let header = self.encoder.plain_data_header(length)?;
        let mut slices = [io::IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for part in [header.as_ref()].into_iter().chain(message_parts(bufs)) {
            slices[count] = io::IoSlice::new(part);
            count += 1;
        }
        let written = match Pin::new(&mut self.io).poll_write_vectored(cx, &slices[..count]) {
            Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
            Poll::Ready(Ok(written)) => written,
            Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
            Poll::Pending => {
                self.writer_waits = true;
                return Some(Poll::Pending);
            }
        };
        if let Some(alive) = &mut self.alive {
            alive.wrote(written);
        }
        // The header has promised all of it.
        let mut gone = written;
        for part in &slices[..count] {
            let skip = gone.min(part.len());
            gone -= skip;
            self.output.extend_from_slice(&part[skip..]);
        }
        Some(Poll::Ready(Ok(length)))
    }
}

/// As much of `bufs` as fits into one message.
fn message_parts<'a>(bufs: &'a [io::IoSlice<'_>]) -> impl Iterator<Item = &'a [u8]> + Clone {
    let mut room = MESSAGE;
    bufs.iter().map_while(move |buf| {
        let part = buf.get(..buf.len().min(room)).filter(|_| room > 0)?;
        room -= part.len();
        Some(part)
    })
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocketStream<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        for _ in 0..FRAMES_AT_ONCE {
            if this.take_buffered_payload(out) > 0 {
                return Poll::Ready(Ok(()));
            }
            match this.reading {
                Reading::Open => {}
                Reading::Ended => return Poll::Ready(this.how_it_ended()),
                Reading::Failed => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            }
            if this.decoder.payload_left() > 0 {
                this.answer_the_rest(cx)?;
                return this.poll_read_payload(cx, out);
            }
            match this.understand() {
                Ok(true) => {
                    if this.ping.is_some() || this.close_sent {
                        this.answer(cx)?;
                    }
                    continue;
                }
                Ok(false) => {}
                Err(error) => return Poll::Ready(Err(this.refuse(error, cx)?)),
            }
            this.answer_the_rest(cx)?;
            match this.poll_fill(cx)? {
                Poll::Ready(0) => this.end()?,
                Poll::Ready(_) => {}
                Poll::Pending => return this.poll_silent(cx),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocketStream<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.close_sent {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        ready!(this.poll_drain_for_writer(cx, WRITE_HIGH))?;
        if let Some(written) = this.poll_write_plain(cx, bufs) {
            return written;
        }
        Poll::Ready(Ok(this.encoder.data(message_parts(bufs), &mut this.output)))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain_for_writer(cx, 0))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }

    /// Sends Close 1000; nothing can be written after it. The peer's messages can still be read, but a peer may end the
    /// connection at a Close: answers that have not arrived may be lost.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.send_close(CLOSE_NORMAL);
        ready!(this.poll_drain_for_writer(cx, 0))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }
}

impl<T: AsyncWrite + Unpin> Drop for WebSocketStream<T> {
    fn drop(&mut self) {
        if !self.close_sent && self.reading != Reading::Failed {
            self.encoder.close(CLOSE_NORMAL, &mut self.output);
            // Peers tell an end with this frame from a broken connection. Nobody can wait here: what doesn't go at
            // once doesn't go.
            let mut cx = Context::from_waker(Waker::noop());
            if let Poll::Ready(Ok(())) = self.poll_drain(&mut cx, 0) {
                let _flushed_or_not = Pin::new(&mut self.io).poll_flush(&mut cx);
            }
        }
    }
}

#[cfg(test)]
mod tests;
