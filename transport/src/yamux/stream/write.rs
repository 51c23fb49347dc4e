//! Writing to a stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use futures_util::AsyncWrite as _;
use tokio::io::AsyncWrite;

use super::YamuxStream;
use crate::yamux::engine::Engine;

/// How many bytes are collected before a write has to wait for the library, and the largest frame: room for a message of
/// 64 KiB with its header.
pub(in crate::yamux) const COLLECTED: usize = 128 * 1024;

/// The capacity up to which a stream keeps its empty buffer. Larger buffers are shared by all streams of the session.
const KEPT: usize = 4 * 1024;

impl YamuxStream {
    /// Gives what was collected to the library. The caller notifies the session.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let Some((stream, guard)) = &mut self.parts else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            // An error means that the stream was reset or the session has ended.
            let size = self.unsent.len().min(guard.status.frame_size());
            let written = ready!(Pin::new(stream).poll_write(cx, &self.unsent[..size]));
            let frames = guard.status.frames_received();
            let count = written.map_err(|_| self.reset_error())?;
            self.announced = true;
            self.unflushed = true;
            self.asked = Some(frames);
            self.unsent.advance(count);
        }
        if self.unsent.capacity() > KEPT {
            let unsent = std::mem::take(&mut self.unsent);
            if let Some((_, guard)) = &self.parts {
                guard.status.keep_buffer(unsent);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reserves room to collect a large message.
    fn reserve(&mut self, size: usize) {
        if size > KEPT
            && self.unsent.capacity() < size
            && let Some((_, guard)) = &self.parts
        {
            let mut buffer = guard.status.buffer();
            buffer.reserve(self.unsent.len() + size.min(COLLECTED));
            buffer.extend_from_slice(&self.unsent);
            self.unsent = buffer;
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        let Some((stream, _)) = &mut self.parts else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        if !self.announced {
            // Nothing was written yet, and the other end ignores the end of a stream that it does not know.
            ready!(Pin::new(&mut *stream).poll_write(cx, &[])).map_err(|_| self.reset_error())?;
            self.announced = true;
        }
        let Some((stream, _)) = &mut self.parts else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        Pin::new(stream).poll_close(cx)
    }
}

impl AsyncWrite for YamuxStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.shut_down {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if this.unsent.len() >= COLLECTED {
            let sent = this.poll_send(cx);
            this.notify();
            ready!(sent)?;
        }
        this.reserve(bufs.iter().map(|buf| buf.len()).sum());
        let mut taken = 0;
        for buf in bufs {
            let part = &buf[..buf.len().min(COLLECTED - taken)];
            this.unsent.extend_from_slice(part);
            taken += part.len();
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Sends everything, in this task if nobody else drives the session and few frames are expected. Otherwise the task
    /// that drives it sends it soon.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.unsent.is_empty() && !std::mem::take(&mut this.unflushed) {
            return Poll::Ready(Ok(()));
        }
        this.counted = 0;
        let mut sent = Poll::Pending;
        if let Some((_, guard)) = &this.parts
            && !guard.status.is_busy()
            && let Some(gate) = guard.gate.upgrade()
        {
            let send = || {
                if sent.is_pending() {
                    sent = this.poll_send(cx);
                }
            };
            gate.visit(send, Engine::visit);
        }
        if sent.is_pending() {
            sent = this.poll_send(cx);
            this.notify();
        }
        this.unflushed &= sent.is_pending();
        sent
    }

    /// Sends the end of this direction once: hashicorp's implementation closes the whole session at a second one.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut_down {
            let closed = this.poll_close(cx);
            this.notify();
            ready!(closed)?;
            this.shut_down = true;
        }
        Poll::Ready(Ok(()))
    }
}
