//! What a session knows of its streams, from its handles and from the frames that pass.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

use tokio::sync::OwnedSemaphorePermit;

use super::super::frame::{ACK, FIN, FrameHeader, GO_AWAY, PING, RST, SYN, WINDOW_UPDATE};
use super::Status;
use crate::connection::NotDelivered;
use crate::yamux::SessionError;

#[derive(Debug, Default)]
pub(super) struct Record {
    /// The streams that have a handle, here or in the driver.
    streams: HashMap<u32, Stream>,
    /// Inbound streams that were dropped before they were accepted, until the frame that ends them is sent.
    pub(super) refused: HashSet<u32>,
    /// The newest inbound stream, if its first frame also ended the peer's direction.
    arrived_finished: Option<u32>,
    /// This end accepts no more streams.
    going_away: bool,
    /// How many acknowledgements the library was given.
    acknowledgements_queued: u64,
    /// How many of them were sent.
    acknowledgements_sent: u64,
    /// The peer has acknowledged every stream that it will ever accept.
    peer_acknowledged_all: bool,
    /// The peer has accepted a stream of this end.
    accepted: bool,
    /// The code of the peer's GoAway, if it was not a normal end.
    peer_error: Option<u32>,
}

#[derive(Debug, Default)]
struct Stream {
    /// The peer has acknowledged it.
    acknowledged: bool,
    /// The peer has ended its direction.
    finished: bool,
    /// The peer has refused it.
    refused: bool,
    /// The peer has reset it.
    reset: bool,
    /// The permit of an inbound stream, until the peer resets it.
    permit: Option<OwnedSemaphorePermit>,
}

impl Status {
    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        // Every critical section leaves the record consistent.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on streams of the peer are refused.
    pub(in crate::yamux) fn go_away(&self) {
        self.record().going_away = true;
        self.driver.wake();
    }

    pub(in crate::yamux) fn is_going_away(&self) -> bool {
        self.record().going_away
    }

    /// Whether each acknowledgement that was given to the library has been sent.
    pub(in crate::yamux) fn all_acknowledged(&self) -> bool {
        self.record().all_acknowledged()
    }

    /// What the peer has reported in its GoAway, if it was not a normal end.
    pub(in crate::yamux) fn peer_error(&self) -> Option<SessionError> {
        let (code, accepted) = {
            let record = self.record();
            (record.peer_error?, record.accepted)
        };
        let error = || SessionError::reported(code, (!accepted).then_some(self.role));
        Some(self.same_role().unwrap_or_else(error))
    }

    pub(in crate::yamux) fn has_streams(&self) -> bool {
        !self.record().streams.is_empty()
    }

    /// `permit` is for a stream of the peer, and freed when the peer resets it.
    pub(in crate::yamux) fn add_stream(&self, id: u32, permit: Option<OwnedSemaphorePermit>) {
        let mut record = self.record();
        let finished = record.arrived_finished.take_if(|arrived| *arrived == id).is_some();
        record.streams.insert(id, Stream { permit, finished, ..Stream::default() });
    }

    pub(in crate::yamux) fn remove_stream(&self, id: u32) {
        let mut record = self.record();
        record.streams.remove(&id);
        let last = record.streams.is_empty();
        drop(record);
        if last && self.peer_is_going_away() {
            self.driver.wake();
        }
    }

    /// An inbound stream is dropped before it was accepted. If the peer has reset it meanwhile, the library sends nothing
    /// more of it.
    pub(in crate::yamux) fn refuse(&self, id: u32) {
        let mut record = self.record();
        if !record.streams.get(&id).is_some_and(|stream| stream.reset) {
            record.refused.insert(id);
        }
    }

    /// Accepts an inbound stream by calling `acknowledge`, which gives the library an acknowledgement. Returns `false` if
    /// that fails, or if this end is going away: no acknowledgement may follow its GoAway.
    pub(in crate::yamux) fn accept(&self, acknowledge: impl FnOnce() -> bool) -> bool {
        let mut record = self.record();
        if record.going_away {
            return false;
        }
        record.acknowledgements_queued += 1;
        // Not under the lock: it wakes the driver.
        drop(record);
        let acknowledged = acknowledge();
        if !acknowledged {
            self.record().acknowledgements_queued -= 1;
            self.driver.wake();
        }
        acknowledged
    }

    /// Whether the peer has ended its direction without a reset.
    pub(in crate::yamux) fn is_finished(&self, id: u32) -> bool {
        self.record().streams.get(&id).is_some_and(|stream| stream.finished)
    }

