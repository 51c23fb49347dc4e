//! HTTP messages that wait to be written.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;

/// Encoded messages, in order. The head of a message and its body are written together and without being copied
/// together, where the connection allows it.
#[derive(Debug, Default)]
pub(super) struct Output {
    head: BytesMut,
    body: BytesMut,
    /// Whether the connection has accepted a byte since the last [`begin`](Self::begin).
    began: bool,
}

impl Output {
    /// Adds a message.
    pub(super) fn push(&mut self, head: &[u8], body: BytesMut) {
        if self.body.is_empty() {
            self.head.extend_from_slice(head);
            self.body = body;
        } else {
            self.body.extend_from_slice(head);
            self.body.extend_from_slice(&body);
        }
    }

    /// Forgets what was written so far.
    pub(super) fn begin(&mut self) {
        self.began = false;
    }

    /// Whether the connection has accepted a byte since [`begin`](Self::begin).
    pub(super) fn has_begun(&self) -> bool {
        self.began
    }

    pub(super) fn is_empty(&self) -> bool {
        self.head.is_empty() && self.body.is_empty()
    }

    /// Drops what was not written.
    pub(super) fn clear(&mut self) {
        self.head = BytesMut::new();
        self.body = BytesMut::new();
    }

    /// Writes everything and flushes the connection.
    pub(super) fn poll_flush(
        &mut self,
        io: &mut (impl AsyncWrite + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while !self.is_empty() {
            let parts = [IoSlice::new(&self.head), IoSlice::new(&self.body)];
            let written = if self.head.is_empty() {
                Pin::new(&mut *io).poll_write(cx, &self.body)
            } else if self.body.is_empty() {
                Pin::new(&mut *io).poll_write(cx, &self.head)
            } else {
                Pin::new(&mut *io).poll_write_vectored(cx, &parts)
            };
            let written = ready!(written)?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.began = true;
            let in_head = written.min(self.head.len());
            self.head.advance(in_head);
            self.body.advance((written - in_head).min(self.body.len()));
        }
        // An idle connection keeps no buffer.
        self.clear();
        Pin::new(io).poll_flush(cx)
    }
}
