//! Detects a peer that does not answer.
//!
//! The library sends a ping every 10 s, as long as there is something to send. A peer that leaves it unanswered and sends
//! nothing else is silent. After a call that was given up, the peer is suspected until a frame arrives.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the peer may send nothing at all while a ping is unanswered.
const SILENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Silence {
    /// A frame has arrived since [`is_silent`](Self::is_silent) was last called.
    heard: AtomicBool,
    /// How many frames have arrived. Changed by one thread at a time.
    frames: AtomicU64,
    /// A call was given up, and no frame has arrived since it was sent.
    suspect: AtomicBool,
    /// The driver has not asked the suspected peer yet.
    probe: AtomicBool,
    waits: Mutex<Waits>,
}

#[derive(Debug, Default)]
struct Waits {
    /// Since when a ping is unanswered.
    ping: Option<Instant>,
    /// The peer acknowledged no stream within the open timeout.
    unacknowledged: bool,
}

impl Silence {
    pub(super) fn frame_received(&self) {
        self.heard.store(true, Ordering::Relaxed);
        self.frames.store(self.frames.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        if self.suspect.load(Ordering::Relaxed) {
            self.suspect.store(false, Ordering::Relaxed);
        }
    }

    pub(super) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    pub(super) fn suspect(&self) {
        self.probe.store(true, Ordering::Relaxed);
        self.suspect.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Relaxed)
    }

    pub(super) fn take_probe(&self) -> bool {
        self.probe.load(Ordering::Relaxed) && self.probe.swap(false, Ordering::Relaxed)
    }

    pub(super) fn ping_sent(&self) {
        self.waits().ping = Some(Instant::now());
    }

    pub(super) fn pong_received(&self) {
        self.waits().ping = None;
    }

    pub(super) fn set_unacknowledged(&self) {
        self.waits().unacknowledged = true;
    }

    pub(super) fn is_silent(&self) -> bool {
        let mut waits = self.waits();
        let unacknowledged = waits.unacknowledged;
        let Some(since) = &mut waits.ping else { return unacknowledged };
        // Any frame shows that the peer is alive: the answer to a ping may be queued behind others.
        if self.heard.swap(false, Ordering::Relaxed) {
            *since = Instant::now();
        }
        unacknowledged || since.elapsed() >= SILENCE
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
