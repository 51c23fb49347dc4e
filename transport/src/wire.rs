//! Recognizes one whole Thrift message at the front of a buffer: pure, without socket or clock.
//!
//! volo's codec trusts the sizes in a message: it allocates as much as they say, and panics on some that are
//! impossible. So a connection reads a whole message into memory first, bounded by a limit, and decodes it only when
//! [`Recognizer`] has found it whole.
//!
//! ```text
//! 80 01 ..                          buffered, binary: the end is found by a scan of its fields
//! 82 ..                             buffered, compact: the same
//! length  80 01 .. | 82 ..          framed
//! length  10 00 flags seq size ..   TTHeader; then a framed or buffered message
//! size name .., length  size name   binary without a version, buffered and framed
//! ```
//!
//! Other protocols are recognized so far that they can be answered in their form ([`Refused`]).
//!
//! What is checked of which message:
//!
//! - the size against the limit; version, kind, name (its length and UTF-8) and sequence id of the message
//! - TTHeader: the header, so far that volo's decoder neither panics nor reads past its end
//! - every size inside it against what is left of the message, every type, and the depth
//! - the number of elements of lists, sets and maps ([`BYTES_PER_ELEMENT`])
//!
//! Bytes behind the struct in a frame are ignored, as volo and Apache Thrift do it: the frame's length says where the
//! next message begins.
//!
//! What is not checked here, because it depends on the IDL, is checked while the message is decoded
//! (`codec/checked.rs`): the UTF-8 of strings, which look like `binary` here, and the types of elements.

mod asked;
mod binary;
mod compact;
mod error;
mod exception;
mod foreign;
mod form;
mod head;
mod input;
mod json;
mod plain;
mod refused;
mod scan;
#[cfg(test)]
mod tests;
mod theader;
mod ttheader;
mod walk;

pub(crate) use asked::Asked;
pub use error::{ForeignProtocol, TtHeaderError, WireError};
pub(crate) use exception::rewritten as rewritten_exception;
pub(crate) use plain::{plain, service_and_method};
pub(crate) use refused::Refused;

use crate::protocol::{Encoding, Framing};
use form::{FRAMED_NAME_AT, Form, is_bare_without_version, is_framed_without_version};
use input::{Input, Stop};
use scan::{Elements, Scan};

/// A message may have one element of a list, set or map for as many bytes of the largest message allowed. An empty
/// struct takes 1 byte in a message and often more than 200 in memory: 16 MiB of them would take gigabytes. With this
/// they take as much as real messages of that size, whose elements are larger. Numbers do not count.
const BYTES_PER_ELEMENT: usize = 16;

/// How many elements are allowed where the largest message is small: they cannot take much memory.
const ALWAYS_ALLOWED: usize = 1 << 16;

/// What a Thrift message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageKind {
    Call,
    Reply,
    Exception,
    OneWay,
}

/// What is known of a whole message before it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MessageHead {
    pub(crate) framing: Framing,
    pub(crate) encoding: Encoding,
    pub(crate) kind: MessageKind,
    pub(crate) seq_id: i32,
    /// Where the Thrift message begins: behind TTHeader and frame size.
    pub(crate) thrift_at: usize,
    /// Whether the four bytes before the message are the size of its frame, also behind a TTHeader.
    pub(crate) has_frame: bool,
    /// Whether the message has a version. The binary encoding once had none.
    pub(crate) has_version: bool,
    /// Whether the name of a service precedes that of the method, as Apache's multiplexed protocol writes it.
    pub(crate) has_service: bool,
}

/// How much of a message is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not all of it yet.
    More {
        /// The length of the whole message in bytes, where its first bytes say it (TTHeader, framed).
        known: Option<usize>,
    },
    /// All of it.
    Whole {
        /// Its length in bytes; what follows belongs to the next message.
        length: usize,
        head: MessageHead,
    },
}

/// Finds the end of one message after the other. It allocates nothing but a stack of at most [`scan::MAX_DEPTH`]
/// levels, and that only for buffered messages.
#[derive(Debug)]
pub(crate) struct Recognizer {
    limit: usize,
    elements: Elements,
    scan: Scan,
    /// The head of the buffered message that is being scanned.
    scanning: Option<MessageHead>,
}

impl Recognizer {
    /// `max_message_size` counts all bytes of a message, with TTHeader and frame size. More than `i32::MAX` has
    /// no effect: Thrift's sizes are signed.
    pub(crate) fn new(max_message_size: usize) -> Self {
        let limit = max_message_size.min(i32::MAX as usize);
        let elements = Elements::new((limit / BYTES_PER_ELEMENT).max(ALWAYS_ALLOWED));
        Self { limit, elements, scan: Scan::default(), scanning: None }
    }

    /// Looks at what has arrived of a message. `bytes` begins with the message's first byte each time, and only grows
    /// until the message is whole; then the next call is for the next message. All calls together take time in
    /// proportion to the message's length, as long as each brings new bytes.
    ///
    /// # Errors
    ///
    /// The message can't be read, and neither can anything after it on this connection. The same bytes cut in any
    /// other way give the same error.
    #[inline]
    pub(crate) fn look(&mut self, bytes: &[u8]) -> Result<Progress, WireError> {
        match *bytes {
            [] | [0x80] => Ok(Progress::More { known: None }),
            [0x80, 0x01, ..] => self.buffered(Form::bare(Encoding::Binary), bytes),
            [0x82, ..] => self.buffered(Form::bare(Encoding::Compact), bytes),
            [0x80, minor, ..] => Err(WireError::Version { version: u16::from_be_bytes([0x80, minor]) }),
            _ => self.length_prefixed(bytes),
        }
    }

