//! The runner for sessions: a service for each peer, and a way to call that peer back.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::drain::DrainTime;
use super::serve::Served;
use super::stop::StopSignals;
use super::{SecondSignal, Serve, ServeOptions, ServerHandle, ThriftService};
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;
use crate::yamux::{Outgoing, Session, SessionListener};

/// Serves every session of `listener`, each with a service of its own.
///
/// `service_for` gets what a service needs to know of its peer: the [`Outgoing`] that lead back to it, to make a client
/// of, and what the listener knows of it, such as the path of its WebSocket. The service is dropped when its session
/// ends.
pub fn serve_sessions<L, S, F>(listener: SessionListener<L>, service_for: F) -> ServeSessions<L, F>
where
    L: Listener,
    S: ThriftService,
    F: FnMut(&Outgoing, &L::Peer) -> S + Send + 'static,
{
    let stop = StopSignals::new(ServerHandle::new());
    ServeSessions { listener, service_for, stop, options: ServeOptions::default() }
}

/// A server of sessions that is set up. Await it to run it; see [`Serve`] for how it stops.
#[must_use = "a server runs when it is awaited"]
pub struct ServeSessions<L, F> {
    listener: SessionListener<L>,
    service_for: F,
    stop: StopSignals,
    options: ServeOptions,
}

impl<L: Listener, F> ServeSessions<L, F> {
    /// Stops when `signal` resolves, as [`ServerHandle::stop`] does. With [`ctrl_c`](crate::ctrl_c), a second signal
    /// ends the server at once.
    pub fn with_graceful_shutdown<T: SecondSignal>(mut self, signal: impl Future<Output = T> + Send + 'static) -> Self {
        self.stop.set_signal(signal);
        self
    }

    /// With other bounds. The number of connections is that of sessions here.
    pub fn with_options(self, options: ServeOptions) -> Self {
        Self { options, ..self }
    }

    /// A handle that stops it.
    pub fn handle(&self) -> ServerHandle {
        self.stop.handle.clone()
    }

    /// The address that a client connects to.
    pub fn endpoint(&self) -> Endpoint {
        self.listener.endpoint()
    }
}

impl<L, S, F> ServeSessions<L, F>
where
    L: Listener,
    S: ThriftService,
    F: FnMut(&Outgoing, &L::Peer) -> S + Send + 'static,
{
    async fn run(self) -> Served {
        let Self { mut listener, mut service_for, mut stop, options } = self;
        let mut sessions = JoinSet::new();
        let mut served = Served { connections: 0, cut_off: 0 };
        let mut listening = true;
        let hurry = loop {
            if !listening && sessions.is_empty() {
                return served;
            }
            tokio::select! {
                biased;
                hurry = stop.stopped() => break hurry,
                Some(ended) = sessions.join_next(), if !sessions.is_empty() => served.add(ended),
                accepted = listener.accept(), if listening && sessions.len() < options.max_connections() => {
                    match accepted {
                        Some((session, peer)) => {
                            let service = Arc::new(service_for(session.outgoing(), &peer));
                            sessions.spawn(serve_one(session, service, stop.handle.child(), options));
                        }
                        None => listening = false,
                    }
                }
            }
        };
        let mut time = DrainTime::new(&options, hurry);
        stop.handle.stop();
        while listening && sessions.len() < options.max_connections() {
            // Told at once to open no streams, which is more than a reset tells.
            let Some((session, peer)) = time.last_accept(listener.accept()).await else { break };
            let service = Arc::new(service_for(session.outgoing(), &peer));
            sessions.spawn(serve_one(session, service, stop.handle.child(), options));
        }
        drop(listener);
        let all_ended = async {
            while let Some(ended) = sessions.join_next().await {
                served.add(ended);
            }
        };
        tokio::select! {
            biased;
            () = all_ended => return served,
            () = time.over() => {}
        }
        served.connections += sessions.len() as u64;
        served.cut_off += sessions.len();
        sessions.shutdown().await;
        served
    }
}

/// Serves the streams of one session. When the server stops, the peer is told first: it opens no further streams, and
/// those that stand end between calls. Then the session is closed, whoever else still holds a handle.
async fn serve_one<P: Peer, S: ThriftService>(
    session: Session<P>,
    service: Arc<S>,
    handle: ServerHandle,
    options: ServeOptions,
) -> Served {
    let (outgoing, incoming) = session.split();
    let serve = Serve::new(incoming, move |_: &P| Arc::clone(&service));
    let served = serve.stopped_by(handle).with_options(options).await;
    outgoing.close().await;
    Served { connections: 1, cut_off: served.cut_off }
}

impl<L, S, F> IntoFuture for ServeSessions<L, F>
where
    L: Listener,
    S: ThriftService,
    F: FnMut(&Outgoing, &L::Peer) -> S + Send + 'static,
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
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
