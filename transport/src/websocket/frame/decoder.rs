//! Decodes frames, from pieces of any length.

use bytes::{Buf, BytesMut};

use super::mask::Mask;
use super::{BINARY, CLOSE, CONTINUATION, FrameError, MAX_CONTROL, MessageType, PING, PONG, Role, TEXT};
use crate::websocket::close::WebSocketClosed;

/// The first item in the input.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::websocket) enum FrameItem {
    /// Incomplete.
    More,
    /// Payload of a message follows: see [`FrameDecoder::payload_left`].
    Payload,
    /// A ping, to be answered with the same bytes.
    Ping(Vec<u8>),
    /// An answer to our ping with its bytes, or an unsolicited pong.
    Pong(Vec<u8>),
    /// The peer closes.
    Close(WebSocketClosed),
}

/// Decodes frames.
#[derive(Debug)]
pub(in crate::websocket) struct FrameDecoder {
    role: Role,
    /// Payload bytes of the current data frame that have not been decoded.
    left: u64,
    mask: Mask,
    /// Whether the last data frame was not its message's last.
    in_message: bool,
    /// The type of the newest message.
    kind: Option<MessageType>,
}

impl FrameDecoder {
    pub(in crate::websocket) fn new(role: Role) -> Self {
        Self { role, left: 0, mask: Mask::NONE, in_message: false, kind: None }
    }

    /// Whether the end of the stream here is an end between two messages.
    pub(in crate::websocket) fn is_between_messages(&self) -> bool {
        self.left == 0 && !self.in_message
    }

    /// The type of the message whose payload came last or comes next. `None` before the first one.
    pub(in crate::websocket) fn kind(&self) -> Option<MessageType> {
        self.kind
    }

    /// How many bytes at the front of the stream are payload.
    pub(in crate::websocket) fn payload_left(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX)
    }

    /// Unmasks payload bytes that were taken off the stream, at most [`payload_left`](Self::payload_left).
    pub(in crate::websocket) fn take_payload(&mut self, bytes: &mut [u8]) {
        self.mask.apply(bytes);
        self.left = self.left.saturating_sub(bytes.len() as u64);
    }

    /// Decodes one frame header or control frame. Call it only when no payload is left; removes what it decoded from
    /// `input`.
    pub(in crate::websocket) fn step(&mut self, input: &mut BytesMut) -> Result<FrameItem, FrameError> {
        let Some(header) = FrameHead::parse(input, self.role)? else { return Ok(FrameItem::More) };
        match header.opcode {
            CONTINUATION | TEXT | BINARY => {
                if (header.opcode == CONTINUATION) != self.in_message {
                    return Err(FrameError::Fragments);
                }
                input.advance(header.size);
                match header.opcode {
                    TEXT => self.kind = Some(MessageType::Text),
                    BINARY => self.kind = Some(MessageType::Binary),
                    _ => {}
                }
                self.in_message = !header.fin;
                self.left = header.length;
                self.mask = header.mask;
                Ok(FrameItem::Payload)
            }
            CLOSE | PING | PONG => {
                if !header.fin || header.length > MAX_CONTROL as u64 {
                    return Err(FrameError::Control);
                }
                let end = header.size + header.length as usize;
                if input.len() < end {
                    return Ok(FrameItem::More);
                }
                let mut payload = input[header.size..end].to_vec();
                input.advance(end);
                let mut mask = header.mask;
                mask.apply(&mut payload);
                Ok(match header.opcode {
                    PING => FrameItem::Ping(payload),
                    PONG => FrameItem::Pong(payload),
                    _ => FrameItem::Close(WebSocketClosed::parse(&payload)?),
                })
            }
            other => Err(FrameError::Opcode(other)),
        }
    }
}

#[derive(Debug)]
struct FrameHead {
    fin: bool,
    opcode: u8,
    length: u64,
    mask: Mask,
    /// Bytes that the header itself takes.
    size: usize,
}

impl FrameHead {
    fn parse(input: &[u8], role: Role) -> Result<Option<FrameHead>, FrameError> {
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
        Ok(Some(FrameHead { fin: first & 0x80 != 0, opcode: first & 0x0f, length, mask, size }))
    }
}
