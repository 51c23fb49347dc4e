//! The handles of a session.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use volo::net::Address;

use super::driver::{Command, Driver, Open, Queues};
use super::status::Status;
use super::stream::YamuxStream;
use super::{SessionError, YamuxOptions};
use crate::connect::{ConnectError, ConnectErrorKind, WithCauses};
use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// Callers that may wait for a stream ahead of those that wait for a place here.
const OPENS: usize = 64;

/// Requests to close that may wait, beside a command of each stream.
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

/// Why a session gives no stream. Nothing was sent.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// As many as allowed are open, and none of them was closed in time.
    #[error("{limit} streams are open, which is the limit of this session, and none was closed within {waited:?}")]
    TooManyStreams {
        /// See [`YamuxOptions::with_max_outbound_streams`].
        limit: usize,
        /// See [`YamuxOptions::with_open_timeout`].
        waited: Duration,
    },
    /// The other end has not acknowledged the streams that were opened before.
    #[error("the other end of the yamux session has acknowledged no stream within {waited:?}")]
    Unacknowledged {
        /// See [`YamuxOptions::with_open_timeout`].
        waited: Duration,
    },
    /// The other end has said that it accepts no more streams.
    #[error("the other end of the yamux session is going away")]
    GoingAway,
    /// The session was closed, by either end.
    #[error("the yamux session is closed")]
    Closed,
    /// The session broke.
    #[error(transparent)]
    Session(SessionError),
}

impl From<OpenError> for ConnectError {
    fn from(error: OpenError) -> Self {
        let kind = match &error {
            OpenError::TooManyStreams { .. } => ConnectErrorKind::Limit,
            OpenError::Unacknowledged { waited } => ConnectErrorKind::TimedOut(*waited),
            OpenError::GoingAway | OpenError::Closed | OpenError::Session(_) => ConnectErrorKind::Closed,
        };
        ConnectError::new(kind).at("the other end of the yamux session").because(error)
    }
}

impl<P: Peer> Session<P> {
    /// Starts a session on `connection`, which this end has dialed ([`yamux::Mode::Client`]) or accepted
    /// ([`yamux::Mode::Server`]). The mode only numbers the streams: both ends may open and accept.
    ///
    /// Spawns the session's task, so it has to be called inside a tokio runtime.
    pub(super) fn start<C: Connection>(connection: C, mode: yamux::Mode, options: YamuxOptions, peer: P) -> Self {
        let streams_at_most = options.max_outbound_streams + options.max_served_streams();
        let (open, opens) = mpsc::channel(OPENS);
        let (commands, received) = mpsc::channel(streams_at_most + CLOSES);
        let (arrived, waiting) = mpsc::channel(options.max_served_streams().max(1));
        let (reason, state) = watch::channel(None);
        let status = Arc::new(Status::new(options.max_outbound_streams));
        let queues = Queues { opens, commands: received, own_commands: commands.downgrade(), arrived };
        let driver = Driver::new(connection, mode, &options, Arc::clone(&status), queues);
        // Its owners are the handles: it ends when the last of them is dropped.
        tokio::spawn(async move {
            driver.run(&reason).await;
            if let Some(Err(error)) = &*reason.borrow() {
                tracing::debug!(error = %WithCauses(error), "yamux session ended");
            }
        });
        let outgoing = Outgoing {
            open,
            commands: commands.clone(),
            status: Arc::clone(&status),
            open_timeout: options.open_timeout,
            state,
        };
        Session { outgoing, incoming: Incoming { waiting, peer, status, _session: commands } }
    }

    /// Both directions.
    pub fn split(self) -> (Outgoing, Incoming<P>) {
        (self.outgoing, self.incoming)
    }

    /// Makes connections to the other end. Clones share the session.
    pub fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// Accepts what the other end connects.
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
    /// Keeps the driver at work.
    commands: mpsc::Sender<Command>,
    status: Arc<Status>,
    open_timeout: Duration,
    state: watch::Receiver<Option<Result<(), SessionError>>>,
}

