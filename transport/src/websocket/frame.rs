//! WebSocket frames (RFC 6455, section 5) as a pure codec for a byte stream.
//!
//! Payload goes out as it arrives, whatever the frame's length, so memory stays at the size of a buffer. Text is not
//! checked for UTF-8, as the bytes of calls are not text: Go's x/net/websocket and coder's `NetConn` with `MessageText`
//! send them in text frames all the same.

mod decoder;
mod encoder;
mod mask;
#[cfg(test)]
mod tests;

pub(super) use decoder::{FrameDecoder, FrameItem};
pub(super) use encoder::FrameEncoder;

/// Which end this is. A client masks what it sends, a server does not; frames that break this rule are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
}

/// The type of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MessageType {
    /// By RFC 6455, 5.6, its payload is UTF-8. Neither end of this codec checks that.
    Text,
    #[default]
    Binary,
}

impl MessageType {
    fn opcode(self) -> u8 {
        match self {
            MessageType::Text => TEXT,
            MessageType::Binary => BINARY,
        }
    }
}

/// What a peer did against the RFC. Each ends the connection with its [`close_code`](Self::close_code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    /// A reserved bit is set; no extension was agreed on.
    #[error("reserved bits set in a WebSocket frame")]
    ReservedBits,
    /// An opcode that the RFC does not define.
    #[error("unknown WebSocket opcode {0}")]
    Opcode(u8),
    /// Clients mask, servers don't.
    #[error("a WebSocket frame masked the wrong way for its direction")]
    Masking,
    /// A ping, pong or close that is fragmented or longer than 125 bytes.
    #[error("a WebSocket control frame that is fragmented or too long")]
    Control,
    /// A continuation of nothing, or a new message inside another.
    #[error("WebSocket fragments out of order")]
    Fragments,
    /// A length of 2^63 or more.
    #[error("a WebSocket frame with an impossible length")]
    Length,
    /// A Close of one byte: half a code.
    #[error("a WebSocket Close with half a code")]
    CloseLength,
    /// A Close whose reason is not UTF-8.
    #[error("a WebSocket Close whose reason is not UTF-8")]
    CloseReason,
}

impl FrameError {
    /// The code of the Close that answers it (RFC 6455, 7.4.1).
    pub(super) fn close_code(self) -> u16 {
        if self == FrameError::CloseReason { CLOSE_INVALID_DATA } else { CLOSE_PROTOCOL_ERROR }
    }
}

pub(super) const CLOSE_NORMAL: u16 = 1000;
pub(super) const CLOSE_PROTOCOL_ERROR: u16 = 1002;
const CLOSE_INVALID_DATA: u16 = 1007;

pub(super) const MAX_CONTROL: usize = 125;

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
