//! The library's end of the connection.
//!
//! The library reads twelve bytes, then a body, writes header and body separately, and flushes after every frame. Here all
//! of that happens in memory; the engine moves bytes between memory and connection, many frames in one system call.
//!
//! Frame headers are inspected on their way: [`Status`] learns from them what the library does not report, and hides some
//! of them from the library.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Buf;
use futures_util::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::frame::{ACK, FrameHeader, GO_AWAY, HEADER, PING};
use super::pace::Pace;
use super::status::Status;
use super::wire::Wire;

/// How many unwritten bytes there may be for the answer to a ping to be added. A peer that sends pings and reads nothing
/// has to wait.
const PONGS_UP_TO: usize = 512 * 1024;

/// Shared by the library's end and the engine, which are polled by one thread at a time: never contended.
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) wire: Wire,
    /// How many data frames have arrived since the driver reset the number.
    pub(super) arrived: usize,
    /// The frame that the library is reading, and how many bytes of it are left.
    reading: Option<(FrameHeader, usize)>,
    /// How many bytes of a body the library still has to write before the next header.
    body_left: usize,
    /// Frames of our own that wait for the end of a body.
    injected: Vec<u8>,
    go_away: Option<FrameHeader>,
    pace: Pace,
    held: Held,
    status: Arc<Status>,
}

/// Whether the library's next frame waits for the answer to a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    No,
    /// The driver has set no timer yet.
    Unseen,
    Seen,
}

/// The library's end. Returns `Pending` without keeping a waker: the engine polls the library again whenever it has moved a
/// byte.
#[derive(Clone, Debug)]
pub(super) struct LibraryEnd(Arc<Mutex<Buffers>>);

