//! What can be wrong with a message before it is decoded.

use super::{Progress, json};

/// A message can't be read from a connection. Nothing that follows on the connection can be read either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The message, or a size inside a buffered message, exceeds the limit.
    #[error("a message takes {size} bytes or more; the limit is {limit}")]
    TooLarge {
        /// What the message takes at least, in bytes.
        size: usize,
        /// The largest message allowed, in bytes.
        limit: usize,
    },
    /// The peer uses a protocol that is known, but not supported.
    #[error("expected a Thrift message, found {0}")]
    Foreign(ForeignProtocol),
    /// The first bytes belong to no known protocol.
    #[error("expected a Thrift message, found an unknown protocol that begins with {first:02x?}")]
    UnknownProtocol {
        /// The first six bytes.
        first: [u8; 6],
    },
    /// The TTHeader is invalid.
    #[error("invalid TTHeader: {0}")]
    TtHeader(#[from] TtHeaderError),
    /// The frame behind a TTHeader has another size than what is left of the message.
    #[error("the frame behind a TTHeader is {frame} bytes long, expected {rest}")]
    FrameSize {
        /// The frame's size, as it says itself.
        frame: u32,
        /// What the TTHeader leaves for it.
        rest: usize,
    },
    /// A framed message ends before its method name and sequence id do.
    #[error("a message of {length} bytes ends inside its head")]
    Truncated {
        /// The length of the message, as its first bytes say it.
        length: usize,
    },
    /// The contents of a framed or TTHeader message reach beyond its end: it breaks off, or a size inside it is wrong.
    #[error("the contents of a message take {size} bytes or more; the message has {length}")]
    Overrun {
        /// What the contents take at least, in bytes from the message's first.
        size: usize,
        /// The length of the message, as its first bytes say it.
        length: usize,
    },
    /// The version of the encoding is not 1.
    #[error("expected version 1 of binary (0x8001) or compact (0x8201), found {version:#06x}")]
    Version {
        /// The encoding's first byte, and its version.
        version: u16,
    },
    /// The message is not a call, a reply, an exception or a one-way call.
    #[error("expected a message kind from 1 to 4, found {kind}")]
    Kind {
        /// The kind's number.
        kind: u8,
    },
    /// The method name is not text.
    #[error("the method name is not valid UTF-8")]
    NameNotUtf8,
    /// The text of an exception is not text.
    #[error("the text of an exception is not valid UTF-8")]
    ExceptionNotUtf8,
    /// A size is below zero.
    #[error("negative size {size} at byte {at}")]
    NegativeSize {
        /// The size.
        size: i32,
        /// Where it ends, in bytes from the message's first.
        at: usize,
    },
    /// A number of the compact encoding takes more bytes, or is larger, than its type allows.
    #[error("number out of range at byte {at}")]
    Varint {
        /// Where it ends, in bytes from the message's first.
        at: usize,
    },
    /// A field or element has a type that does not exist.
    #[error("unknown type {code} at byte {at}")]
    UnknownType {
        /// The type's number.
        code: u8,
        /// Where it ends, in bytes from the message's first.
        at: usize,
    },
    /// The lists, sets and maps of the message have too many elements that are not numbers.
    #[error("more than {limit} elements of lists, sets and maps at byte {at}")]
    TooManyElements {
        /// The most elements allowed.
        limit: usize,
        /// Where the list, set or map with them begins, behind its size, in bytes from the message's first.
        at: usize,
    },
    /// Structs, lists, sets and maps are nested too deeply.
    #[error("nested more than {limit} levels deep at byte {at}")]
    Depth {
        /// The deepest nesting allowed.
        limit: usize,
        /// Where the contents of the first level beyond it begin, in bytes from the message's first.
        at: usize,
    },
}

/// What is wrong with a TTHeader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TtHeaderError {
    /// The message is shorter than its header, or the header shorter than what it says it holds.
    #[error("it ends too early")]
    Truncated,
    /// The payload's protocol is not one of 0, 2, 3, 4.
    #[error("unknown protocol id {0}")]
    ProtocolId(u8),
    /// A block of metadata has a kind that does not exist.
    #[error("unknown info id {0:#04x}")]
    InfoId(u8),
    /// A key or value is not text.
    #[error("a key or value is not valid UTF-8")]
    NotUtf8,
}

/// A protocol that connects to a Thrift endpoint by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignProtocol {
    /// An HTTP request or response.
    #[error("HTTP")]
    Http,
    /// A TLS handshake or alert.
    #[error("TLS; this endpoint is plain")]
    Tls,
    /// Thrift in JSON.
    #[error("the JSON encoding; use binary or compact")]
    Json,
    /// Apache Thrift's own header transport, which is not TTHeader.
    #[error("the header transport of Apache Thrift (THeader); use TTHeader, framed or buffered")]
    THeader,
    /// Binary messages without a version behind a TTHeader. Elsewhere they are read.
    #[error("the binary encoding without a version; turn on strict writing")]
    NonStrictBinary,
}

impl ForeignProtocol {
    /// The error, or that more has to arrive of the message, `length` bytes if it begins with its length, so that it can
    /// be answered.
    #[cold]
    pub(super) fn found(self, bytes: &[u8], length: usize) -> Result<Progress, WireError> {
        match self {
            Self::Json if bytes.starts_with(b"[") && !json::has_head(bytes) => Ok(Progress::More { known: None }),
            Self::Json if bytes.starts_with(b"[") => Err(WireError::Foreign(self)),
            Self::Json | Self::THeader if bytes.len() < length => Ok(Progress::More { known: Some(length) }),
            _ => Err(WireError::Foreign(self)),
        }
    }

    /// By the first four bytes: they would be the length of a frame.
    #[cold]
    pub(super) fn from_prefix(first: [u8; 4]) -> Option<Self> {
        match &first {
            b"GET " | b"POST" | b"PUT " | b"HEAD" | b"PATC" | b"DELE" | b"OPTI" | b"CONN" | b"TRAC" | b"PRI "
            | b"HTTP" => Some(Self::Http),
            [0x15 | 0x16, 0x03, 0x00..=0x04, _] => Some(Self::Tls),
            b"[1,\"" => Some(Self::Json),
            _ => None,
        }
    }

    /// By the first four bytes and the two after them.
    #[cold]
    pub(super) fn from_start(first: [u8; 4], magic: [u8; 2]) -> Option<Self> {
        match magic {
            [0x0f, 0xff] => Some(Self::THeader),
            [b'[', b'1'] => Some(Self::Json),
            _ => Self::from_prefix(first),
        }
    }
}
