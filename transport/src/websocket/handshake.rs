//! Why a WebSocket handshake fails.

use std::error::Error;
use std::io;

use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::error::ProtocolError;

/// Why a WebSocket handshake failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The server answered with another HTTP status than 101.
    #[error("the server answered HTTP {status}{}", hint(*.status))]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The endpoint can't be used in an HTTP request.
    #[error("cannot make a WebSocket request for this endpoint")]
    Request(#[source] Box<dyn Error + Send + Sync>),
    /// The connection ended during the handshake, or the peer sent something else.
    #[error("the peer did not complete the WebSocket handshake")]
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
            // The peer has closed the connection, as a server that is stopping does: another attempt may succeed.
            tungstenite::Error::Protocol(ProtocolError::HandshakeIncomplete) => {
                HandshakeError::Protocol(Box::new(io::Error::from(io::ErrorKind::UnexpectedEof)))
            }
            other => HandshakeError::Protocol(Box::new(other)),
        }
    }
}