    fn length_prefixed(&mut self, bytes: &[u8]) -> Result<Progress, WireError> {
        let Some((first, rest)) = bytes.split_first_chunk::<4>() else {
            return Ok(Progress::More { known: None });
        };
        let length = (u32::from_be_bytes(*first) as usize).saturating_add(4);
        if length > self.limit {
            let too_large = WireError::TooLarge { size: length, limit: self.limit };
            return ForeignProtocol::from_prefix(*first).map_or(Err(too_large), |foreign| foreign.found(bytes, length));
        }
        let Some(magic) = rest.first_chunk::<2>() else {
            return Ok(Progress::More { known: None });
        };
        let form = if is_ttheader(bytes) {
            None
        } else if is_framed(bytes) {
            Some(Form::framed(encoding_of(*magic)))
        } else if *magic == [0, 0] && bytes.len() < length.min(FRAMED_NAME_AT + 1) {
            return Ok(Progress::More { known: Some(length) });
        } else if length > FRAMED_NAME_AT && is_framed_without_version(bytes) {
            Some(Form { has_version: false, ..Form::framed(Encoding::Binary) })
        } else if is_bare_without_version(bytes) {
            return self.buffered(Form { has_version: false, ..Form::bare(Encoding::Binary) }, bytes);
        } else {
            return match ForeignProtocol::from_start(*first, *magic) {
                Some(foreign) => foreign.found(bytes, length),
                None => Err(unknown(*first, *magic)),
            };
        };
        let Some(message) = bytes.get(..length) else {
            return Ok(Progress::More { known: Some(length) });
        };
        let form = match form {
            Some(form) => form,
            None => payload(message, ttheader::payload_at(message)?)?,
        };
        let mut input = Input::new(message, form.thrift_at, length);
        let head = form.head(&mut input).map_err(|stop| stop.or(WireError::Truncated { length }))?;
        walk::whole_struct(head.encoding, &mut input, self.elements).map_err(|stop| stop.beyond(length))?;
        Ok(Progress::Whole { length, head })
    }

    fn buffered(&mut self, form: Form, bytes: &[u8]) -> Result<Progress, WireError> {
        match self.scan_on(form, bytes) {
            Ok((length, head)) => {
                self.scanning = None;
                Ok(Progress::Whole { length, head })
            }
            Err(Stop::Short) => Ok(Progress::More { known: None }),
            Err(Stop::Beyond { size }) => Err(WireError::TooLarge { size, limit: self.limit }),
            Err(Stop::Invalid(error)) => Err(error),
        }
    }

    fn scan_on(&mut self, form: Form, bytes: &[u8]) -> Result<(usize, MessageHead), Stop> {
        let head = match self.scanning {
            Some(head) => head,
            None => {
                let mut input = Input::new(bytes, 0, self.limit);
                let head = form.head(&mut input)?;
                self.scan.start(input.at(), self.elements);
                *self.scanning.insert(head)
            }
        };
        let length = self.scan.run(form.encoding, bytes, self.limit)?;
        Ok((length, head))
    }
}

/// The form of the message that follows a TTHeader.
fn payload(message: &[u8], at: usize) -> Result<Form, WireError> {
    let truncated = WireError::Truncated { length: message.len() };
    let payload = message.get(at..).unwrap_or_default();
    let form = |encoding, thrift_at, has_frame| Form {
        framing: Framing::TtHeader,
        encoding,
        thrift_at,
        has_frame,
        has_version: true,
    };
    match *payload {
        [0x80, 0x01, ..] => Ok(form(Encoding::Binary, at, false)),
        [0x82, ..] => Ok(form(Encoding::Compact, at, false)),
        [a, b, c, d, e, f, ..] if is_framed(payload) => {
            let (frame, rest) = (u32::from_be_bytes([a, b, c, d]), payload.len() - 4);
            if frame as usize == rest {
                Ok(form(encoding_of([e, f]), at + 4, true))
            } else {
                Err(WireError::FrameSize { frame, rest })
            }
        }
        [..] if is_framed_without_version(payload) || is_bare_without_version(payload) => {
            Err(WireError::Foreign(ForeignProtocol::NonStrictBinary))
        }
        [a, b, c, d, e, f, ..] => {
            let (first, magic) = ([a, b, c, d], [e, f]);
            let foreign = ForeignProtocol::from_start(first, magic);
            Err(foreign.map_or_else(|| unknown(first, magic), WireError::Foreign))
        }
        _ => Err(truncated),
    }
}

/// volo's own test for a TTHeader, which it does first for every message.
fn is_ttheader(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, 0x10, 0x00, ..])
}

/// volo's own test for a frame, which it does second.
fn is_framed(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, 0x80, 0x01, ..] | [_, _, _, _, 0x82, _, ..])
}

/// The encoding of a message that [`is_framed`], by its first two bytes.
fn encoding_of(magic: [u8; 2]) -> Encoding {
    if magic[0] == 0x82 { Encoding::Compact } else { Encoding::Binary }
}

#[cold]
fn unknown([a, b, c, d]: [u8; 4], [e, f]: [u8; 2]) -> WireError {
    WireError::UnknownProtocol { first: [a, b, c, d, e, f] }
}
