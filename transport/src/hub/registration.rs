//! The place of one peer in a hub.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Hub, HubError, PeerSession};

/// Keeps a peer in its [`Hub`]. Dropping it removes the peer, unless a newer one has replaced it.
#[must_use = "dropping it removes the peer from the hub"]
pub struct Registration<C> {
    hub: Hub<C>,
    id: String,
    generation: u64,
    replaced: CancellationToken,
}

impl<C> Registration<C> {
    pub(super) fn new(hub: Hub<C>, id: String, generation: u64, replaced: CancellationToken) -> Self {
        Self { hub, id, generation, replaced }
    }

    /// Names the session over which the peer was accepted, such as an [`Outgoing`](crate::Outgoing). It is closed when a
    /// newer peer replaces this one. The hub also learns from it that the peer is draining or offline, before the
    /// registration is dropped.
    pub fn with_session(self, session: impl PeerSession + 'static) -> Self {
        let session: Arc<dyn PeerSession> = Arc::new(session);
        let here = self.hub.lock().set_session(&self.id, self.generation, Arc::clone(&session));
        if !here {
            session.begin_close();
        }
        self
    }

    /// The id of the peer.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Takes no new calls for this peer: [`Hub::client`] returns [`HubError::Draining`]. Running calls continue.
    pub fn drain(&self) {
        self.hub.lock().set_draining(&self.id, self.generation);
    }

    /// Whether a newer peer has the id.
    pub fn is_replaced(&self) -> bool {
        self.replaced.is_cancelled()
    }

    /// Resolves when a newer peer has taken the id: this session is then closed, and should end its work. It does not
    /// borrow the registration, so a task of its own can wait for it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub fn replaced(&self) -> impl Future<Output = ()> + Send + 'static {
        self.replaced.clone().cancelled_owned()
    }
}

impl<C: Clone> Registration<C> {
    /// The client of this peer, over the session to which the registration belongs.
    ///
    /// # Errors
    ///
    /// If a newer peer has the id ([`HubError::Replaced`]), whose client is not given out; if the session has ended, or
    /// the peer takes no new calls.
    pub fn client(&self) -> Result<C, HubError> {
        self.hub.find(&self.id, Some(self.generation)).map(|found| found.client)
    }

    /// Calls this peer back over the session to which the registration belongs, with the timeout of the hub. See
    /// [`Hub::call`].
    ///
    /// # Errors
    ///
    /// As [`Hub::call`], and as [`client`](Self::client).
    ///
    /// # Cancel safety
    ///
    /// As [`Hub::call`].
    pub async fn call<R: Future>(&self, call: impl FnOnce(C) -> R) -> Result<R::Output, HubError> {
        let found = self.hub.find(&self.id, Some(self.generation))?;
        found.call(self.hub.options.call_timeout(), &self.id, call).await
    }
}

impl<C> Drop for Registration<C> {
    fn drop(&mut self) {
        let left = self.hub.lock().leave(&self.id, self.generation, Instant::now());
        // After the lock was released: a client may close connections when it is dropped.
        drop(left);
    }
}

impl<C> fmt::Debug for Registration<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("id", &self.id)
            .field("generation", &self.generation)
            .field("replaced", &self.is_replaced())
            .finish_non_exhaustive()
    }
}
