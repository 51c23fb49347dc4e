//! What a WebSocket handshake tells of the client.

use std::fmt;
use std::sync::Arc;

use tokio_tungstenite::tungstenite::http::HeaderMap;
use volo::net::Address;

use crate::connection::Peer;

/// The other end of a WebSocket, and the request that it made.
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

    /// The other end of the connection below.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// The path of the request, without the query, as it was sent.
    pub fn path(&self) -> &str {
        &self.request.path
    }

    /// The query of the request, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.request.query.as_deref()
    }

    /// A header of the request; of several with this name the first. `None` also where its value is not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The last segment of the path: `a` for `/kitex-ws/a`. Agents name themselves there.
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
}
