//! What a server knows of an HTTP client.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use volo::net::Address;

use crate::connection::Peer;
use crate::http::{Admitted, HttpClient, RequestHead};

/// An HTTP client: the peer of the underlying connection, and the head of its first request. Its later requests on the
/// connection have the same path, query, `Authorization`, `Cookie`, `Host` and `Origin`.
#[derive(Clone, Debug)]
pub struct HttpPeer<P> {
    inner: P,
    client: Arc<HttpClient>,
}

impl<P> HttpPeer<P> {
    pub(super) fn new(inner: P, head: Arc<RequestHead>, admitted: Admitted) -> Self {
        Self { inner, client: Arc::new(HttpClient::new(head, admitted)) }
    }

    /// The peer of the underlying connection.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// The head of the connection's first request.
    pub fn head(&self) -> &RequestHead {
        self.client.head()
    }

    /// The path of the request as it was sent, without the query.
    pub fn path(&self) -> &str {
        self.head().path()
    }

    /// The query of the request, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.head().query()
    }

    /// The first header of the first request with this name. `None` if the request does not have it, or its value is not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head().header(name)
    }
}

impl<P: fmt::Display> fmt::Display for HttpPeer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.inner, self.client.shown_path())
    }
}

/// [`get`](Peer::get) finds what an [`Admission`](crate::Admission) attached, and the [`RequestHead`].
impl<P: Peer> Peer for HttpPeer<P> {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.client.detail(wanted).or_else(|| self.inner.detail(wanted))
    }
}
