//! The runner: accepts, serves, stops.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::connections::Connections;
use super::{ServerHandle, ThriftService};
use crate::listener::Listener;

pub(super) const MAX_CONNECTIONS: usize = 10_000;
pub(super) const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// Serves every connection of `listener` with `service`, until it is stopped or the listener ends.
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

/// As [`serve`], with a service for each connection, made from what is known of its other end: for a handler that has
/// to know who calls.
pub fn serve_with<L: Listener, S: ThriftService>(
    listener: L,
    mut service_for: impl FnMut(&L::Peer) -> S + Send + 'static,
) -> Serve<L, impl FnMut(&L::Peer) -> Arc<S> + Send + 'static> {
    Serve::new(listener, move |peer: &L::Peer| Arc::new(service_for(peer)))
}

/// A server that is set up. Await it to run it; nothing is accepted before.
///
/// Dropping the running future ends every connection at once. To end them between calls, stop it by
/// [`handle`](Self::handle) or [`with_graceful_shutdown`](Self::with_graceful_shutdown) and go on awaiting.
#[must_use = "a server runs when it is awaited"]
pub struct Serve<L, F> {
    listener: L,
    service_for: F,
    stopping: CancellationToken,
    signal: Pin<Box<dyn Future<Output = ()> + Send>>,
    max_connections: usize,
    drain_timeout: Duration,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// Connections served in all.
    pub connections: u64,
    /// Connections cut off because a call did not end within the drain time-out.
    pub cut_off: usize,
}

impl Served {
    /// Counts a part of the server that has ended.
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
        Self {
            listener,
            service_for,
            stopping: CancellationToken::new(),
            signal: Box::pin(std::future::pending()),
            max_connections: MAX_CONNECTIONS,
            drain_timeout: DRAIN_TIMEOUT,
        }
    }

    /// Stops when `signal` resolves, as [`ServerHandle::stop`] does.
    pub fn with_graceful_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.signal = Box::pin(signal);
        self
    }

    /// How long a stopping server waits for running calls before it cuts them off. Default: 30 s, what service
    /// managers and orchestrators grant by default.
    pub fn with_drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// How many connections are served at once; further ones wait in the listener. Default: 10,000. At least 1.
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// A handle that stops it.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle::new(self.stopping.clone())
    }

    /// Stopped by a token that stops others, too.
    pub(super) fn stopped_by(self, stopping: CancellationToken) -> Self {
        Self { stopping, ..self }
    }

    /// The address that a client connects to, in its text form.
    pub fn endpoint(&self) -> String {
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
        let Self { mut listener, mut service_for, stopping, mut signal, max_connections, drain_timeout } = self;
        let mut connections = Connections::new(stopping.clone());
        let mut served = 0;
        let mut listening = true;
        // A listener that has ended leaves its connections to end by themselves.
        while listening || connections.len() > 0 {
            tokio::select! {
                biased;
                () = stopping.cancelled() => break,
                () = &mut signal => break,
                () = connections.one_ended() => {}
                accepted = listener.accept(), if listening && connections.len() < max_connections => match accepted {
                    Some((connection, peer)) => {
                        let service = service_for(&peer);
                        connections.spawn(connection, peer, service);
                        served += 1;
                    }
                    None => listening = false,
                },
            }
        }
        stopping.cancel();
        // Closed before the wait: whoever connects now is refused at once and goes elsewhere.
        drop(listener);
        Served { connections: served, cut_off: connections.drain(drain_timeout).await }
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
            .field("max_connections", &self.max_connections)
            .field("drain_timeout", &self.drain_timeout)
            .finish_non_exhaustive()
    }
}
