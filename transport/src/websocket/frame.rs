//! WebSocket frames (RFC 6455, section 5) as a pure codec for a byte stream.
//!
//! Payload goes out as it arrives, whatever the frame's length, so memory stays at the size of a buffer. Text is not
//! checked for UTF-8: Go's x/net/websocket sends thrift in text frames.

use std::hash::{BuildHasher, RandomState};

use bytes::{Buf, BufMut, BytesMut};

/// Which end this is: a client masks what it sends, a server does not, and each insists on the other's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
}

/// What a peer did against the RFC. Each ends the connection with the close code 1002.
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
}

pub(super) const MAX_CONTROL: usize = 125;

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The first item in the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Incomplete.
    More,
    /// Payload of a message follows: see [`Decoder::payload_left`].
    Payload,
    /// A ping, to be answered with the same bytes.
    Ping(Vec<u8>),
    /// An answer to our ping with its bytes, or an unsolicited pong.
    Pong(Vec<u8>),
    /// The peer closes, with this code if it gave one.
    Close(Option<u16>),
}

/// Decodes frames.
#[derive(Debug)]
pub(super) struct Decoder {
    role: Role,
    /// Payload bytes of the current data frame that have not been decoded.
    left: u64,
    mask: Mask,
    /// Whether the last data frame was not its message's last.
    in_message: bool,
}

impl Decoder {
    pub(super) fn new(role: Role) -> Self {
        Self { role, left: 0, mask: Mask::NONE, in_message: false }
    }

    /// Whether the end of the stream here is an end between two messages.
    pub(super) fn is_between_messages(&self) -> bool {
        self.left == 0 && !self.in_message
    }

    /// How many bytes at the front of the stream are payload.
    pub(super) fn payload_left(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX)
    }

    /// Unmasks payload bytes that were taken off the stream, at most [`payload_left`](Self::payload_left).
    pub(super) fn take_payload(&mut self, bytes: &mut [u8]) {
        self.mask.apply(bytes);
        self.left = self.left.saturating_sub(bytes.len() as u64);
    }

    /// Decodes one frame header or control frame. Call it only when no payload is left; removes what it decoded from
    /// `input`.
    pub(super) fn step(&mut self, input: &mut BytesMut) -> Result<Step, FrameError> {
        let Some(header) = Header::parse(input, self.role)? else { return Ok(Step::More) };
        match header.opcode {
            CONTINUATION | TEXT | BINARY => {
                if (header.opcode == CONTINUATION) != self.in_message {
                    return Err(FrameError::Fragments);
                }
                input.advance(header.size);
                self.in_message = !header.fin;
                self.left = header.length;
                self.mask = header.mask;
                Ok(Step::Payload)
            }
            CLOSE | PING | PONG => {
                if !header.fin || header.length > MAX_CONTROL as u64 {
                    return Err(FrameError::Control);
                }
                let end = header.size + header.length as usize;
                if input.len() < end {
                    return Ok(Step::More);
                }
                let mut payload = input[header.size..end].to_vec();
                input.advance(end);
                let mut mask = header.mask;
                mask.apply(&mut payload);
                Ok(match header.opcode {
                    PING => Step::Ping(payload),
                    PONG => Step::Pong(payload),
                    _ => Step::Close(payload.get(..2).map(|code| u16::from_be_bytes([code[0], code[1]]))),
                })
            }
            other => Err(FrameError::Opcode(other)),
        }
    }
}

#[derive(Debug)]
struct Header {
    fin: bool,
    opcode: u8,
    length: u64,
    mask: Mask,
    /// Bytes that the header itself takes.
    size: usize,
}

