//! Why a WebSocket handshake fails.

use std::error::Error;

use crate::http::{Refusal, reason};

/// Why a WebSocket handshake failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The server answered with another HTTP status than 101.
    #[error("the server answered HTTP {status}{}", reason(*.status, .text, usual))]
    Status {
        /// The HTTP status.
        status: u16,
        /// The first line of the answer, at most 200 characters of it, without characters that can't be seen. Empty if
        /// there is none, or if it is HTML.
        text: String,
    },
    /// The request can't be made: the path or a header is invalid.
    #[error("cannot make a WebSocket request for this endpoint")]
    Request(#[source] Box<dyn Error + Send + Sync>),
    /// The connection ended during the handshake, or the peer sent something else.
    #[error("the peer did not complete the WebSocket handshake")]
    Protocol(#[source] Box<dyn Error + Send + Sync>),
    /// This server refused the client's request, and has answered it.
    #[error("the request was refused")]
    Refused(#[source] Refusal),
    /// The request was one for the health path, and has been answered.
    #[error("the request was a health check")]
    HealthCheck,
}

fn usual(status: u16) -> &'static str {
    match status {
        404 => "no WebSocket at this path",
        401 | 403 => "other credentials or another origin are needed",
        300..=399 => "redirects are not followed",
        _ => "",
    }
}
