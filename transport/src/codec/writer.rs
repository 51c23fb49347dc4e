//! Encodes messages and sends them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use volo_thrift::codec::default::ZeroCopyEncoder;
use volo_thrift::codec::default::framed::FramedEncoder;
use volo_thrift::codec::default::thrift::{Protocol as ThriftProtocol, ThriftCodec};
use volo_thrift::codec::default::ttheader::{ProtocolId, TTHeaderEncoder};
use volo_thrift::context::ThriftContext;
use volo_thrift::error::{ProtocolException, ProtocolExceptionKind};
use volo_thrift::{EntryMessage, LinkedBytes, ThriftException, ThriftMessage};

use crate::protocol::{Encoding, Framing, Protocol};

/// Up to which capacity an empty buffer is kept.
const KEPT_CAPACITY: usize = 8 * 1024;

/// Encodes a message into memory and writes it to a connection.
pub(crate) struct MessageWriter {
    encoder: Encoder,
    encoding: Encoding,
    max_message_size: usize,
    message: LinkedBytes,
}

enum Encoder {
    TtHeader(TTHeaderEncoder<FramedEncoder<ThriftCodec>>),
    Framed(FramedEncoder<ThriftCodec>),
    Buffered(ThriftCodec),
}

impl MessageWriter {
    /// Encodes in `protocol`. A server's answer is encoded in the protocol of its call, which is in the context.
    pub(crate) fn new(protocol: Protocol, max_message_size: usize) -> Self {
        let thrift = match protocol.encoding() {
            Encoding::Binary => ThriftProtocol::Binary,
            Encoding::Compact => ThriftProtocol::ApacheCompact,
        };
        let limit = i32::try_from(max_message_size).unwrap_or(i32::MAX);
        let encoder = match protocol.framing() {
            Framing::TtHeader => {
                Encoder::TtHeader(TTHeaderEncoder::new(FramedEncoder::new(ThriftCodec::new(thrift), limit)))
            }
            Framing::Framed => Encoder::Framed(FramedEncoder::new(ThriftCodec::new(thrift), limit)),
            Framing::Buffered => Encoder::Buffered(ThriftCodec::new(thrift)),
        };
        Self { encoder, encoding: protocol.encoding(), max_message_size, message: LinkedBytes::with_capacity(0) }
    }

    /// Encodes a message, which is kept until [`clear`](Self::clear).
    pub(crate) fn encode<M: EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
        message: ThriftMessage<M>,
    ) -> Result<(), ThriftException> {
        self.clear();
        if self.encoding == Encoding::Compact {
            // The encoding that a TTHeader contains.
            cx.extensions_mut().insert(ProtocolId::Compact);
        }
        let (out, limit) = (&mut self.message, self.max_message_size);
        match &mut self.encoder {
            Encoder::TtHeader(encoder) => encode(encoder, cx, out, message, limit),
            Encoder::Framed(encoder) => encode(encoder, cx, out, message, limit),
            Encoder::Buffered(encoder) => encode(encoder, cx, out, message, limit),
        }
    }

    /// Puts a message that is encoded already in the place of another.
    pub(crate) fn put(&mut self, message: &[u8]) {
        self.clear();
        self.message.bytes_mut().extend_from_slice(message);
    }

    /// Takes the message that another writer has encoded.
    pub(crate) fn take_message(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.message, &mut other.message);
    }

    /// Sends the message. `began` is set when the connection has accepted a byte of it.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: a part of the message may have been sent.
    pub(crate) async fn write(&mut self, io: &mut (impl AsyncWrite + Unpin), began: &mut bool) -> io::Result<()> {
        let mut io = WriteTracker { io, began };
        if self.message.iter_list().next().is_none() {
            io.write_all(self.message.bytes()).await?;
        } else {
            self.message.write_all_vectored(&mut io).await?;
        }
        io.flush().await
    }

    /// Drops the message, and a buffer that is larger than usual.
    pub(crate) fn clear(&mut self) {
        // Its own `reset` copies the parts of a large message together; a new buffer costs no more.
        if self.message.iter_list().next().is_some() || self.message.bytes().capacity() > KEPT_CAPACITY {
            self.message = LinkedBytes::with_capacity(0);
        } else {
            self.message.reset();
        }
    }
}

fn encode<E: ZeroCopyEncoder, M: EntryMessage, Cx: ThriftContext>(
    encoder: &mut E,
    cx: &mut Cx,
    out: &mut LinkedBytes,
    message: ThriftMessage<M>,
    limit: usize,
) -> Result<(), ThriftException> {
    let (size, to_reserve) = encoder.size(cx, &message)?;
    // volo's own limit applies only to frames, and not every message has one.
    if size > limit {
        let why = format!("the message takes {size} bytes; the limit is {limit}");
        return Err(ProtocolException::new(ProtocolExceptionKind::SizeLimit, why).into());
    }
    cx.stats_mut().set_write_size(size);
    out.reserve(to_reserve);
    encoder.encode(cx, out, message)
}

/// Records whether the connection has accepted any byte.
struct WriteTracker<'a, T> {
    io: &'a mut T,
    began: &'a mut bool,
}

impl<T: AsyncWrite + Unpin> AsyncWrite for WriteTracker<'_, T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut *this.io).poll_write(cx, buf);
        *this.began |= matches!(written, Poll::Ready(Ok(1..)));
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut *this.io).poll_write_vectored(cx, bufs);
        *this.began |= matches!(written, Poll::Ready(Ok(1..)));
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().io).poll_shutdown(cx)
    }
}
