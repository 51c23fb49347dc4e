//! How the driver opens, accepts and refuses streams.

use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use super::Command;
use super::state::DriverState;
use crate::log::{EventKind, limited};
use crate::metrics::Counter;
use crate::yamux::SessionError;
use crate::yamux::engine::Engine;
use crate::yamux::frame::FrameHeader;
use crate::yamux::stream::{StreamGuard, YamuxStream};

impl DriverState {
    /// Sends GoAway once this end is going away and the last acknowledgement was sent. `true` when it did.
    pub(super) fn go_away(&mut self, engine: &mut Engine) -> bool {
        if !self.status.is_going_away() || engine.sent_go_away().is_some() || !self.status.all_acknowledged() {
            return false;
        }
        engine.inject(FrameHeader::go_away(true));
        true
    }

    /// Queues a stream of the peer for [`Incoming`](super::super::Incoming). Refuses it over the limit, or if this end does not accept streams.
    ///
    /// # Errors
    ///
    /// If far too many had to be refused.
    pub(super) fn accept_inbound(&mut self, stream: yamux::Stream) -> Result<(), SessionError> {
        let id = stream.id().val();
        let (Ok(permit), Ok(served), Some(commands), false) = (
            Arc::clone(&self.inbound).try_acquire_owned(),
            Arc::clone(&self.served).try_acquire_owned(),
            self.queues.own_commands.upgrade(),
            self.status.is_going_away(),
        ) else {
            if !self.status.is_going_away() {
                Counter::StreamsRefused.increment();
                limited!(
                    INFO,
                    EventKind::Stream,
                    None,
                    stream = id,
                    "a stream was refused: too many streams are open, or this end does not accept streams"
                );
            }
            self.status.refuse(id);
            self.refused += usize::from(!self.status.is_going_away());
            return if self.refused > self.max_refused { Err(SessionError::flooded(self.refused)) } else { Ok(()) };
        };
        self.refused = self.refused.saturating_sub(1);
        self.status.add_stream(id, Some(permit));
        let guard = StreamGuard::new(id, served, commands, Arc::clone(&self.status), Weak::clone(&self.gate));
        // The queue has room for one for each permit. If nobody accepts any more, the drop refuses the stream.
        let _queued = self.queues.arrived.try_send(Box::new(YamuxStream::arrived(stream, guard)));
        Ok(())
    }

    /// Handles what the handles request. `true` when the library has to be polled again.
    pub(super) fn handle_requests(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> bool {
        loop {
            match self.queues.commands.poll_recv(cx) {
                Poll::Ready(Some(Command::ReadToEnd(parts))) => {
                    let (stream, guard) = *parts;
                    self.lingering.add(stream, guard);
                }
                Poll::Ready(Some(Command::Close) | None) => {
                    self.closing = true;
                    return false;
                }
                Poll::Pending => return self.open_streams(engine, cx),
            }
        }
    }

    fn open_streams(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> bool {
        if self.status.peer_is_going_away() {
            self.refuse_opens();
            return false;
        }
        let mut moved = false;
        loop {
            let next = match self.open.take() {
                Some(request) => Poll::Ready(Some(request)),
                None => self.queues.opens.poll_recv(cx),
            };
            let Poll::Ready(Some(mut request)) = next else { return moved };
            // Checked right before opening, so that no stream is opened for a caller that has given up. It also registers
            // this task to be woken if the caller gives up while it waits for the library.
            if request.reply.poll_closed(cx).is_ready() {
                continue;
            }
            let Some(commands) = self.queues.own_commands.upgrade() else { return moved };
            match engine.poll_open(cx) {
                Poll::Ready(Some(stream)) => {
                    let id = stream.id().val();
                    self.status.add_stream(id, None);
                    let guard = StreamGuard::new(
                        id,
                        request.permit,
                        commands,
                        Arc::clone(&self.status),
                        Weak::clone(&self.gate),
                    );
                    let _reset_if_given_up = request.reply.send(YamuxStream::opened(stream, guard));
                    moved = true;
                }
                Poll::Ready(None) => moved = true,
                Poll::Pending => {
                    self.open = Some(request);
                    return moved;
                }
            }
        }
    }

    /// Fails all requests to open a stream.
    pub(super) fn refuse_opens(&mut self) {
        self.queues.opens.close();
        while self.queues.opens.try_recv().is_ok() {}
        self.open = None;
    }
}
