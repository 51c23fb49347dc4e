//! What the driver does in each poll, with the gate held.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep};

use super::{Open, Queues};
use crate::deadline::Deadline;
use crate::keepalive::Timer;
use crate::yamux::engine::Engine;
use crate::yamux::frame::FrameHeader;
use crate::yamux::gate::Gate;
use crate::yamux::lingering::LingeringStreams;
use crate::yamux::status::Status;
use crate::yamux::{SessionError, YamuxOptions};

/// After how long without a message a session frees its empty buffers.
const IDLE: Duration = Duration::from_secs(1);

/// How many messages have to arrive at once for the session to collect the answers, which are then sent in one system
/// call. Measured: waiting with fewer callers costs more than it saves.
const MANY: usize = 8;

pub(super) struct DriverState {
    /// For new streams.
    pub(super) gate: Weak<Gate<Engine>>,
    pub(super) status: Arc<Status>,
    pub(super) queues: Queues,
    /// A request that waits for the library.
    pub(super) open: Option<Open>,
    /// Permits of the peer's streams. A reset by the peer frees the permit at once, so that it can open the next stream,
    /// although the handler may notice the reset later.
    pub(super) inbound: Arc<Semaphore>,
    /// Permits of the peer's streams that have a handle here, reset or not: twice as many. Without them, a peer that resets
    /// each stream right after opening it would have an unlimited number of them served.
    pub(super) served: Arc<Semaphore>,
    /// How many more streams of the peer were refused than served.
    pub(super) refused: usize,
    pub(super) max_refused: usize,
    pub(super) lingering: LingeringStreams,
    /// How long the connection may take no bytes while some are due.
    stall: Deadline,
    keepalive: Timer,
    /// For the answer to a mark that is lost.
    held: Timer,
    /// Runs while the session has buffers that it may not need.
    release: Option<Pin<Box<Sleep>>>,
    /// A message has arrived since `release` was started.
    active: bool,
    has_yielded: bool,
    pub(super) closing: bool,
    /// What the peer has done against the protocol. It was sent the error code.
    pub(super) violation: Option<SessionError>,
}

impl DriverState {
    pub(super) fn new(gate: Weak<Gate<Engine>>, options: &YamuxOptions, status: Arc<Status>, queues: Queues) -> Self {
        Self {
            gate,
            status,
            queues,
            open: None,
            inbound: Arc::new(Semaphore::new(options.max_inbound_streams)),
            served: Arc::new(Semaphore::new(options.max_served_streams())),
            refused: 0,
            max_refused: options.max_refused_streams(),
            lingering: LingeringStreams::new(options.close_timeout),
            stall: Deadline::new(options.write_timeout),
            keepalive: Timer::default(),
            held: Timer::default(),
            release: None,
            active: false,
            has_yielded: false,
            closing: false,
            violation: None,
        }
    }

    /// Resolves when the session is over: `Ok` if it can still be closed with a GoAway.
    pub(super) fn poll_session(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        self.status.register_driver(cx.waker());
        if self.status.is_busy() && !std::mem::replace(&mut self.has_yielded, true) {
            // Callers that are about to write do so meanwhile, and all of it is sent at once.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.has_yielded = false;
        let outcome = self.poll_moving(engine, cx);
        let arrived = engine.take_arrived();
        if arrived > 0 {
            self.status.set_busy(arrived >= MANY);
            self.active = true;
        }
        self.release_when_idle(engine, cx);
        outcome
    }

    /// Idle sessions keep no empty buffers.
    fn release_when_idle(&mut self, engine: &mut Engine, cx: &mut Context<'_>) {
        if self.active && self.release.is_none() {
            self.release = Some(Box::pin(tokio::time::sleep(IDLE)));
        }
        let Some(timer) = &mut self.release else { return };
        while timer.as_mut().poll(cx).is_ready() {
            if !std::mem::take(&mut self.active) {
                self.release = None;
                engine.release();
                self.status.release_buffers();
                return;
            }
            timer.as_mut().reset(Instant::now() + IDLE);
        }
    }

    fn poll_moving(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        loop {
            let mut moved = engine.read()?;
            let was_ahead = engine.is_ahead();
            // Before the frames that streams have queued meanwhile, such as the ends of idle ones.
            moved |= self.go_away(engine);
            moved |= match engine.poll_inbound() {
                Poll::Ready(Some(stream)) => {
                    self.accept_inbound(stream?)?;
                    true
                }
                Poll::Ready(None) => {
                    return Poll::Ready(self.status.peer_error().map_or(Ok(()), Err));
                }
                Poll::Pending => false,
            };
            moved |= engine.take_read_directly();
            // The library has made room to read more.
            moved |= was_ahead && !engine.is_ahead();
            moved |= self.handle_requests(engine, cx);
            moved |= self.lingering.poll(cx, |expired| engine.inject(FrameHeader::reset(expired)));
            moved |= write(engine)?;
            let sent_an_error = engine.sent_go_away().is_some_and(|header| header.length != 0);
            if sent_an_error {
                self.violation = Some(self.status.violation());
            }
            if self.closing || sent_an_error || (self.status.peer_is_going_away() && !self.status.has_streams()) {
                return Poll::Ready(Ok(()));
            }
            if moved {
                continue;
            }
            if let Poll::Ready(error) = self.poll_stalled(engine, cx) {
                return Poll::Ready(Err(error));
            }
            if engine.poll_held(&mut self.held, cx).is_ready() {
                continue;
            }
            if self.status.take_suspicion() && engine.probe() {
                continue;
            }
            ready!(engine.poll_keepalive(&mut self.keepalive, cx))?;
        }
    }

    fn poll_stalled(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> Poll<SessionError> {
        let behind = engine.is_behind();
        if engine.take_progress() || !behind {
            self.stall.rest();
        }
        if behind { self.stall.poll_waited(cx).map(SessionError::stalled) } else { Poll::Pending }
    }

    /// Sends what streams have written, then GoAway, and shuts the connection down.
    pub(super) fn poll_close(&mut self, engine: &mut Engine, _: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        self.status.go_away();
        loop {
            let mut moved = engine.read()?;
            // Dropped below, which refuses it.
            let inbound = engine.poll_inbound();
            if let Poll::Ready(Some(Ok(stream))) = &inbound {
                self.status.refuse(stream.id().val());
                moved = true;
            }
            moved |= engine.write()?;
            if !moved && !engine.has_unwritten() {
                let all_acknowledged = self.status.all_acknowledged();
                if engine.drop_library() {
                    if engine.sent_go_away().is_none() {
                        engine.inject(FrameHeader::go_away(all_acknowledged));
                    }
                    continue;
                }
                return engine.poll_shutdown();
            }
            if !moved {
                return Poll::Pending;
            }
        }
    }
}

/// Writes. If that fails because the peer has closed the connection, what the peer sent before is read first: it may
/// explain the end.
fn write(engine: &mut Engine) -> Result<bool, SessionError> {
    let error = match engine.write() {
        Err(error) => error,
        moved => return moved,
    };
    while matches!(engine.read(), Ok(true)) {
        while matches!(engine.poll_inbound(), Poll::Ready(Some(Ok(_)))) {}
    }
    Err(error)
}
