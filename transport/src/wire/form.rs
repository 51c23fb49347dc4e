//! The forms of a message, and those without a version of the binary encoding.

use super::{
    Encoding, Framing, MessageHead, head,
    input::{Input, Stop},
    plain,
};

/// In which form a message comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) framing: Framing,
    pub(super) encoding: Encoding,
    /// Where the Thrift message begins.
    pub(super) thrift_at: usize,
    pub(super) has_frame: bool,
    pub(super) has_version: bool,
}

impl Form {
    /// A message without anything before it.
    pub(super) const fn bare(encoding: Encoding) -> Self {
        Self { framing: Framing::Buffered, encoding, thrift_at: 0, has_frame: false, has_version: true }
    }

    pub(super) const fn framed(encoding: Encoding) -> Self {
        Self { framing: Framing::Framed, encoding, thrift_at: 4, has_frame: true, has_version: true }
    }

    /// Reads the head of the message.
    #[inline]
    pub(super) fn head(self, input: &mut Input<'_>) -> Result<MessageHead, Stop> {
        let Self { framing, encoding, thrift_at, has_frame, has_version } = self;
        let (kind, seq_id, name) = head::read(encoding, has_version, input)?;
        let has_service = plain::has_service(name);
        Ok(MessageHead { framing, encoding, kind, seq_id, thrift_at, has_frame, has_version, has_service })
    }
}

/// Where the method's name begins in a frame without a version, behind the frame's size and that of the name.
pub(super) const FRAMED_NAME_AT: usize = 8;

/// The size of the method's name behind that of the frame, then the name: none has 64 KiB.
pub(super) fn is_framed_without_version(bytes: &[u8]) -> bool {
    matches!(*bytes, [_, _, _, _, 0, 0, _, _, a, ..] if is_in_name(a))
}

/// The size of the method's name, then the name; one of a single letter is followed by the kind.
pub(super) fn is_bare_without_version(bytes: &[u8]) -> bool {
    matches!(*bytes, [0, 0, _, _, a, b, ..] if is_in_name(a) && (is_in_name(b) || matches!(b, b'.' | b':' | 1..=4)))
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
