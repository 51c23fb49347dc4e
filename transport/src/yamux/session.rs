//! The handles of a session.

mod incoming;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use volo::net::Address;

pub use self::incoming::Incoming;

use super::driver::{Command, Driver, Open, Queues};
use super::pair::End;
use super::status::Status;
use super::stream::YamuxStream;
use super::{OpenError, SessionError, YamuxOptions, YamuxRole};
use crate::connect::{ConnectError, WithCauses};
use crate::connection::{Connection, Peer};
use crate::log::{EventKind, limited};
use crate::metrics::{Counted, Gauge};
use crate::printable::Printable;

/// Requests to open a stream that may be queued; further ones wait for room.
const OPENS: usize = 64;

/// Requests to close that may be queued, besides a command of each stream.
const CLOSES: usize = 16;

/// A yamux session: one connection, streams in both directions.
///
/// The session lives as long as any of its handles: this, [`Outgoing`], [`Incoming`] or a stream.
#[derive(Debug)]
pub struct Session<P: Peer = DialedPeer> {
    outgoing: Outgoing,
    incoming: Incoming<P>,
}

/// The far end of a session that was dialed from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialedPeer;

impl fmt::Display for DialedPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the other end of a dialed session")
    }
}

impl Peer for DialedPeer {
    fn address(&self) -> Option<Address> {
        None
    }
}

impl<P: Peer> Session<P> {
    /// Starts a session on `connection`, with `role` unless the options have another one.
    ///
    /// Spawns the session's task, so it has to be called inside a tokio runtime.
    pub(super) fn start<C: Connection>(connection: C, role: YamuxRole, options: YamuxOptions, peer: P) -> Self {
        Self::start_with(connection, role, options, peer, ())
    }

    /// As [`start`](Self::start). `owned` is dropped when the session has ended.
    pub(super) fn start_with<C: Connection>(
        connection: C,
        role: YamuxRole,
        options: YamuxOptions,
        peer: P,
        owned: impl Send + 'static,
    ) -> Self {
        let streams_at_most = options.max_outbound_streams + options.max_served_streams();
        let (open, opens) = mpsc::channel(OPENS);
        let (commands, received) = mpsc::channel(streams_at_most + CLOSES);
        let (arrived, waiting) = mpsc::channel(options.max_served_streams().max(1));
        let (reason, state) = watch::channel(None);
        let role = options.role.unwrap_or(role);
        let status = Arc::new(Status::new(options.max_outbound_streams, role));
        let queues = Queues { opens, commands: received, own_commands: commands.downgrade(), arrived };
        let driver = Driver::new(connection, role, &options, Arc::clone(&status), queues);
        // Its owners are the handles: it ends when the last of them is dropped.
        let of = peer.clone();
        tokio::spawn(async move {
            let _counted = Counted::one(Gauge::SessionsOpen);
            driver.run(&reason).await;
            drop(owned);
            if let Some(Err(error)) = &*reason.borrow() {
                let (peer, why) = (Printable(&of), WithCauses(error));
                limited!(INFO, EventKind::Session, of.address(), %peer, error = %why, "a yamux session failed");
            }
        });
        let outgoing = Outgoing {
            open,
            commands: commands.clone(),
            status: Arc::clone(&status),
            open_timeout: options.open_timeout,
            state,
            other: None,
        };
        Session { outgoing, incoming: Incoming { waiting, peer, status, session: commands, other: None } }
    }

    pub(super) fn of(outgoing: Outgoing, incoming: Incoming<P>) -> Self {
        Self { outgoing, incoming }
    }

    /// Both directions.
    pub fn split(self) -> (Outgoing, Incoming<P>) {
        (self.outgoing, self.incoming)
    }

    /// Makes connections to the other end. Clones share the session.
    pub fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// Accepts the streams that the other end opens.
    pub fn incoming(&mut self) -> &mut Incoming<P> {
        &mut self.incoming
    }

    /// The other end.
    pub fn peer(&self) -> &P {
        self.incoming.peer()
    }
}

/// Makes connections to the other end of a session: plug it into a client with
/// [`connect_with`](crate::ConnectWith::connect_with).
#[derive(Clone, Debug)]
pub struct Outgoing {
    open: mpsc::Sender<Open>,
    /// Keeps the driver running.
    commands: mpsc::Sender<Command>,
    status: Arc<Status>,
    open_timeout: Duration,
    state: watch::Receiver<Option<Result<(), SessionError>>>,
    /// The session on which the other end opens streams, if it is a separate session.
    pub(super) other: Option<Arc<Outgoing>>,
}

impl Outgoing {
    /// Opens a stream. Nothing is sent before the first write. If the limit is reached, it waits until a stream is closed;
    /// callers are served in the order in which they came.
    ///
    /// # Errors
    ///
    /// If it waited for longer than [`YamuxOptions::with_open_timeout`], the other end is going away, or the session has ended.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future opens no stream, or resets the one that was opened.
    pub async fn open(&self) -> Result<YamuxStream, OpenError> {
        self.open_in(self.try_permit()).await
    }