impl LibraryEnd {
    pub(super) fn new(wire: Wire, status: Arc<Status>) -> Self {
        Self(Arc::new(Mutex::new(Buffers {
            wire,
            arrived: 0,
            reading: None,
            body_left: 0,
            injected: Vec::new(),
            go_away: None,
            pace: Pace::new(),
            held: Held::No,
            status,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Buffers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffers {
    /// The GoAway that was sent last, by the library or by us. The library continues after it: the driver has to end the
    /// session.
    pub(super) fn sent_go_away(&self) -> Option<FrameHeader> {
        self.go_away
    }

    /// Sends a frame of our own as soon as the frame that is being written is complete.
    pub(super) fn inject(&mut self, header: FrameHeader) {
        self.record(header);
        if self.body_left == 0 {
            self.wire.outgoing.extend_from_slice(&header.encode());
        } else {
            self.injected.extend_from_slice(&header.encode());
        }
    }

    /// Sends a ping of the session's keepalive.
    pub(super) fn ping(&mut self, id: u32) {
        self.inject(FrameHeader::ping(id));
        let queued = self.wire.outgoing.len() + self.body_left + self.injected.len();
        if let Some(pulse) = &mut self.wire.pulse {
            pulse.pinged(id, queued, Instant::now());
        }
    }

    /// Whether a frame waits for the answer to a mark, and the driver has set no timer for the case that it is lost.
    pub(super) fn needs_timer(&self) -> bool {
        self.held == Held::Unseen
    }

    /// Until when a frame waits for the answer to a mark. Then, or when the answer has come, the library has to be polled.
    pub(super) fn held_until(&mut self) -> Option<Instant> {
        if self.held == Held::No {
            return None;
        }
        self.held = Held::Seen;
        self.pace.lost_at()
    }

    fn record(&mut self, header: FrameHeader) {
        if header.kind == GO_AWAY {
            self.go_away = Some(header);
        }
    }

    /// How many bytes the library may read up to the end of the frame. Drops frames that it must not see.
    fn readable(&mut self) -> usize {
        loop {
            if let Some((_, left)) = self.reading {
                return left.min(self.wire.incoming.len());
            }
            let Some(header) = self.wire.incoming.first_chunk::<HEADER>() else {
                // Half a header at the end of the connection: the library returns the error.
                return if self.wire.ended { self.wire.incoming.len() } else { 0 };
            };
            let header = FrameHeader::decode(*header);
            if header.kind == PING && (!header.has(ACK) || header.answered_ping().is_some()) {
                if !self.answer(header) {
                    return 0;
                }
                self.status.frame_received(header);
                self.wire.incoming.advance(HEADER);
            } else if self.status.frame_received(header) {
                self.arrived += usize::from(header.body() > 0);
                self.reading = Some((header, HEADER + header.body()));
            } else {
                self.wire.incoming.advance(HEADER);
            }
        }
    }

    /// Handles a ping, or the answer to a ping of ours. `false` if the buffer has no room for the answer.
    ///
    /// The library would not read on before it has written its answer, and both ends may wait for the answers to marks.
    /// It would take the answers to our pings for those to pings that it has not sent, and end the session.
    fn answer(&mut self, header: FrameHeader) -> bool {
        if !header.has(ACK) {
            let room = self.wire.outgoing.len() + self.injected.len() < PONGS_UP_TO;
            if room {
                self.inject(FrameHeader::pong(header.length));
            }
            return room;
        }
        let now = Instant::now();
        if let Some(number) = header.answered_mark() {
            let arrived = self.pace.answered(number, now);
            self.status.set_frame_size(self.pace.frame());
            if let (Some(arrived), Some(pulse)) = (arrived, &mut self.wire.pulse) {
                pulse.confirm(arrived, now);
            }
        } else if let (Some(id), Some(pulse)) = (header.answered_ping(), &mut self.wire.pulse) {
            pulse.answered(id, now);
        }
        true
    }

    /// A part of a body was written.
    fn wrote(&mut self, count: usize) {
        self.body_left = self.body_left.saturating_sub(count);
        if self.body_left == 0 && !self.injected.is_empty() {
            self.wire.outgoing.extend_from_slice(&std::mem::take(&mut self.injected));
        }
    }

    fn read(&mut self, count: usize) {
        if let Some((header, left)) = &mut self.reading {
            *left -= count;
            if *left == 0 {
                self.status.frame_read(*header);
                self.reading = None;
            }
        }
    }
}

impl AsyncRead for LibraryEnd {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffers = self.lock();
        let count = buffers.readable().min(buf.len());
        if count > 0 {
            buffers.wire.incoming.copy_to_slice(&mut buf[..count]);
        }
        let count = match (count, buffers.reading) {
            (0, Some((_, left))) => {
                let part = left.min(buf.len());
                ready!(buffers.wire.poll_read_directly(&mut buf[..part]))?
            }
            (0, None) if !buffers.wire.ended => return Poll::Pending,
            _ => count,
        };
        buffers.read(count);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for LibraryEnd {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut buffers = self.lock();
        if buffers.body_left > 0 {
            let count = buffers.wire.write_directly(buf);
            if count > 0 {
                buffers.wrote(count);
                return Poll::Ready(Ok(count));
            }
        }
        if buffers.wire.is_full() {
            return Poll::Pending;
        }
        // A header is always taken whole, so the library writes each one whole and separately from its body.
        if buffers.body_left == 0
            && let Some(header) = buf.first_chunk::<HEADER>()
        {
            let position = buffers.wire.position();
            if let Some(number) = buffers.pace.due(position) {
                buffers.inject(FrameHeader::mark(number));
                let end = buffers.wire.position();
                buffers.pace.marked(number, end, Instant::now());
            }
            let position = buffers.wire.position();
            if buffers.pace.is_full(position, Instant::now) {
                if buffers.held == Held::No {
                    buffers.held = Held::Unseen;
                }
                return Poll::Pending;
            }
            buffers.held = Held::No;
            let header = buffers.status.frame_sent(FrameHeader::decode(*header));
            buffers.record(header);
            buffers.body_left = header.body();
            buffers.wire.outgoing.extend_from_slice(&header.encode());
            return Poll::Ready(Ok(HEADER));
        }
        buffers.wire.outgoing.extend_from_slice(buf);
        buffers.wrote(buf.len());
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
