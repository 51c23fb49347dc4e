//! Business errors: what a handler says of its subject, such as "sold out", with a status, a message and texts.
//!
//! They are answered as Kitex does it: a reply whose result has no fields, and the error in the TTHeader. Kitex reads it
//! only there, and volo's client reads it in front of any answer. A message without a TTHeader cannot carry it, and the
//! answer is an exception that contains its text.

use pilota::thrift::{
    TAsyncInputProtocol, TInputProtocol, TLengthProtocol, TMessageIdentifier, TOutputProtocol, ThriftException,
    VOID_IDENT,
};
use volo::FastStr;
use volo::context::Context;
use volo_thrift::codec::default::ttheader::HasTTHeader;
use volo_thrift::context::ServerContext;
use volo_thrift::{BizError, EntryMessage};

use crate::log::{EventKind, limited};

/// Whether the call ended with a business error that its answer has in the TTHeader.
pub(super) fn is_in_header(cx: &ServerContext) -> bool {
    cx.extensions().contains::<HasTTHeader>() && cx.common_stats.biz_error().is_some()
}

/// Notes the error where volo's TTHeader encoder takes it from.
pub(super) fn put_into_header(cx: &mut ServerContext, error: BizError) {
    // For Kitex and volo, status 0 means success: an error with status 0 is answered with an exception.
    if error.status_code != 0 {
        cx.common_stats.set_biz_error(fit_for_header(error));
    }
}

/// The result of a call that ended with a business error: a struct without fields, as every method's result is before
/// it has one.
pub(super) struct NoResult;

impl EntryMessage for NoResult {
    fn encode<T: TOutputProtocol>(&self, protocol: &mut T) -> Result<(), ThriftException> {
        protocol.write_struct_begin(&VOID_IDENT)?;
        protocol.write_field_stop()?;
        protocol.write_struct_end()
    }

    fn decode<T: TInputProtocol>(protocol: &mut T, _head: &TMessageIdentifier) -> Result<Self, ThriftException> {
        protocol.skip(pilota::thrift::TType::Struct).map(|_| Self)
    }

    async fn decode_async<T: TAsyncInputProtocol>(
        protocol: &mut T,
        _head: &TMessageIdentifier,
    ) -> Result<Self, ThriftException> {
        protocol.skip(pilota::thrift::TType::Struct).await.map(|()| Self)
    }

    fn size<T: TLengthProtocol>(&self, protocol: &mut T) -> usize {
        protocol.struct_begin_len(&VOID_IDENT) + protocol.field_stop_len() + protocol.struct_end_len()
    }
}

/// The longest text of a TTHeader, whose length has 16 bits. volo writes a longer one in full behind a length that is
/// cut, and the peer can read nothing behind it.
const MAX_HEADER_TEXT: usize = u16::MAX as usize;

/// A business error with as much of its texts as a TTHeader can carry.
fn fit_for_header(mut error: BizError) -> BizError {
    if error.status_message.len() > MAX_HEADER_TEXT {
        let status = error.status_code;
        limited!(WARN, EventKind::Handler, None, status, "the message of a business error is too long: cutting it off");
        let end = error.status_message.floor_char_boundary(MAX_HEADER_TEXT);
        error.status_message = error.status_message[..end].to_owned().into();
    }
    // As JSON: quotes, a colon and a comma a pair, and what has to be escaped.
    let length = |text: &str| text.bytes().map(escaped_length).sum::<usize>();
    let size = |(key, value): (&FastStr, &FastStr)| 6 + length(key) + length(value);
    if error.extra.as_ref().is_some_and(|extra| 1 + extra.iter().map(size).sum::<usize>() > MAX_HEADER_TEXT) {
        let status = error.status_code;
        limited!(
            WARN,
            EventKind::Handler,
            None,
            status,
            "the extra texts of a business error are too long: leaving them out"
        );
        error.extra = None;
    }
    error
}

/// How many bytes a byte of a text takes in JSON, at most.
fn escaped_length(byte: u8) -> usize {
    match byte {
        0..0x20 | 0x7f => 6,
        b'"' | b'\\' => 2,
        _ => 1,
    }
}
