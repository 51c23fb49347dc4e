//! A decoder that knows whether it stands between two calls, so that a stopping server ends connections only there.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, Interest, ReadBuf, Ready};
use tokio_util::sync::CancellationToken;
use volo::net::ext::AsyncExt;
use volo_thrift::codec::Decoder;
use volo_thrift::context::ThriftContext;
use volo_thrift::{EntryMessage, ThriftException, ThriftMessage};

/// Reads for a [`BetweenCalls`] and notes when the first byte of a call has come.
pub(super) struct Noticing<R> {
    reader: R,
    byte_of_call_seen: Arc<AtomicBool>,
}

impl<R> Noticing<R> {
    pub(super) fn new(reader: R) -> (Self, Arc<AtomicBool>) {
        let byte_of_call_seen = Arc::new(AtomicBool::new(false));
        (Self { reader, byte_of_call_seen: Arc::clone(&byte_of_call_seen) }, byte_of_call_seen)
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Noticing<R> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let outcome = Pin::new(&mut this.reader).poll_read(cx, buf);
        if buf.filled().len() > before {
            this.byte_of_call_seen.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

// volo asks for readiness only on the client's side; see `split`.
impl<R: Sync> AsyncExt for Noticing<R> {
    async fn ready(&self, _: Interest) -> io::Result<Ready> {
        Ok(Ready::EMPTY)
    }
}

/// Ends a connection between two calls once the server stops; a call that has begun to arrive is read whole.
pub(super) struct BetweenCalls<D> {
    pub(super) decoder: D,
    pub(super) byte_of_call_seen: Arc<AtomicBool>,
    pub(super) stopping: CancellationToken,
}

impl<D: Decoder> Decoder for BetweenCalls<D> {
    async fn decode<Msg: Send + EntryMessage, Cx: ThriftContext>(
        &mut self,
        cx: &mut Cx,
    ) -> Result<Option<ThriftMessage<Msg>>, ThriftException> {
        self.byte_of_call_seen.store(false, Ordering::Relaxed);
        let mut message = pin!(self.decoder.decode(cx));
        tokio::select! {
            biased;
            message = &mut message => return message,
            () = self.stopping.cancelled() => {}
        }
        if self.byte_of_call_seen.load(Ordering::Relaxed) { message.await } else { Ok(None) }
    }
}
