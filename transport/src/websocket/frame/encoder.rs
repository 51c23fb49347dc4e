//! Encodes frames.

use std::hash::{BuildHasher, RandomState};

use bytes::{BufMut, BytesMut};

use super::mask::Mask;
use super::{CLOSE, CONTINUATION, MessageType, PING, PONG, Role};

/// How much payload is copied before it is masked.
const PIECE: usize = 8 * 1024;

/// A frame's header without a mask: two bytes, and up to eight of length.
const MAX_PLAIN_HEADER: usize = 10;

/// The bit of a message's last frame.
const FIN: u8 = 0x80;

/// A frame's header on the stack.
#[derive(Debug)]
pub(in crate::websocket) struct ArrayHeader {
    bytes: [u8; MAX_PLAIN_HEADER],
    length: usize,
}

impl AsRef<[u8]> for ArrayHeader {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Puts frames together.
#[derive(Debug)]
pub(in crate::websocket) struct FrameEncoder {
    role: Role,
    /// The type of the messages that it makes.
    kind: MessageType,
    /// Frames of a message have been sent, and its last one has not.
    is_inside: bool,
    keys: RandomState,
    frames: u64,
}

impl FrameEncoder {
    pub(in crate::websocket) fn new(role: Role, kind: MessageType) -> Self {
        Self { role, kind, is_inside: false, keys: RandomState::new(), frames: 0 }
    }

    /// The type of the messages from now on.
    pub(in crate::websocket) fn set_kind(&mut self, kind: MessageType) {
        self.kind = kind;
    }

    /// A frame of a message, or nothing where there are no bytes. Gives how many there are. `last`: the message ends.
    pub(in crate::websocket) fn data<'a>(
        &mut self,
        parts: impl Iterator<Item = &'a [u8]> + Clone,
        last: bool,
        out: &mut BytesMut,
    ) -> usize {
        let length = parts.clone().map(<[u8]>::len).sum();
        if length > 0 {
            self.frame(self.data_start(last), length, parts, out);
            self.sent_data(last);
        }
        length
    }

    /// Ends a message that has begun.
    pub(in crate::websocket) fn end_message(&mut self, out: &mut BytesMut) {
        if self.is_inside {
            self.frame(self.data_start(true), 0, [], out);
            self.sent_data(true);
        }
    }

    /// The first byte of a frame of a message.
    fn data_start(&self, last: bool) -> u8 {
        let opcode = if self.is_inside { CONTINUATION } else { self.kind.opcode() };
        if last { FIN | opcode } else { opcode }
    }

    /// A frame with a header of [`plain_data_header`](Self::plain_data_header) has been sent.
    pub(in crate::websocket) fn sent_data(&mut self, last: bool) {
        self.is_inside = !last;
    }

    /// A message of one frame, which may be empty.
    #[cfg(feature = "unstable-messages")]
    pub(in crate::websocket) fn message(&mut self, kind: MessageType, payload: &[u8], out: &mut BytesMut) {
        self.frame(FIN | kind.opcode(), payload.len(), [payload], out);
    }

    pub(in crate::websocket) fn ping(&mut self, payload: &[u8], out: &mut BytesMut) {
        self.frame(FIN | PING, payload.len(), [payload], out);
    }

    pub(in crate::websocket) fn pong(&mut self, payload: &[u8], out: &mut BytesMut) {
        self.frame(FIN | PONG, payload.len(), [payload], out);
    }

    pub(in crate::websocket) fn close(&mut self, code: u16, out: &mut BytesMut) {
        let code = code.to_be_bytes();
        self.frame(FIN | CLOSE, code.len(), [&code[..]], out);
    }

    fn frame<'a>(&mut self, start: u8, length: usize, parts: impl IntoIterator<Item = &'a [u8]>, out: &mut BytesMut) {
        out.reserve(length + 14);
        self.header(start, length, out);
        let mut mask = Mask::NONE;
        if self.role == Role::Client {
            mask = self.next_mask();
            out.put_slice(&mask.key);
        }
        // In pieces that stay in the processor's nearest cache from the copying to the masking.
        for piece in parts.into_iter().flat_map(|part| part.chunks(PIECE)) {
            let start = out.len();
            out.put_slice(piece);
            mask.apply(&mut out[start..]);
        }
    }

    /// Everything of a message's frame that stands before `length` bytes of payload. `None` at a client, which
    /// sends no payload as it is. [`sent_data`](Self::sent_data) says that it was sent.
    pub(in crate::websocket) fn plain_data_header(&self, length: usize, last: bool) -> Option<ArrayHeader> {
        if self.role == Role::Client {
            return None;
        }
        let mut bytes = [0; MAX_PLAIN_HEADER];
        let mut out = &mut bytes[..];
        self.header(self.data_start(last), length, &mut out);
        let room = out.len();
        Some(ArrayHeader { bytes, length: MAX_PLAIN_HEADER - room })
    }

    fn header(&self, start: u8, length: usize, out: &mut impl BufMut) {
        let masked = if self.role == Role::Client { 0x80 } else { 0 };
        out.put_u8(start);
        match length {
            0..126 => out.put_u8(masked | length as u8),
            126..0x1_0000 => {
                out.put_u8(masked | 126);
                out.put_u16(length as u16);
            }
            _ => {
                out.put_u8(masked | 127);
                out.put_u64(length as u64);
            }
        }
    }

    /// Keys that nobody can predict (RFC 6455, 10.3), from the standard library's keyed hash.
    fn next_mask(&mut self) -> Mask {
        self.frames += 1;
        Mask { key: (self.keys.hash_one(self.frames) as u32).to_ne_bytes() }
    }
}
