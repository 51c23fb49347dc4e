//! A connection on loan to one call: what stands in for volo's transport halves and codec.
//!
//! volo makes a transport and a codec for every call it cannot serve from its own pool. Here the transport is only a
//! ticket, and making the codec redeems it for the encoder and decoder that belong to the connection. When the call
//! has ended well volo asks both whether they are closed, to put them into its pool: the encoder notes "well" and says
//! yes, volo drops them, and dropping brings them home.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use volo_thrift::codec::{Decoder, Encoder};
use volo_thrift::context::ThriftContext;
use volo_thrift::{EntryMessage, ThriftException, ThriftMessage};

use super::pool::Home;

/// Stands for a connection from `make_transport` to `make_codec`.
pub struct Ticket<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> {
    pub(super) encoder: LeasedEncoder<E, D, T>,
    pub(super) decoder: LeasedDecoder<E, D, T>,
}

impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> Ticket<E, D, T> {
    pub(super) fn new(home: Arc<Home<E, D, T>>, encoder: E, decoder: D) -> Self {
        Self {
            encoder: LeasedEncoder { home: Arc::clone(&home), encoder: Some(encoder) },
            decoder: LeasedDecoder { home, decoder: Some(decoder) },
        }
    }
}

// The ticket itself carries no bytes: volo hands it straight to the codec.
impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> Unpin for Ticket<E, D, T> {}

impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> AsyncRead for Ticket<E, D, T> {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(not_a_stream()))
    }
}

/// The other half of what `make_transport` returns; the [`Ticket`] stands for both.
#[derive(Debug)]
pub struct NoStream;

impl AsyncWrite for NoStream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(not_a_stream()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn not_a_stream() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "use the codec that comes with this connector: `connect_with` sets both")
}

/// The encoder of a connection, for one call.
pub struct LeasedEncoder<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> {
    home: Arc<Home<E, D, T>>,
    encoder: Option<E>,
}

/// The decoder of a connection, for one call.
pub struct LeasedDecoder<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> {
    home: Arc<Home<E, D, T>>,
    decoder: Option<D>,
}

impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> Encoder for LeasedEncoder<E, D, T> {
    async fn encode<Req: Send + EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
        message: ThriftMessage<Req>,
    ) -> Result<(), ThriftException> {
        match &mut self.encoder {
            Some(encoder) => encoder.encode(cx, message).await,
            None => Err(not_a_stream().into()),
        }
    }

    // Asked after the decoder, and only when the call ended well.
    async fn is_closed(&self) -> bool {
        self.home.mark_clean();
        true
    }
}

impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> Decoder for LeasedDecoder<E, D, T> {
    async fn decode<Msg: Send + EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
    ) -> Result<Option<ThriftMessage<Msg>>, ThriftException> {
        match &mut self.decoder {
            Some(decoder) => decoder.decode(cx).await,
            None => Err(not_a_stream().into()),
        }
    }
}

impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> Drop for LeasedEncoder<E, D, T> {
    fn drop(&mut self) {
        self.home.bring_back(self.encoder.take(), None);
    }
}

impl<E: Encoder, D: Decoder, T: AsyncRead + Send + Unpin + 'static> Drop for LeasedDecoder<E, D, T> {
    fn drop(&mut self) {
        self.home.bring_back(None, self.decoder.take());
    }
}
