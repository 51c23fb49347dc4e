//! What a server knows of a WebSocket client.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use tokio_tungstenite::tungstenite::http::HeaderMap;
use volo::net::Address;

use crate::connection::Peer;

/// A WebSocket client: the peer of the underlying connection, and its HTTP request.
#[derive(Clone, Debug)]
pub struct WebSocketPeer<P> {
    inner: P,
    request: Arc<Request>,
}

#[derive(Debug)]
struct Request {
    path: String,
    query: Option<String>,
    headers: HeaderMap,
}

impl<P> WebSocketPeer<P> {
    pub(super) fn new(inner: P, path: String, query: Option<String>, headers: HeaderMap) -> Self {
        Self { inner, request: Arc::new(Request { path, query, headers }) }
    }

    /// The peer of the underlying connection.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// The path of the request as it was sent, without the query.
    pub fn path(&self) -> &str {
        &self.request.path
    }

    /// The query of the request, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.request.query.as_deref()
    }

    /// The first header of the request with this name. `None` if there is none or its value is not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The last segment of the path: `a` for `/kitex-ws/a`, with which clients can identify themselves.
    pub fn last_segment(&self) -> &str {
        self.path().rsplit('/').next().unwrap_or_default()
    }
}

impl<P: fmt::Display> fmt::Display for WebSocketPeer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.inner, self.path())
    }
}

impl<P: Peer> Peer for WebSocketPeer<P> {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.inner.detail(wanted)
    }
}
