//! The errors of a session.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::YamuxRole;
use crate::connect::{ConnectError, ConnectErrorKind};

/// Why a session ended without being closed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what}")]
pub struct SessionError {
    kind: SessionErrorKind,
    what: &'static str,
    #[source]
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kind of a [`SessionError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionErrorKind {
    /// The underlying connection failed. The source has the reason.
    Io,
    /// The other end violated the protocol, has the same [role](YamuxRole) as this end, or opened far more streams than
    /// [`YamuxOptions::with_max_inbound_streams`](super::YamuxOptions::with_max_inbound_streams) allows.
    Protocol,
    /// The connection accepted no byte for [`YamuxOptions::with_write_timeout`](super::YamuxOptions::with_write_timeout).
    Stalled,
    /// No byte arrived for this time, not even the answer to a ping. See
    /// [`YamuxOptions::with_keepalive`](super::YamuxOptions::with_keepalive).
    Silent(Duration),
    /// The other end has ended the session with this error code.
    Reported(u32),
}

impl SessionError {
    /// The kind of failure.
    pub fn kind(&self) -> SessionErrorKind {
        self.kind
    }

    /// The underlying connection failed.
    pub(super) fn io(error: io::Error) -> Self {
        Self {
            kind: SessionErrorKind::Io,
            what: "the connection under the yamux session failed",
            source: Some(Arc::new(error)),
        }
    }

    /// The other end violated the protocol.
    pub(super) fn protocol(error: yamux::ConnectionError) -> Self {
        use yamux::{ConnectionError, FrameDecodeError};
        let error = match error {
            ConnectionError::Io(error) | ConnectionError::Decode(FrameDecodeError::Io(error)) => {
                return Self::io(error);
            }
            other => other,
        };
        Self { kind: SessionErrorKind::Protocol, what: "yamux protocol error", source: Some(Arc::new(error)) }
    }

    /// The other end has opened this many more streams over the limit than within it.
    pub(super) fn flooded(refused: usize) -> Self {
        let error = io::Error::other(format!("{refused} streams over the limit"));
        Self {
            kind: SessionErrorKind::Protocol,
            what: "the other end of the yamux session opens too many streams",
            source: Some(Arc::new(error)),
        }
    }

    /// The connection accepted no byte for [`YamuxOptions::with_write_timeout`].
    pub(super) fn stalled(after: Duration) -> Self {
        let error = io::Error::new(io::ErrorKind::TimedOut, format!("it took no byte for {after:?}"));
        Self {
            kind: SessionErrorKind::Stalled,
            what: "the connection under the yamux session is stalled",
            source: Some(Arc::new(error)),
        }
    }

    /// No byte has arrived for this time.
    pub(super) fn silent(time: Duration) -> Self {
        let error = io::Error::new(io::ErrorKind::TimedOut, format!("no byte for {} s", time.as_secs()));
        Self {
            kind: SessionErrorKind::Silent(time),
            what: "the other end of the yamux session is dead",
            source: Some(Arc::new(error)),
        }
    }

    /// The other end has violated the protocol.
    pub(super) fn violated() -> Self {
        let what = "the other end of the yamux session violated the protocol";
        Self { kind: SessionErrorKind::Protocol, what, source: None }
    }

    /// Both ends have this role.
    pub(super) fn same_role(role: YamuxRole) -> Self {
        let what = match role {
            YamuxRole::Client => "both ends of this yamux session have the role client; one has to be the server",
            YamuxRole::Server => "both ends of this yamux session have the role server; one has to be the client",
        };
        Self { kind: SessionErrorKind::Protocol, what, source: None }
    }

    /// The other end has ended the session with an error code in its GoAway. `unheard` is the role of this end if the other
    /// end has accepted no stream of it.
    pub(super) fn reported(code: u32, unheard: Option<YamuxRole>) -> Self {
        let what = match code {
            1 if unheard == Some(YamuxRole::Client) => {
                "the other end of the yamux session reports a protocol error at the first stream; it may be a client, too"
            }
            1 if unheard == Some(YamuxRole::Server) => {
                "the other end of the yamux session reports a protocol error at the first stream; it may be a server, too"
            }
            1 => "the other end of the yamux session reports a protocol error",
            2 => "the other end of the yamux session reports an internal error",
            _ => "the other end of the yamux session reports an error",
        };
        Self { kind: SessionErrorKind::Reported(code), what, source: None }
    }
}

/// Why no stream could be opened. Nothing was sent.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The limit of open streams is reached, and none of them was closed in time.
    #[error("{limit} streams are open, which is the limit of this session, and none was closed within {waited:?}")]
    TooManyStreams {
        /// See [`crate::YamuxOptions::with_max_outbound_streams`].
        limit: usize,
        /// See [`crate::YamuxOptions::with_open_timeout`].
        waited: Duration,
    },
    /// The other end has not acknowledged the streams that were opened before.
    #[error("the other end of the yamux session has not acknowledged a stream within {waited:?}")]
    Unacknowledged {
        /// See [`crate::YamuxOptions::with_open_timeout`].
        waited: Duration,
    },
    /// The other end has said that it accepts no more streams.
    #[error("the other end of the yamux session is going away")]
    GoingAway,
    /// The session was closed, by either end.
    #[error("the yamux session is closed")]
    Closed,
    /// The session failed.
    #[error(transparent)]
    Session(SessionError),
}

impl From<OpenError> for ConnectError {
    fn from(error: OpenError) -> Self {
        let kind = match &error {
            OpenError::TooManyStreams { .. } => ConnectErrorKind::Limit,
            OpenError::Unacknowledged { waited } => ConnectErrorKind::TimedOut(*waited),
            OpenError::GoingAway | OpenError::Closed | OpenError::Session(_) => ConnectErrorKind::Closed,
        };
        ConnectError::new(kind).at("the other end of the yamux session").because(error)
    }
}
