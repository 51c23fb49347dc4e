//! Why a WebSocket handshake fails.

use std::error::Error;

use tokio_tungstenite::tungstenite;

/// Why a WebSocket handshake failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// Something answered, but not with a WebSocket.
    #[error("the server answered HTTP {status}{}", hint(*.status))]
    Status {
        /// Its HTTP status.
        status: u16,
    },
    /// The request to upgrade cannot be made from this address.
    #[error("cannot ask for a WebSocket at this address")]
    Request(#[source] Box<dyn Error + Send + Sync>),
    /// The connection ended, or what came is not a handshake.
    #[error("the other end does not speak WebSocket here")]
    Protocol(#[source] Box<dyn Error + Send + Sync>),
}

fn hint(status: u16) -> &'static str {
    match status {
        404 => ": no WebSocket at this path",
        401 | 403 => ": other credentials or another origin are needed",
        _ => "",
    }
}

impl HandshakeError {
    /// No `From`, which would be public: the library's types are not.
    pub(super) fn of(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Http(response) => HandshakeError::Status { status: response.status().as_u16() },
            other => HandshakeError::Protocol(Box::new(other)),
        }
    }
}
