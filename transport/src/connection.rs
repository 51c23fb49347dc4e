//! What counts as a connection, and what is said of its other end.

use std::fmt;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use volo::net::Address;

/// A byte stream in both directions that one call after another runs over.
///
/// Implemented for everything that fits; there is nothing to write.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Connection for T {}

/// What a listener knows of the other end of a connection.
pub trait Peer: Clone + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The address that a handler finds as the caller's in volo's context. `None` where there is none.
    fn address(&self) -> Option<Address>;
}

impl Peer for SocketAddr {
    fn address(&self) -> Option<Address> {
        Some(Address::Ip(*self))
    }
}

/// For listeners that know of their peers only a name, or nothing.
impl Peer for String {
    fn address(&self) -> Option<Address> {
        None
    }
}
