//! The state of a session that its driver, its buffers and all handles share.

mod silence;
mod streams;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Waker;

use bytes::BytesMut;
use futures_util::task::AtomicWaker;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use self::silence::Silence;
use self::streams::Record;
use super::driver::Command;
use super::{SessionError, YamuxRole};

/// Shared by the driver, the buffers and all handles.
#[derive(Debug)]
pub(super) struct Status {
    /// One permit for each stream that may be opened. Closed once the session opens no more.
    pub(super) permits: Arc<Semaphore>,
    pub(super) max_outbound_streams: usize,
    role: YamuxRole,
    /// The other end has the same role.
    same_role: AtomicBool,
    peer_going_away: AtomicBool,
    /// Cancelled once the session takes no more calls of this end.
    pub(super) unusable: CancellationToken,
    ended: AtomicBool,
    /// Many messages arrive at once.
    busy: AtomicBool,
    /// The largest frame of a stream.
    frame_size: AtomicUsize,
    silence: Silence,
    /// Locked only for frames with flags, and when a stream is added, removed or fails.
    record: Mutex<Record>,
    driver: AtomicWaker,
    /// Keeps the session of the other direction running, if it is a separate session.
    other: OnceLock<mpsc::WeakSender<Command>>,
    /// Empty buffers for large messages: the page faults of a new buffer cost as much as sending its contents.
    buffers: Mutex<Vec<BytesMut>>,
}

/// How many buffers for large messages are kept.
const BUFFERS: usize = 16;

impl Status {
    pub(super) fn new(max_outbound_streams: usize, role: YamuxRole) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max_outbound_streams)),
            max_outbound_streams,
            role,
            same_role: AtomicBool::new(false),
            peer_going_away: AtomicBool::new(false),
            unusable: CancellationToken::new(),
            ended: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            frame_size: AtomicUsize::new(usize::MAX),
            silence: Silence::default(),
            record: Mutex::default(),
            driver: AtomicWaker::new(),
            other: OnceLock::new(),
            buffers: Mutex::default(),
        }
    }

    /// Sets the session of the other direction.
    pub(super) fn set_other(&self, other: mpsc::WeakSender<Command>) {
        // Set once: a session is paired once.
        let _first = self.other.set(other);
    }

    /// Keeps the session of the other direction running.
    pub(super) fn other(&self) -> Option<mpsc::Sender<Command>> {
        self.other.get()?.upgrade()
    }

    /// Sets the waker of the driver, which has to see [`go_away`](Self::go_away) and the removal of the last stream.
    pub(super) fn register_driver(&self, waker: &Waker) {
        self.driver.register(waker);
    }

    pub(super) fn open_streams(&self) -> usize {
        self.max_outbound_streams - self.permits.available_permits().min(self.max_outbound_streams)
    }

    /// Whether fewer than a quarter of the permits are free.
    pub(super) fn permits_are_scarce(&self) -> bool {
        self.permits.available_permits() * 4 < self.max_outbound_streams
    }

    /// The peer accepts no more streams.
    pub(super) fn peer_is_going_away(&self) -> bool {
        self.peer_going_away.load(Ordering::Acquire)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// The session has ended: no more streams are opened or accepted.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.permits.close();
        self.unusable.cancel();
    }

    /// Whether the peer answers nothing, not even pings: no new call should go to such a session.
    pub(super) fn is_silent(&self) -> bool {
        self.silence.is_silent()
    }

    /// The error of a session that was ended because of what the other end has sent.
    pub(super) fn violation(&self) -> SessionError {
        self.same_role().unwrap_or_else(SessionError::violated)
    }

    /// The error of a session whose ends have the same role. `None` as long as nothing shows it.
    pub(super) fn same_role(&self) -> Option<SessionError> {
        self.same_role.load(Ordering::Relaxed).then(|| SessionError::same_role(self.role))
    }

    /// How many frames have arrived so far.
    pub(super) fn frames_received(&self) -> u64 {
        self.silence.frames()
    }

    /// A call was given up, and no frame has arrived since it was sent: the driver asks the peer with a ping, and no call
    /// goes to the session until a frame arrives.
    pub(super) fn suspect(&self) {
        self.silence.suspect();
        self.driver.wake();
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.silence.is_suspect()
    }

    /// Whether a ping is due because of [`suspect`](Self::suspect). `true` once.
    pub(super) fn take_suspicion(&self) -> bool {
        self.silence.take_probe()
    }

    /// The peer acknowledged no stream within the open timeout.
    pub(super) fn set_unacknowledged(&self) {
        self.silence.set_unacknowledged();
    }

    /// Whether many messages arrive at once. Then many answers are expected, which are collected and sent in one system
    /// call. Otherwise each is sent at once.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    /// The largest frame that a stream should write: on a slow link, others wait for it.
    pub(super) fn frame_size(&self) -> usize {
        self.frame_size.load(Ordering::Relaxed)
    }

    pub(super) fn set_frame_size(&self, size: usize) {
        self.frame_size.store(size, Ordering::Relaxed);
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
}
