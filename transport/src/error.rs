//! Errors of making a connection, and how a chain of them is told in one line.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::websocket::HandshakeError;
use crate::yamux::OpenError;

/// Why no connection could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The operating system refused, or the name does not resolve.
    #[error("cannot connect to {target}")]
    Io {
        /// Where to.
        target: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It took longer than the connect time-out, handshake included.
    #[error("no connection within {after:?}")]
    TimedOut {
        /// The time-out.
        after: Duration,
    },
    /// The connection is there but no WebSocket came of it.
    #[error("WebSocket handshake with {url} failed")]
    Handshake {
        /// The address asked for.
        url: String,
        /// What went wrong.
        #[source]
        source: HandshakeError,
    },
    /// The session is there but gives no stream.
    #[error("no stream on the yamux session")]
    Stream(#[from] OpenError),
    /// The session that every caller of this moment waits for could not be dialed.
    #[error("no yamux session")]
    Session {
        /// What dialing it came to.
        #[source]
        source: Arc<ConnectError>,
    },
    /// Nobody listens, or the listener's queue of waiting connections is full.
    #[error("nobody accepts connections on this in-memory listener")]
    NobodyListens,
}

/// For connections whose own error is an `io::Error`.
impl From<io::Error> for ConnectError {
    fn from(source: io::Error) -> Self {
        ConnectError::Io { target: "the other end".to_owned(), source }
    }
}

impl From<ConnectError> for io::Error {
    fn from(error: ConnectError) -> Self {
        let kind = match &error {
            ConnectError::Io { source, .. } => source.kind(),
            ConnectError::TimedOut { .. } => io::ErrorKind::TimedOut,
            ConnectError::NobodyListens => io::ErrorKind::ConnectionRefused,
            ConnectError::Handshake { .. } | ConnectError::Stream(_) | ConnectError::Session { .. } => {
                io::ErrorKind::ConnectionAborted
            }
        };
        // The whole chain goes into the text: volo keeps the message of an `io::Error` but not its source.
        io::Error::new(kind, Chain(&error).to_string())
    }
}

/// Shows an error and everything behind it on one line: `cannot connect to 127.0.0.1:8889: Connection refused`.
#[derive(Debug)]
pub struct Chain<'a, E: ?Sized>(pub &'a E);

impl<E: Error + ?Sized> fmt::Display for Chain<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        f.write_str(&told)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            let text = error.to_string();
            // Some libraries repeat the source in their own message.
            if !told.contains(&text) {
                write!(f, ": {text}")?;
            }
            told = text;
            source = error.source();
        }
        Ok(())
    }
}

/// Any error, for a `main` to return: Rust prints it as `Error: ` and the whole chain on one line, and exits with 1.
///
/// ```no_run
/// use volplane_transport::{Report, StdNet};
///
/// #[tokio::main]
/// async fn main() -> Result<(), Report> {
///     let _listener = StdNet::bind("127.0.0.1:8889").await?;
///     Ok(())
/// }
/// ```
pub struct Report(Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Report {
    fn from(error: E) -> Self {
        Report(error.into())
    }
}

// What Rust prints of an error that `main` returns is its `Debug`.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Chain(&*self.0))
    }
}
