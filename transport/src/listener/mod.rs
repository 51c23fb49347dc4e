//! Listeners: where a server's connections come from.

mod handshakes;

use std::future::Future;
use std::io;
use std::time::Duration;

pub use handshakes::{HandshakeLimits, Handshakes};

use crate::connection::{Connection, Peer};

/// A source of connections for [`serve`](crate::serve).
///
/// Accepting raw IO does not fail: a listener that runs out of file descriptors logs, waits and goes on, and a
/// handshake runs in a task of its own ([`Handshakes`]), so that one slow peer never keeps the others waiting.
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

    /// The address that a client connects to, in its text form.
    fn endpoint(&self) -> String;
}

/// How long a listener waits after the system had no descriptor or memory for one more connection. A second is what
/// hyper and axum wait: long enough for connections to end, short enough for callers that wait in the backlog.
const PAUSE_WHEN_EXHAUSTED: Duration = Duration::from_secs(1);

/// Calls `accept` until it yields a connection: what a [`Listener`] over sockets does with its errors, which are either
/// one connection's own, or the system's for want of descriptors or memory, and pass. `what` names it in the log.
///
/// # Cancel safety
///
/// As cancel safe as `accept` is.
pub async fn accept_persistently<T, F>(what: &str, mut accept: impl FnMut() -> F) -> T
where
    F: Future<Output = io::Result<T>>,
{
    loop {
        match accept().await {
            Ok(connection) => return connection,
            Err(error) if ends_one_connection(&error) => {
                tracing::debug!(%error, "a connection to {what} ended before it was accepted");
            }
            Err(error) => {
                tracing::error!(%error, "{what} cannot accept; trying again in {PAUSE_WHEN_EXHAUSTED:?}");
                tokio::time::sleep(PAUSE_WHEN_EXHAUSTED).await;
            }
        }
    }
}

fn ends_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
