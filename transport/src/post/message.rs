//! The message in a body: exactly one, without a frame.

use super::error::HttpError;
use crate::wire::{MessageKind, Progress, Recognizer};

/// What a whole body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// One message. A one-way call has no answer.
    Message { one_way: bool },
    /// Not a message. Whoever reads it says why.
    Malformed,
}

/// Looks at a whole body.
///
/// # Errors
///
/// If a message in it is not the whole body. The rest, or what is missing, must not be read together with the next body:
/// behind a proxy, that may come from another client.
pub(super) fn look(body: &[u8], limit: usize) -> Result<Body, HttpError> {
    if body.is_empty() {
        return Err(HttpError::NotOneMessage("an empty body"));
    }
    match Recognizer::new(limit).look(body) {
        Ok(Progress::Whole { length, head }) if length == body.len() => {
            Ok(Body::Message { one_way: head.kind == MessageKind::OneWay })
        }
        Ok(Progress::Whole { .. }) => Err(HttpError::NotOneMessage("bytes after the message")),
        Ok(Progress::More { .. }) => Err(HttpError::NotOneMessage("the beginning of a message")),
        Err(_) => Ok(Body::Malformed),
    }
}

/// Whether a message that a client sends is a one-way call, by its first bytes.
///
/// # Errors
///
/// If the message has a TTHeader or a frame, which other implementations do not understand over HTTP.
pub(super) fn is_one_way(message: &[u8]) -> Result<bool, HttpError> {
    const ONE_WAY: u8 = 4;
    match *message {
        [0x80, 0x01, _, kind, ..] => Ok(kind == ONE_WAY),
        [0x82, kind_and_version, ..] => Ok(kind_and_version >> 5 == ONE_WAY),
        _ => Err(HttpError::Framed),
    }
}
