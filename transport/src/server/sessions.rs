//! The runner for sessions: a service for each peer, and a way to call that peer back.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::serve::{DRAIN_TIMEOUT, MAX_CONNECTIONS, Served};
use super::{Serve, ServerHandle, ThriftService};
use crate::connection::Peer;
use crate::listener::Listener;
use crate::yamux::{Session, SessionListener, Streams};

/// Serves every session of `listener`, each with a service of its own.
///
/// `service_for` gets what a service needs to know of its peer: the [`Streams`] that lead back to it, to make a client
/// of, and what the listener knows of it, such as the path of its WebSocket. The service is dropped when its session
/// ends.
pub fn serve_sessions<L, S, F>(listener: SessionListener<L>, service_for: F) -> ServeSessions<L, F>
where
    L: Listener,
    S: ThriftService,
    F: FnMut(&Streams, &L::Peer) -> S + Send + 'static,
{
    ServeSessions {
        listener,
        service_for,
        stopping: CancellationToken::new(),
        signal: Box::pin(std::future::pending()),
        max_sessions: MAX_CONNECTIONS,
        drain_timeout: DRAIN_TIMEOUT,
    }
}

/// A server of sessions that is set up. Await it to run it; see [`Serve`] for how it stops.
#[must_use = "a server runs when it is awaited"]
pub struct ServeSessions<L, F> {
    listener: SessionListener<L>,
    service_for: F,
    stopping: CancellationToken,
    signal: Pin<Box<dyn Future<Output = ()> + Send>>,
    max_sessions: usize,
    drain_timeout: Duration,
}

impl<L: Listener, F> ServeSessions<L, F> {
    /// Stops when `signal` resolves, as [`ServerHandle::stop`] does.
    pub fn with_graceful_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.signal = Box::pin(signal);
        self
    }

    /// How long a stopping server waits for running calls before it cuts them off. Default: 30 s.
    pub fn with_drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// How many sessions are served at once; further ones wait in the listener. Default: 10,000. At least 1.
    pub fn with_max_sessions(mut self, sessions: usize) -> Self {
        self.max_sessions = sessions.max(1);
        self
    }

    /// A handle that stops it.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle::new(self.stopping.clone())
    }

    /// The address that a client connects to, in its text form.
    pub fn endpoint(&self) -> String {
        self.listener.endpoint()
    }
}

impl<L, S, F> ServeSessions<L, F>
where
    L: Listener,
    S: ThriftService,
    F: FnMut(&Streams, &L::Peer) -> S + Send + 'static,
{
    async fn run(self) -> Served {
        let Self { mut listener, mut service_for, stopping, mut signal, max_sessions, drain_timeout } = self;
        let mut sessions = JoinSet::new();
        let mut served = Served { connections: 0, cut_off: 0 };
        let mut listening = true;
        while listening || !sessions.is_empty() {
            tokio::select! {
                biased;
                () = stopping.cancelled() => break,
                () = &mut signal => break,
                Some(ended) = sessions.join_next(), if !sessions.is_empty() => served.add(ended),
                accepted = listener.accept(), if listening && sessions.len() < max_sessions => match accepted {
                    Some((session, peer)) => {
                        let service = Arc::new(service_for(&session.streams, &peer));
                        sessions.spawn(serve_one(session, service, stopping.child_token(), drain_timeout));
                    }
                    None => listening = false,
                },
            }
        }
        stopping.cancel();
        drop(listener);
        while let Some(ended) = sessions.join_next().await {
            served.add(ended);
        }
        served
    }
}

/// Serves the streams of one session. They end with it, or between calls when `stopping` says so; then the session is
/// closed, whoever else still holds a handle.
async fn serve_one<P: Peer, S: ThriftService>(
    session: Session<P>,
    service: Arc<S>,
    stopping: CancellationToken,
    drain_timeout: Duration,
) -> Served {
    let streams = session.streams;
    let serve = Serve::new(session.incoming, move |_: &P| Arc::clone(&service));
    let served = serve.stopped_by(stopping).with_drain_timeout(drain_timeout).await;
    streams.close().await;
    Served { connections: 1, cut_off: served.cut_off }
}

impl<L, S, F> IntoFuture for ServeSessions<L, F>
where
    L: Listener,
    S: ThriftService,
    F: FnMut(&Streams, &L::Peer) -> S + Send + 'static,
{
    type Output = Served;
    type IntoFuture = Pin<Box<dyn Future<Output = Served> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<L: fmt::Debug, F> fmt::Debug for ServeSessions<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeSessions")
            .field("listener", &self.listener)
            .field("max_sessions", &self.max_sessions)
            .field("drain_timeout", &self.drain_timeout)
            .finish_non_exhaustive()
    }
}
