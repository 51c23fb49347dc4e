//! A client for each connected peer, by id.

mod departed;
mod error;
mod members;
mod options;
mod registration;
mod session;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

pub use error::{HubError, JoinError};
pub use options::HubOptions;
pub use registration::Registration;
pub use session::{PeerSession, PeerSessionState};

use members::{Found, Members, NewPeer};

use crate::log::{EventKind, limited};
use crate::printable::Printable;

/// The connected peers, each with a client that calls it. Clones share the list.
///
/// A peer that joins under an id in use replaces the older peer, whose connection has most likely failed without
/// notice: the older one's [`Registration::replaced`] resolves, and its session is closed if
/// [`Registration::with_session`] has named it. A peer that [joined with a credential](Self::join_as) is replaced only
/// by one with the same credential.
///
/// ```
/// use volplane_transport::{Hub, HubError};
///
/// # fn main() -> Result<(), volplane_transport::JoinError> {
/// let hub = Hub::default();
/// let first = hub.join("a", "client of the first connection")?;
/// let second = hub.join("a", "client of the second")?;
/// assert!(first.is_replaced());
/// drop(first);
/// assert_eq!(hub.client("a"), Ok("client of the second"));
/// drop(second);
/// assert!(matches!(hub.client("a"), Err(HubError::Offline { .. })));
/// assert!(matches!(hub.client("b"), Err(HubError::Unknown { .. })));
/// # Ok(()) }
/// ```
pub struct Hub<C> {
    members: Arc<Mutex<Members<C>>>,
    options: HubOptions,
}

impl<C> Default for Hub<C> {
    fn default() -> Self {
        Self::with_options(HubOptions::default())
    }
}

impl<C> Clone for Hub<C> {
    fn clone(&self) -> Self {
        Self { members: Arc::clone(&self.members), options: self.options }
    }
}

impl<C> Hub<C> {
    /// A hub without peers, with other options than the default ones.
    pub fn with_options(options: HubOptions) -> Self {
        Self { members: Arc::new(Mutex::new(Members::new(options))), options }
    }

    /// Adds `client` under `id` until the registration is dropped, and replaces the peer that has the id.
    ///
    /// # Errors
    ///
    /// If the peer that has the id joined with a credential, the id is empty or longer than 255 bytes, or the hub is
    /// full.
    pub fn join(&self, id: impl Into<String>, client: C) -> Result<Registration<C>, JoinError> {
        self.add(id.into(), None, client)
    }

    /// As [`join`](Self::join), for a peer that was verified. As long as the registration lives, only a peer with the
    /// same credential replaces this one. Any value that tells one peer from another serves as credential, such as a
    /// token or the subject of a certificate. It is neither logged nor shown.
    ///
    /// # Errors
    ///
    /// If the peer that has the id joined without a credential or with another one, the id is empty or longer than 255
    /// bytes, or the hub is full.
    pub fn join_as(
        &self,
        id: impl Into<String>,
        credential: impl Into<Vec<u8>>,
        client: C,
    ) -> Result<Registration<C>, JoinError> {
        self.add(id.into(), Some(credential.into()), client)
    }

    fn add(&self, id: String, credential: Option<Vec<u8>>, client: C) -> Result<Registration<C>, JoinError> {
        let outcome = self.lock().join(NewPeer { id: id.clone(), credential, client });
        // Clients are dropped after the lock was released: a client may close connections, or use the hub, when it is
        // dropped.
        let joined = outcome.map_err(|(error, _refused)| error)?;
        if let Some(older) = joined.older {
            limited!(INFO, EventKind::Session, None, id = %Printable(&id), "a newer session replaces the peer");
            older.replace();
        }
        Ok(Registration::new(self.clone(), id, joined.generation, joined.replaced))
    }

    /// The ids of all connected peers, in no particular order.
    pub fn ids(&self) -> Vec<String> {
        self.lock().ids()
    }

    fn lock(&self) -> MutexGuard<'_, Members<C>> {
        // The list is consistent between any two statements that hold the lock.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Clone> Hub<C> {
    /// The client of the peer with this id. It belongs to the session that the peer has now: if the peer is replaced, the
    /// client's calls fail, and none goes to the newer session.
    ///
    /// # Errors
    ///
    /// If the peer never joined, or longer ago than is [remembered](HubOptions::with_remember): [`HubError::Unknown`].
    /// If it has left: [`HubError::Offline`]. If it takes no new calls: [`HubError::Draining`].
    pub fn client(&self, id: &str) -> Result<C, HubError> {
        self.find(id, None).map(|found| found.client)
    }

    /// Calls the peer with this id, with the [default timeout](HubOptions::with_call_timeout), which is 10 s.
    ///
    /// ```
    /// # use volplane_generated::api::{EchoClient, Request, Response};
    /// use volplane_transport::{Hub, HubError};
    ///
    /// # async fn f(hub: Hub<EchoClient>, request: Request) -> Result<(), Box<dyn std::error::Error>> {
    /// match hub.call("a", |client| async move { client.echo(request).await }).await {
    ///     Ok(outcome) => println!("{:?}", outcome?),
    ///     Err(HubError::Offline { gone_for, .. }) => println!("left {gone_for:?} ago"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`client`](Self::client). Also if the call takes too long ([`HubError::TimedOut`]), or the peer is replaced
    /// meanwhile ([`HubError::Replaced`]). In both cases the peer may have executed the call.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the future of `call`.
    pub async fn call<R: Future>(&self, id: &str, call: impl FnOnce(C) -> R) -> Result<R::Output, HubError> {
        self.call_within(self.options.call_timeout(), id, call).await
    }

    /// As [`call`](Self::call), with another timeout.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    ///
    /// # Cancel safety
    ///
    /// As [`call`](Self::call).
    pub async fn call_within<R: Future>(
        &self,
        timeout: Duration,
        id: &str,
        call: impl FnOnce(C) -> R,
    ) -> Result<R::Output, HubError> {
        self.find(id, None)?.call(timeout, id, call).await
    }

    fn find(&self, id: &str, generation: Option<u64>) -> Result<Found<C>, HubError> {
        let found = self.lock().find(id, generation, Instant::now())?;
        // After the lock was released: it is code of others.
        match found.session.as_ref().map(|session| session.state()) {
            Some(PeerSessionState::Draining) => Err(HubError::Draining { id: id.to_owned() }),
            Some(PeerSessionState::Ended) => Err(HubError::Offline { id: id.to_owned(), gone_for: Duration::ZERO }),
            Some(PeerSessionState::Open) | None => Ok(found),
        }
    }
}

impl<C: Clone> Found<C> {
    async fn call<R: Future>(
        self,
        after: Duration,
        id: &str,
        call: impl FnOnce(C) -> R,
    ) -> Result<R::Output, HubError> {
        let Found { client, replaced, .. } = self;
        tokio::select! {
            // An answer that has arrived counts.
            biased;
            outcome = tokio::time::timeout(after, call(client)) => {
                outcome.map_err(|_| HubError::TimedOut { id: id.to_owned(), after })
            }
            () = replaced.cancelled() => Err(HubError::Replaced { id: id.to_owned() }),
        }
    }
}

impl<C> fmt::Debug for Hub<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peers = self.lock().len();
        f.debug_struct("Hub").field("peers", &peers).field("options", &self.options).finish()
    }
}
