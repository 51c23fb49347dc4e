//! What all handles of a session know of it: its streams, its places, and whether either end is going away.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::task::AtomicWaker;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::frame::{ACK, FIN, GO_AWAY, Header, PING, RST, SYN, WINDOW_UPDATE};
use crate::connection::NotDelivered;

/// Shared by the driver, the buffers and all handles.
#[derive(Debug)]
pub(super) struct Status {
    /// One permit for each stream that may be opened. Closed once the session opens no more.
    pub(super) places: Arc<Semaphore>,
    pub(super) max_outbound_streams: usize,
    peer_going_away: AtomicBool,
    ended: AtomicBool,
    /// Many messages arrive at once.
    busy: AtomicBool,
    /// A frame has arrived since [`is_silent`](Self::is_silent) was last called.
    heard: AtomicBool,
    silence: Mutex<Silence>,
    /// Held for moments, only by frames with flags and by streams that come, go or fail.
    record: Mutex<Record>,
    driver: AtomicWaker,
    /// Empty buffers for large messages: new ones would cost the system as much as to send what is in them.
    buffers: Mutex<Vec<BytesMut>>,
}

/// How many buffers for large messages are kept.
const BUFFERS: usize = 16;

/// How long the peer may send nothing at all while a ping waits for its answer.
const SILENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
struct Silence {
    /// Since when a ping has waited for its answer. The library sends one every 10 s, as long as there is something to
    /// send.
    ping: Option<Instant>,
    /// The peer has acknowledged no stream for the whole time that opening one may take.
    unacknowledged: bool,
}

#[derive(Debug, Default)]
struct Record {
    /// The streams that have a handle, here or in the driver.
    streams: HashMap<u32, Stream>,
    /// Inbound streams that were dropped without having been accepted, until the frame that says so goes out.
    refused: HashSet<u32>,
    /// The inbound stream that arrived last, if its first frame has also ended the peer's direction.
    arrived_finished: Option<u32>,
    /// This end accepts no more streams.
    going_away: bool,
    /// Acknowledgements that the library was given, and those that went out.
    acknowledgements: (u64, u64),
    /// The peer has said that it has acknowledged all streams that it will ever accept.
    peer_acknowledged_all: bool,
    /// The code of a GoAway of the peer that was not a normal end.
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
    /// Of a stream of the peer: its place, until the peer has reset it.
    place: Option<OwnedSemaphorePermit>,
}

impl Status {
    pub(super) fn new(max_outbound_streams: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(max_outbound_streams)),
            max_outbound_streams,
            peer_going_away: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            heard: AtomicBool::new(false),
            silence: Mutex::default(),
            record: Mutex::default(),
            driver: AtomicWaker::new(),
            buffers: Mutex::default(),
        }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        // The record is whole between any two statements that hold the lock.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be told of [`go_away`](Self::go_away) and of streams that go.
    pub(super) fn register_driver(&self, waker: &Waker) {
        self.driver.register(waker);
    }

    pub(super) fn open_streams(&self) -> usize {
        self.max_outbound_streams - self.places.available_permits().min(self.max_outbound_streams)
    }

    /// Whether fewer than a quarter of the places are free.
    pub(super) fn places_are_scarce(&self) -> bool {
        self.places.available_permits() * 4 < self.max_outbound_streams
    }

    /// The peer accepts no more streams.
    pub(super) fn peer_is_going_away(&self) -> bool {
        self.peer_going_away.load(Ordering::Acquire)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Whether many messages arrive at once, so that those that are to go will be many, too: then they are collected
    /// and go in one system call, otherwise each goes at once.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    /// Whether the peer answers nothing, not even pings: no new call goes to such a session.
    pub(super) fn is_silent(&self) -> bool {
        let mut silence = self.silence();
        let Some(since) = &mut silence.ping else { return silence.unacknowledged };
        // Pings may be answered late, after other frames, or by no means if the peer does not know them.
        if self.heard.swap(false, Ordering::Relaxed) {
            *since = Instant::now();
        }
        since.elapsed() >= SILENCE || silence.unacknowledged
    }

    /// The peer has acknowledged no stream for the whole time that opening one may take.
    pub(super) fn set_unacknowledged(&self) {
        self.silence().unacknowledged = true;
    }

    fn silence(&self) -> MutexGuard<'_, Silence> {
        self.silence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty buffer for a large message.
    pub(super) fn buffer(&self) -> BytesMut {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps a buffer for the next large message.
    pub(super) fn keep_buffer(&self, mut buffer: BytesMut) {
        buffer.clear();
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        if buffers.len() < BUFFERS {
            buffers.push(buffer);
        }
    }

    pub(super) fn release_buffers(&self) {
        let buffers = std::mem::take(&mut *self.buffers.lock().unwrap_or_else(PoisonError::into_inner));
        drop(buffers);
    }

    /// Nobody gets a stream any more.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.places.close();
    }

    /// From now on streams of the peer are refused.
    pub(super) fn go_away(&self) {
        self.record().going_away = true;
        self.driver.wake();
    }

    pub(super) fn is_going_away(&self) -> bool {
        self.record().going_away
    }

    /// Whether each acknowledgement that was given to the library has gone out.
    pub(super) fn all_acknowledged(&self) -> bool {
        let record = self.record();
        record.acknowledgements.0 == record.acknowledgements.1
    }

    pub(super) fn peer_error(&self) -> Option<u32> {
        self.record().peer_error
    }

    pub(super) fn has_streams(&self) -> bool {
        !self.record().streams.is_empty()
    }
}