impl Outgoing {
    /// Opens a stream. Nothing is sent before the first write. Where as many as allowed are open, it waits until one is
    /// closed, first come, first served.
    ///
    /// # Errors
    ///
    /// When it has waited for too long, the other end is going away, or the session is over.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future opens no stream, or resets the one that was opened.
    pub async fn open(&self) -> Result<YamuxStream, OpenError> {
        self.open_in(self.try_place()).await
    }

    /// A place for a stream, if one is free.
    pub(super) fn try_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.status.permits).try_acquire_owned().ok()
    }

    /// As [`open`](Self::open), where a place may have been taken already.
    pub(super) async fn open_in(&self, place: Option<OwnedSemaphorePermit>) -> Result<YamuxStream, OpenError> {
        let waited = self.open_timeout;
        let place = match place {
            Some(place) => place,
            None => tokio::time::timeout(waited, Arc::clone(&self.status.permits).acquire_owned())
                .await
                .map_err(|_| OpenError::TooManyStreams { limit: self.status.max_outbound_streams, waited })?
                .map_err(|_| self.why_closed())?,
        };
        let (reply, stream) = oneshot::channel();
        let opened = async {
            self.open.send(Open { place, reply }).await.map_err(|_| self.why_closed())?;
            stream.await.map_err(|_| self.why_closed())
        };
        tokio::time::timeout(waited, opened).await.map_err(|_| {
            self.status.set_unacknowledged();
            OpenError::Unacknowledged { waited }
        })?
    }

    /// How many streams this end has open, those among them that were shut down and dropped and whose other end has not
    /// finished yet.
    pub fn open_streams(&self) -> usize {
        self.status.open_streams()
    }

    /// Tells the other end to open no more streams, and refuses those that it opens all the same. Streams that are open
    /// live on, and this end may open more.
    pub fn go_away(&self) {
        self.status.go_away();
    }

    /// Whether [`open`](Self::open) can succeed: the session is not over, and the other end not going away.
    pub fn is_open(&self) -> bool {
        !self.is_ended() && !self.status.peer_is_going_away()
    }

    /// Whether a connector gives it to new calls: it is open, and the other end has not fallen silent.
    pub(super) fn is_usable(&self) -> bool {
        self.is_open() && !self.status.is_silent()
    }

    /// Says goodbye and ends the session. Calls that are still running are cut off.
    pub async fn close(&self) {
        // An error means that it is over already.
        let _closing = self.commands.send(Command::Close).await;
        self.ended().await.ok();
    }

    /// Waits for the end of the session.
    ///
    /// # Errors
    ///
    /// When it broke instead of being closed.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn ended(&self) -> Result<(), SessionError> {
        let mut state = self.state.clone();
        // The driver drops its end last of all.
        while state.changed().await.is_ok() {}
        // Nothing is told when the runtime goes down and takes the driver with it.
        state.borrow().clone().unwrap_or(Ok(()))
    }

    /// Whether the session is over.
    pub fn is_ended(&self) -> bool {
        // The second when the runtime went down and took the driver with it.
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

/// Accepts the streams that the other end of a session opens. Ends with the session. Dropped, it refuses everything.
#[derive(Debug)]
pub struct Incoming<P: Peer = DialedPeer> {
    waiting: mpsc::Receiver<YamuxStream>,
    peer: P,
    status: Arc<Status>,
    /// Keeps the driver at work for a side that only accepts.
    _session: mpsc::Sender<Command>,
}

impl<P: Peer> Incoming<P> {
    /// The other end.
    pub fn peer(&self) -> &P {
        &self.peer
    }

    pub(super) fn status(&self) -> &Arc<Status> {
        &self.status
    }

    /// The next stream, not yet accepted.
    pub(super) async fn arrived(&mut self) -> Option<YamuxStream> {
        self.waiting.recv().await
    }
}

impl<P: Peer> Listener for Incoming<P> {
    type Connection = YamuxStream;
    type Peer = P;

    async fn accept(&mut self) -> Option<(YamuxStream, P)> {
        loop {
            if let Some(stream) = self.arrived().await?.accept() {
                return Some((stream, self.peer.clone()));
            }
        }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::named(format!("a session with {}", self.peer))
    }

    /// As [`Outgoing::go_away`].
    fn stop(&mut self) {
        self.status.go_away();
    }
}
