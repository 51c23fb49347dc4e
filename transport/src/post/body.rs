//! Decodes the body of an HTTP message: of a given length, in chunks, or until the connection ends. Pure: it works on
//! buffers.
//!
//! The grammar of chunks is that of [RFC 9112, 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1), read strictly:
//! a line feed without a carriage return is refused everywhere. Lenient readers disagree about where a body ends,
//! and a proxy that disagrees with a server mixes up the requests of its clients.

#[cfg(test)]
mod tests;

use bytes::{Buf, BytesMut};

use crate::http::BodyLength;

/// How many bytes the extensions of all chunks of one body may take. They are ignored.
const MAX_EXTENSIONS: usize = 1024;

/// How many bytes the trailer fields of one body may take. They are ignored.
const MAX_TRAILERS: usize = 4 * 1024;

/// Why a body is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is larger than the limit.
    #[error("the body takes more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The chunks of the body are malformed.
    #[error("the chunked body is invalid: expected {expected}, found the byte {found:#04x}")]
    Chunk {
        /// What the grammar demands.
        expected: &'static str,
        /// What was received.
        found: u8,
    },
    /// The size of a chunk has too many digits.
    #[error("the chunked body is invalid: the size of a chunk has more than 16 digits")]
    ChunkSize,
    /// The extensions of the chunks, or the trailer fields, take too much room.
    #[error("the {what} of the chunked body take more than {limit} bytes")]
    Overhead {
        /// The part of the body.
        what: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
}

/// Decodes one body.
#[derive(Debug)]
pub(super) struct BodyDecoder {
    state: BodyState,
    /// How many bytes of contents may still come.
    room: usize,
    limit: usize,
    extensions: usize,
    trailers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyState {
    /// Contents of a body with a known length.
    Fixed(u64),
    UntilEnd,
    Size {
        value: u64,
        digits: u8,
    },
    /// Spaces between the size of a chunk and what follows it.
    SizeSpace {
        size: u64,
    },
    /// An extension of a chunk, up to the carriage return.
    Extension {
        size: u64,
    },
    /// The line feed after the size of a chunk.
    SizeEnd {
        size: u64,
    },
    /// Contents of a chunk.
    Data(u64),
    /// The carriage return, then the line feed after the contents of a chunk.
    DataEnd,
    DataEndLf,
    /// The beginning of a trailer field, or of the empty line that ends the body.
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done,
}

impl BodyDecoder {
    /// # Errors
    ///
    /// If the body says that it is longer than `limit` bytes.
    pub(super) fn new(length: BodyLength, limit: usize) -> Result<Self, BodyError> {
        let state = match length {
            BodyLength::Known(length) if usize::try_from(length).is_ok_and(|length| length <= limit) => match length {
                0 => BodyState::Done,
                length => BodyState::Fixed(length),
            },
            BodyLength::Known(_) => return Err(BodyError::TooLarge { limit }),
            BodyLength::Chunked => BodyState::Size { value: 0, digits: 0 },
            BodyLength::Unstated => BodyState::UntilEnd,
        };
        Ok(Self { state, room: limit, limit, extensions: 0, trailers: 0 })
    }

    /// Moves contents from `input`, which begins with the next byte of the body, to the end of `contents`. Returns
    /// whether the body is complete; what is left in `input` then follows it.
    ///
    /// # Errors
    ///
    /// The body is invalid or too large. Nothing that follows can be read.
    pub(super) fn decode(&mut self, input: &mut BytesMut, contents: &mut BytesMut) -> Result<bool, BodyError> {
        loop {
            match self.state {
                BodyState::Done => return Ok(true),
                BodyState::Fixed(left) => {
                    let left = left - self.take(left, input, contents)?;
                    self.state = if left == 0 { BodyState::Done } else { BodyState::Fixed(left) };
                }
                BodyState::Data(left) => {
                    let left = left - self.take(left, input, contents)?;
                    self.state = if left == 0 { BodyState::DataEnd } else { BodyState::Data(left) };
                }
                BodyState::UntilEnd => {
                    self.take(u64::MAX, input, contents)?;
                }
                _ => {
                    let Some(&byte) = input.first() else { return Ok(false) };
                    self.state = self.after(byte)?;
                    input.advance(1);
                }
            }
            if input.is_empty() && self.state != BodyState::Done {
                return Ok(false);
            }
        }
    }

    /// How many bytes of contents follow without anything between them. 0 where something else is next.
    pub(super) fn contiguous(&self) -> u64 {
        match self.state {
            BodyState::Fixed(left) | BodyState::Data(left) => left,
            _ => 0,
        }
    }

    /// Notes that `count` of the [contiguous](Self::contiguous) bytes were read without
    /// [`decode`](Self::decode).
    pub(super) fn skip(&mut self, count: usize) {
        self.room = self.room.saturating_sub(count);
        let after = |left: u64, then| match left.saturating_sub(count as u64) {
            0 => then,
            left => match then {
                BodyState::Done => BodyState::Fixed(left),
                _ => BodyState::Data(left),
            },
        };
        self.state = match self.state {
            BodyState::Fixed(left) => after(left, BodyState::Done),
            BodyState::Data(left) => after(left, BodyState::DataEnd),
            state => state,
        };
    }

