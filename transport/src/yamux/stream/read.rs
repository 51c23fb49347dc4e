//! Reading from a stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream as _;
use tokio::io::{AsyncRead, ReadBuf};

use super::YamuxStream;
use crate::yamux::options::WINDOW;

impl AsyncRead for YamuxStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if this.received.is_empty() && !ready!(this.poll_receive(cx))? {
            return Poll::Ready(Ok(()));
        }
        this.received.hand_out(out);
        Poll::Ready(Ok(()))
    }
}

/// The part of a frame's body that was not read yet.
#[derive(Debug, Default)]
pub(super) struct Received {
    packet: Option<yamux::Packet>,
    read: usize,
}

impl Received {
    fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    fn rest(&self) -> &[u8] {
        self.packet.as_ref().and_then(|packet| packet.as_ref().get(self.read..)).unwrap_or_default()
    }

    fn hand_out(&mut self, out: &mut ReadBuf<'_>) {
        let rest = self.rest();
        let count = rest.len().min(out.remaining());
        out.put_slice(&rest[..count]);
        self.read += count;
        if self.is_empty() {
            *self = Self::default();
        }
    }
}

impl YamuxStream {
    /// Takes the whole body of the next frame from the library. To have it copied instead would need a buffer filled with
    /// zeros. `false` at the end of the stream.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            let Some((stream, guard)) = &mut self.parts else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            let next = Pin::new(stream).poll_next(cx);
            self.counted += std::mem::take(&mut self.uncounted);
            // The library queues a window update when half of the window was read, which is at least this much. If
            // fewer bytes are counted here, the other end can still send, and the frames that arrive drive the session.
            if self.counted >= WINDOW / 2 {
                self.counted = 0;
                guard.notify();
            }
            let Some(packet) = ready!(next).transpose()? else {
                // The library reports a reset and the end of the session as the end of the stream, too.
                if !guard.status.is_finished(guard.id) {
                    return Poll::Ready(Err(self.reset_error()));
                }
                self.read_to_end = true;
                return Poll::Ready(Ok(false));
            };
            let count = packet.as_ref().len();
            // A frame that only carries a flag has no body.
            if count > 0 {
                self.answered = true;
                self.asked = None;
                self.uncounted = count;
                self.received = Received { packet: Some(packet), read: 0 };
                return Poll::Ready(Ok(true));
            }
        }
    }
}
