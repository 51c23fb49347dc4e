//! Stops a server, gracefully or at once.

use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use super::shutdown::SecondSignal;

/// Stops a server from another task. Clones stop the same server; dropping a handle stops nothing.
#[derive(Clone, Debug)]
pub struct ServerHandle {
    stopping: CancellationToken,
    force: CancellationToken,
}

impl ServerHandle {
    pub(super) fn new() -> Self {
        Self { stopping: CancellationToken::new(), force: CancellationToken::new() }
    }

    /// Stops gracefully: no new connections are accepted, idle ones are closed, and running calls may end within the
    /// [drain timeout](super::ServeOptions::with_drain_timeout). See [`Serve`](super::Serve) for the steps. Returns at
    /// once; the server's future resolves when it has stopped.
    ///
    /// With TTHeader or yamux, the peer is told to use another connection. Other protocols cannot do that: a
    /// connection that is never idle for 20 ms is closed after half of the drain timeout, and may lose a call.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Stops at once: running calls are aborted.
    pub fn stop_now(&self) {
        self.force.cancel();
        self.stopping.cancel();
    }

    /// Whether the server is stopping or has stopped.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// A handle that is stopped together with this one, or on its own.
    #[cfg(feature = "yamux")]
    pub(super) fn child(&self) -> Self {
        Self { stopping: self.stopping.child_token(), force: self.force.child_token() }
    }
}

/// Resolves when a stopping server has to end at once.
pub(super) type ForceSignal = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What stops a server: its handle, and the signal of `with_graceful_shutdown`.
pub(super) struct StopSignals {
    pub(super) handle: ServerHandle,
    signal: Pin<Box<dyn Future<Output = ForceSignal> + Send>>,
}

impl StopSignals {
    pub(super) fn new(handle: ServerHandle) -> Self {
        Self { handle, signal: Box::pin(std::future::pending()) }
    }

    pub(super) fn set_signal<T: SecondSignal>(&mut self, signal: impl Future<Output = T> + Send + 'static) {
        self.signal = Box::pin(signal.map(SecondSignal::again));
    }

    /// Waits for the first of them. The returned future resolves when the server has to end at once: by the handle, or by
    /// the second signal, also if the first one came after the handle was used.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn stopped(&mut self) -> ForceSignal {
        let force = self.handle.force.clone();
        tokio::select! {
            biased;
            () = self.handle.stopping.cancelled() => {
                let signal = std::mem::replace(&mut self.signal, Box::pin(std::future::pending()));
                Box::pin(async move {
                    tokio::select! {
                        () = async { signal.await.await } => {}
                        () = force.cancelled_owned() => {}
                    }
                })
            }
            second = &mut self.signal => Box::pin(async move {
                tokio::select! {
                    () = second => {}
                    () = force.cancelled_owned() => {}
                }
            }),
        }
    }
}
