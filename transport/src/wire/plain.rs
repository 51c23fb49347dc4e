//! Messages whose head volo does not read: from before there were versions, or with the name of a service.
//!
//! - Apache's libraries write the binary encoding without a version where `strictWrite` is off. Their servers and
//!   clients read it, and so does this crate; the answer has a version, as that of Apache's servers.
//! - Their `TMultiplexedProtocol` writes `Echo:echo`, the service and the method. The answer has the method only, as that
//!   of their `TMultiplexedProcessor`.

use super::{Encoding, Framing, MessageHead, MessageKind, WireError, head, input::Input};

impl MessageHead {
    /// Whether volo can read the message as it is.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.has_version && !self.has_service
    }
}

/// The service that a multiplexed message is for, and its method.
///
/// # Errors
///
/// None where the message has been recognized with this head.
pub(crate) fn service_and_method<'a>(message: &'a [u8], head: &MessageHead) -> Result<(&'a str, &'a str), WireError> {
    let mut input = Input::new(message, head.thrift_at, message.len());
    let (.., name) =
        head::read(head.encoding, head.has_version, &mut input).map_err(|stop| stop.beyond(message.len()))?;
    Ok(name.split_once(SEPARATOR).unwrap_or(("", name)))
}

/// Between the service and the method. Neither name in an IDL can contain it.
const SEPARATOR: char = ':';

/// Whether the service's name precedes the method.
#[inline]
pub(super) fn has_service(name: &str) -> bool {
    name.as_bytes().contains(&b':')
}

/// The method without the service.
pub(super) fn method(name: &str) -> &str {
    name.split_once(SEPARATOR).map_or(name, |(_service, method)| method)
}

/// The message with a version and without the name of a service, behind the same TTHeader; and its head.
///
/// # Errors
///
/// None where the message has been recognized with this head.
pub(crate) fn plain(message: &[u8], head: &MessageHead) -> Result<(Vec<u8>, MessageHead), WireError> {
    let mut input = Input::new(message, head.thrift_at, message.len());
    let (kind, seq_id, name) =
        head::read(head.encoding, head.has_version, &mut input).map_err(|stop| stop.beyond(message.len()))?;
    let body = message.get(input.at()..).unwrap_or_default();
    let frame_at = head.thrift_at - if head.has_frame { 4 } else { 0 };
    let mut plain = Vec::with_capacity(message.len() + 4);
    plain.extend(message.get(..frame_at).unwrap_or_default());
    if head.has_frame {
        plain.extend([0; 4]);
    }
    put_head(&mut plain, head.encoding, kind, seq_id, method(name));
    plain.extend(body);
    if head.has_frame {
        put_size(&mut plain, frame_at);
    }
    if head.framing == Framing::TtHeader {
        put_size(&mut plain, 0);
    }
    Ok((plain, MessageHead { has_version: true, has_service: false, ..*head }))
}

/// Writes at byte `at` how many bytes follow the four there. A message has less than 2^32.
fn put_size(message: &mut [u8], at: usize) {
    let size = u32::try_from(message.len().saturating_sub(at + 4)).unwrap_or(u32::MAX);
    if let Some(place) = message.get_mut(at..at + 4) {
        place.copy_from_slice(&size.to_be_bytes());
    }
}

/// Writes the head of a message.
pub(super) fn put_head(to: &mut Vec<u8>, encoding: Encoding, kind: MessageKind, seq_id: i32, name: &str) {
    let kind = match kind {
        MessageKind::Call => 1,
        MessageKind::Reply => 2,
        MessageKind::Exception => 3,
        MessageKind::OneWay => 4,
    };
    let size = u32::try_from(name.len()).unwrap_or(u32::MAX);
    match encoding {
        Encoding::Binary => {
            to.extend([0x80, 0x01, 0x00, kind]);
            to.extend(size.to_be_bytes());
            to.extend(name.as_bytes());
            to.extend(seq_id.to_be_bytes());
        }
        Encoding::Compact => {
            to.extend([0x82, kind << 5 | 1]);
            put_varint(to, seq_id.cast_unsigned());
            put_varint(to, size);
            to.extend(name.as_bytes());
        }
    }
}

pub(super) fn put_varint(to: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}
