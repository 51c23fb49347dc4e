//! A connection after the handshake.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsStream as Rustls;

use super::TlsDetails;
use super::error::refusal;
use crate::connection::{Connection, NotDelivered};
use crate::deadline::Deadline;

/// How long closing waits for room to write the `close_notify`. A peer that still reads needs less.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// A byte stream over TLS.
///
/// What is written is encrypted at once, and sent at the next flush at the latest. Shutting it down, or dropping it if
/// that needs no waiting, sends a `close_notify`. If a connection ends without one, reading fails with
/// [`io::ErrorKind::UnexpectedEof`]: somebody may have cut it.
pub struct TlsStream<Io: Connection> {
    /// Boxed, because it is large and is moved several times before it is used.
    io: Box<Rustls<Io>>,
    /// Whether any byte was read.
    received: bool,
    /// The first byte, if it was found while an alert was looked for.
    first: Option<u8>,
    reading: TlsReadState,
    writing: TlsWriteState,
    shutdown: Deadline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TlsReadState {
    Open,
    Ended,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TlsWriteState {
    Open,
    Closed,
    Failed,
}

impl<Io: Connection> TlsStream<Io> {
    pub(super) fn new(io: Rustls<Io>) -> Self {
        let shutdown = Deadline::new(SHUTDOWN_TIMEOUT);
        let (reading, writing) = (TlsReadState::Open, TlsWriteState::Open);
        Self { io: Box::new(io), received: false, first: None, reading, writing, shutdown }
    }

    /// The version and application protocol that the ends agreed on, and the certificates of the other end.
    pub fn details(&self) -> TlsDetails {
        match &*self.io {
            Rustls::Client(stream) => TlsDetails::of(stream.get_ref().1, None),
            Rustls::Server(stream) => TlsDetails::of_client(stream.get_ref().1),
        }
    }

    fn explain(&mut self, error: io::Error) -> io::Error {
        self.reading = TlsReadState::Failed;
        if error.kind() == io::ErrorKind::UnexpectedEof {
            let why = "the connection was cut: it ended without the close_notify of TLS";
            return io::Error::new(io::ErrorKind::UnexpectedEof, why);
        }
        self.refused(&error).unwrap_or(error)
    }

    /// The error of a server that refuses this client's certificate. It comes after the client's part of the handshake,
    /// and calls may have been written meanwhile. None of them was delivered: a server that has read one has finished
    /// its handshake, and sends no such alert.
    fn refused(&self, error: &io::Error) -> Option<io::Error> {
        if self.received || matches!(*self.io, Rustls::Server(_)) {
            return None;
        }
        refusal(error).map(|refused| NotDelivered::error(io::ErrorKind::PermissionDenied, refused.to_string()))
    }

    fn written<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let Poll::Ready(Err(error)) = outcome else { return outcome };
        self.writing = TlsWriteState::Failed;
        if !self.received {
            // The alert that says why may have arrived before.
            let mut byte = [0; 1];
            let mut byte = ReadBuf::new(&mut byte);
            match Pin::new(&mut *self.io).poll_read(cx, &mut byte) {
                Poll::Ready(Err(read)) => {
                    self.reading = TlsReadState::Failed;
                    return Poll::Ready(Err(self.refused(&read).unwrap_or(error)));
                }
                // Or an answer, such as that of a server that takes no more of a request.
                Poll::Ready(Ok(())) => {
                    self.first = byte.filled().first().copied();
                    self.received = self.first.is_some();
                }
                Poll::Pending => {}
            }
        }
        Poll::Ready(Err(error))
    }
}

impl<Io: Connection> Connection for TlsStream<Io> {
    fn is_reusable(&self) -> bool {
        self.reading == TlsReadState::Open && self.writing == TlsWriteState::Open && self.io.get_ref().0.is_reusable()
    }

    fn poll_background(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.io.get_mut().0.poll_background(cx)
    }

    fn end_reason(&self) -> Option<io::Error> {
        self.io.get_ref().0.end_reason()
    }
}

impl<Io: Connection> AsyncRead for TlsStream<Io> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if let Some(first) = this.first.take() {
            out.put_slice(&[first]);
            return Poll::Ready(Ok(()));
        }
        if this.reading == TlsReadState::Ended {
            return Poll::Ready(Ok(()));
        }
        let before = out.filled().len();
        match ready!(Pin::new(&mut *this.io).poll_read(cx, out)) {
            Ok(()) if out.filled().len() > before => this.received = true,
            Ok(()) => this.reading = TlsReadState::Ended,
            Err(error) => return Poll::Ready(Err(this.explain(error))),
        }
        Poll::Ready(Ok(()))
    }
}

impl<Io: Connection> AsyncWrite for TlsStream<Io> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.writing == TlsWriteState::Closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let outcome = Pin::new(&mut *this.io).poll_write(cx, buf);
        this.written(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.writing == TlsWriteState::Closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let outcome = Pin::new(&mut *this.io).poll_write_vectored(cx, bufs);
        this.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut *this.io).poll_flush(cx);
        this.written(cx, outcome)
    }

    /// Sends what was written and a `close_notify`, and shuts the connection below down. The peer's bytes can still be
    /// read. Fails with [`io::ErrorKind::TimedOut`] after 1 s.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.writing = TlsWriteState::Closed;
        let outcome = Pin::new(&mut *this.io).poll_shutdown(cx);
        if outcome.is_ready() {
            this.shutdown.rest();
            return outcome;
        }
        let after = ready!(this.shutdown.poll_waited(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, format!("closing TLS took longer than {after:?}"))))
    }
}

impl<Io: Connection> Drop for TlsStream<Io> {
    fn drop(&mut self) {
        if self.writing == TlsWriteState::Open && self.reading != TlsReadState::Failed {
            match &mut *self.io {
                Rustls::Client(stream) => stream.get_mut().1.send_close_notify(),
                Rustls::Server(stream) => stream.get_mut().1.send_close_notify(),
            }
            // A drop cannot wait: what cannot be written at once is discarded.
            let _flushed_or_not = Pin::new(&mut *self.io).poll_flush(&mut Context::from_waker(Waker::noop()));
        }
    }
}

impl<Io: Connection> fmt::Debug for TlsStream<Io> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream")
            .field("details", &self.details())
            .field("reading", &self.reading)
            .field("writing", &self.writing)
            .finish_non_exhaustive()
    }
}
