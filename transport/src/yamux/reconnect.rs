//! A session that reconnects when it ends.

mod task;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use motore::make::MakeConnection;
use motore::service::UnaryService;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use volo::net::Address;

use self::task::Task;
use super::session::{DialedPeer, Outgoing};
use super::stream::YamuxStream;
use super::{Backoff, OpenError, YamuxOptions};
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// A session that reconnects when it ends. Made by [`Yamux::reconnecting`](super::Yamux::reconnecting).
///
/// Its two directions are used for all sessions: [`outgoing`](Self::outgoing) is a connector, whose calls wait if no session
/// is open, and [`split`](Self::split) also gives the listener, for a server that keeps running.
///
/// A task connects. It ends when this and all its handles are dropped, or with [`close`](Self::close).
#[derive(Debug)]
pub struct Reconnecting {
    outgoing: ReconnectingOutgoing,
    incoming: ReconnectingIncoming,
}

/// What a [`Reconnecting`] session is doing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReconnectState {
    /// It connects.
    Connecting {
        /// The number of the attempt since the last session that lasted, counted from 1.
        attempt: u32,
    },
    /// A session is open.
    Connected,
    /// The last attempt failed, or the session has ended.
    Waiting {
        /// When it connects again.
        until: Instant,
        /// Why the attempt failed or the session ended. `None` if the other end has closed the session, or is going away.
        error: Option<ConnectError>,
    },
    /// It was closed, and does not connect again.
    Closed,
}

/// What the handles and the task share.
#[derive(Debug)]
struct ReconnectShared {
    closing: CancellationToken,
    /// The server of the listener is stopping: every session tells the other end to open no streams.
    stopped: AtomicBool,
}

/// Ends the task with the last handle.
#[derive(Debug)]
struct Owner(AbortHandle);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How many streams may wait to be accepted; further ones wait in the queue of their session.
const WAITING: usize = 64;

impl Reconnecting {
    /// Spawns the task, so it has to be called inside a tokio runtime.
    pub(super) fn start<C>(connector: C, backoff: Backoff, options: YamuxOptions) -> Self
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError> + Send,
    {
        let (state, states) = watch::channel(ReconnectState::Connecting { attempt: 1 });
        let (session, sessions) = watch::channel(None);
        let (arrived, waiting) = mpsc::channel(WAITING);
        let shared = Arc::new(ReconnectShared { closing: CancellationToken::new(), stopped: AtomicBool::new(false) });
        let task = Task::new(state, session, arrived, Arc::clone(&shared));
        // Owned by the handles, the last of which aborts it.
        let task = tokio::spawn(task.run(connector, backoff, options));
        let owner = Arc::new(Owner(task.abort_handle()));
        let timeout = options.connect_timeout;
        let outgoing =
            ReconnectingOutgoing { sessions, states, timeout, shared: Arc::clone(&shared), _owner: Arc::clone(&owner) };
        let sessions = outgoing.sessions.clone();
        Self { outgoing, incoming: ReconnectingIncoming { waiting, sessions, shared, _owner: owner } }
    }

    /// Makes connections to the other end. Clones share the session.
    pub fn outgoing(&self) -> &ReconnectingOutgoing {
        &self.outgoing
    }

    /// Both directions.
    pub fn split(self) -> (ReconnectingOutgoing, ReconnectingIncoming) {
        (self.outgoing, self.incoming)
    }

    /// See [`ReconnectingOutgoing::state`].
    pub fn state(&self) -> watch::Receiver<ReconnectState> {
        self.outgoing.state()
    }

    /// See [`ReconnectingOutgoing::close`].
    pub async fn close(&self) {
        self.outgoing.close().await;
    }
}

/// Makes connections to the other end of a [`Reconnecting`] session: plug it into a client with
/// [`connect_with`](crate::ConnectWith::connect_with).
///
/// If no session is open, a connection waits for the next one, for at most
/// [`YamuxOptions::with_connect_timeout`] and the client's own `connect_timeout`. Then the call fails, never sent.
#[derive(Clone, Debug)]
pub struct ReconnectingOutgoing {
    sessions: watch::Receiver<Option<Outgoing>>,
    states: watch::Receiver<ReconnectState>,
    timeout: Duration,
    shared: Arc<ReconnectShared>,
    _owner: Arc<Owner>,
}

