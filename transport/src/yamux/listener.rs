//! Accepts sessions, and serves each of their streams as a connection.

use std::fmt;
use std::sync::{Arc, Weak};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

#[cfg(feature = "websocket")]
use super::pairs::Pairs;
use super::session::{Incoming, Session};
use super::status::Status;
use super::stream::YamuxStream;
use super::{YamuxOptions, YamuxRole};
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// The role of this end of the session with a peer.
type RoleOf<P> = Box<dyn Fn(&P) -> YamuxRole + Send + Sync>;

/// Accepts sessions, each with both its directions. Made by [`Yamux::listen`](super::Yamux::listen).
pub struct SessionListener<L: Listener> {
    inner: L,
    options: YamuxOptions,
    role_of: Option<RoleOf<L::Peer>>,
    /// Of a listener whose sessions consist of two connections each.
    #[cfg(feature = "websocket")]
    pairs: Option<Pairs<L::Peer>>,
}

impl<L: Listener> SessionListener<L> {
    pub(super) fn new(inner: L) -> Self {
        Self {
            inner,
            options: YamuxOptions::default(),
            role_of: None,
            #[cfg(feature = "websocket")]
            pairs: None,
        }
    }

    /// Of sessions that consist of two connections each.
    #[cfg(feature = "websocket")]
    pub(super) fn of_pairs(inner: L, pairs: Pairs<L::Peer>) -> Self {
        Self { pairs: Some(pairs), ..Self::new(inner) }
    }

    /// Sets the options.
    pub fn with_options(self, options: YamuxOptions) -> Self {
        Self { options, ..self }
    }

    /// Sets this end's role for each session, from its peer: for a listener whose sessions have different roles, such as by
    /// the path of a WebSocket. Takes precedence over [`YamuxOptions::with_role`]; no effect on
    /// [`Yamux::listen_pairs`](super::Yamux::listen_pairs), where the path decides.
    ///
    /// ```
    /// use volplane_transport::{WebSocket, Yamux, YamuxRole};
    ///
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// let listener = WebSocket::bind("ws://127.0.0.1:8891/kitex-ws").await?.with_ids_under(&["in", "out"]);
    /// let sessions = Yamux::listen(listener).with_role_of(|peer| match peer.path() {
    ///     path if path.starts_with("/kitex-ws/out/") => YamuxRole::Client,
    ///     _ => YamuxRole::Server,
    /// });
    /// # drop(sessions);
    /// # Ok(()) }
    /// ```
    pub fn with_role_of(self, role_of: impl Fn(&L::Peer) -> YamuxRole + Send + Sync + 'static) -> Self {
        Self { role_of: Some(Box::new(role_of)), ..self }
    }

    /// Waits for the next session. `None` means that no more will come.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future does not lose a session.
    pub async fn accept(&mut self) -> Option<(Session<L::Peer>, L::Peer)> {
        #[cfg(feature = "websocket")]
        if let Some(pairs) = &mut self.pairs {
            loop {
                let (connection, peer) = tokio::select! {
                    accepted = self.inner.accept() => accepted?,
                    never = pairs.expire() => match never {},
                };
                if let Some(session) = pairs.add(connection, peer, self.options) {
                    let peer = session.peer().clone();
                    return Some((session, peer));
                }
            }
        }
        let (connection, peer) = self.inner.accept().await?;
        let options = match &self.role_of {
            Some(role_of) => self.options.with_role(role_of(&peer)),
            None => self.options,
        };
        Some((Session::start(connection, YamuxRole::Server, options, peer.clone()), peer))
    }

    /// The address that a client connects to.
    pub fn endpoint(&self) -> Endpoint {
        self.inner.endpoint().with_yamux(true)
    }

    /// A listener whose connections are the streams that the other ends of all sessions open.
    pub fn into_streams(self) -> StreamListener<L> {
        let (sender, streams) = mpsc::channel(WAITING);
        StreamListener {
            sessions: self,
            sender,
            streams,
            forwarders: JoinSet::new(),
            statuses: Vec::new(),
            stopped: false,
            inner_ended: false,
        }
    }
}

impl<L: Listener + fmt::Debug> fmt::Debug for SessionListener<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionListener")
            .field("inner", &self.inner)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// How many sessions are served at once; further ones wait in the underlying listener.
const SESSIONS: usize = 10_000;

/// How many streams of all sessions may wait to be accepted; further ones wait in the queues of their sessions.
const WAITING: usize = 64;

/// Accepts the streams of every session.
///
/// After it is dropped, further streams are refused, and each session ends with its last accepted stream.
/// [`stop`](Listener::stop) announces that to the other ends, so that their clients use another server.
#[derive(Debug)]
pub struct StreamListener<L: Listener> {
    sessions: SessionListener<L>,
    sender: mpsc::Sender<(YamuxStream, L::Peer)>,
    streams: mpsc::Receiver<(YamuxStream, L::Peer)>,
    /// One for each session.
    forwarders: JoinSet<()>,
    /// The sessions. Those that have ended are removed when further ones arrive.
    statuses: Vec<Weak<Status>>,
    stopped: bool,
    inner_ended: bool,
}

impl<L: Listener> StreamListener<L> {
    fn add(&mut self, session: Session<L::Peer>) {
        let (_, incoming) = session.split();
        if self.stopped {
            incoming.status().go_away();
        }
        if self.statuses.len() > 2 * self.forwarders.len() {
            self.statuses.retain(|status| status.strong_count() > 0);
        }
        self.statuses.push(Arc::downgrade(incoming.status()));
        self.forwarders.spawn(forward(incoming, self.sender.clone()));
    }
}

impl<L: Listener> Listener for StreamListener<L> {
    type Connection = YamuxStream;
    type Peer = L::Peer;

    async fn accept(&mut self) -> Option<(YamuxStream, L::Peer)> {
        loop {
            let found = if self.inner_ended && self.forwarders.is_empty() {
                Some(self.streams.try_recv().ok()?)
            } else {
                tokio::select! {
                    found = self.streams.recv() => found,
                    Some(_) = self.forwarders.join_next(), if !self.forwarders.is_empty() => None,
                    session = self.sessions.accept(), if !self.inner_ended && self.forwarders.len() < SESSIONS => {
                        match session {
                            Some((session, _)) => self.add(session),
                            None => self.inner_ended = true,
                        }
                        None
                    }
                }
            };
            if let Some((stream, peer)) = found
                && let Some(stream) = stream.accept()
            {
                return Some((stream, peer));
            }
        }
    }

    fn endpoint(&self) -> Endpoint {
        self.sessions.endpoint()
    }

    /// Tells the other end of each session to open no more streams. Streams that were accepted continue, also after this
    /// listener is dropped.
    fn stop(&mut self) {
        self.stopped = true;
        for status in &self.statuses {
            if let Some(status) = status.upgrade() {
                status.go_away();
            }
        }
        self.sessions.inner.stop();
    }
}

async fn forward<P: Peer>(mut incoming: Incoming<P>, sender: mpsc::Sender<(YamuxStream, P)>) {
    while let Some(stream) = incoming.arrived().await {
        // The streams of a session that has ended are worth no turn.
        if incoming.status().has_ended() {
            return;
        }
        let peer = incoming.peer().clone();
        if sender.send((stream, peer)).await.is_err() {
            return;
        }
    }
}
