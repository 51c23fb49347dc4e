//! Listens for TCP connections.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::TcpOptions;
use crate::endpoint::Endpoint;
use crate::listen::{Listener, accept_with_retry};
use crate::target::WrongEndpoint;

/// Accepts TCP connections. Made by [`StdNet::bind`](crate::StdNet::bind).
#[derive(Debug)]
pub struct StdNetListener {
    socket: TcpListener,
    local: SocketAddr,
    options: TcpOptions,
}

impl StdNetListener {
    /// Listens on the first address of `endpoint` that the operating system admits.
    pub(super) async fn bind(endpoint: &Endpoint, options: TcpOptions) -> Result<Self, BindError> {
        let authority = endpoint
            .authority()
            .ok_or_else(|| BindError::Unsupported { endpoint: endpoint.clone(), why: "it has no host and port" })?;
        let addresses = tokio::net::lookup_host(&authority).await.map_err(BindError::on(&authority))?;
        let mut refused = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in addresses {
            match options.listen(address).and_then(|socket| Ok((socket.local_addr()?, socket))) {
                Ok((local, socket)) => return Ok(Self { socket, local, options }),
                Err(error) => refused = error,
            }
        }
        Err(BindError::on(authority)(refused))
    }

    /// The address on which it listens, with the actual port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

impl Listener for StdNetListener {
    type Connection = TcpStream;
    type Peer = SocketAddr;

    async fn accept(&mut self) -> Option<(TcpStream, SocketAddr)> {
        let (stream, peer) = accept_with_retry("the TCP listener", || TcpListener::accept(&self.socket)).await;
        self.options.apply(&stream);
        Some((stream, peer))
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::from(self.local)
    }
}

/// Why a listener could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The operating system refused the address.
    #[error("cannot listen on {address}")]
    Io {
        /// The address.
        address: String,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The address can't be parsed, or does not suit this listener.
    #[error("cannot listen: invalid address")]
    Endpoint(#[from] WrongEndpoint),
    /// This crate has no listener for such an address, or its cargo feature is off.
    #[error("cannot listen on {endpoint}: {why}")]
    Unsupported {
        /// The address.
        endpoint: Endpoint,
        /// The reason, and what to do.
        why: &'static str,
    },
}

impl BindError {
    /// Adds the address to an error of the operating system: `bind(…).map_err(BindError::on(address))`.
    pub fn on(address: impl ToString) -> impl FnOnce(io::Error) -> BindError {
        move |source| BindError::Io { address: address.to_string(), source }
    }
}
