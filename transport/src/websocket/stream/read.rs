//! Reading the payload of messages, and what else arrives.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use super::{FRAMES_AT_ONCE, ReadState, WebSocketStream, answer_to_close};
use crate::websocket::frame::{CLOSE_NORMAL, FrameError, FrameItem};

/// Bytes read from the connection at a time: 4 to 16 KiB is where tungstenite was found best in memory and speed.
const READ_CHUNK: usize = 8 * 1024;

/// How large an empty buffer is kept while a reader waits: enough for small calls.
pub(super) const KEPT_INPUT: usize = 512;

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocketStream<T> {
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
    pub(super) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
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
    pub(super) fn end(&mut self) -> io::Result<()> {
        if !self.input.is_empty() || !self.decoder.is_between_messages() {
            return Err(self.fail(io::ErrorKind::UnexpectedEof, "connection ended inside a message"));
        }
        self.reading = ReadState::Ended;
        Ok(())
    }

    /// Takes one frame header or control frame off the input. `false` if it is incomplete.
    pub(super) fn understand(&mut self) -> Result<bool, FrameError> {
        let step = self.decoder.step(&mut self.input)?;
        Ok(self.follow(step))
    }

    /// Does what a frame asks for. `false` if it is incomplete.
    pub(super) fn follow(&mut self, step: FrameItem) -> bool {
        match step {
            FrameItem::More => return false,
            FrameItem::Payload => self.adopt_kind(),
            FrameItem::Pong(payload) => self.answered(&payload),
            FrameItem::Ping(payload) => self.ping = Some(payload),
            FrameItem::Close(closed) => {
                self.send_close(closed.code().map_or(CLOSE_NORMAL, answer_to_close));
                self.reading = ReadState::Ended;
                self.closed = Some(closed);
            }
        }
        true
    }

    /// A peer such as coder's `NetConn` takes only messages of the type that it sends. An empty message says nothing of
    /// it: some clients send one as a sign of life.
    fn adopt_kind(&mut self) {
        if self.follows
            && self.decoder.payload_left() > 0
            && let Some(kind) = self.decoder.kind()
        {
            self.encoder.set_kind(kind);
            self.follows = false;
        }
    }

    /// The end of the stream, or the peer's complaint.
    pub(super) fn how_it_ended(&self) -> io::Result<()> {
        match &self.closed {
            Some(closed) if !closed.is_normal() => Err(closed.clone().into_error()),
            _ => Ok(()),
        }
    }
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
                ReadState::Open => {}
                ReadState::Ended => return Poll::Ready(this.how_it_ended()),
                ReadState::Failed => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
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
