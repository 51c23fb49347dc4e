//! TLS if the endpoint asks for it: connectors whose type is the same for `ws://` and `wss://`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::{Layer, Layered};
use crate::stdnet::StdNet;
use crate::target::Target;

/// The layer of connectors that are made from a URL: TLS for `tls://`, `wss://` and `https://`, nothing for the others.
/// It trusts the roots of the operating system. Without the cargo feature `tls`, connections to the former fail with
/// [`ConnectErrorKind::Unsupported`](crate::ConnectErrorKind::Unsupported).
#[derive(Clone, Debug)]
pub struct MaybeTls {
    #[cfg(feature = "tls")]
    tls: crate::TlsClient,
}

/// A connection with or without TLS.
#[derive(Debug)]
pub struct MaybeTlsStream<Io: Connection>(Inner<Io>);

#[derive(Debug)]
enum Inner<Io: Connection> {
    Plain(Io),
    #[cfg(feature = "tls")]
    Tls(crate::TlsStream<Io>),
}

#[cfg(feature = "tls")]
type Failure = crate::TlsError;
#[cfg(not(feature = "tls"))]
type Failure = io::Error;

impl MaybeTls {
    /// A connector to the host and port of `target`. The scheme of its endpoint decides.
    pub(crate) fn to(target: Target) -> Layered<StdNet, MaybeTls> {
        StdNet::at(target).layer(MaybeTls {
            #[cfg(feature = "tls")]
            tls: crate::Tls::client(),
        })
    }
}

impl<Io: Connection> Layer<Io> for MaybeTls {
    type Io = MaybeTlsStream<Io>;
    type Peer<P: Peer> = P;
    type Error = Failure;

    async fn outgoing(&self, io: Io, to: &Endpoint) -> Result<MaybeTlsStream<Io>, Failure> {
        if !to.is_tls() {
            return Ok(MaybeTlsStream(Inner::Plain(io)));
        }
        #[cfg(feature = "tls")]
        return Ok(MaybeTlsStream(Inner::Tls(self.tls.outgoing(io, to).await?)));
        // `Target` has refused it before.
        #[cfg(not(feature = "tls"))]
        return Err(io::Error::new(io::ErrorKind::Unsupported, crate::target::WITHOUT_TLS));
    }

    /// A listener has no URL to decide by, so it never uses TLS.
    async fn incoming<P: Peer>(&self, io: Io, peer: P) -> Result<(MaybeTlsStream<Io>, P), Failure> {
        Ok((MaybeTlsStream(Inner::Plain(io)), peer))
    }
}

/// Calls a method of the connection, with or without TLS.
macro_rules! either {
    ($this:expr, $io:ident => $call:expr) => {
        match $this {
            Inner::Plain($io) => $call,
            #[cfg(feature = "tls")]
            Inner::Tls($io) => $call,
        }
    };
}

impl<Io: Connection> Connection for MaybeTlsStream<Io> {
    fn is_reusable(&self) -> bool {
        either!(&self.0, io => io.is_reusable())
    }

    fn poll_background(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        either!(&mut self.0, io => io.poll_background(cx))
    }

    fn end_reason(&self) -> Option<io::Error> {
        either!(&self.0, io => io.end_reason())
    }
}

impl<Io: Connection> AsyncRead for MaybeTlsStream<Io> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        either!(&mut self.get_mut().0, io => Pin::new(io).poll_read(cx, buf))
    }
}

impl<Io: Connection> AsyncWrite for MaybeTlsStream<Io> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        either!(&mut self.get_mut().0, io => Pin::new(io).poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(&mut self.get_mut().0, io => Pin::new(io).poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        either!(&self.0, io => io.is_write_vectored())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(&mut self.get_mut().0, io => Pin::new(io).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(&mut self.get_mut().0, io => Pin::new(io).poll_shutdown(cx))
    }
}
