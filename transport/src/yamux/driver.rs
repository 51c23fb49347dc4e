//! The one task of a session: moves its bytes, opens and accepts its streams.
//!
//! Callers move bytes, too, while the task does not ([`Gate`]); what they cannot do is left to the task.
//!
//! It never waits for anything but the connection and its own queue: a stream that nobody accepts is refused, and a
//! caller that has gone away gets none.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, Sleep};

use super::engine::Engine;
use super::frame::Header;
use super::gate::{Gate, Work};
use super::leftovers::Leftovers;
use super::status::Status;
use super::stream::{StreamGuard, YamuxStream};
use super::{SessionError, YamuxOptions};
use crate::connection::Connection;
use crate::deadline::Deadline;

/// What handles ask of the driver, besides streams.
#[derive(Debug)]
pub(super) enum Command {
    /// Read a stream that was shut down and dropped, until its other end is done. It counts as open till then.
    ReadToEnd(yamux::Stream, StreamGuard),
    /// Say goodbye and end.
    Close,
}

/// Asks for a stream.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) place: OwnedSemaphorePermit,
    pub(super) reply: oneshot::Sender<YamuxStream>,
}

/// The driver's ends of its queues.
pub(super) struct Queues {
    pub(super) opens: mpsc::Receiver<Open>,
    /// Holds a command for each stream that there can be, so that none is lost.
    pub(super) commands: mpsc::Receiver<Command>,
    /// To hand to streams. Weak, so that the driver does not keep itself at work.
    pub(super) own_commands: mpsc::WeakSender<Command>,
    pub(super) arrived: mpsc::Sender<YamuxStream>,
}

/// After how long without a message a session gives its buffers up.
const IDLE: Duration = Duration::from_secs(1);

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long the peer may take to end its direction after that.
const LINGER: Duration = Duration::from_secs(1);

/// Messages that come or go at once from which on they are worth waiting for: as many go in one system call.
const MANY: usize = 8;

/// Sends and receives for a session while its task lives.
pub(super) struct Driver {
    gate: Arc<Gate<Engine>>,
    state: State,
}

impl Driver {
    pub(super) fn new<C: Connection>(
        connection: C,
        mode: yamux::Mode,
        options: &YamuxOptions,
        status: Arc<Status>,
        queues: Queues,
    ) -> Self {
        let gate = Arc::new(Gate::new(Engine::new(connection, mode, options, Arc::clone(&status))));
        let state = State {
            gate: Arc::downgrade(&gate),
            status,
            queues,
            open: None,
            inbound: Arc::new(Semaphore::new(options.max_inbound_streams)),
            served: Arc::new(Semaphore::new(options.max_served_streams())),
            leftovers: Leftovers::new(options.close_timeout),
            stall: Deadline::new(options.write_timeout),
            release: None,
            active: false,
            has_yielded: false,
            closing: false,
        };
        Self { gate, state }
    }

    /// Drives the session to its end. `reason` is told why before anything else notices.
    pub(super) async fn run(mut self, reason: &watch::Sender<Option<Result<(), SessionError>>>) {
        let outcome = self.inside(State::poll_session).await.unwrap_or(Ok(()));
        let in_order = outcome.is_ok();
        reason.send_replace(Some(outcome));
        // From here on nobody can take the session for alive.
        self.state.status.end();
        self.state.refuse_opens();
        if in_order {
            // The peer may be gone already, or not listen: then there is nobody whom the goodbye could tell anything.
            let told = tokio::time::timeout(GOODBYE, self.inside(State::poll_goodbye)).await;
            if matches!(told, Ok(Some(Ok(())))) {
                // A socket that is closed with bytes unread resets the connection, and what was just written is lost.
                let discard = self.inside(|_, engine, _| engine.poll_discard());
                let _ended = tokio::time::timeout(LINGER, discard).await;
            }
        }
    }

