//! What a server knows of a WebSocket client.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use volo::net::Address;

use crate::connection::Peer;
use crate::http::{HttpClient, RequestHead};

/// A WebSocket client: the peer of the underlying connection, its HTTP request, and what an
/// [`Admission`](crate::Admission) attached.
///
/// [`get`](Peer::get) finds the attached values and the [`RequestHead`]. Clones share them.
#[derive(Clone, Debug)]
pub struct WebSocketPeer<P> {
    inner: P,
    handshake: Arc<Handshake>,
}

/// What the handshake showed.
pub(super) struct Handshake {
    pub(super) client: HttpClient,
    pub(super) id: Option<Arc<str>>,
    pub(super) subprotocol: Option<String>,
}

/// Without the subprotocol: the client chooses it unless the listener has some, and pages send tokens in it, as they can set
/// no header.
impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").field("client", &self.client).field("id", &self.id).finish_non_exhaustive()
    }
}

impl<P> WebSocketPeer<P> {
    pub(super) fn new(inner: P, handshake: Handshake) -> Self {
        Self { inner, handshake: Arc::new(handshake) }
    }

    /// The peer of the underlying connection.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// The head of the request.
    pub fn head(&self) -> &RequestHead {
        self.handshake.client.head()
    }

    /// The path of the request as it was sent, without the query.
    pub fn path(&self) -> &str {
        self.head().path()
    }

    /// The query of the request, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.head().query()
    }

    /// The first header of the request with this name. `None` if the request does not have it, or its value is not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head().header(name)
    }

    /// The id in the path: `a` for `/kitex-ws/a`. Empty unless the listener takes ids
    /// ([`WebSocket::with_ids`](crate::WebSocket::with_ids)); then it is valid and never empty.
    ///
    /// The client chose it: it proves nothing, unless an [`Admission`](crate::Admission) has checked it.
    pub fn id(&self) -> &str {
        self.handshake.id.as_deref().unwrap_or_default()
    }

    /// The subprotocol that both ends have agreed on. At a listener without
    /// [`with_subprotocol`](crate::WebSocket::with_subprotocol) it is the first one that the client offers, whatever that
    /// is; it can be a token.
    pub fn subprotocol(&self) -> Option<&str> {
        self.handshake.subprotocol.as_deref()
    }
}

impl<P: fmt::Display> fmt::Display for WebSocketPeer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.inner, self.handshake.client.shown_path())
    }
}

impl<P: Peer> Peer for WebSocketPeer<P> {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.handshake.client.detail(wanted).or_else(|| self.inner.detail(wanted))
    }
}
