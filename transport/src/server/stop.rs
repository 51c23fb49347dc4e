//! How a server is told to stop, and to hurry.

use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use super::shutdown::SecondSignal;

/// Stops a server from anywhere. Clones stop the same one; dropping a handle stops nothing.
#[derive(Clone, Debug)]
pub struct ServerHandle {
    stopping: CancellationToken,
    hurry: CancellationToken,
}

impl ServerHandle {
    pub(super) fn new() -> Self {
        Self { stopping: CancellationToken::new(), hurry: CancellationToken::new() }
    }

    /// Accepts what has connected by now and no more, ends idle connections, and lets running calls end, for as long as
    /// the drain time allows. Returns at once; the server's future resolves when it is done.
    ///
    /// A peer that speaks TTHeader learns from an answer that it is to connect elsewhere. Other protocols cannot tell it:
    /// a connection that is never idle for 20 ms is closed after half of the drain time, and may lose a call.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Stops at once: calls that still run are cut off.
    pub fn stop_now(&self) {
        self.hurry.cancel();
        self.stopping.cancel();
    }

    /// Whether the server was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// A handle that is stopped with this one, or by itself.
    #[cfg(feature = "yamux")]
    pub(super) fn child(&self) -> Self {
        Self { stopping: self.stopping.child_token(), hurry: self.hurry.child_token() }
    }
}

/// The end of waiting for a stop: what says, later, that the server is to hurry.
pub(super) type Second = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Everything that stops a server: its handle, and the signal that it was given.
pub(super) struct StopSignals {
    pub(super) handle: ServerHandle,
    signal: Pin<Box<dyn Future<Output = Second> + Send>>,
}

impl StopSignals {
    pub(super) fn new(handle: ServerHandle) -> Self {
        Self { handle, signal: Box::pin(std::future::pending()) }
    }

    pub(super) fn set_signal<T: SecondSignal>(&mut self, signal: impl Future<Output = T> + Send + 'static) {
        self.signal = Box::pin(signal.map(SecondSignal::again));
    }

    /// Waits for the first of them. What it returns resolves when the server is to hurry: by the handle, or by the
    /// second signal, also where the first one came after the handle was used.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn stopped(&mut self) -> Second {
        let hurry = self.handle.hurry.clone();
        tokio::select! {
            biased;
            () = self.handle.stopping.cancelled() => {
                let signal = std::mem::replace(&mut self.signal, Box::pin(std::future::pending()));
                Box::pin(async move {
                    tokio::select! {
                        () = async { signal.await.await } => {}
                        () = hurry.cancelled_owned() => {}
                    }
                })
            }
            second = &mut self.signal => Box::pin(async move {
                tokio::select! {
                    () = second => {}
                    () = hurry.cancelled_owned() => {}
                }
            }),
        }
    }
}
