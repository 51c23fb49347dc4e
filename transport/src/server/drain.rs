//! The time limit of a stopping server.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::ServeOptions;
use super::stop::ForceSignal;

/// A stopping server continues to accept until no connection has arrived for this long. A client in the operating
/// system's queue, or in a handshake, has connected to this server and may have sent its call; closing the listener
/// would reset its connection.
const ACCEPT_IDLE: Duration = Duration::from_millis(20);

/// How long a stopping server continues to accept, at most.
const MAX_ACCEPT: Duration = Duration::from_millis(250);

/// When a stopping server aborts its calls: at the drain timeout, or when it is forced to stop.
pub(super) struct DrainDeadline {
    timer: Pin<Box<dyn Future<Output = ()> + Send>>,
    has_elapsed: bool,
    accept_until: Instant,
}

impl DrainDeadline {
    /// Starts now. `force` ends it early.
    pub(super) fn new(options: &ServeOptions, force: ForceSignal) -> Self {
        let timeout = options.drain_timeout();
        let timer = Box::pin(async move {
            // Both outcomes mean the same.
            let _forced = tokio::time::timeout(timeout, force).await;
        });
        Self { timer, has_elapsed: false, accept_until: Instant::now() + MAX_ACCEPT.min(timeout / 4) }
    }

    /// Resolves at the deadline, and at once when called again.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn elapsed(&mut self) {
        if !self.has_elapsed {
            (&mut self.timer).await;
            self.has_elapsed = true;
        }
    }

    /// One of the connections that were made before the server began to stop. `None` if there are no more.
    ///
    /// # Cancel safety
    ///
    /// As cancel safe as `accept`.
    pub(super) async fn last_accept<T>(&mut self, accept: impl Future<Output = Option<T>>) -> Option<T> {
        let idle = (Instant::now() + ACCEPT_IDLE).min(self.accept_until);
        tokio::select! {
            biased;
            () = self.elapsed() => None,
            accepted = accept => accepted,
            () = tokio::time::sleep_until(idle) => None,
        }
    }
}
