//! Accepting sessions, and serving their streams as if each were a connection of its own.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::YamuxOptions;
use super::session::Session;
use super::stream::YamuxStream;
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// Accepts sessions, each with both its directions. Made by [`Yamux::listen`](super::Yamux::listen).
#[derive(Debug)]
pub struct SessionListener<L> {
    inner: L,
    config: YamuxOptions,
}

impl<L: Listener> SessionListener<L> {
    pub(super) fn new(inner: L) -> Self {
        Self { inner, config: YamuxOptions::default() }
    }

    /// With other bounds.
    pub fn with_config(self, config: YamuxOptions) -> Self {
        Self { config, ..self }
    }

    /// Waits for the next session. `None` means that no more will come.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no session.
    pub async fn accept(&mut self) -> Option<(Session<L::Peer>, L::Peer)> {
        let (connection, peer) = self.inner.accept().await?;
        Some((Session::start(connection, yamux::Mode::Server, self.config, peer.clone()), peer))
    }

    /// The address that a client connects to, in its text form.
    pub fn endpoint(&self) -> Endpoint {
        self.inner.endpoint().with_yamux(true)
    }

    /// Takes only what the other ends open: a listener whose connections are the streams of all sessions.
    pub fn into_streams(self) -> StreamListener<L> {
        let (found, streams) = mpsc::channel(WAITING);
        StreamListener { sessions: self, found, streams, pumps: JoinSet::new(), inner_ended: false }
    }
}

/// Sessions at once; further ones wait in the listener below.
const SESSIONS: usize = 10_000;

/// Outgoing of all sessions that may wait to be accepted; behind it each session's own queue fills.
const WAITING: usize = 64;

/// Accepts the streams of every session. Its sessions end with it.
#[derive(Debug)]
pub struct StreamListener<L: Listener> {
    sessions: SessionListener<L>,
    found: mpsc::Sender<(YamuxStream, L::Peer)>,
    streams: mpsc::Receiver<(YamuxStream, L::Peer)>,
    /// One for each session.
    pumps: JoinSet<()>,
    inner_ended: bool,
}

impl<L: Listener> Listener for StreamListener<L> {
    type Connection = YamuxStream;
    type Peer = L::Peer;

    async fn accept(&mut self) -> Option<(YamuxStream, L::Peer)> {
        loop {
            if self.inner_ended && self.pumps.is_empty() {
                return self.streams.try_recv().ok();
            }
            tokio::select! {
                Some(stream) = self.streams.recv() => return Some(stream),
                Some(_) = self.pumps.join_next(), if !self.pumps.is_empty() => {}
                session = self.sessions.accept(), if !self.inner_ended && self.pumps.len() < SESSIONS => match session {
                    Some((session, _)) => {
                        let found = self.found.clone();
                        self.pumps.spawn(pump(session, found));
                    }
                    None => self.inner_ended = true,
                },
            }
        }
    }

    fn endpoint(&self) -> Endpoint {
        self.sessions.endpoint()
    }
}

async fn pump<P: crate::connection::Peer>(session: Session<P>, found: mpsc::Sender<(YamuxStream, P)>) {
    let (_outgoing, mut incoming) = session.split();
    while let Some(stream) = incoming.accept().await {
        if found.send(stream).await.is_err() {
            return;
        }
    }
}
