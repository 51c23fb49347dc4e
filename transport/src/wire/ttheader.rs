//! The check of a TTHeader, and the end of it.
//!
//! `decode` in `codec/default/ttheader.rs` of volo-thrift 0.12.7 reads the header without asking whether the bytes are
//! there, counts down its length without asking whether it suffices, and makes strings of keys and values without
//! asking whether they are text. What passes here gives it no occasion to go wrong: this walks through the header as it
//! does, and every step has to stay within the header.

use super::TtHeaderError;

/// Where the sequence id and the header's size in words of four bytes are, and where the header begins: behind them. Apache's
/// THeader, which it comes from, has them in the same places.
pub(super) const SEQ_ID: usize = 8;
pub(super) const HEADER_SIZE: usize = 12;
pub(super) const HEADER: usize = 14;

/// The bytes of a number at byte `at`, as far as they have arrived.
pub(super) fn bytes_at<const N: usize>(message: &[u8], at: usize) -> Option<[u8; N]> {
    message.get(at..)?.first_chunk().copied()
}

/// Where the payload begins. `None` if the header's size has not arrived.
pub(super) fn header_end(message: &[u8]) -> Option<usize> {
    Some(HEADER + 4 * usize::from(u16::from_be_bytes(bytes_at(message, HEADER_SIZE)?)))
}

/// Where the payload of a whole message begins.
pub(super) fn payload_at(message: &[u8]) -> Result<usize, TtHeaderError> {
    let payload_at = header_end(message).ok_or(TtHeaderError::Truncated)?;
    let header = message.get(HEADER..payload_at).ok_or(TtHeaderError::Truncated)?;
    check(header)?;
    Ok(payload_at)
}

fn check(header: &[u8]) -> Result<(), TtHeaderError> {
    let [protocol_id, transforms, rest @ ..] = header else {
        return Err(TtHeaderError::Truncated);
    };
    if !matches!(protocol_id, 0 | 2..=4) {
        return Err(TtHeaderError::ProtocolId(*protocol_id));
    }
    // It nearly always is, and to look once costs less than to look at every text.
    let ascii = header.is_ascii();
    let mut rest = rest.get(usize::from(*transforms)..).ok_or(TtHeaderError::Truncated)?;
    while let [info_id, block @ ..] = rest {
        rest = match info_id {
            0x00 => block,
            0x01 => strings(block, ascii)?,
            0x10 => numbered_strings(block, ascii)?,
            0x11 => sized(block)?.1,
            info_id => return Err(TtHeaderError::InfoId(*info_id)),
        };
    }
    Ok(())
}

/// What follows a block of keys and values.
fn strings(block: &[u8], ascii: bool) -> Result<&[u8], TtHeaderError> {
    let (count, mut rest) = number(block)?;
    for _ in 0..count {
        rest = text(rest, ascii)?;
        rest = text(rest, ascii)?;
    }
    Ok(rest)
}

/// What follows a block of values whose keys are numbers.
fn numbered_strings(block: &[u8], ascii: bool) -> Result<&[u8], TtHeaderError> {
    let (count, mut rest) = number(block)?;
    for _ in 0..count {
        let (_key, value) = number(rest)?;
        rest = text(value, ascii)?;
    }
    Ok(rest)
}

/// What follows a text, which has been looked at before if it is `ascii`.
fn text(bytes: &[u8], ascii: bool) -> Result<&[u8], TtHeaderError> {
    let (text, rest) = sized(bytes)?;
    if ascii || std::str::from_utf8(text).is_ok() { Ok(rest) } else { Err(TtHeaderError::NotUtf8) }
}

/// Bytes behind their number, and what follows.
fn sized(bytes: &[u8]) -> Result<(&[u8], &[u8]), TtHeaderError> {
    let (size, rest) = number(bytes)?;
    rest.split_at_checked(usize::from(size)).ok_or(TtHeaderError::Truncated)
}

fn number(bytes: &[u8]) -> Result<(u16, &[u8]), TtHeaderError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(TtHeaderError::Truncated)?;
    Ok((u16::from_be_bytes(*number), rest))
}
