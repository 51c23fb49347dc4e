//! Listeners: where a server's connections come from.

mod limit;
mod socket;
mod tap;

use std::future::Future;
use std::io;
use std::time::Duration;

pub use limit::{Limit, Limited};
#[cfg(unix)]
pub use socket::UnixPeer;
pub use tap::Tap;

use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::{Layer, Layered};

/// A source of connections for [`serve`](crate::serve).
///
/// Accepting does not fail: a listener that runs out of file descriptors logs, waits and goes on. A handshake belongs
/// in a [`Layer`], which runs each in a task of its own, so that one slow peer keeps nobody waiting.
pub trait Listener: Send + 'static {
    /// What is accepted.
    type Connection: Connection;
    /// What is known of its other end.
    type Peer: Peer;

    /// Waits for the next connection, ready to use. `None` means that no more will come.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    fn accept(&mut self) -> impl Future<Output = Option<(Self::Connection, Self::Peer)>> + Send;

    /// The address that a client connects to.
    fn endpoint(&self) -> Endpoint;

    /// Called once when the server begins to stop. A listener whose connections share a session tells the peers here
    /// that no new calls are taken. Afterwards the server accepts what has already connected, for a fraction of a
    /// second, and drops the listener. Default: nothing.
    fn stop(&mut self) {}
}

/// What can be put around any [`Listener`].
pub trait ListenerExt: Listener + Sized {
    /// Puts the connections through a handshake. See [`Layered`] for its deadline and how many may be under way.
    fn layer<L: Layer<Self::Connection>>(self, layer: L) -> Layered<Self, L> {
        Layered::listener(self, layer)
    }

    /// Accepts at most `connections` at a time; further ones wait in this listener until one is dropped. At least 1.
    fn limit(self, connections: usize) -> Limit<Self> {
        Limit::new(self, connections)
    }

    /// Calls `look` with every accepted connection, to set a socket option or to count it.
    fn tap<F: FnMut(&mut Self::Connection, &Self::Peer) + Send + 'static>(self, look: F) -> Tap<Self, F> {
        Tap::new(self, look)
    }
}

impl<L: Listener> ListenerExt for L {}

/// How long a listener waits after the system had no descriptor or memory for one more connection. hyper and axum wait
/// a second, too: long enough for connections to end, short enough for callers that wait in the backlog.
const PAUSE_WHEN_EXHAUSTED: Duration = Duration::from_secs(1);

/// Calls `accept` until it yields a connection. An error of `accept` is either one connection's own, or the system is
/// out of descriptors or memory for a while: neither ends a [`Listener`]. `what` names the listener in the log.
///
/// # Cancel safety
///
/// As cancel safe as `accept` is.
pub async fn accept_with_retry<T, F>(what: &str, mut accept: impl FnMut() -> F) -> T
where
    F: Future<Output = io::Result<T>>,
{
    loop {
        match accept().await {
            Ok(connection) => return connection,
            Err(error) if concerns_one_connection(&error) => {
                tracing::debug!(%error, "a connection to {what} ended before it was accepted");
            }
            Err(error) => {
                tracing::error!(%error, "{what} cannot accept; trying again in {PAUSE_WHEN_EXHAUSTED:?}");
                tokio::time::sleep(PAUSE_WHEN_EXHAUSTED).await;
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