/// What happens to streams.
impl Status {
    /// A stream of the peer has a place that comes back with its reset.
    pub(super) fn add_stream(&self, id: u32, place: Option<OwnedSemaphorePermit>) {
        let mut record = self.record();
        let finished = record.arrived_finished.take_if(|arrived| *arrived == id).is_some();
        record.streams.insert(id, Stream { place, finished, ..Stream::default() });
    }

    pub(super) fn remove_stream(&self, id: u32) {
        let mut record = self.record();
        record.streams.remove(&id);
        let last = record.streams.is_empty();
        drop(record);
        if last && self.peer_is_going_away() {
            self.driver.wake();
        }
    }

    /// An inbound stream is dropped without having been accepted. Of one that the peer has reset meanwhile, the library
    /// sends nothing more.
    pub(super) fn refuse(&self, id: u32) {
        let mut record = self.record();
        if !record.streams.get(&id).is_some_and(|stream| stream.reset) {
            record.refused.insert(id);
        }
    }

    /// Accepts an inbound stream by `acknowledge`, which hands an acknowledgement to the library. `false` where it did
    /// not, or where this end is going away: no acknowledgement may follow its GoAway.
    pub(super) fn accept(&self, acknowledge: impl FnOnce() -> bool) -> bool {
        let mut record = self.record();
        if record.going_away {
            return false;
        }
        record.acknowledgements.0 += 1;
        // Not under the lock: it wakes the driver.
        drop(record);
        let acknowledged = acknowledge();
        if !acknowledged {
            self.record().acknowledgements.0 -= 1;
            self.driver.wake();
        }
        acknowledged
    }

    /// Whether the peer has ended its direction in good order.
    pub(super) fn is_finished(&self, id: u32) -> bool {
        self.record().streams.get(&id).is_some_and(|stream| stream.finished)
    }

    /// The error of a stream that ended before its other end had finished, and of which nothing was read.
    ///
    /// A stream that was never acknowledged has certainly not been accepted in two cases:
    ///
    /// - The peer refused it with a reset in a window update. We send that only for streams that no one has accepted, and
    ///   acknowledge a stream right before it is handed to whoever accepts; the acknowledgement goes through the stream's
    ///   own queue, so that no reset overtakes it. hashicorp's implementation resets in window updates too, and writes
    ///   its acknowledgement before `AcceptStream` returns. A reset in a data frame proves nothing: the Rust library
    ///   on its own acknowledges with the first answer, so the stream may have been served.
    /// - The peer's GoAway says that every acknowledgement precedes it (see [`Header::go_away`]). Frames arrive in order,
    ///   and after it the peer accepts nothing.
    ///
    /// A connection that just breaks proves nothing, either: the acknowledgement may be lost with it.
    pub(super) fn reset_error(&self, id: u32) -> io::Error {
        let record = self.record();
        let certain = record
            .streams
            .get(&id)
            .is_some_and(|stream| !stream.acknowledged && (stream.refused || record.peer_acknowledged_all));
        if certain {
            NotDelivered::error(io::ErrorKind::ConnectionReset, "yamux stream refused")
        } else {
            io::Error::new(io::ErrorKind::ConnectionReset, "yamux stream reset")
        }
    }
}

