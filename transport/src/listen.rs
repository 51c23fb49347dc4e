//! Listeners: sources of a server's connections.

mod limit;
mod socket;
mod tap;

use std::future::Future;
use std::io;
use std::time::Duration;

pub use limit::{Limit, Limited};
#[cfg(unix)]
pub use socket::UnixPeer;
#[cfg(unix)]
pub(crate) use socket::endpoint_of;
pub use tap::Tap;

use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::{Layer, Layered};
use crate::log::{EventKind, limited};

/// A source of connections for [`serve`](crate::serve).
///
/// Accepting does not fail: a listener that runs out of file descriptors logs an error, waits and tries again; see
/// [`accept_with_retry`]. Put a handshake into a [`Layer`], which runs each one in its own task, so that a slow peer
/// does not delay others.
pub trait Listener: Send + 'static {
    /// The type of the accepted connections.
    type Connection: Connection;
    /// What the listener knows of the other end of a connection.
    type Peer: Peer;

    /// Waits for the next connection, ready to use. `None` means that there will be no more.
    ///
    /// # Cancel safety
    ///
    /// Has to be cancel safe: dropping the future must not lose a connection.
    fn accept(&mut self) -> impl Future<Output = Option<(Self::Connection, Self::Peer)>> + Send;

    /// The address that a client connects to.
    fn endpoint(&self) -> Endpoint;

    /// Called once when the server begins to stop. A listener whose connections share a session tells the peers to open
    /// no more of them. The server then accepts the connections that have already been made, for at most 250 ms, and
    /// drops the listener. Default: does nothing.
    fn stop(&mut self) {}
}

/// Adapters for any [`Listener`].
pub trait ListenerExt: Listener + Sized {
    /// Performs the handshake of `layer` on each connection. [`HandshakeOptions`](crate::HandshakeOptions) limit it.
    fn layer<L: Layer<Self::Connection>>(self, layer: L) -> Layered<Self, L> {
        Layered::listener(self, layer)
    }

    /// Accepts at most `connections` at a time, at least 1. Further ones wait until an accepted one is dropped.
    fn limit(self, connections: usize) -> Limit<Self> {
        Limit::new(self, connections)
    }

    /// Calls `inspect` with every accepted connection, for example to set a socket option or to count it.
    fn tap<F: FnMut(&mut Self::Connection, &Self::Peer) + Send + 'static>(self, inspect: F) -> Tap<Self, F> {
        Tap::new(self, inspect)
    }
}

impl<L: Listener> ListenerExt for L {}

/// How long a listener waits after the operating system had no file descriptor or memory for a connection. hyper and
/// axum wait 1 s, too: long enough for connections to end, and short enough for clients in the backlog.
const PAUSE_WHEN_EXHAUSTED: Duration = Duration::from_secs(1);

/// Calls `accept` until it returns a connection. An error of `accept` either concerns one connection, and the next one
/// is accepted at once, or the operating system lacks file descriptors or memory, and it is called again after 1 s.
/// `what` names the listener in the log, which has at most ten such lines in 10 s.
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
                limited!(ERROR, EventKind::Accept, None, %error, "{what} cannot accept; next attempt in {PAUSE_WHEN_EXHAUSTED:?}");
                tokio::time::sleep(PAUSE_WHEN_EXHAUSTED).await;
            }
        }
    }
}

/// Linux reports an error that is pending on the new connection as one of `accept`: see
/// [accept(2)](https://man7.org/linux/man-pages/man2/accept.2.html).
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, NetworkDown, NetworkUnreachable,
        TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionRefused
            | ConnectionAborted
            | ConnectionReset
            | HostUnreachable
            | NetworkDown
            | NetworkUnreachable
            | TimedOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_error_of_one_connection_is_skipped_and_another_one_waits_a_second() {
        let mut errors =
            [io::ErrorKind::ConnectionAborted, io::ErrorKind::NetworkDown, io::ErrorKind::Other].into_iter();
        let since = tokio::time::Instant::now();
        accept_with_retry("the test", || std::future::ready(errors.next().map_or(Ok(()), |kind| Err(kind.into()))))
            .await;
        assert_eq!(since.elapsed(), PAUSE_WHEN_EXHAUSTED);
    }
}
