//! The time between the moment in which a server is told to stop and its end.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::ServeOptions;
use super::stop::Second;

/// A stopping server goes on accepting until no connection has come for so long. What waits in the queue of the system,
/// or in a handshake, has connected to this server and may have sent its call: the system resets it when the listener
/// is closed.
const QUIET: Duration = Duration::from_millis(20);

/// How long a stopping server goes on accepting, at most.
const LAST_ACCEPT: Duration = Duration::from_millis(250);

/// How long a stopping server may take: until the drain time is over, or somebody is in a hurry.
pub(super) struct DrainTime {
    over: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_over: bool,
    accept_until: Instant,
}

impl DrainTime {
    /// Begins now. `hurry` ends it early.
    pub(super) fn new(options: &ServeOptions, hurry: Second) -> Self {
        let timeout = options.drain_timeout();
        let over = Box::pin(async move {
            // Both outcomes mean the same.
            let _hurried = tokio::time::timeout(timeout, hurry).await;
        });
        Self { over, is_over: false, accept_until: Instant::now() + LAST_ACCEPT.min(timeout / 4) }
    }

    /// Resolves when it is over, also when asked again.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn over(&mut self) {
        if !self.is_over {
            (&mut self.over).await;
            self.is_over = true;
        }
    }

    /// One of the connections that had been made when the server was told to stop. `None` when there is no other.
    pub(super) async fn last_accept<T>(&mut self, accept: impl Future<Output = Option<T>>) -> Option<T> {
        let quiet = (Instant::now() + QUIET).min(self.accept_until);
        tokio::select! {
            biased;
            () = self.over() => None,
            accepted = accept => accepted,
            () = tokio::time::sleep_until(quiet) => None,
        }
    }
}
