//! Reads and writes whole messages on a byte stream; volo's codec only works on memory.
//!
//! Reading: the [`wire`](crate::wire) module finds the end of a message and checks its contents, the [`reader`] collects
//! the message, then volo's synchronous decoder decodes it. What depends on the IDL is checked while it is decoded
//! ([`checked`]). Writing: volo's encoders encode the message, the [`writer`] sends it, if possible in one system call.

/// Methods of a reader that only call those of the reader inside.
macro_rules! inner {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        $(
            #[inline]
            fn $name(&mut self, $($argument: $type),*) -> $result {
                self.inner.$name($($argument),*)
            }
        )*
    };
}

mod checked;
mod compact;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};

use pilota::thrift::{ApplicationException, ProtocolExceptionKind, new_protocol_exception};
use volo_thrift::codec::default::ZeroCopyDecoder;
use volo_thrift::codec::default::framed::FramedDecoder;
use volo_thrift::codec::default::thrift::ThriftCodec;
use volo_thrift::codec::default::ttheader::TTHeaderDecoder;
use volo_thrift::context::ThriftContext;
use volo_thrift::{EntryMessage, ThriftException, ThriftMessage};

use checked::Checked;
use compact::CompactMessage;
pub(crate) use reader::{MessageReader, RawMessage, ReadError};
pub(crate) use writer::MessageWriter;

use crate::protocol::{Encoding, Framing};
use crate::wire::{MessageHead, WireError, plain, rewritten_exception};

/// The largest message by default: 16 MiB, the limit of thrift's framed transport
/// (<https://github.com/apache/thrift/blob/master/doc/specs/thrift-rpc.md#framed-vs-unframed-transport>).
pub(crate) const MAX_MESSAGE_SIZE: usize = 16 * 1024 * 1024;

/// Decodes whole messages of any protocol.
///
/// volo's decoders recognize a TTHeader and a frame by bytes that other messages can contain, too. The wire module has
/// already determined the protocol, so each message is decoded by the decoder of its protocol.
pub(crate) struct MessageDecoder {
    header_and_frame: TTHeaderDecoder<FramedDecoder<ThriftCodec>>,
    header: TTHeaderDecoder<ThriftCodec>,
    frame: FramedDecoder<ThriftCodec>,
    bare: ThriftCodec,
}

impl MessageDecoder {
    pub(crate) fn new(max_message_size: usize) -> Self {
        let limit = i32::try_from(max_message_size).unwrap_or(i32::MAX);
        let bare = ThriftCodec::default();
        let frame = FramedDecoder::new(bare, limit);
        Self { header_and_frame: TTHeaderDecoder::new(frame.clone()), header: TTHeaderDecoder::new(bare), frame, bare }
    }

    /// Decodes a message, and notes in `cx` in which protocol it came.
    ///
    /// No message that the wire module accepts is known to make volo's decoder panic. If one does, the panic is returned as
    /// an error.
    pub(crate) fn decode<M: EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
        mut message: RawMessage,
    ) -> Result<Result<M, ApplicationException>, ThriftException> {
        cx.stats_mut().set_read_size(message.bytes.len());
        let invalid = |error: WireError| new_protocol_exception(ProtocolExceptionKind::InvalidData, error.to_string());
        if !message.head.is_plain() {
            let (bytes, head) = plain(&message.bytes, &message.head).map_err(invalid)?;
            message = RawMessage { bytes: bytes.into(), head };
        }
        match rewritten_exception(&message.bytes, &message.head) {
            Ok(Some(bytes)) => {
                message.bytes = bytes.into();
                message.head.encoding = Encoding::Binary;
            }
            Ok(None) => {}
            Err(error) => return Err(invalid(error)),
        }
        // The decoders keep nothing between two messages, and who gets an error uses nothing of `cx` but what names
        // the call.
        catch_unwind(AssertUnwindSafe(|| match message.head.encoding {
            Encoding::Binary => Ok(self.decode_any::<Checked<M>, Cx>(cx, message)?.map(|message| message.0)),
            Encoding::Compact => {
                Ok(self.decode_any::<CompactMessage<Checked<M>>, Cx>(cx, message)?.map(|message| message.0.0))
            }
        }))
        .unwrap_or_else(|_| {
            let why = "the contents of a message cannot be decoded";
            Err(new_protocol_exception(ProtocolExceptionKind::InvalidData, why))
        })
    }

    fn decode_any<M: EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
        mut message: RawMessage,
    ) -> Result<Result<M, ApplicationException>, ThriftException> {
        let bytes = &mut message.bytes;
        let MessageHead { framing, has_frame, .. } = message.head;
        let decoded = match (framing, has_frame) {
            (Framing::TtHeader, true) => self.header_and_frame.decode(cx, bytes)?,
            (Framing::TtHeader, false) => self.header.decode(cx, bytes)?,
            (Framing::Framed, _) => self.frame.decode(cx, bytes)?,
            (Framing::Buffered, _) => self.bare.decode(cx, bytes)?,
        };
        // volo's decoders say `None` for an end of file only, and a whole message has none.
        let decoded: ThriftMessage<M> =
            decoded.ok_or_else(|| ThriftException::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)))?;
        Ok(decoded.data)
    }
}