/// How often a caller checks a session whose other end may be dead.
const LOOK: Duration = Duration::from_millis(50);

impl ReconnectingOutgoing {
    /// Opens a stream in the current session, or in the next one.
    ///
    /// # Errors
    ///
    /// If no session is open within [`YamuxOptions::with_connect_timeout`] (the source is the error of the last attempt), if the session's limit of streams is reached, or if it was closed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future opens no stream, or resets the one that was opened.
    pub async fn open(&self) -> Result<YamuxStream, ConnectError> {
        let opened = tokio::time::timeout(self.timeout, self.open_when_connected()).await;
        opened.unwrap_or_else(|_| Err(self.no_session()))
    }

    async fn open_when_connected(&self) -> Result<YamuxStream, ConnectError> {
        let mut sessions = self.sessions.clone();
        loop {
            let session = sessions.borrow_and_update().clone();
            let is_connected = session.is_some();
            if let Some(session) = session.filter(|session| !session.is_suspect()) {
                match session.open().await {
                    Err(OpenError::Closed | OpenError::GoingAway | OpenError::Session(_)) => {}
                    opened => return Ok(opened?),
                }
            }
            let changed = tokio::select! {
                changed = sessions.changed() => changed,
                () = tokio::time::sleep(LOOK), if is_connected => Ok(()),
            };
            if changed.is_err() {
                return Err(OpenError::Closed.into());
            }
        }
    }

    fn no_session(&self) -> ConnectError {
        let error =
            ConnectError::new(ConnectErrorKind::TimedOut(self.timeout)).at("the other end of the yamux session");
        match &*self.states.borrow() {
            ReconnectState::Waiting { error: Some(cause), .. } => error.because(cause.clone()),
            _ => error,
        }
    }

    /// The current state, and every change. After the last handle is dropped, the state is [`ReconnectState::Closed`].
    pub fn state(&self) -> watch::Receiver<ReconnectState> {
        self.states.clone()
    }

    /// The current session.
    pub fn session(&self) -> Option<Outgoing> {
        self.sessions.borrow().clone()
    }

    /// Closes the session as [`Outgoing::close`] does, and does not connect again. Takes at most 6 s.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: it is closed in the background.
    pub async fn close(&self) {
        self.shared.closing.cancel();
        let mut states = self.states.clone();
        // An error means that the task has ended.
        let _closed = states.wait_for(|state| matches!(state, ReconnectState::Closed)).await;
    }
}

impl UnaryService<Address> for ReconnectingOutgoing {
    type Response = YamuxStream;
    type Error = ConnectError;

    async fn call(&self, _: Address) -> Result<YamuxStream, ConnectError> {
        self.open().await
    }
}

/// Accepts the streams that the other end of a [`Reconnecting`] session opens, in every session. Ends when the session is
/// closed. After it is dropped, all further streams are refused.
#[derive(Debug)]
pub struct ReconnectingIncoming {
    waiting: mpsc::Receiver<YamuxStream>,
    sessions: watch::Receiver<Option<Outgoing>>,
    shared: Arc<ReconnectShared>,
    _owner: Arc<Owner>,
}

impl Listener for ReconnectingIncoming {
    type Connection = YamuxStream;
    type Peer = DialedPeer;

    async fn accept(&mut self) -> Option<(YamuxStream, DialedPeer)> {
        loop {
            if let Some(stream) = self.waiting.recv().await?.accept() {
                return Some((stream, DialedPeer));
            }
        }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::named("a session with the other end of a dialed session")
    }

    /// As [`Outgoing::go_away`], in this session and in all later ones.
    fn stop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        if let Some(session) = &*self.sessions.borrow() {
            session.go_away();
        }
    }
}
