//! Reads the exception in a message, so that its decoder gets what it expects.
//!
//! `ApplicationException::decode` of pilota 0.13.1 reads fields 1 and 2 as a string and an `i32` without asking for
//! their types, does not ask whether the string is text, and misreads other fields in the compact encoding.

use super::{
    Encoding, MessageHead, MessageKind, WireError,
    binary::Binary,
    compact::CompactFormat,
    head,
    input::{Input, Stop},
    scan::{Elements, Format, Shape},
    walk,
};

/// The message with its exception in the binary encoding, with only the fields that are known, behind the same
/// TTHeader. `None` if the message is not an exception.
///
/// # Errors
///
/// The text of the exception is not valid UTF-8.
pub(crate) fn rewritten(message: &[u8], head: &MessageHead) -> Result<Option<Vec<u8>>, WireError> {
    if head.kind != MessageKind::Exception {
        return Ok(None);
    }
    let mut input = Input::new(message, head.thrift_at, message.len());
    let beyond = |stop: Stop| stop.beyond(message.len());
    let (.., name) = head::read(head.encoding, head.has_version, &mut input).map_err(beyond)?;
    let (text, kind) = match head.encoding {
        Encoding::Binary => fields::<Binary>(&mut input),
        Encoding::Compact => fields::<CompactFormat>(&mut input),
    }
    .map_err(beyond)?;
    let mut thrift = vec![0x80, 0x01, 0x00, 3];
    put(&mut thrift, name.as_bytes());
    thrift.extend(head.seq_id.to_be_bytes());
    if let Some(text) = text {
        thrift.extend([11, 0, 1]);
        put(&mut thrift, text);
    }
    if let Some(kind) = kind {
        thrift.extend([8, 0, 2]);
        thrift.extend(kind.to_be_bytes());
    }
    thrift.push(0);
    let frame_at = head.thrift_at - if head.has_frame { 4 } else { 0 };
    let mut message = message.get(..frame_at).unwrap_or_default().to_vec();
    if head.has_frame {
        put(&mut message, &thrift);
    } else {
        message.extend(thrift);
    }
    Ok(Some(message))
}

/// The text and the kind.
fn fields<'a, F: Format>(input: &mut Input<'a>) -> Result<(Option<&'a [u8]>, Option<i32>), Stop> {
    let (mut text, mut kind, mut last) = (None, None, 0);
    while let Some((shape, id)) = F::field(input, last)? {
        last = id;
        if id == 1 && shape == Shape::String {
            let size = F::string(input)?;
            let bytes = input.slice(size)?;
            simdutf8::basic::from_utf8(bytes).map_err(|_| WireError::ExceptionNotUtf8)?;
            text = Some(bytes);
        } else if id == 2 && shape == F::I32 {
            kind = Some(F::i32(input)?);
        } else {
            // Counted before, as a part of the message.
            walk::value::<F>(input, shape, 1, &mut Elements::new(usize::MAX))?;
        }
    }
    Ok((text, kind))
}

/// Bytes behind their number, which is that of a part of a message or a few more: less than 2^32.
fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    to.extend(bytes);
}
