//! The keepalive of a connection, and what the connection does while it is not read.

use std::io;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::{FRAMES_AT_ONCE, ReadState, WebSocketStream};
use crate::keepalive::{Keepalive, Pulse, PulseStep, Timer};

/// How many bytes of payload are kept while they are not read. Beyond that nothing is read, and the other end has to
/// wait, as on TCP.
pub(super) const MAX_AHEAD: usize = 64 * 1024;

/// How long the connection may take no bytes while a ping waits to be written.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Alive {
    pulse: Pulse,
    timer: Timer,
}

impl Alive {
    pub(super) fn new(keepalive: Keepalive) -> Self {
        Self { pulse: Pulse::new(keepalive, WRITE_TIMEOUT, Instant::now()), timer: Timer::default() }
    }

    /// The connection has taken bytes.
    pub(super) fn wrote(&mut self, count: usize) {
        self.pulse.wrote(count, Instant::now());
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocketStream<T> {
    /// Bytes have arrived.
    pub(super) fn heard(&mut self, count: usize) {
        if count > 0
            && let Some(alive) = &mut self.alive
        {
            alive.pulse.heard(Instant::now());
        }
    }

    /// A pong has arrived.
    pub(super) fn answered(&mut self, payload: &[u8]) {
        if let Some(alive) = &mut self.alive
            && let Ok(id) = payload.try_into()
        {
            alive.pulse.answered(u32::from_be_bytes(id), Instant::now());
        }
    }

    /// For a read that finds nothing: sends a ping if one is due, and fails if the other end is dead.
    pub(super) fn poll_silent<R>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<R>> {
        self.poll_keepalive(cx).map(Err)
    }

    fn poll_keepalive(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        // After a Close no ping may follow.
        while !self.close_sent
            && let Some(alive) = &mut self.alive
        {
            match alive.pulse.next() {
                PulseStep::Ping(id) => {
                    self.encoder.ping(&id.to_be_bytes(), &mut self.output);
                    alive.pulse.pinged(id, self.output.len(), Instant::now());
                    if let Err(error) = self.answer(cx) {
                        self.reading = ReadState::Failed;
                        return Poll::Ready(error);
                    }
                }
                PulseStep::Wait(until) => {
                    ready!(alive.timer.poll_until(until, cx));
                    if let Err(silence) = alive.pulse.fire(Instant::now()) {
                        let why =
                            format!("the other end of the WebSocket is dead: no byte for {} s", silence.as_secs());
                        return Poll::Ready(self.fail(io::ErrorKind::TimedOut, why));
                    }
                }
            }
        }
        Poll::Pending
    }

    /// Reads while no reader does. Resolves only when the connection is dead; the reader gets the end of the stream.
    pub(super) fn poll_unread(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        for _ in 0..FRAMES_AT_ONCE {
            let count = self.decoder.payload_left().min(self.input.len());
            if count > 0 {
                self.decoder.take_payload(&mut self.input[..count]);
                self.ahead.extend_from_slice(&self.input[..count]);
                self.input.advance(count);
            }
            if self.reading != ReadState::Open || self.ahead.len() >= MAX_AHEAD {
                return Poll::Pending;
            }
            let outcome = match self.poll_frame(cx) {
                Ok(true) => continue,
                Ok(false) => self.poll_fill(cx),
                Err(error) => return Poll::Ready(error),
            };
            match outcome {
                Poll::Ready(Ok(0)) => match self.end() {
                    Ok(()) => return Poll::Pending,
                    Err(error) => return Poll::Ready(error),
                },
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(error),
                Poll::Pending => return self.poll_keepalive(cx),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Takes one frame header or control frame off the input, and writes what it asks for. `false` if it is incomplete.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> io::Result<bool> {
        let found = match self.decoder.payload_left() {
            0 => match self.understand() {
                Ok(found) => found,
                Err(error) => {
                    let error = self.refuse(error, cx)?;
                    return Err(error);
                }
            },
            _ => false,
        };
        if self.ping.is_some() || self.close_sent || !self.output.is_empty() {
            self.answer(cx)?;
        }
        Ok(found)
    }

    /// Moves payload that was read in the background.
    pub(super) fn take_ahead(&mut self, out: &mut ReadBuf<'_>) -> usize {
        let count = self.ahead.len().min(out.remaining());
        out.put_slice(&self.ahead[..count]);
        self.ahead.advance(count);
        if self.ahead.is_empty() {
            // Its memory is not kept: few connections need it twice.
            self.ahead = Default::default();
        }
        count
    }
}
