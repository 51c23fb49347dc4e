//! Answers to Apache's header transport (THeader), which this crate does not support.
//!
//! ```text
//! length  0f ff flags seq size protocol transforms .. message
//! ```
//!
//! The size counts words of four bytes from the protocol on, which is 0 for binary and 2 for compact
//! (<https://github.com/apache/thrift/blob/master/doc/specs/HeaderFormat.md>).

use super::{
    Encoding, MessageKind, head,
    input::Input,
    json::INVALID_PROTOCOL,
    plain,
    ttheader::{HEADER, SEQ_ID, bytes_at, header_end},
};

/// The protocol's number for the compact encoding.
const COMPACT: u8 = 2;

/// The exception `text` in the form of the message. `None` if the message is one-way, or an answer.
pub(super) fn exception(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    let header_seq_id = bytes_at(bytes, SEQ_ID)?;
    let at = header_end(bytes)?;
    let [protocol, transforms] = bytes_at(bytes, HEADER)?;
    let encoding = if protocol == COMPACT { Encoding::Compact } else { Encoding::Binary };
    // A message that is compressed cannot be looked at.
    let read = if transforms == 0 && matches!(protocol, 0 | COMPACT) {
        head::read(encoding, true, &mut Input::new(bytes, at, bytes.len())).ok()
    } else {
        None
    };
    let (kind, seq_id, name) = read.unwrap_or((MessageKind::Call, i32::from_be_bytes(header_seq_id), ""));
    if kind != MessageKind::Call {
        return None;
    }
    let mut rest = vec![0x0f, 0xff, 0, 0];
    rest.extend(header_seq_id);
    // One word of header: the protocol, no transforms, two bytes of padding.
    rest.extend([0, 1, if encoding == Encoding::Compact { COMPACT } else { 0 }, 0, 0, 0]);
    plain::put_head(&mut rest, encoding, MessageKind::Exception, seq_id, plain::method(name));
    put_exception(&mut rest, encoding, text);
    Some([&u32::try_from(rest.len()).ok()?.to_be_bytes(), &rest[..]].concat())
}

/// The struct of an exception: its text in field 1 and its kind in field 2.
fn put_exception(to: &mut Vec<u8>, encoding: Encoding, text: &str) {
    let size = u32::try_from(text.len()).unwrap_or(u32::MAX);
    match encoding {
        Encoding::Binary => {
            to.extend([11, 0, 1]);
            to.extend(size.to_be_bytes());
            to.extend(text.as_bytes());
            to.extend([8, 0, 2]);
            to.extend(INVALID_PROTOCOL.to_be_bytes());
        }
        Encoding::Compact => {
            to.push(0x18);
            plain::put_varint(to, size);
            to.extend(text.as_bytes());
            to.push(0x15);
            // Zigzag.
            plain::put_varint(to, INVALID_PROTOCOL.cast_unsigned() << 1);
        }
    }
    to.push(0);
}
