//! Messages of calls on a byte stream: whole messages are read and written here, volo's codec works on memory.
//!
//! Reading: the [`wire`](crate::wire) module finds where a message ends, the [`reader`] collects it, and only then does
//! volo's synchronous decoder see it. What checks the inside of a message before it is decoded stands between the two.
//! Writing: volo's encoders make the message, the [`writer`] sends it in one system call where it can.

mod reader;
mod writer;

use volo_thrift::codec::default::ZeroCopyDecoder;
use volo_thrift::codec::default::framed::FramedDecoder;
use volo_thrift::codec::default::thrift::ThriftCodec;
use volo_thrift::codec::default::ttheader::TTHeaderDecoder;
use volo_thrift::context::ThriftContext;
use volo_thrift::{EntryMessage, ThriftException, ThriftMessage};

pub(crate) use reader::{MessageReader, RawMessage, ReadError};
pub(crate) use writer::MessageWriter;

use crate::protocol::Framing;

/// The largest message by default: 16 MiB, the limit of thrift's framed transport
/// (<https://github.com/apache/thrift/blob/master/doc/specs/thrift-rpc.md#framed-vs-unframed-transport>).
pub(crate) const MAX_MESSAGE_SIZE: usize = 16 * 1024 * 1024;

/// Decodes whole messages in whichever protocol they are.
pub(crate) struct Decoder {
    enveloped: TTHeaderDecoder<FramedDecoder<ThriftCodec>>,
    bare: ThriftCodec,
}

impl Decoder {
    pub(crate) fn new(max_message_size: usize) -> Self {
        let limit = i32::try_from(max_message_size).unwrap_or(i32::MAX);
        let framed = FramedDecoder::new(ThriftCodec::default(), limit);
        Self { enveloped: TTHeaderDecoder::new(framed), bare: ThriftCodec::default() }
    }

    /// Decodes a message, and notes in `cx` in which protocol it came.
    pub(crate) fn decode<M: EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
        mut message: RawMessage,
    ) -> Result<ThriftMessage<M>, ThriftException> {
        cx.stats_mut().set_read_size(message.bytes.len());
        let decoded = match message.head.framing {
            Framing::TtHeader | Framing::Framed => self.enveloped.decode(cx, &mut message.bytes)?,
            Framing::Buffered => self.bare.decode(cx, &mut message.bytes)?,
        };
        // volo's decoders say `None` for an end of file only, and a whole message has none.
        decoded.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into())
    }
}