    /// Polls inside the gate. `None` where it is closed.
    async fn inside<R>(
        &mut self,
        mut poll: impl FnMut(&mut State, &mut Engine, &mut Context<'_>) -> Poll<R>,
    ) -> Option<R> {
        poll_fn(|cx| {
            self.gate.register_task(cx.waker());
            let work = self.gate.work(|engine| {
                engine.register_task(cx.waker());
                poll(&mut self.state, engine, cx)
            });
            match work {
                Work::Done(outcome) => outcome.map(Some),
                Work::Held => Poll::Pending,
                Work::Closed => Poll::Ready(None),
            }
        })
        .await
    }
}

/// The streams hold the gate, but the connection ends with the task, also when the runtime takes it down.
impl Drop for Driver {
    fn drop(&mut self) {
        self.state.status.end();
        self.gate.close();
    }
}

struct State {
    /// For new streams.
    gate: Weak<Gate<Engine>>,
    status: Arc<Status>,
    queues: Queues,
    /// A request that the library could not meet yet.
    open: Option<Open>,
    /// The places of the peer's streams. One that the peer resets frees its place at once, so that it can open the next
    /// one; whoever serves it may need a while to notice.
    inbound: Arc<Semaphore>,
    /// The peer's streams with a handle here, reset or not: twice as many, or a peer that resets each stream right after
    /// opening it would have any number of them served.
    served: Arc<Semaphore>,
    leftovers: Leftovers,
    /// Notices that bytes are due and the connection takes none.
    stall: Deadline,
    /// Runs while the session has buffers that it may not need.
    release: Option<Pin<Box<Sleep>>>,
    /// Something has arrived since the task has looked at `release`.
    active: bool,
    has_yielded: bool,
    closing: bool,
}

impl State {
    /// Resolves when the session is over: `Ok` when a goodbye may still be said.
    fn poll_session(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        self.status.register_driver(cx.waker());
        if self.status.is_busy() && !std::mem::replace(&mut self.has_yielded, true) {
            // Whoever is about to write does so meanwhile, and all of it goes at once.
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

    /// Idle sessions keep no buffers.
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
            // Before what streams have written meanwhile, the ends of idle ones among it.
            moved |= self.go_away(engine);
            moved |= match engine.poll_inbound() {
                Poll::Ready(Some(stream)) => {
                    self.admit(stream?);
                    true
                }
                Poll::Ready(None) => {
                    return Poll::Ready(self.status.peer_error().map_or(Ok(()), |code| Err(SessionError::told(code))));
                }
                Poll::Pending => false,
            };
            moved |= engine.take_read_directly();
            // The library has made room for what was not read.
            moved |= was_ahead && !engine.is_ahead();
            moved |= self.obey(engine, cx);
            moved |= self.leftovers.poll(cx, |expired| engine.inject(Header::reset(expired)));
            moved |= write(engine)?;
            let told_an_error = engine.sent_go_away().is_some_and(|header| header.length != 0);
            if self.closing || told_an_error || (self.status.peer_is_going_away() && !self.status.has_streams()) {
                return Poll::Ready(Ok(()));
            }
            if !moved {
                return self.poll_stalled(engine, cx).map(Err);
            }
        }
    }

    fn poll_stalled(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> Poll<SessionError> {
        let behind = engine.is_behind();
        if engine.take_progress() || !behind {
            self.stall.rest();
        }
        if behind { self.stall.poll_waited(cx).map(SessionError::stalled) } else { Poll::Pending }
    }

    /// Sends what streams have written, then GoAway, then the end.
    fn poll_goodbye(&mut self, engine: &mut Engine, _: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        self.status.go_away();
        loop {
            let mut moved = engine.read()?;
            // Dropped, and so refused.
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
                        engine.inject(Header::go_away(all_acknowledged));
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

    /// Tells the peer to open no more streams, after the last acknowledgement. `true` when it has.
    fn go_away(&mut self, engine: &mut Engine) -> bool {
        if !self.status.is_going_away() || engine.sent_go_away().is_some() || !self.status.all_acknowledged() {
            return false;
        }
        engine.inject(Header::go_away(true));
        true
    }

    /// Hands a stream of the peer to whoever accepts. Over the bound, or with nobody there, it is refused.
    fn admit(&mut self, stream: yamux::Stream) {
        let id = stream.id().val();
        let (Ok(place), Ok(served), Some(commands), false) = (
            Arc::clone(&self.inbound).try_acquire_owned(),
            Arc::clone(&self.served).try_acquire_owned(),
            self.queues.own_commands.upgrade(),
            self.status.is_going_away(),
        ) else {
            self.status.refuse(id);
            return;
        };
        self.status.add_stream(id, Some(place));
        let guard = StreamGuard::new(id, served, commands, Arc::clone(&self.status), Weak::clone(&self.gate));
        // There is room for as many as there are places. One that is dropped here is refused.
        let _arrived = self.queues.arrived.try_send(YamuxStream::arrived(stream, guard));
    }

    /// Does what handles ask. `true` when the library has to be polled again.
    fn obey(&mut self, engine: &mut Engine, cx: &mut Context<'_>) -> bool {
        loop {
            match self.queues.commands.poll_recv(cx) {
                Poll::Ready(Some(Command::ReadToEnd(stream, guard))) => self.leftovers.add(stream, guard),
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
                Some(asker) => Poll::Ready(Some(asker)),
                None => self.queues.opens.poll_recv(cx),
            };
            let Poll::Ready(Some(mut asker)) = next else { return moved };
            // Looked at here, right before opening: a caller that has given up must not cost a stream. The look also
            // has this woken when the caller gives up while the library makes it wait.
            if asker.reply.poll_closed(cx).is_ready() {
                continue;
            }
            let Some(commands) = self.queues.own_commands.upgrade() else { return moved };
            match engine.poll_open(cx) {
                Poll::Ready(Some(stream)) => {
                    let id = stream.id().val();
                    self.status.add_stream(id, None);
                    let guard =
                        StreamGuard::new(id, asker.place, commands, Arc::clone(&self.status), Weak::clone(&self.gate));
                    let _reset_if_gone = asker.reply.send(YamuxStream::opened(stream, guard));
                    moved = true;
                }
                Poll::Ready(None) => moved = true,
                Poll::Pending => {
                    self.open = Some(asker);
                    return moved;
                }
            }
        }
    }

    /// Nobody who waits for a stream gets one.
    fn refuse_opens(&mut self) {
        self.queues.opens.close();
        while self.queues.opens.try_recv().is_ok() {}
        self.open = None;
    }
}

/// A write fails once the peer has closed the connection. What it has said before that counts, so it is read first.
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