    /// A permit for a stream, if one is free.
    pub(super) fn try_permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.status.permits).try_acquire_owned().ok()
    }

    /// As [`open`](Self::open), with a permit that may have been acquired already.
    pub(super) async fn open_in(&self, permit: Option<OwnedSemaphorePermit>) -> Result<YamuxStream, OpenError> {
        let waited = self.open_timeout;
        let permit = match permit {
            Some(permit) => permit,
            None => tokio::time::timeout(waited, Arc::clone(&self.status.permits).acquire_owned())
                .await
                .map_err(|_| OpenError::TooManyStreams { limit: self.status.max_outbound_streams, waited })?
                .map_err(|_| self.why_closed())?,
        };
        let (reply, stream) = oneshot::channel();
        let opened = async {
            self.open.send(Open { permit, reply }).await.map_err(|_| self.why_closed())?;
            stream.await.map_err(|_| self.why_closed())
        };
        tokio::time::timeout(waited, opened).await.map_err(|_| {
            self.status.set_unacknowledged();
            OpenError::Unacknowledged { waited }
        })?
    }

    /// How many streams this end has open. Streams that were shut down and dropped count until the other end has finished
    /// them, too.
    pub fn open_streams(&self) -> usize {
        self.status.open_streams()
    }

    /// Tells the other end to open no more streams (GoAway), and refuses those that it still opens. Streams that are open
    /// continue, and this end may open more. Another Rust peer that uses the `yamux` crate directly ends the session when it
    /// receives a GoAway.
    pub fn go_away(&self) {
        self.other.as_deref().unwrap_or(self).status.go_away();
    }

    /// Whether [`open`](Self::open) can succeed: the session has not ended, and the other end is not going away.
    pub fn is_open(&self) -> bool {
        !self.is_ended() && !self.status.peer_is_going_away()
    }

    /// Whether the session may get new calls: it is open, and the other end is not silent.
    pub(super) fn is_usable(&self) -> bool {
        self.is_open() && !self.status.is_silent()
    }

    /// Whether a call on this session timed out and nothing has arrived since.
    pub(super) fn is_suspect(&self) -> bool {
        self.status.is_suspect()
    }

    /// Sends GoAway and ends the session. Calls that are still running fail. Takes at most 6 s: 5 s until the connection
    /// has taken what is due, and 1 s until the other end has closed it, too.
    pub async fn close(&self) {
        for session in self.sessions() {
            // An error means that the session is over already.
            let _closing = session.commands.send(Command::Close).await;
        }
        self.ended().await.ok();
    }

    /// As [`close`](Self::close), but does not wait.
    pub(crate) fn start_closing(&self) {
        for session in self.sessions() {
            // An error means that the session is over already, or that as many others as there is room for are closing it.
            let _closing = session.commands.try_send(Command::Close);
        }
    }

    /// Waits for the end of the session.
    ///
    /// # Errors
    ///
    /// If the session failed instead of being closed.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn ended(&self) -> Result<(), SessionError> {
        let mut outcome = Ok(());
        for session in self.sessions() {
            let mut state = session.state.clone();
            // The driver drops its end when it has finished.
            while state.changed().await.is_ok() {}
            // The driver reports nothing if its runtime is shut down.
            outcome = outcome.and(state.borrow().clone().unwrap_or(Ok(())));
        }
        outcome
    }

    /// A handle that can wait for the end or start it, and does not keep the session running.
    pub(super) fn end(&self) -> End {
        End { state: self.state.clone(), commands: self.commands.downgrade(), status: Arc::clone(&self.status) }
    }

    /// Keeps the session running.
    pub(super) fn handle(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    /// This session, and that of the other direction, if it is a separate session.
    fn sessions(&self) -> impl Iterator<Item = &Self> {
        [Some(self), self.other.as_deref()].into_iter().flatten()
    }

    /// Waits until the session accepts no more calls of this end: it has ended, or the other end is going away.
    pub(super) async fn unusable(&self) {
        tokio::select! {
            () = self.status.unusable.cancelled() => {}
            // The runtime of the driver was shut down.
            () = self.commands.closed() => {}
        }
    }

    /// Whether the session has ended.
    pub fn is_ended(&self) -> bool {
        // The second is true if the runtime of the driver was shut down.
        self.status.has_ended() || self.commands.is_closed()
    }

    fn why_closed(&self) -> OpenError {
        match &*self.state.borrow() {
            Some(Err(error)) => OpenError::Session(error.clone()),
            _ if self.status.peer_is_going_away() && !self.is_ended() => OpenError::GoingAway,
            _ => OpenError::Closed,
        }
    }
}

impl UnaryService<Address> for Outgoing {
    type Response = YamuxStream;
    type Error = ConnectError;

    async fn call(&self, _: Address) -> Result<YamuxStream, ConnectError> {
        Ok(self.open().await?)
    }
}
