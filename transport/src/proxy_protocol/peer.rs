//! What a server knows of a client behind a proxy.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use volo::net::Address;

use super::header::{Origin, ProxyHeader};
use crate::connection::Peer;

/// A client behind a proxy: what the proxy says of it, and the peer of the underlying connection, which is the proxy.
#[derive(Clone, Debug)]
pub struct ProxiedPeer<P> {
    inner: P,
    header: Arc<ProxyHeader>,
}

impl<P> ProxiedPeer<P> {
    pub(super) fn new(inner: P, header: ProxyHeader) -> Self {
        Self { inner, header: Arc::new(header) }
    }

    /// The proxy.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// What the proxy says of the client.
    pub fn header(&self) -> &ProxyHeader {
        &self.header
    }
}

impl<P: fmt::Display> fmt::Display for ProxiedPeer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        match &self.header.origin {
            Origin::Proxy => write!(f, "{inner}"),
            Origin::Ip { source, .. } => write!(f, "{source} (through {inner})"),
            Origin::Unix => write!(f, "a Unix socket (through {inner})"),
            Origin::Unknown => write!(f, "an unknown client (through {inner})"),
        }
    }
}

/// The address is the client's. If the proxy does not know it or connects for itself, it is the proxy's, as the
/// specification demands. A client of a Unix socket has no address.
impl<P: Peer> Peer for ProxiedPeer<P> {
    fn address(&self) -> Option<Address> {
        match self.header.origin {
            Origin::Ip { source, .. } => Some(Address::Ip(source)),
            Origin::Unix => None,
            Origin::Proxy | Origin::Unknown => self.inner.address(),
        }
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        match wanted == TypeId::of::<ProxyHeader>() {
            true => Some(&*self.header),
            false => self.inner.detail(wanted),
        }
    }
}
