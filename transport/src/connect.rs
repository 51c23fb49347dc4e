//! The error of making a connection. It is independent of transports: a new one needs no change here.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::printable::Printable;

/// Why a connection could not be made. No call was sent.
///
/// If it fails a call, its text is part of the `ClientError`, whose [`Delivery`](crate::Delivery) is `NeverSent`.
///
/// ```
/// use volplane_transport::{ConnectError, ConnectErrorKind};
///
/// let error = ConnectError::new(ConnectErrorKind::Refused).at("tcp://127.0.0.1:8889");
/// assert_eq!(error.to_string(), "tcp://127.0.0.1:8889 refused the connection");
/// ```
#[derive(Clone, Debug)]
pub struct ConnectError {
    kind: ConnectErrorKind,
    endpoint: Option<Arc<str>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kind of a [`ConnectError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectErrorKind {
    /// No server listens at the endpoint.
    Refused,
    /// The host name has no address.
    Unresolved,
    /// It took longer than this timeout.
    TimedOut(Duration),
    /// The connection was made, but a handshake on it failed.
    Handshake,
    /// The session in which the connection would be a stream has ended, as with yamux.
    Closed,
    /// The maximum number of connections or streams is in use.
    Limit,
    /// The endpoint can't be parsed, or a part that is needed is missing.
    InvalidEndpoint,
    /// The connector does not support such an endpoint.
    Unsupported,
    /// Another error of the operating system, which is the source.
    Io,
}

impl ConnectError {
    /// An error without an endpoint and a source.
    pub fn new(kind: ConnectErrorKind) -> Self {
        Self { kind, endpoint: None, source: None }
    }

    /// Adds the endpoint, unless the error already has one: that of the innermost layer is the most precise.
    pub fn at(mut self, endpoint: impl fmt::Display) -> Self {
        self.endpoint.get_or_insert_with(|| endpoint.to_string().into());
        self
    }

    /// Adds the source.
    pub fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(Arc::from(source.into())), ..self }
    }

    /// The kind of failure.
    pub fn kind(&self) -> ConnectErrorKind {
        self.kind
    }

    /// The endpoint, as text.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = match self.endpoint() {
            None => "the peer",
            Some("") => "an empty endpoint",
            Some(endpoint) => endpoint,
        };
        match self.kind {
            ConnectErrorKind::Refused => write!(f, "{endpoint} refused the connection"),
            ConnectErrorKind::Unresolved => write!(f, "cannot resolve the host of {endpoint}"),
            ConnectErrorKind::TimedOut(after) => write!(f, "no connection to {endpoint} within {after:?}"),
            ConnectErrorKind::Handshake => write!(f, "handshake with {endpoint} failed"),
            ConnectErrorKind::Closed => write!(f, "the connection to {endpoint} is closed"),
            ConnectErrorKind::Limit => write!(f, "too many connections to {endpoint}"),
            ConnectErrorKind::InvalidEndpoint => write!(f, "cannot connect to {endpoint}: invalid endpoint"),
            ConnectErrorKind::Unsupported => write!(f, "cannot connect to {endpoint}: unsupported address"),
            ConnectErrorKind::Io => write!(f, "cannot connect to {endpoint}"),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// For connections whose own error is an `io::Error`.
impl From<io::Error> for ConnectError {
    fn from(source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => ConnectErrorKind::Refused,
            io::ErrorKind::Unsupported => ConnectErrorKind::Unsupported,
            _ => ConnectErrorKind::Io,
        };
        Self::new(kind).because(source)
    }
}

impl ConnectError {
    /// Whether the peer has closed the connection meanwhile, as a stopping server does: another attempt may reach the
    /// server that replaces it.
    pub(crate) fn is_disconnect(&self) -> bool {
        let broken = |error: &io::Error| {
            use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
            matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        };
        self.kind == ConnectErrorKind::Closed || chain(self).filter_map(|error| error.downcast_ref()).any(broken)
    }

    /// The most similar kind of `io::Error`.
    pub(crate) fn io_kind(&self) -> io::ErrorKind {
        match self.kind {
            ConnectErrorKind::Refused => io::ErrorKind::ConnectionRefused,
            ConnectErrorKind::Unresolved => io::ErrorKind::HostUnreachable,
            ConnectErrorKind::TimedOut(_) => io::ErrorKind::TimedOut,
            ConnectErrorKind::Handshake | ConnectErrorKind::Closed => io::ErrorKind::ConnectionAborted,
            ConnectErrorKind::Limit => io::ErrorKind::QuotaExceeded,
            ConnectErrorKind::InvalidEndpoint => io::ErrorKind::InvalidInput,
            ConnectErrorKind::Unsupported => io::ErrorKind::Unsupported,
            ConnectErrorKind::Io => self
                .source()
                .and_then(|source| source.downcast_ref::<io::Error>())
                .map_or(io::ErrorKind::Other, io::Error::kind),
        }
    }
}

impl From<ConnectError> for io::Error {
    fn from(error: ConnectError) -> Self {
        io::Error::new(error.io_kind(), error)
    }
}

/// An error and its causes, the outermost first.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Displays an error and its causes on one line, [`Printable`] because an error may contain text of the peer. volo keeps
/// only the text of an error, and would lose the causes.
pub(crate) struct WithCauses<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Printable(Causes(self.0)))
    }
}

struct Causes<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.to_string();
        f.write_str(&shown)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            let text = error.to_string();
            // Some libraries repeat the source in their own message.
            if !shown.contains(&text) {
                write!(f, ": {text}")?;
            }
            shown = text;
            source = error.source();
        }
        Ok(())
    }
}
