//! A byte stream over WebSocket messages.

mod alive;
#[cfg(feature = "unstable-messages")]
pub mod messages;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::keepalive::Keepalive;

use self::alive::Alive;
use self::write::WRITE_HIGH;
use super::close::WebSocketClosed;
use super::frame::{CLOSE_PROTOCOL_ERROR, FrameDecoder, FrameEncoder, FrameError, MAX_CONTROL, MessageType, Role};

/// How many frames without payload are taken at once, before the reader lets others run: a peer could send pings faster
/// than they are read.
const FRAMES_AT_ONCE: usize = 1024;

/// A byte stream in WebSocket messages: each write is one message, in several frames if it is large, and text and binary
/// messages are read as one stream, however they are fragmented. It answers pings while it is read or polled in the
/// background, and closes with code 1000.
///
/// Messages are binary. At a server, they have the type of the first message of its client that is not empty, so a
/// client that sends text gets text; see [`WebSocket::with_text_frames`](super::WebSocket::with_text_frames).
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
    decoder: FrameDecoder,
    encoder: FrameEncoder,
    /// The peer's first payload decides of which type the messages of this end are.
    follows: bool,
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
    reading: ReadState,
    /// What the peer said when it closed.
    closed: Option<WebSocketClosed>,
    close_sent: bool,
    /// Set while a writer waits for room. The writer then also writes the reader's control frames: the connection keeps
    /// one waker for writing, and the reader's would replace the writer's.
    writer_waits: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadState {
    Open,
    Ended,
    Failed,
}

impl<T: Connection> Connection for WebSocketStream<T> {
    fn is_reusable(&self) -> bool {
        !self.close_sent && self.reading == ReadState::Open && self.io.is_reusable()
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
    /// After a handshake. `early` are the bytes that arrived together with it. Messages are of the type `kind`; those of
    /// a server until the client has sent one.
    pub(super) fn new(io: T, early: BytesMut, role: Role, kind: MessageType, keepalive: Option<Keepalive>) -> Self {
        Self {
            io,
            decoder: FrameDecoder::new(role),
            encoder: FrameEncoder::new(role, kind),
            follows: role == Role::Server,
            input: early,
            output: BytesMut::new(),
            ping: None,
            ahead: BytesMut::new(),
            alive: keepalive.map(Alive::new),
            reading: ReadState::Open,
            closed: None,
            close_sent: false,
            writer_waits: false,
        }
    }

    fn send_close(&mut self, code: u16) {
        if !self.close_sent {
            self.encoder.close(code, &mut self.output);
            self.close_sent = true;
        }
    }

    fn fail(&mut self, kind: io::ErrorKind, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
        self.reading = ReadState::Failed;
        io::Error::new(kind, why)
    }

    /// Ends the connection because of a violation of the protocol.
    fn refuse(&mut self, error: FrameError, cx: &mut Context<'_>) -> io::Result<io::Error> {
        self.send_close(error.close_code());
        let error = self.fail(io::ErrorKind::InvalidData, error);
        self.answer(cx)?;
        Ok(error)
    }

    /// Writes what could not be written before.
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
