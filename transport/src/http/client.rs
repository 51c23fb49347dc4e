//! What a server knows of the client that sent a request: the head, and what an [`Admission`](super::Admission) attached.

use std::any::{Any, TypeId};
use std::sync::Arc;

use super::{Admitted, RequestHead, printable};

/// How many characters of a path are in `Display` of a peer, which logs have.
const SHOWN: usize = 128;

/// The part that the peers of WebSocket and of thrift over HTTP have in common.
#[derive(Debug)]
pub(crate) struct HttpClient {
    head: Arc<RequestHead>,
    admitted: Admitted,
}

impl HttpClient {
    pub(crate) fn new(head: Arc<RequestHead>, admitted: Admitted) -> Self {
        Self { head, admitted }
    }

    pub(crate) fn head(&self) -> &RequestHead {
        &self.head
    }

    /// For [`Peer::detail`](crate::Peer::detail). What was attached is asked first.
    pub(crate) fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        let head = || (wanted == TypeId::of::<RequestHead>()).then_some(self.head() as &dyn Any);
        self.admitted.detail(wanted).or_else(head)
    }

    /// The path, fit for logs.
    pub(crate) fn shown_path(&self) -> String {
        printable(self.head.path(), SHOWN)
    }
}
