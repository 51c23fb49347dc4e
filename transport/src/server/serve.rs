//! Accepts connections, serves them, and stops.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "yamux")]
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::connections::Connections;
use super::drain::DrainDeadline;
use super::stop::StopSignals;
use super::{SecondSignal, ServeOptions, ServerHandle, ThriftService};
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// Serves every connection of `listener` with `service` until it is stopped or the listener ends. Await the result to
/// run it; it returns [`Served`].
///
/// ```no_run
/// # use volplane_generated::api::{Echo, EchoServer, Request, Response};
/// use volplane_transport::{StdNet, ctrl_c, serve};
/// # struct EchoHandler;
/// # impl Echo for EchoHandler {
/// #     async fn echo(&self, request: Request) -> Result<Response, volo_thrift::ServerError> {
/// #         Ok(Response { message: request.message })
/// #     }
/// # }
///
/// # async fn f() -> Result<(), volplane_transport::BindError> {
/// let listener = StdNet::bind("127.0.0.1:8889").await?;
/// serve(listener, EchoServer::from_handler(EchoHandler)).with_graceful_shutdown(ctrl_c()).await;
/// # Ok(()) }
/// ```
pub fn serve<L: Listener, S: ThriftService>(
    listener: L,
    service: S,
) -> Serve<L, impl FnMut(&L::Peer) -> Arc<S> + Send + 'static> {
    let service = Arc::new(service);
    Serve::new(listener, move |_: &L::Peer| Arc::clone(&service))
}

/// As [`serve`], with a separate service for each connection. `service_for` makes it from the peer, for handlers that
/// have to know who calls.
pub fn serve_with<L: Listener, S: ThriftService>(
    listener: L,
    mut service_for: impl FnMut(&L::Peer) -> S + Send + 'static,
) -> Serve<L, impl FnMut(&L::Peer) -> Arc<S> + Send + 'static> {
    Serve::new(listener, move |peer: &L::Peer| Arc::new(service_for(peer)))
}

/// A configured server. Await it to run it; before that it accepts no connections.
///
/// To stop it gracefully, use [`handle`](Self::handle) or [`with_graceful_shutdown`](Self::with_graceful_shutdown) and
/// continue to await it. It then
///
/// 1. calls [`Listener::stop`], which over yamux tells the peers to open no more streams,
/// 2. accepts the connections that have already been made, for at most 250 ms, and closes the listener,
/// 3. closes each connection between two calls: after an answer whose TTHeader announces it, or when no call has arrived
///    for at most 250 ms,
/// 4. aborts the calls that are still running after [`drain_timeout`](ServeOptions::with_drain_timeout).
///
/// # Cancel safety
///
/// Dropping the running future closes the listener and all connections at once, and drops the futures of running
/// handlers.
#[must_use = "a server runs when it is awaited"]
pub struct Serve<L, F> {
    listener: L,
    service_for: F,
    stop: StopSignals,
    options: ServeOptions,
}

/// The result of a server that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// How many connections, or sessions, were served.
    pub connections: u64,
    /// How many of them were aborted because a call did not end within the drain timeout.
    pub cut_off: usize,
}

impl Served {
    /// Adds the result of one session.
    #[cfg(feature = "yamux")]
    pub(super) fn add(&mut self, part: Result<Served, JoinError>) {
        match part {
            Ok(part) => {
                self.connections += part.connections;
                self.cut_off += part.cut_off;
            }
            Err(error) => tracing::error!(%error, "serving a session panicked"),
        }
    }
}

impl<L: Listener, F> Serve<L, F> {
    pub(super) fn new(listener: L, service_for: F) -> Self {
        let stop = StopSignals::new(ServerHandle::new());
        Self { listener, service_for, stop, options: ServeOptions::default() }
    }

    /// Stops the server gracefully when `signal` resolves, as [`ServerHandle::stop`] does. With
    /// [`ctrl_c`](crate::ctrl_c), a second signal ends it at once.
    pub fn with_graceful_shutdown<T: SecondSignal>(mut self, signal: impl Future<Output = T> + Send + 'static) -> Self {
        self.stop.set_signal(signal);
        self
    }

    /// Sets the options.
    pub fn with_options(self, options: ServeOptions) -> Self {
        Self { options, ..self }
    }

    /// A handle that stops this server.
    pub fn handle(&self) -> ServerHandle {
        self.stop.handle.clone()
    }

    /// Uses a handle that also stops other servers.
    #[cfg(feature = "yamux")]
    pub(super) fn stopped_by(self, handle: ServerHandle) -> Self {
        Self { stop: StopSignals::new(handle), ..self }
    }

    /// The address that a client connects to.
    pub fn endpoint(&self) -> Endpoint {
        self.listener.endpoint()
    }
}

impl<L, F, S> Serve<L, F>
where
    L: Listener,
    F: FnMut(&L::Peer) -> Arc<S> + Send + 'static,
    S: ThriftService,
{
    async fn run(self) -> Served {
        let Self { mut listener, mut service_for, mut stop, options } = self;
        let draining = CancellationToken::new();
        let mut connections = Connections::new(draining.clone(), options);
        let mut served = 0;
        let mut listening = true;
        let force = loop {
            if !listening && connections.len() == 0 {
                // The listener has ended, and so has the last of its connections.
                return Served { connections: served, cut_off: 0 };
            }
            tokio::select! {
                biased;
                force = stop.stopped() => break force,
                () = connections.one_ended() => {}
                accepted = listener.accept(), if listening && connections.len() < options.max_connections() => {
                    match accepted {
                        Some((connection, peer)) => {
                            let service = service_for(&peer);
                            connections.spawn(connection, peer, service);
                            served += 1;
                        }
                        None => listening = false,
                    }
                }
            }
        };
        let mut deadline = DrainDeadline::new(&options, force);
        stop.handle.stop();
        listener.stop();
        while listening && connections.len() < options.max_connections() {
            let Some((connection, peer)) = deadline.last_accept(listener.accept()).await else { break };
            let service = service_for(&peer);
            connections.spawn(connection, peer, service);
            served += 1;
        }
        // Closed before the wait: new clients are refused at once and connect to another server. Also closed before the
        // connections are closed: their peers connect again at once, and must not reach this server.
        drop(listener);
        draining.cancel();
        Served { connections: served, cut_off: connections.drain(&mut deadline).await }
    }
}

impl<L, F, S> IntoFuture for Serve<L, F>
where
    L: Listener,
    F: FnMut(&L::Peer) -> Arc<S> + Send + 'static,
    S: ThriftService,
{
    type Output = Served;
    type IntoFuture = Pin<Box<dyn Future<Output = Served> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<L: fmt::Debug, F> fmt::Debug for Serve<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
