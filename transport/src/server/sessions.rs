//! Serves yamux sessions: a service for each peer, and connections back to that peer.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::drain::DrainDeadline;
use super::serve::Served;
use super::stop::StopSignals;
use super::{SecondSignal, Serve, ServeOptions, ServerHandle, ThriftService};
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;
use crate::log::{EventKind, limited};
use crate::printable::Printable;
use crate::yamux::{Outgoing, Session, SessionListener};

/// Serves every session of `listener`, each with its own service. Await the result to run it; it returns [`Served`].
///
/// `service_for` gets the [`Outgoing`] of the session, from which it can make a client that calls the peer, and the
/// peer as the listener knows it, such as the path of its WebSocket. The service is dropped when its session ends. If it
/// returns an error, the session is closed.
pub fn serve_sessions<L, S, F>(listener: SessionListener<L>, service_for: F) -> ServeSessions<L, F>
where
    L: Listener,
    S: IntoSessionService,
    F: FnMut(&Outgoing, &L::Peer) -> S + Send + 'static,
{
    let stop = StopSignals::new(ServerHandle::new());
    ServeSessions { listener, service_for, stop, options: ServeOptions::default() }
}

/// What the closure of [`serve_sessions`] returns: a service, or a `Result` whose error is the reason to refuse the
/// session.
pub trait IntoSessionService: 'static {
    /// The service of the session.
    type Service: ThriftService;

    /// The service.
    ///
    /// # Errors
    ///
    /// If the session is refused: the reason, which is logged.
    fn into_session_service(self) -> Result<Self::Service, String>;
}

impl<S: ThriftService> IntoSessionService for S {
    type Service = S;

    fn into_session_service(self) -> Result<S, String> {
        Ok(self)
    }
}

impl<S: ThriftService, E: fmt::Display + 'static> IntoSessionService for Result<S, E> {
    type Service = S;

    fn into_session_service(self) -> Result<S, String> {
        self.map_err(|error| error.to_string())
    }
}

/// A configured server of sessions. Await it to run it. It stops as [`Serve`] does.
#[must_use = "a server runs when it is awaited"]
pub struct ServeSessions<L: Listener, F> {
    listener: SessionListener<L>,
    service_for: F,
    stop: StopSignals,
    options: ServeOptions,
}

impl<L: Listener, F> ServeSessions<L, F> {
    /// Stops the server gracefully when `signal` resolves, as [`ServerHandle::stop`] does. With
    /// [`ctrl_c`](crate::ctrl_c), a second signal ends it at once.
    pub fn with_graceful_shutdown<T: SecondSignal>(mut self, signal: impl Future<Output = T> + Send + 'static) -> Self {
        self.stop.set_signal(signal);
        self
    }

    /// Sets the options. `max_connections` limits the number of sessions, and of streams in each session.
    pub fn with_options(self, options: ServeOptions) -> Self {
        Self { options, ..self }
    }

    /// A handle that stops this server.
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
    S: IntoSessionService,
    F: FnMut(&Outgoing, &L::Peer) -> S + Send + 'static,
{
    async fn run(self) -> Served {
        let Self { mut listener, mut service_for, mut stop, options } = self;
        let mut sessions = JoinSet::new();
        let mut served = Served { connections: 0, cut_off: 0 };
        let mut listening = true;
        let force = loop {
            if !listening && sessions.is_empty() {
                return served;
            }
            tokio::select! {
                biased;
                force = stop.stopped() => break force,
                Some(ended) = sessions.join_next(), if !sessions.is_empty() => served.add(ended),
                accepted = listener.accept(), if listening && sessions.len() < options.max_connections() => {
                    match accepted {
                        Some((session, peer)) => {
                            let service = service_for(session.outgoing(), &peer).into_session_service();
                            sessions.spawn(serve_one(session, service, stop.handle.child(), options));
                        }
                        None => listening = false,
                    }
                }
            }
        };
        let mut deadline = DrainDeadline::new(&options, force);
        stop.handle.stop();
        while listening && sessions.len() < options.max_connections() {
            // Accepted so that the peer gets a GoAway: a reset connection would leave open whether its calls were
            // served.
            let Some((session, peer)) = deadline.last_accept(listener.accept()).await else { break };
            let service = service_for(session.outgoing(), &peer).into_session_service();
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
            () = deadline.elapsed() => {}
        }
        served.connections += sessions.len() as u64;
        served.cut_off += sessions.len();
        sessions.shutdown().await;
        served
    }
}

/// Serves the streams of one session. When the server stops, GoAway is sent first: the peer opens no more streams, and
/// open streams end between calls. Then the session is closed, even if others hold handles of it.
async fn serve_one<P: Peer, S: ThriftService>(
    session: Session<P>,
    service: Result<S, String>,
    handle: ServerHandle,
    options: ServeOptions,
) -> Served {
    let (outgoing, incoming) = session.split();
    let service = match service {
        Ok(service) => Arc::new(service),
        Err(reason) => {
            let (peer, reason) = (Printable(incoming.peer()), Printable(reason));
            limited!(INFO, EventKind::Session, incoming.peer().address(), %peer, %reason, "session refused");
            drop(incoming);
            outgoing.close().await;
            return Served { connections: 0, cut_off: 0 };
        }
    };
    let serve = Serve::new(incoming, move |_: &P| Arc::clone(&service));
    let served = serve.stopped_by(handle).with_options(options).await;
    outgoing.close().await;
    Served { connections: 1, cut_off: served.cut_off }
}

impl<L, S, F> IntoFuture for ServeSessions<L, F>
where
    L: Listener,
    S: IntoSessionService,
    F: FnMut(&Outgoing, &L::Peer) -> S + Send + 'static,
{
    type Output = Served;
    type IntoFuture = Pin<Box<dyn Future<Output = Served> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<L: Listener + fmt::Debug, F> fmt::Debug for ServeSessions<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeSessions")
            .field("listener", &self.listener)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