    /// The error of a stream that ended before the peer finished it, and from which nothing was read.
    ///
    /// A stream without an acknowledgement was certainly not accepted in two cases:
    ///
    /// - The peer refused it by a reset in a window update. Our implementation sends that only for streams that were never
    ///   accepted. It acknowledges a stream before it hands it out, through the stream's own queue, so no reset overtakes
    ///   the acknowledgement. hashicorp's implementation, which resets in window updates too, writes the
    ///   acknowledgement before `AcceptStream` returns. A reset in a data frame is no proof: the plain Rust library
    ///   acknowledges with the first answer, so the stream may have been served.
    /// - The peer's GoAway states that every acknowledgement precedes it (see [`FrameHeader::go_away`]). Frames arrive in order,
    ///   and the peer accepts nothing after it.
    ///
    /// A connection that breaks is no proof either: the acknowledgement may be lost with it.
    pub(in crate::yamux) fn reset_error(&self, id: u32) -> io::Error {
        let record = self.record();
        let certain = record
            .streams
            .get(&id)
            .is_some_and(|stream| !stream.acknowledged && (stream.refused || record.peer_acknowledged_all));
        drop(record);
        match (self.same_role(), certain) {
            (Some(error), true) => NotDelivered::error(io::ErrorKind::ConnectionReset, error.to_string()),
            (Some(error), false) => io::Error::new(io::ErrorKind::ConnectionReset, error),
            (None, true) => NotDelivered::error(io::ErrorKind::ConnectionReset, "yamux stream refused"),
            (None, false) => io::Error::new(io::ErrorKind::ConnectionReset, "yamux stream reset"),
        }
    }
}

impl Record {
    fn all_acknowledged(&self) -> bool {
        self.acknowledgements_queued == self.acknowledgements_sent
    }
}

/// Frames.
impl Status {
    /// Inspects a frame that has arrived, before the library reads it. `false` means that the library must not see it.
    pub(in crate::yamux) fn frame_received(&self, header: FrameHeader) -> bool {
        self.silence.frame_received();
        if header.kind == PING && header.has(ACK) {
            self.silence.pong_received();
        }
        if header.kind == GO_AWAY && header.length == 0 {
            self.record().peer_acknowledged_all |= header.has(ACK);
            self.peer_going_away.store(true, Ordering::Release);
            self.permits.close();
            self.unusable.cancel();
            // The library would end the session, and with it all streams that are still in use.
            return false;
        }
        if header.kind == GO_AWAY {
            let mut record = self.record();
            record.peer_error = Some(header.length);
            if header.has(SYN) {
                record.peer_acknowledged_all = true;
                self.same_role.store(true, Ordering::Relaxed);
            }
        }
        if header.has(SYN) && header.is_of_stream() && self.role.opens(header.stream) {
            self.same_role.store(true, Ordering::Relaxed);
        }
        true
    }

    /// Called when the library has read a whole frame, and before it processes it.
    pub(in crate::yamux) fn frame_read(&self, header: FrameHeader) {
        if header.flags == 0 || !header.is_of_stream() {
            return;
        }
        let mut record = self.record();
        if header.has(RST) {
            record.refused.remove(&header.stream);
        } else if header.has(SYN) {
            record.arrived_finished = header.has(FIN).then_some(header.stream);
        }
        record.accepted |= header.has(ACK);
        if let Some(stream) = record.streams.get_mut(&header.stream) {
            stream.refused |= header.kind == WINDOW_UPDATE && header.has(RST) && !header.has(ACK);
            stream.acknowledged |= header.has(ACK);
            stream.finished |= header.has(FIN) && !header.has(RST);
            if header.has(RST) {
                stream.reset = true;
                stream.permit = None;
            }
        }
    }

    /// Inspects a frame that the library sends. Returns the frame to send instead.
    pub(in crate::yamux) fn frame_sent(&self, header: FrameHeader) -> FrameHeader {
        if header.kind == PING && header.has(SYN) {
            self.silence.ping_sent();
        }
        if header.kind == GO_AWAY && self.same_role().is_some() {
            return FrameHeader::same_role();
        }
        if header.flags == 0 || !header.is_of_stream() {
            return header;
        }
        let mut record = self.record();
        let refused = header.has(FIN | RST) && !record.refused.is_empty() && record.refused.remove(&header.stream);
        if header.has(ACK) {
            record.acknowledgements_sent += 1;
            if record.going_away && record.all_acknowledged() {
                drop(record);
                // The driver waits for this before it sends GoAway, and a caller may be sending the frame.
                self.driver.wake();
            }
        }
        if refused { FrameHeader::refusal(header.stream) } else { header }
    }
}
