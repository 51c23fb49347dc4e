//! A peer whose type is not known.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use volo::net::Address;

use crate::connection::Peer;

/// A peer of any type.
#[derive(Clone, Debug)]
pub struct BoxPeer {
    inner: Arc<dyn DynPeer>,
}

trait DynPeer: fmt::Debug + fmt::Display + Send + Sync {
    fn address(&self) -> Option<Address>;
    fn detail(&self, wanted: TypeId) -> Option<&dyn Any>;
    fn as_any(&self) -> &dyn Any;
}

impl<P: Peer> DynPeer for P {
    fn address(&self) -> Option<Address> {
        Peer::address(self)
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        Peer::detail(self, wanted)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl BoxPeer {
    /// Erases the type of `peer`.
    pub fn new(peer: impl Peer) -> Self {
        Self { inner: Arc::new(peer) }
    }

    /// The peer, if it is a `P`: `SocketAddr` for `tcp://`, `UnixPeer` for `unix://`, `WebSocketPeer<SocketAddr>` for `ws://`.
    pub fn downcast_ref<P: Peer>(&self) -> Option<&P> {
        self.inner.as_any().downcast_ref()
    }
}

impl fmt::Display for BoxPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Peer for BoxPeer {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.inner.detail(wanted)
    }
}