impl Header {
    fn parse(input: &[u8], role: Role) -> Result<Option<Header>, FrameError> {
        let [first, second, ..] = *input else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(FrameError::ReservedBits);
        }
        let masked = second & 0x80 != 0;
        if masked != (role == Role::Server) {
            return Err(FrameError::Masking);
        }
        let mut rest = &input[2..];
        let length = match second & 0x7f {
            126 if rest.len() >= 2 => u64::from(rest.get_u16()),
            127 if rest.len() >= 8 => rest.get_u64(),
            126 | 127 => return Ok(None),
            short => u64::from(short),
        };
        if length > i64::MAX as u64 {
            return Err(FrameError::Length);
        }
        let mask = match (masked, rest) {
            (false, _) => Mask::NONE,
            (true, [a, b, c, d, ..]) => Mask { key: [*a, *b, *c, *d] },
            (true, _) => return Ok(None),
        };
        let size = input.len() - rest.len() + if masked { 4 } else { 0 };
        Ok(Some(Header { fin: first & 0x80 != 0, opcode: first & 0x0f, length, mask, size }))
    }
}

/// The four bytes that payload is combined with, turned so that the first belongs to the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mask {
    key: [u8; 4],
}

impl Mask {
    const NONE: Mask = Mask { key: [0; 4] };

    fn apply(&mut self, bytes: &mut [u8]) {
        if self.key == [0; 4] {
            return;
        }
        let [a, b, c, d] = self.key;
        let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let (words, rest) = bytes.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip(self.key.iter().cycle()) {
            *byte ^= key;
        }
        self.key.rotate_left(rest.len() % 4);
    }
}

/// How much payload is copied before it is masked.
const PIECE: usize = 8 * 1024;

/// A frame's header without a mask: two bytes, and up to eight of length.
const MAX_PLAIN_HEADER: usize = 10;

/// A frame's header on the stack.
#[derive(Debug)]
pub(super) struct ArrayHeader {
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
pub(super) struct Encoder {
    role: Role,
    keys: RandomState,
    frames: u64,
}

impl Encoder {
    pub(super) fn new(role: Role) -> Self {
        Self { role, keys: RandomState::new(), frames: 0 }
    }

    /// A binary message of one frame, or nothing where there are no bytes. Gives how many there are.
    pub(super) fn data<'a>(&mut self, parts: impl Iterator<Item = &'a [u8]> + Clone, out: &mut BytesMut) -> usize {
        let length = parts.clone().map(<[u8]>::len).sum();
        if length > 0 {
            self.frame(BINARY, length, parts, out);
        }
        length
    }

    pub(super) fn ping(&mut self, payload: &[u8], out: &mut BytesMut) {
        self.frame(PING, payload.len(), [payload], out);
    }

    pub(super) fn pong(&mut self, payload: &[u8], out: &mut BytesMut) {
        self.frame(PONG, payload.len(), [payload], out);
    }

    pub(super) fn close(&mut self, code: u16, out: &mut BytesMut) {
        let code = code.to_be_bytes();
        self.frame(CLOSE, code.len(), [&code[..]], out);
    }