    /// Whether the connection may end here, and the body with it.
    pub(super) fn may_end(&self) -> bool {
        matches!(self.state, BodyState::UntilEnd | BodyState::Done)
    }

    /// Moves at most `most` bytes. Returns how many.
    fn take(&mut self, most: u64, input: &mut BytesMut, contents: &mut BytesMut) -> Result<u64, BodyError> {
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(input.len());
        if count > self.room {
            return Err(BodyError::TooLarge { limit: self.limit });
        }
        self.room -= count;
        let taken = input.split_to(count);
        if contents.is_empty() {
            // Without a copy, as most bodies arrive whole.
            *contents = taken;
        } else {
            contents.extend_from_slice(&taken);
        }
        Ok(count as u64)
    }

    /// The state after one more byte outside the contents.
    fn after(&mut self, byte: u8) -> Result<BodyState, BodyError> {
        let unexpected = |expected| Err(BodyError::Chunk { expected, found: byte });
        match self.state {
            BodyState::Size { value, digits } => match (char::from(byte).to_digit(16), byte) {
                (Some(_), _) if digits == 16 => Err(BodyError::ChunkSize),
                (Some(digit), _) => Ok(BodyState::Size { value: (value << 4) | u64::from(digit), digits: digits + 1 }),
                _ if digits == 0 => unexpected("the size of a chunk in hexadecimal digits"),
                (None, b'\r') => self.sized(value).map(|()| BodyState::SizeEnd { size: value }),
                (None, b';') => self.sized(value).map(|()| BodyState::Extension { size: value }),
                (None, b' ' | b'\t') => self.sized(value).map(|()| BodyState::SizeSpace { size: value }),
                (None, _) => unexpected("a hexadecimal digit or the end of the line"),
            },
            BodyState::SizeSpace { size } => match byte {
                b'\r' => Ok(BodyState::SizeEnd { size }),
                b';' => Ok(BodyState::Extension { size }),
                b' ' | b'\t' => {
                    self.extensions += 1;
                    self.check(self.extensions, MAX_EXTENSIONS, "extensions")?;
                    Ok(BodyState::SizeSpace { size })
                }
                _ => unexpected("the end of the line after the size of a chunk"),
            },
            BodyState::Extension { size } => match byte {
                b'\r' => Ok(BodyState::SizeEnd { size }),
                b'\t' | b' '..=b'~' | 0x80.. => {
                    self.extensions += 1;
                    self.check(self.extensions, MAX_EXTENSIONS, "extensions")?;
                    Ok(BodyState::Extension { size })
                }
                _ => unexpected("an extension of a chunk or the end of the line"),
            },
            BodyState::SizeEnd { size } => match (byte, size) {
                (b'\n', 0) => Ok(BodyState::TrailerStart),
                (b'\n', size) => Ok(BodyState::Data(size)),
                _ => unexpected("a line feed"),
            },
            BodyState::DataEnd if byte == b'\r' => Ok(BodyState::DataEndLf),
            BodyState::DataEnd => unexpected("a carriage return after a chunk"),
            BodyState::DataEndLf if byte == b'\n' => Ok(BodyState::Size { value: 0, digits: 0 }),
            BodyState::DataEndLf | BodyState::TrailerLf | BodyState::EndLf if byte != b'\n' => {
                unexpected("a line feed")
            }
            BodyState::EndLf => Ok(BodyState::Done),
            BodyState::TrailerStart if byte == b'\r' => Ok(BodyState::EndLf),
            BodyState::Trailer if byte == b'\r' => Ok(BodyState::TrailerLf),
            BodyState::TrailerStart | BodyState::Trailer => match byte {
                b'\t' | b' '..=b'~' | 0x80.. => {
                    self.trailers += 1;
                    self.check(self.trailers, MAX_TRAILERS, "trailer fields")?;
                    Ok(BodyState::Trailer)
                }
                _ => unexpected("a trailer field or the end of the line"),
            },
            BodyState::TrailerLf => {
                self.trailers += 2;
                Ok(BodyState::TrailerStart)
            }
            // Contents and the end are not read byte by byte.
            state => Ok(state),
        }
    }

    /// Refuses a chunk that does not fit before any of it has arrived.
    fn sized(&self, size: u64) -> Result<(), BodyError> {
        match usize::try_from(size) {
            Ok(size) if size <= self.room => Ok(()),
            _ => Err(BodyError::TooLarge { limit: self.limit }),
        }
    }

    fn check(&self, size: usize, limit: usize, what: &'static str) -> Result<(), BodyError> {
        if size > limit { Err(BodyError::Overhead { what, limit }) } else { Ok(()) }
    }
}
