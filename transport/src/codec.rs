//! Reads and writes whole messages on a byte stream; volo's codec only works on memory.
//!
//! Reading: the [`wire`](crate::wire) module finds the end of a message, the [`reader`] collects the message, then
//! volo's synchronous decoder decodes it. Checks of the contents of a message belong between the last two. Writing:
//! volo's encoders encode the message, the [`writer`] sends it, if possible in one system call.

mod reader;
mod writer;

use futures_util::FutureExt;
use volo::util::buf_reader::BufReader;
use volo_thrift::codec::default::ZeroCopyDecoder;
use volo_thrift::codec::default::framed::FramedDecoder;
use volo_thrift::codec::default::thrift::ThriftCodec;
use volo_thrift::codec::default::ttheader::TTHeaderDecoder;
use volo_thrift::context::ThriftContext;
use volo_thrift::{EntryMessage, ThriftException, ThriftMessage};

pub(crate) use reader::{MessageReader, RawMessage, ReadError};
pub(crate) use writer::MessageWriter;

use crate::protocol::{Encoding, Framing};
use crate::wire::Head;

/// The largest message by default: 16 MiB, the limit of thrift's framed transport
/// (<https://github.com/apache/thrift/blob/master/doc/specs/thrift-rpc.md#framed-vs-unframed-transport>).
pub(crate) const MAX_MESSAGE_SIZE: usize = 16 * 1024 * 1024;

/// Decodes whole messages of any protocol.
///
/// volo's decoders recognize a TTHeader and a frame by bytes that other messages can contain, too. The wire module has
/// already determined the protocol, so each message is decoded by the decoder of its protocol.
pub(crate) struct Decoder {
    header_and_frame: TTHeaderDecoder<FramedDecoder<ThriftCodec>>,
    header: TTHeaderDecoder<ThriftCodec>,
    frame: FramedDecoder<ThriftCodec>,
    bare: ThriftCodec,
}

impl Decoder {
    pub(crate) fn new(max_message_size: usize) -> Self {
        let limit = i32::try_from(max_message_size).unwrap_or(i32::MAX);
        let bare = ThriftCodec::default();
        let frame = FramedDecoder::new(bare, limit);
        Self { header_and_frame: TTHeaderDecoder::new(frame.clone()), header: TTHeaderDecoder::new(bare), frame, bare }
    }

    /// Decodes a message, and notes in `cx` in which protocol it came.
    pub(crate) fn decode<M: EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
        mut message: RawMessage,
    ) -> Result<ThriftMessage<M>, ThriftException> {
        cx.stats_mut().set_read_size(message.bytes.len());
        let bytes = &mut message.bytes;
        let Head { framing, has_frame, encoding, .. } = message.head;
        let decoded = match (framing, has_frame) {
            (Framing::TtHeader, true) => self.header_and_frame.decode(cx, bytes)?,
            (Framing::TtHeader, false) => self.header.decode(cx, bytes)?,
            (Framing::Framed, _) => self.frame.decode(cx, bytes)?,
            (Framing::Buffered, _) if encoding == Encoding::Compact => {
                // pilota's synchronous reader of compact messages loses its place at a field that it does not know
                // (read in 0.13.1: it has no `skip` of its own). The other one reads from memory and never waits.
                let mut reader = BufReader::new(&bytes[..]);
                self.bare.decode_async(cx, &mut reader).now_or_never().transpose()?.flatten()
            }
            (Framing::Buffered, _) => self.bare.decode(cx, bytes)?,
        };
        // volo's decoders say `None` for an end of file only, and a whole message has none.
        decoded.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into())
    }
}
