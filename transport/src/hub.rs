//! A client for each connected peer, by id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connected peers, each with a client that calls it. Clones share the list.
///
/// A peer that joins under an id in use replaces the older peer, whose connection has most likely failed without
/// notice.
///
/// ```
/// use volplane_transport::Hub;
///
/// let hub = Hub::default();
/// let first = hub.join("a", "client of the first connection");
/// let second = hub.join("a", "client of the second");
/// drop(first);
/// assert_eq!(hub.client("a"), Some("client of the second"));
/// drop(second);
/// assert_eq!(hub.client("a"), None);
/// ```
#[derive(Debug)]
pub struct Hub<C> {
    peers: Arc<Mutex<Peers<C>>>,
}

#[derive(Debug)]
struct Peers<C> {
    clients: HashMap<String, (u64, C)>,
    joined: u64,
}

impl<C> Default for Hub<C> {
    fn default() -> Self {
        Self { peers: Arc::new(Mutex::new(Peers { clients: HashMap::new(), joined: 0 })) }
    }
}

impl<C> Clone for Hub<C> {
    fn clone(&self) -> Self {
        Self { peers: Arc::clone(&self.peers) }
    }
}

impl<C> Hub<C> {
    /// Adds `client` under `id`, until the registration is dropped.
    pub fn join(&self, id: impl Into<String>, client: C) -> Registration<C> {
        let id = id.into();
        let mut peers = self.lock();
        peers.joined += 1;
        let generation = peers.joined;
        let replaced = peers.clients.insert(id.clone(), (generation, client));
        // Dropped outside the lock: a client may close connections.
        drop(peers);
        drop(replaced);
        Registration { hub: self.clone(), id, generation }
    }

    /// The ids of all connected peers, in no particular order.
    pub fn ids(&self) -> Vec<String> {
        self.lock().clients.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Peers<C>> {
        // The list is consistent between any two statements that hold the lock.
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Clone> Hub<C> {
    /// The client of the peer with this id, if it is connected.
    pub fn client(&self, id: &str) -> Option<C> {
        self.lock().clients.get(id).map(|(_, client)| client.clone())
    }
}

/// Keeps a peer in its [`Hub`]. Dropping it removes the peer, unless a newer one has replaced it.
#[derive(Debug)]
#[must_use = "dropping it removes the peer from the hub"]
pub struct Registration<C> {
    hub: Hub<C>,
    id: String,
    generation: u64,
}

impl<C> Registration<C> {
    /// The id of the peer.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl<C> Drop for Registration<C> {
    fn drop(&mut self) {
        let mut peers = self.hub.lock();
        let own = peers.clients.get(&self.id).is_some_and(|(generation, _)| *generation == self.generation);
        let removed = if own { peers.clients.remove(&self.id) } else { None };
        drop(peers);
        drop(removed);
    }
}