    fn frame<'a>(&mut self, opcode: u8, length: usize, parts: impl IntoIterator<Item = &'a [u8]>, out: &mut BytesMut) {
        out.reserve(length + 14);
        self.header(opcode, length, out);
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

    /// Everything of a binary message's frame that stands before `length` bytes of payload. `None` at a client, which
    /// sends no payload as it is.
    pub(super) fn plain_data_header(&self, length: usize) -> Option<ArrayHeader> {
        if self.role == Role::Client {
            return None;
        }
        let mut bytes = [0; MAX_PLAIN_HEADER];
        let mut out = &mut bytes[..];
        self.header(BINARY, length, &mut out);
        let room = out.len();
        Some(ArrayHeader { bytes, length: MAX_PLAIN_HEADER - room })
    }

    fn header(&self, opcode: u8, length: usize, out: &mut impl BufMut) {
        let masked = if self.role == Role::Client { 0x80 } else { 0 };
        out.put_u8(0x80 | opcode);
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

    /// Keys that nobody outside can foresee (RFC 6455, 10.3), from the standard library's keyed hash.
    fn next_mask(&mut self) -> Mask {
        self.frames += 1;
        Mask { key: (self.keys.hash_one(self.frames) as u32).to_ne_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Everything that comes out of `stream` when it arrives in pieces of `chunk` bytes.
    fn decode(role: Role, stream: &[u8], chunk: usize) -> Result<(Vec<u8>, Vec<Step>), FrameError> {
        let mut decoder = Decoder::new(role);
        let mut input = BytesMut::new();
        let (mut payload, mut control) = (Vec::new(), Vec::new());
        for piece in stream.chunks(chunk.max(1)) {
            input.extend_from_slice(piece);
            loop {
                let count = decoder.payload_left().min(input.len());
                if count > 0 {
                    let mut part = input.split_to(count);
                    decoder.take_payload(&mut part);
                    payload.extend_from_slice(&part);
                }
                if decoder.payload_left() > 0 {
                    break;
                }
                match decoder.step(&mut input)? {
                    Step::More => break,
                    Step::Payload => {}
                    other => control.push(other),
                }
            }
        }
        Ok((payload, control))
    }

    const OTHER_END: [(Role, Role); 2] = [(Role::Client, Role::Server), (Role::Server, Role::Client)];

    proptest! {
        #[test]
        fn what_one_end_encodes_the_other_decodes_however_it_arrives(
            messages in vec(vec(any::<u8>(), 0..300), 0..8),
            ping in vec(any::<u8>(), 0..=MAX_CONTROL),
            chunk in 1usize..400,
        ) {
            for (sender, receiver) in OTHER_END {
                let mut encoder = Encoder::new(sender);
                let mut wire = BytesMut::new();
                for message in &messages {
                    let (head, tail) = message.split_at(message.len() / 3);
                    encoder.data([head, tail].into_iter(), &mut wire);
                    encoder.pong(&ping, &mut wire);
                }
                encoder.close(1000, &mut wire);
                let (payload, control) = decode(receiver, &wire, chunk).unwrap();
                prop_assert_eq!(payload, messages.concat());
                prop_assert_eq!(control.len(), messages.len() + 1);
                prop_assert_eq!(control.last(), Some(&Step::Close(Some(1000))));
            }
        }

        #[test]
        fn no_input_panics_and_pieces_make_no_difference(stream in vec(any::<u8>(), 0..400), chunk in 1usize..50) {
            for (role, _) in OTHER_END {
                prop_assert_eq!(decode(role, &stream, stream.len()), decode(role, &stream, chunk));
            }
        }
    }

    #[test]
    fn refuses_what_the_rfc_forbids() {
        let long_ping = [&[0x89, 126, 0, 126][..], &[0; 126]].concat();
        let cases: [(&[u8], FrameError); 8] = [
            (&[0xc2, 0], FrameError::ReservedBits),
            (&[0x83, 0], FrameError::Opcode(3)),
            (&[0x82, 0x80, 1, 2, 3, 4], FrameError::Masking),
            (&[0x09, 0], FrameError::Control),
            (&long_ping, FrameError::Control),
            (&[0x80, 0], FrameError::Fragments),
            (&[0x02, 0, 0x82, 0], FrameError::Fragments),
            (&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], FrameError::Length),
        ];
        for (wire, error) in cases {
            assert_eq!(decode(Role::Client, wire, 1), Err(error), "{wire:?}");
        }
        assert_eq!(decode(Role::Server, &[0x82, 0], 1), Err(FrameError::Masking));
    }

    #[test]
    fn lengths_take_the_shortest_form() {
        for (length, header) in [(0, 0), (125, 2), (126, 4), (0xffff, 4), (0x1_0000, 10)] {
            let mut wire = BytesMut::new();
            Encoder::new(Role::Server).data([&vec![7; length][..]].into_iter(), &mut wire);
            assert_eq!(wire.len(), header + length, "{length}");
        }
    }
}
