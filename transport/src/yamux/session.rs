//! The handles of a session.

use std::fmt;
use std::sync::Arc;

use motore::service::UnaryService;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use volo::net::Address;

use super::driver::{Command, Driver, Open, Queues};
use super::stream::{Tether, YamuxStream};
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
    /// Makes connections to the other end. Clones share the session.
    outgoing: Outgoing,
    /// Accepts what the other end connects. Dropped, it refuses everything.
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

/// Why a session gives no stream.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// As many as allowed are open.
    #[error("{limit} streams are open, which is the limit of this session")]
    TooManyOutgoing {
        /// [`YamuxOptions::max_outbound_streams`].
        limit: usize,
    },
    /// The session was closed, by either end.
    #[error("the yamux session is closed")]
    Closed,
    /// The session broke.
    #[error(transparent)]
    Session(SessionError),
}

impl<P: Peer> Session<P> {
    /// Both directions.
    pub fn split(self) -> (Outgoing, Incoming<P>) {
        (self.outgoing, self.incoming)
    }

    /// Makes connections to the other end.
    pub fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// Starts a session on `connection`, which this end has dialed ([`yamux::Mode::Client`]) or accepted
    /// ([`yamux::Mode::Server`]). The mode only numbers the streams: both ends may open and accept.
    ///
    /// Spawns the session's task, so it has to be called inside a tokio runtime.
    pub(super) fn start<C: Connection>(connection: C, mode: yamux::Mode, config: YamuxOptions, peer: P) -> Self {
        let streams_at_most = config.max_outbound_streams + config.max_inbound_streams;
        let (open, opens) = mpsc::channel(OPENS);
        let (commands, received) = mpsc::channel(streams_at_most + CLOSES);
        let (accepted, waiting) = mpsc::channel(config.max_inbound_streams.max(1));
        let (reason, state) = watch::channel(None);
        let queues = Queues { opens, commands: received, own_commands: commands.downgrade(), accepted };
        let driver = Driver::new(connection, mode, &config, queues);
        // Its owners are the handles: it ends when the last of them is dropped.
        tokio::spawn(async move {
            driver.run(&reason).await;
            if let Some(Err(error)) = &*reason.borrow() {
                tracing::debug!(error = %WithCauses(error), "yamux session ended");
            }
        });
        let streams = Outgoing {
            open,
            commands: commands.clone(),
            permits: Arc::new(Semaphore::new(config.max_outbound_streams)),
            limit: config.max_outbound_streams,
            state,
        };
        Session { outgoing: streams, incoming: Incoming { waiting, peer, _session: commands } }
    }
}

/// Makes connections to the other end of a session: plug it into a client with
/// [`connect_with`](crate::ConnectWith::connect_with).
#[derive(Clone, Debug)]
pub struct Outgoing {
    open: mpsc::Sender<Open>,
    /// Keeps the driver at work.
    commands: mpsc::Sender<Command>,
    permits: Arc<Semaphore>,
    limit: usize,
    state: watch::Receiver<Option<Result<(), SessionError>>>,
}

impl Outgoing {
    /// Opens a stream. Nothing is sent before the first write.
    ///
    /// # Errors
    ///
    /// When as many streams as allowed are open, or the session is over.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future opens no stream, or resets the one that was opened.
    pub async fn open(&self) -> Result<YamuxStream, OpenError> {
        let permit = Arc::clone(&self.permits)
            .try_acquire_owned()
            .map_err(|_| OpenError::TooManyOutgoing { limit: self.limit })?;
        let (reply, stream) = oneshot::channel();
        self.open.send(reply).await.map_err(|_| self.why_closed())?;
        let stream = stream.await.map_err(|_| self.why_closed())?;
        let session = Tether { permit: Some(permit), commands: self.commands.clone() };
        Ok(YamuxStream::new(stream, session))
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
        self.open.is_closed()
    }

    fn why_closed(&self) -> OpenError {
        match &*self.state.borrow() {
            Some(Err(error)) => OpenError::Session(error.clone()),
            _ => OpenError::Closed,
        }
    }
}

impl UnaryService<Address> for Outgoing {
    type Response = YamuxStream;
    type Error = ConnectError;

    async fn call(&self, _: Address) -> Result<YamuxStream, ConnectError> {
        self.open().await.map_err(|error| ConnectError::new(ConnectErrorKind::Closed).because(error))
    }
}

/// Accepts the streams that the other end of a session opens. Ends with the session.
#[derive(Debug)]
pub struct Incoming<P: Peer = DialedPeer> {
    waiting: mpsc::Receiver<YamuxStream>,
    peer: P,
    /// Keeps the driver at work for a side that only accepts.
    _session: mpsc::Sender<Command>,
}

impl<P: Peer> Incoming<P> {
    /// The other end.
    pub fn peer(&self) -> &P {
        &self.peer
    }
}

impl<P: Peer> Listener for Incoming<P> {
    type Connection = YamuxStream;
    type Peer = P;

    async fn accept(&mut self) -> Option<(YamuxStream, P)> {
        Some((self.waiting.recv().await?, self.peer.clone()))
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::named(format!("a session with {}", self.peer))
    }
}
