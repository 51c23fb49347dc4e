//! The runner: accepts, serves, stops.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "yamux")]
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::connections::Connections;
use super::drain::DrainTime;
use super::stop::StopSignals;
use super::{SecondSignal, ServeOptions, ServerHandle, ThriftService};
use crate::endpoint::Endpoint;
use crate::listen::Listener;

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
    stop: StopSignals,
    options: ServeOptions,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// Connections served in all.
    pub connections: u64,
    /// Connections cut off because a call did not end within the drain time.
    pub cut_off: usize,
}

impl Served {
    /// Counts a part of the server that has ended.
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

    /// Stops when `signal` resolves, as [`ServerHandle::stop`] does. With [`ctrl_c`](crate::ctrl_c), a second signal
    /// ends the server at once.
    pub fn with_graceful_shutdown<T: SecondSignal>(mut self, signal: impl Future<Output = T> + Send + 'static) -> Self {
        self.stop.set_signal(signal);
        self
    }

    /// With other bounds.
    pub fn with_options(self, options: ServeOptions) -> Self {
        Self { options, ..self }
    }

    /// A handle that stops it.
    pub fn handle(&self) -> ServerHandle {
        self.stop.handle.clone()
    }

    /// Stopped by a handle that stops others, too.
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
        let hurry = loop {
            if !listening && connections.len() == 0 {
                // A listener that has ended leaves its connections to end by themselves.
                return Served { connections: served, cut_off: 0 };
            }
            tokio::select! {
                biased;
                hurry = stop.stopped() => break hurry,
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
        let mut time = DrainTime::new(&options, hurry);
        stop.handle.stop();
        listener.stop();
        while listening && connections.len() < options.max_connections() {
            let Some((connection, peer)) = time.last_accept(listener.accept()).await else { break };
            let service = service_for(&peer);
            connections.spawn(connection, peer, service);
            served += 1;
        }
        // Closed before the wait: whoever connects now is refused at once and goes elsewhere.
        drop(listener);
        // And closed before the connections are told: their peers connect again at once, and not to here.
        draining.cancel();
        Served { connections: served, cut_off: connections.drain(&mut time).await }
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
