//! Streams that were shut down and dropped: what the other end still sends is read and discarded, so that a full window does
//! not block it. After a bounded time they are reset, so that their permits are freed.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::AsyncRead as _;
use tokio::time::{Instant, Sleep};

use super::stream::StreamGuard;
use crate::deadline::in_time;

#[derive(Debug)]
pub(super) struct LingeringStreams {
    /// In the order in which they expire.
    streams: VecDeque<LingeringStream>,
    after: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug)]
struct LingeringStream {
    // Dropped before the stream, whose end wakes the driver: the driver then no longer finds it in the status.
    guard: StreamGuard,
    stream: yamux::Stream,
    until: Instant,
}

impl LingeringStreams {
    pub(super) fn new(after: Duration) -> Self {
        Self { streams: VecDeque::new(), after, timer: None }
    }

    pub(super) fn add(&mut self, stream: yamux::Stream, guard: StreamGuard) {
        self.streams.push_back(LingeringStream { guard, stream, until: in_time(self.after) });
    }

    /// Reads all of them, and calls `expire` with the ids of those that have to be reset. `true` when the library has to be
    /// polled, because some have ended or were read from.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, mut expire: impl FnMut(u32)) -> bool {
        let mut moved = false;
        let mut discarded = [0; 4096];
        self.streams.retain_mut(|lingering| {
            loop {
                match Pin::new(&mut lingering.stream).poll_read(cx, &mut discarded) {
                    Poll::Ready(Ok(0) | Err(_)) => {
                        moved = true;
                        return false;
                    }
                    Poll::Ready(Ok(_)) => moved = true,
                    Poll::Pending => return true,
                }
            }
        });
        while let Some(first) = self.streams.front() {
            let until = first.until;
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
            if timer.deadline() != until {
                timer.as_mut().reset(until);
            }
            if timer.as_mut().poll(cx).is_pending() {
                break;
            }
            expire(first.guard.id());
            self.streams.pop_front();
            moved = true;
        }
        moved
    }
}
