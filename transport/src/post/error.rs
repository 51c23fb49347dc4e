//! What can go wrong with thrift over HTTP.

use std::io;

use super::body::BodyError;
use crate::http::{HeadError, InvalidHeader, Refusal, reason};

/// Why a call over HTTP failed, or why a server refused a request. It is inside the `io::Error` of the connection, and
/// the source of a [`ConnectError`](crate::ConnectError).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The server answered with another status than 200.
    #[error("the server answered HTTP {status}{}", reason(*.status, .text, usual))]
    Status {
        /// The HTTP status.
        status: u16,
        /// The address of a redirection, or the first line of the body: at most 200 characters, without control
        /// characters. Empty if there is none, or if it is HTML.
        text: String,
    },
    /// This server refused a request.
    #[error("refused with HTTP {}: {}", .0.status(), .0.body())]
    Refused(Refusal),
    /// The head of a response is invalid.
    #[error("the response is invalid: {0}")]
    Head(String),
    /// The body of a response is invalid or too large.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The body of a response is not exactly one message.
    #[error("expected exactly one message in the body, found {0}")]
    NotOneMessage(&'static str),
    /// The peer sent something that answers no request.
    #[error("received bytes that answer no request")]
    Unexpected,
    /// The message has a TTHeader or a frame.
    #[error("thrift over HTTP has neither TTHeader nor frame: use Protocol::BUFFERED or Protocol::BUFFERED.compact()")]
    Framed,
    /// The connection ended inside a request or response.
    #[error("the connection ended {0}")]
    Ended(&'static str),
    /// A header of this client can't be sent.
    #[error("a header of the request can't be sent")]
    Header(#[source] InvalidHeader),
    /// The path or query of this client can't be sent.
    #[error("a path begins with / and is percent-encoded")]
    Path,
    /// This server answered a health check.
    #[error("it was a health check, which was answered")]
    HealthCheck,
    /// Reading or writing failed during the handshake.
    #[error("the connection failed")]
    Io(#[source] io::Error),
}

fn usual(status: u16) -> &'static str {
    match status {
        404 => "no service at this path",
        413 => "the message is larger than the server or a proxy allows (nginx: client_max_body_size)",
        _ => "",
    }
}

impl From<HttpError> for io::Error {
    fn from(error: HttpError) -> Self {
        let kind = match &error {
            HttpError::Io(_) => io::ErrorKind::Other,
            HttpError::Ended(_) => io::ErrorKind::UnexpectedEof,
            HttpError::Status { status: 401 | 403 | 407, .. } => io::ErrorKind::PermissionDenied,
            HttpError::Status { status: 404, .. } => io::ErrorKind::NotFound,
            HttpError::Status { .. } => io::ErrorKind::Other,
            HttpError::Framed | HttpError::Header(_) | HttpError::Path => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        match error {
            HttpError::Io(error) => error,
            error => io::Error::new(kind, error),
        }
    }
}

impl From<HeadError> for HttpError {
    fn from(error: HeadError) -> Self {
        HttpError::Head(error.to_string())
    }
}
