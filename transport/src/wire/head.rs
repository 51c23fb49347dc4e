//! The head of a Thrift message: version, kind, sequence id and method name.

use super::{
    Encoding, MessageKind, WireError,
    input::{Input, Stop},
};

/// Reads the head; the arguments' or result's struct follows. Only the binary encoding also exists without a version.
#[inline]
pub(super) fn read<'a>(
    encoding: Encoding,
    has_version: bool,
    input: &mut Input<'a>,
) -> Result<(MessageKind, i32, &'a str), Stop> {
    match encoding {
        Encoding::Binary if has_version => binary(input),
        Encoding::Binary => unversioned(input),
        Encoding::Compact => compact(input),
    }
}

#[inline]
fn binary<'a>(input: &mut Input<'a>) -> Result<(MessageKind, i32, &'a str), Stop> {
    let [a, b, _unused, kind] = input.array()?;
    let version = u16::from_be_bytes([a, b]);
    if version != 0x8001 {
        return Err(WireError::Version { version }.into());
    }
    let kind = message_kind(kind)?;
    let size = input.size()?;
    let name = name(input, size)?;
    let seq_id = i32::from_be_bytes(input.array()?);
    Ok((kind, seq_id, name))
}

fn unversioned<'a>(input: &mut Input<'a>) -> Result<(MessageKind, i32, &'a str), Stop> {
    let size = input.size()?;
    let name = name(input, size)?;
    let kind = message_kind(input.byte()?)?;
    let seq_id = i32::from_be_bytes(input.array()?);
    Ok((kind, seq_id, name))
}

#[inline]
fn compact<'a>(input: &mut Input<'a>) -> Result<(MessageKind, i32, &'a str), Stop> {
    let [id, kind_and_version] = input.array()?;
    let version = u16::from_be_bytes([id, kind_and_version & 0x1f]);
    if version != 0x8201 {
        return Err(WireError::Version { version }.into());
    }
    let kind = message_kind(kind_and_version >> 5)?;
    // Not zigzag, unlike other numbers of this encoding.
    let seq_id = input.varint_u32()?.cast_signed();
    let size = input.varint_u32()? as usize;
    let name = name(input, size)?;
    Ok((kind, seq_id, name))
}

fn message_kind(kind: u8) -> Result<MessageKind, WireError> {
    match kind {
        1 => Ok(MessageKind::Call),
        2 => Ok(MessageKind::Reply),
        3 => Ok(MessageKind::Exception),
        4 => Ok(MessageKind::OneWay),
        kind => Err(WireError::Kind { kind }),
    }
}

/// volo makes a string of it without looking.
#[inline]
fn name<'a>(input: &mut Input<'a>, size: usize) -> Result<&'a str, Stop> {
    let name = input.slice(size)?;
    Ok(simdutf8::basic::from_utf8(name).map_err(|_| WireError::NameNotUtf8)?)
}
