//! The trait of connections, and of their peers.

use std::any::{Any, TypeId};
use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use volo::net::Address;

/// The waker of a caller that polls a connection once and does not wait. One value, so that it can be recognized:
/// [`Waker::noop`] has another address in each part of a program that the compiler makes separately.
pub(crate) static LOOKS_ONCE: &Waker = Waker::noop();

/// A bidirectional byte stream that carries one call after another.
///
/// Implemented for tokio's sockets and in-memory pipes. Your own type needs an empty `impl`:
///
/// ```
/// # use std::{io, pin::Pin, task::{Context, Poll}};
/// # use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
/// struct MyStream(tokio::net::TcpStream);
///
/// impl volplane_transport::Connection for MyStream {}
/// # impl AsyncRead for MyStream {
/// #     fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
/// #         Pin::new(&mut self.0).poll_read(cx, buf)
/// #     }
/// # }
/// # impl AsyncWrite for MyStream {
/// #     fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
/// #         Pin::new(&mut self.0).poll_write(cx, buf)
/// #     }
/// #     fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
/// #         Pin::new(&mut self.0).poll_flush(cx)
/// #     }
/// #     fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
/// #         Pin::new(&mut self.0).poll_shutdown(cx)
/// #     }
/// # }
/// ```
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Whether the connection may carry another call. Called after each call, and before an idle connection is used.
    /// Default: `true`. A multiplexed stream returns `false` when its session accepts no more calls.
    fn is_reusable(&self) -> bool {
        true
    }

    /// Does what the connection has to do while it is not read, such as answering pings and sending pings. Polled
    /// by a server while a handler runs, and by a client's pool while the connection is idle. Returns `Ready` with an
    /// error once the connection is known to be dead, and never `Ready(Ok)`. Bytes for the reader stay unread or are
    /// buffered, to a limit. Default: nothing to do.
    ///
    /// A layer passes it on to the connection below.
    fn poll_background(&mut self, _: &mut Context<'_>) -> Poll<io::Error> {
        Poll::Pending
    }

    /// Whether the connection itself marks where each message begins and ends, as thrift over HTTP does: one message
    /// is one body. A client then sends messages without TTHeader and frame,
    /// [`Protocol::BUFFERED`](crate::Protocol::BUFFERED) by default, and refuses another
    /// [`Framing`](crate::Framing). Default: `false`.
    fn delimits_messages(&self) -> bool {
        false
    }

    /// Whether a part of a message has arrived that a reader can't read yet. A server then limits the wait for the rest
    /// by [`message_timeout`](crate::ServeOptions::with_message_timeout). Default: `false`; every connection that
    /// returns bytes as they arrive keeps it.
    fn has_partial_message(&self) -> bool {
        false
    }

    /// Called by a server before it writes the last answer of a connection: the server stops, or the peer has sent
    /// something invalid. A connection whose protocol can tell the peer to make no more calls on it, as HTTP does with
    /// `Connection: close`, does so with this answer and returns `true`; the server then closes it. Default: `false`.
    fn announce_close(&mut self) -> bool {
        false
    }

    /// What the other end said when it ended the connection, for the error of a call that waits for its answer. Asked
    /// after a read has returned the end of the stream. Default: nothing.
    ///
    /// A layer passes it on to the connection below.
    fn end_reason(&self) -> Option<io::Error> {
        None
    }
}

impl Connection for TcpStream {}

#[cfg(unix)]
impl Connection for UnixStream {}

impl Connection for DuplexStream {}

impl<C: Connection + ?Sized> Connection for Box<C> {
    fn is_reusable(&self) -> bool {
        (**self).is_reusable()
    }

    fn poll_background(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        (**self).poll_background(cx)
    }

    fn delimits_messages(&self) -> bool {
        (**self).delimits_messages()
    }

    fn has_partial_message(&self) -> bool {
        (**self).has_partial_message()
    }

    fn announce_close(&mut self) -> bool {
        (**self).announce_close()
    }

    fn end_reason(&self) -> Option<io::Error> {
        (**self).end_reason()
    }
}

/// What a listener knows of the other end of a connection.
///
/// Layers nest it: the peer type of a layer contains that of the underlying listener. Handlers get it from
/// [`serve_with`](crate::serve_with), layers of a service from [`peer_of`](crate::peer_of).
pub trait Peer: Clone + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The caller's address in volo's context. `None` if the peer has no address.
    fn address(&self) -> Option<Address>;

    /// What a layer knows of the peer, by the type that it is kept in. A layer answers for its own types, and passes
    /// other questions on to the peer of the connection below. Default: `None`. Ask with [`get`](Self::get).
    fn detail(&self, _wanted: TypeId) -> Option<&dyn Any> {
        None
    }

    /// What a layer knows of the peer, as a `T`. Asks every layer, the outermost first.
    fn get<T: Any>(&self) -> Option<&T>
    where
        Self: Sized,
    {
        self.detail(TypeId::of::<T>()).and_then(<dyn Any>::downcast_ref)
    }
}

impl Peer for SocketAddr {
    fn address(&self) -> Option<Address> {
        Some(Address::Ip(*self))
    }
}

/// For listeners that know only a name of their peers.
impl Peer for String {
    fn address(&self) -> Option<Address> {
        None
    }
}

/// Marks an [`io::Error`] of a connection: the peer has certainly not begun to process the bytes written since the last
/// read, so the call is sent again on another connection.
///
/// Your own connection may use it if its protocol makes this certain, as yamux does for a stream that the peer refuses
/// before acknowledging it. An end of file on TCP does not make it certain.
///
/// ```
/// use std::io;
/// use volplane_transport::NotDelivered;
///
/// let error = NotDelivered::error(io::ErrorKind::ConnectionReset, "stream refused");
/// assert!(NotDelivered::is(&error));
/// assert!(!NotDelivered::is(&io::Error::other("reset")));
/// ```
#[derive(Debug)]
pub struct NotDelivered(String);

impl NotDelivered {
    /// An error of the given kind with the mark and the message `why`.
    pub fn error(kind: io::ErrorKind, why: impl Into<String>) -> io::Error {
        io::Error::new(kind, NotDelivered(why.into()))
    }

    /// Whether the error has the mark.
    pub fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<NotDelivered>())
    }
}

impl fmt::Display for NotDelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for NotDelivered {}
