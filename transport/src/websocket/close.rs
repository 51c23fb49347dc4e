//! How the other end closed a WebSocket.

use std::error::Error;
use std::io;

use volo_thrift::ClientError;

use super::frame::FrameError;
use crate::client::CallError;
use crate::http::printable;

/// The peer closed the WebSocket with this code and reason: the source of an [`io::Error`] of the connection.
///
/// A read fails with it unless the code is a normal one: 1000 (normal), 1001 (going away) or none. Those are the end of
/// the stream between two calls; for a call that waits for its answer they are an error, too, which
/// [`Connection::end_reason`](crate::Connection::end_reason) describes.
///
/// ```
/// use volo_thrift::ClientError;
/// use volplane_transport::WebSocketClosed;
///
/// fn closed_by_policy(error: &ClientError) -> bool {
///     WebSocketClosed::of(error).is_some_and(|closed| closed.code() == Some(1008))
/// }
/// # assert!(!closed_by_policy(&std::io::Error::other("another").into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer closed the WebSocket{}{}", printed_code(*.code), printed_reason(.reason))]
pub struct WebSocketClosed {
    code: Option<u16>,
    reason: String,
}

/// The longest reason: a control frame has 125 bytes, two of them for the code (RFC 6455, 5.5).
const MAX_REASON: usize = 123;

impl WebSocketClosed {
    /// Parses the payload of a Close frame (RFC 6455, 5.5.1).
    pub(super) fn parse(payload: &[u8]) -> Result<Self, FrameError> {
        match payload {
            [] => Ok(Self { code: None, reason: String::new() }),
            [_] => Err(FrameError::CloseLength),
            [high, low, reason @ ..] => {
                let reason = simdutf8::basic::from_utf8(reason).map_err(|_| FrameError::CloseReason)?;
                let code = u16::from_be_bytes([*high, *low]);
                Ok(Self { code: Some(code), reason: printable(reason, MAX_REASON) })
            }
        }
    }

    /// The one that is the cause of `error`: of a call's `ClientError`, or of an [`io::Error`] of a connection. volo keeps
    /// only the text of an error that is cloned, so there is none in a clone.
    pub fn of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(closed) = error.downcast_ref::<Self>() {
                return Some(closed);
            }
            next = cause(error);
        }
        None
    }

    /// The code ([RFC 6455, 7.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.4)). `None` if the peer sent none.
    pub fn code(&self) -> Option<u16> {
        self.code
    }

    /// The first line of the reason, without characters that can't be seen. Empty if there is none.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether it is the end of a conversation, and no complaint.
    pub(super) fn is_normal(&self) -> bool {
        matches!(self.code, None | Some(1000 | 1001))
    }

    pub(super) fn into_error(self) -> io::Error {
        let kind = if self.is_normal() { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::ConnectionAborted };
        io::Error::new(kind, self)
    }
}

/// The source of an error, also where its `Display` contains it, so that it is not the `source`.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    }
    if let Some(ClientError::Transport(error)) = error.downcast_ref::<ClientError>() {
        return Some(error.io_error());
    }
    error.downcast_ref::<CallError>().map_or_else(|| error.source(), |error| Some(error.cause()))
}

fn printed_code(code: Option<u16>) -> String {
    let meaning = match code {
        Some(1000) => " (normal)",
        Some(1001) => " (going away)",
        Some(1002) => " (protocol error)",
        Some(1003) => " (unsupported data)",
        Some(1007) => " (invalid data)",
        Some(1008) => " (policy violation)",
        Some(1009) => " (message too big)",
        Some(1011) => " (internal error)",
        Some(1012) => " (restart)",
        Some(1013) => " (try again later)",
        _ => "",
    };
    code.map(|code| format!(" with code {code}{meaning}")).unwrap_or_default()
}

fn printed_reason(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_code_and_reason() {
        for (payload, shown) in [
            (&b""[..], Ok("the peer closed the WebSocket")),
            (b"\x03\xe8", Ok("the peer closed the WebSocket with code 1000 (normal)")),
            (b"\x0f\xa0bye", Ok("the peer closed the WebSocket with code 4000: bye")),
            (
                b"\x03\xf0\x1b[31mred\ngone",
                Ok("the peer closed the WebSocket with code 1008 (policy violation): \u{fffd}[31mred"),
            ),
            (b"\x03", Err(FrameError::CloseLength)),
            (b"\x03\xe8\xff", Err(FrameError::CloseReason)),
        ] {
            let parsed = WebSocketClosed::parse(payload).map(|closed| closed.to_string());
            assert_eq!(parsed.as_deref(), shown.as_ref().map(|shown| *shown), "{payload:?}");
        }
    }

    #[test]
    fn is_found_in_other_errors() {
        let closed = WebSocketClosed::parse(b"\x0f\xa0bye").unwrap();
        let error = io::Error::other(closed.clone().into_error());
        assert_eq!(WebSocketClosed::of(&error), Some(&closed));
        assert_eq!(WebSocketClosed::of(&io::Error::other("another")), None);
    }
}
