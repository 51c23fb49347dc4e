//! Accepting sessions, and serving their streams as if each were a connection of its own.

use std::sync::{Arc, Weak};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::YamuxOptions;
use super::session::{Incoming, Session};
use super::status::Status;
use super::stream::YamuxStream;
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// Accepts sessions, each with both its directions. Made by [`Yamux::listen`](super::Yamux::listen).
#[derive(Debug)]
pub struct SessionListener<L> {
    inner: L,
    options: YamuxOptions,
}

impl<L: Listener> SessionListener<L> {
    pub(super) fn new(inner: L) -> Self {
        Self { inner, options: YamuxOptions::default() }
    }

    /// With other options.
    pub fn with_options(self, options: YamuxOptions) -> Self {
        Self { options, ..self }
    }

    /// Waits for the next session. `None` means that no more will come.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no session.
    pub async fn accept(&mut self) -> Option<(Session<L::Peer>, L::Peer)> {
        let (connection, peer) = self.inner.accept().await?;
        Some((Session::start(connection, yamux::Mode::Server, self.options, peer.clone()), peer))
    }

    /// The address that a client connects to.
    pub fn endpoint(&self) -> Endpoint {
        self.inner.endpoint().with_yamux(true)
    }

    /// Takes only what the other ends open: a listener whose connections are the streams of all sessions.
    pub fn into_streams(self) -> StreamListener<L> {
        let (found, streams) = mpsc::channel(WAITING);
        StreamListener {
            sessions: self,
            found,
            streams,
            pumps: JoinSet::new(),
            going: Vec::new(),
            stopped: false,
            inner_ended: false,
        }
    }
}

/// Sessions at once; further ones wait in the listener below.
const SESSIONS: usize = 10_000;

/// Streams of all sessions that may wait to be accepted; behind it each session's own queue fills.
const WAITING: usize = 64;

/// Accepts the streams of every session.
///
/// Dropped, it refuses further streams, and its sessions end with the streams that were accepted.
/// [`stop`](Listener::stop) says so to the other ends, and what they have sent goes elsewhere.
#[derive(Debug)]
pub struct StreamListener<L: Listener> {
    sessions: SessionListener<L>,
    found: mpsc::Sender<(YamuxStream, L::Peer)>,
    streams: mpsc::Receiver<(YamuxStream, L::Peer)>,
    /// One for each session.
    pumps: JoinSet<()>,
    /// The sessions, those among them that have ended until the next one comes.
    going: Vec<Weak<Status>>,
    stopped: bool,
    inner_ended: bool,
}

impl<L: Listener> StreamListener<L> {
    fn begin(&mut self, session: Session<L::Peer>) {
        let (_, incoming) = session.split();
        if self.stopped {
            incoming.status().go_away();
        }
        if self.going.len() > 2 * self.pumps.len() {
            self.going.retain(|status| status.strong_count() > 0);
        }
        self.going.push(Arc::downgrade(incoming.status()));
        self.pumps.spawn(pump(incoming, self.found.clone()));
    }
}

impl<L: Listener> Listener for StreamListener<L> {
    type Connection = YamuxStream;
    type Peer = L::Peer;

    async fn accept(&mut self) -> Option<(YamuxStream, L::Peer)> {
        loop {
            let found = if self.inner_ended && self.pumps.is_empty() {
                Some(self.streams.try_recv().ok()?)
            } else {
                tokio::select! {
                    found = self.streams.recv() => found,
                    Some(_) = self.pumps.join_next(), if !self.pumps.is_empty() => None,
                    session = self.sessions.accept(), if !self.inner_ended && self.pumps.len() < SESSIONS => {
                        match session {
                            Some((session, _)) => self.begin(session),
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

    /// Tells the other end of each session to open no more streams. Streams that were accepted live on, also after this
    /// listener is dropped.
    fn stop(&mut self) {
        self.stopped = true;
        for status in &self.going {
            if let Some(status) = status.upgrade() {
                status.go_away();
            }
        }
        self.sessions.inner.stop();
    }
}

async fn pump<P: Peer>(mut incoming: Incoming<P>, found: mpsc::Sender<(YamuxStream, P)>) {
    while let Some(stream) = incoming.arrived().await {
        let peer = incoming.peer().clone();
        if found.send((stream, peer)).await.is_err() {
            return;
        }
    }
}
