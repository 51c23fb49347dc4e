//! Streams that were shut down and dropped: what the other end still sends is read and thrown away, so that it does not
//! wait for ever for room, and for a bounded time only, so that their places come back.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::AsyncRead as _;
use tokio::time::{Instant, Sleep};

use super::stream::StreamGuard;

#[derive(Debug)]
pub(super) struct Leftovers {
    /// In the order in which they expire.
    streams: VecDeque<Leftover>,
    after: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug)]
struct Leftover {
    // Dropped before the stream, whose end wakes the driver: then the stream is off the list already.
    guard: StreamGuard,
    stream: yamux::Stream,
    until: Instant,
}

impl Leftovers {
    pub(super) fn new(after: Duration) -> Self {
        Self { streams: VecDeque::new(), after, timer: None }
    }

    pub(super) fn add(&mut self, stream: yamux::Stream, guard: StreamGuard) {
        self.streams.push_back(Leftover { guard, stream, until: Instant::now() + self.after });
    }

    /// Reads all of them, and calls `expire` with the ids of those that are to be reset. `true` when the library has to be
    /// polled: some have ended, or have made room for more.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, mut expire: impl FnMut(u32)) -> bool {
        let mut moved = false;
        let mut thrown_away = [0; 4096];
        self.streams.retain_mut(|one| {
            loop {
                match Pin::new(&mut one.stream).poll_read(cx, &mut thrown_away) {
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
