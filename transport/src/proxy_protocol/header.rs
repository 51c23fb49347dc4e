//! The header, and the part of its parser that both versions share. It is pure, and never takes a byte after the header.

use std::net::SocketAddr;

use super::{ProxyProtocolError, v1, v2};

/// What a proxy says of the client for which it has made a connection. From
/// [`ProxiedPeer::header`](crate::ProxiedPeer::header), and through any layers from
/// [`Peer::get`](crate::Peer::get)`::<ProxyHeader>()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyHeader {
    pub(super) origin: Origin,
    /// The additional values of version 2, as they were sent. Their lengths are checked.
    pub(super) values: Vec<u8>,
}

/// For whom the proxy has made the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// For itself: a health check.
    Proxy,
    /// For a client of which it does not say the address.
    Unknown,
    /// For a client.
    Ip { source: SocketAddr, destination: SocketAddr },
    /// For a client of a Unix socket.
    Unix,
}

impl ProxyHeader {
    /// The address of the client. `None` if the proxy connects for itself, the client came over a Unix socket, or the
    /// proxy does not know it.
    pub fn source(&self) -> Option<SocketAddr> {
        match self.origin {
            Origin::Ip { source, .. } => Some(source),
            _ => None,
        }
    }

    /// The address of the proxy to which the client connected. `None` as for [`source`](Self::source).
    pub fn destination(&self) -> Option<SocketAddr> {
        match self.origin {
            Origin::Ip { destination, .. } => Some(destination),
            _ => None,
        }
    }

    /// Whether the proxy has made the connection for itself, for example as a health check.
    pub fn is_from_proxy(&self) -> bool {
        self.origin == Origin::Proxy
    }

    /// The first additional value of this type that a header of version 2 has: 0x01 is ALPN, 0x02 the host name that
    /// the client asked TLS for, 0x05 a unique id.
    pub fn value(&self, kind: u8) -> Option<&[u8]> {
        v2::values(&self.values).flatten().find(|(found, _)| *found == kind).map(|(_, value)| value)
    }
}

/// Collects the bytes of a header.
#[derive(Debug, Default)]
pub(super) struct HeaderReader {
    bytes: Vec<u8>,
}

/// As many bytes as decide which version it is. No header is shorter.
const DECIDING: usize = v2::SIGNATURE.len();

impl HeaderReader {
    /// How many bytes may be read, at least 1: so many belong to the header in any case.
    pub(super) fn wanted(&self) -> usize {
        let length = self.bytes.len();
        if length < DECIDING {
            return DECIDING - length;
        }
        let wanted = if self.is_v2() { v2::wanted(&self.bytes) } else { v1::wanted(&self.bytes) };
        wanted.max(1)
    }

    /// Adds bytes, at most as many as [`wanted`](Self::wanted). `Some` once the header is complete.
    ///
    /// # Errors
    ///
    /// As soon as the bytes can't become a header any more.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Option<ProxyHeader>, ProxyProtocolError> {
        self.bytes.extend_from_slice(bytes);
        if !self.is_v2() && !begins_alike(&self.bytes, v1::SIGNATURE) {
            return Err(ProxyProtocolError::Missing);
        }
        if self.bytes.len() < DECIDING {
            return Ok(None);
        }
        if self.is_v2() { v2::parse(&self.bytes) } else { v1::parse(&self.bytes) }
    }

    /// Whether it is, or can still become, a header of version 2.
    fn is_v2(&self) -> bool {
        begins_alike(&self.bytes, v2::SIGNATURE)
    }
}

/// Whether one of them begins with the other.
fn begins_alike(bytes: &[u8], signature: &[u8]) -> bool {
    bytes.iter().zip(signature).all(|(byte, expected)| byte == expected)
}

#[cfg(test)]
pub(super) mod tests;