/// What the frames say.
impl Status {
    /// Looks at a frame that has arrived, before the library does. `false` means that the library must not see it.
    pub(super) fn arrived(&self, header: Header) -> bool {
        self.heard.store(true, Ordering::Relaxed);
        if header.kind == PING && header.has(ACK) {
            self.silence().ping = None;
        }
        if header.kind == GO_AWAY && header.length == 0 {
            self.record().peer_acknowledged_all |= header.has(ACK);
            self.peer_going_away.store(true, Ordering::Release);
            self.places.close();
            // The library would end the session, and with it all streams that are still in use.
            return false;
        }
        if header.kind == GO_AWAY {
            self.record().peer_error = Some(header.length);
        }
        true
    }

    /// To be called when the library has taken a whole frame.
    pub(super) fn taken(&self, header: Header) {
        if header.flags == 0 || !header.is_of_stream() {
            return;
        }
        let mut record = self.record();
        if header.has(RST) {
            record.refused.remove(&header.stream);
        } else if header.has(SYN) {
            record.arrived_finished = header.has(FIN).then_some(header.stream);
        }
        if let Some(stream) = record.streams.get_mut(&header.stream) {
            stream.refused |= header.kind == WINDOW_UPDATE && header.has(RST) && !header.has(ACK);
            stream.acknowledged |= header.has(ACK);
            stream.finished |= header.has(FIN) && !header.has(RST);
            if header.has(RST) {
                stream.reset = true;
                stream.place = None;
            }
        }
    }

    /// Looks at a frame of the library on its way out, and answers what is to go out instead.
    pub(super) fn leaves(&self, header: Header) -> Header {
        if header.kind == PING && header.has(SYN) {
            self.silence().ping = Some(Instant::now());
        }
        if header.flags == 0 || !header.is_of_stream() {
            return header;
        }
        let mut record = self.record();
        if header.has(ACK) {
            record.acknowledgements.1 += 1;
            if record.going_away {
                // The driver waits for the last one before it sends GoAway, and may not be who sends this.
                self.driver.wake();
            }
        }
        if header.has(FIN | RST) && !record.refused.is_empty() && record.refused.remove(&header.stream) {
            return Header::refusal(header.stream);
        }
        header
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use super::super::frame::DATA;
    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn error_after(frames: &[Header]) -> bool {
        let status = Status::new(1);
        status.add_stream(1, None);
        for frame in frames {
            if status.arrived(*frame) {
                status.taken(*frame);
            }
        }
        NotDelivered::is(&status.reset_error(1))
    }

    #[test]
    fn not_delivered_is_claimed_only_where_it_is_certain() {
        let acknowledged = Header { kind: DATA, flags: ACK, stream: 1, length: 0 };
        for (frames, certain) in [
            (&[][..], false),
            (&[Header::reset(1)][..], false),
            (&[Header::refusal(1)][..], true),
            (&[Header::refusal(3)][..], false),
            (&[Header::go_away(true)][..], true),
            (&[Header::go_away(false)][..], false),
            (&[acknowledged, Header::refusal(1)][..], false),
            (&[acknowledged, Header::go_away(true)][..], false),
        ] {
            assert_eq!(error_after(frames), certain, "{frames:?}");
        }
    }

    #[test]
    fn what_the_library_says_of_a_refused_stream_becomes_a_refusal() {
        let status = Status::new(1);
        status.refuse(2);
        let end = Header { kind: DATA, flags: FIN, stream: 2, length: 0 };
        assert_eq!(status.leaves(end), Header::refusal(2));
        assert_eq!(status.leaves(end), end, "once");
        assert_eq!(status.leaves(Header::reset(4)), Header::reset(4));
    }

    #[test]
    fn a_refused_stream_that_the_peer_resets_is_forgotten() {
        let status = Status::new(1);
        status.refuse(2);
        status.taken(Header::reset(2));
        status.add_stream(4, None);
        status.taken(Header::reset(4));
        status.refuse(4);
        assert!(status.record().refused.is_empty());
    }

    #[test]
    fn the_last_acknowledgement_of_an_end_that_goes_away_wakes_the_driver() {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let status = Status::new(1);
        status.register_driver(&waker);
        assert!(status.accept(|| true));
        status.go_away();
        status.register_driver(&waker);
        woken.0.store(0, Ordering::SeqCst);
        status.leaves(Header { kind: DATA, flags: ACK, stream: 2, length: 0 });
        assert!(status.all_acknowledged());
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }
}
