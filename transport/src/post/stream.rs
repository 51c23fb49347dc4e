//! The byte stream of either end.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::client::ClientStream;
use super::server::ServerStream;
use crate::connection::Connection;

/// A connection whose messages are sent in the bodies of HTTP requests and responses. The [`Http`](super::Http) layer
/// makes it.
///
/// What is written until a flush is one message. The end that dialed sends it as a request, and reads the body of the
/// response; the end that accepted sends it as the response to the request whose body it has read.
#[derive(Debug)]
pub struct HttpStream<T>(End<T>);

#[derive(Debug)]
enum End<T> {
    Client(Box<ClientStream<T>>),
    Server(Box<ServerStream<T>>),
}

impl<T> HttpStream<T> {
    pub(super) fn client(stream: ClientStream<T>) -> Self {
        Self(End::Client(Box::new(stream)))
    }

    pub(super) fn server(stream: ServerStream<T>) -> Self {
        Self(End::Server(Box::new(stream)))
    }
}

impl<T: Connection> HttpStream<T> {
    /// The connection below.
    pub fn inner(&self) -> &T {
        match &self.0 {
            End::Client(stream) => stream.io(),
            End::Server(stream) => stream.io(),
        }
    }
}

impl<T: Connection> Connection for HttpStream<T> {
    fn is_reusable(&self) -> bool {
        match &self.0 {
            End::Client(stream) => stream.is_reusable(),
            End::Server(stream) => stream.is_reusable(),
        }
    }

    fn poll_background(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        match &mut self.0 {
            End::Client(stream) => stream.io_mut().poll_background(cx),
            End::Server(stream) => stream.io_mut().poll_background(cx),
        }
    }

    fn end_reason(&self) -> Option<io::Error> {
        self.inner().end_reason()
    }

    fn delimits_messages(&self) -> bool {
        true
    }

    fn has_partial_message(&self) -> bool {
        match &self.0 {
            End::Client(_) => false,
            End::Server(stream) => stream.has_partial_message(),
        }
    }

    fn announce_close(&mut self) -> bool {
        match &mut self.0 {
            End::Client(_) => false,
            End::Server(stream) => stream.announce_close(),
        }
    }
}

impl<T: Connection> AsyncRead for HttpStream<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        match &mut self.get_mut().0 {
            End::Client(stream) => stream.poll_read(cx, buf),
            End::Server(stream) => stream.poll_read(cx, buf),
        }
    }
}

impl<T: Connection> AsyncWrite for HttpStream<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(self: Pin<&mut Self>, _: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Poll::Ready(match &mut self.get_mut().0 {
            End::Client(stream) => stream.poll_write(bufs),
            End::Server(stream) => stream.poll_write(bufs),
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            End::Client(stream) => stream.poll_flush(cx),
            End::Server(stream) => stream.poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            End::Client(stream) => stream.poll_shutdown(cx),
            End::Server(stream) => stream.poll_shutdown(cx),
        }
    }
}
