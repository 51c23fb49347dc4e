//! The list of a hub: who is here, who was. Touches neither clock nor session.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::departed::Departed;
use super::{HubError, HubOptions, JoinError, PeerSession};

/// The longest id. An id is usually a segment of a path, and is kept for peers that left.
const MAX_ID: usize = 255;

pub(super) struct Members<C> {
    present: HashMap<String, Member<C>>,
    departed: Departed,
    joined: u64,
    max: usize,
}

/// A connected peer.
pub(super) struct Member<C> {
    generation: u64,
    credential: Option<Vec<u8>>,
    client: C,
    session: Option<Arc<dyn PeerSession>>,
    draining: bool,
    replaced: CancellationToken,
}

impl<C> Member<C> {
    /// Tells its owner that a newer peer has the id, and closes its session.
    pub(super) fn replace(self) {
        self.replaced.cancel();
        if let Some(session) = self.session {
            session.begin_close();
        }
    }
}

/// A peer that wants to join.
pub(super) struct NewPeer<C> {
    pub(super) id: String,
    pub(super) credential: Option<Vec<u8>>,
    pub(super) client: C,
}

/// A peer that has joined.
pub(super) struct Joined<C> {
    pub(super) generation: u64,
    pub(super) replaced: CancellationToken,
    /// The peer that had the id.
    pub(super) older: Option<Member<C>>,
}

/// A connected peer that was asked for.
pub(super) struct Found<C> {
    pub(super) client: C,
    pub(super) session: Option<Arc<dyn PeerSession>>,
    pub(super) replaced: CancellationToken,
}

impl<C> Members<C> {
    pub(super) fn new(options: HubOptions) -> Self {
        let departed = Departed::new(options.max_remembered(), options.remember());
        Self { present: HashMap::new(), departed, joined: 0, max: options.max_peers() }
    }

    /// Adds a peer. A refused client is returned, so that the caller drops it after it has released the lock.
    pub(super) fn join(&mut self, peer: NewPeer<C>) -> Result<Joined<C>, (JoinError, C)> {
        if let Err(error) = self.check(&peer) {
            return Err((error, peer.client));
        }
        let NewPeer { id, credential, client } = peer;
        let generation = self.joined + 1;
        let replaced = CancellationToken::new();
        let member =
            Member { generation, credential, client, session: None, draining: false, replaced: replaced.clone() };
        self.departed.remove(&id);
        let older = self.present.insert(id, member);
        self.joined = generation;
        Ok(Joined { generation, replaced, older })
    }

    /// Whether the peer may join.
    fn check(&self, peer: &NewPeer<C>) -> Result<(), JoinError> {
        if peer.id.is_empty() || peer.id.len() > MAX_ID {
            return Err(JoinError::InvalidId { length: peer.id.len() });
        }
        match self.present.get(&peer.id) {
            Some(member) if member.credential != peer.credential => Err(JoinError::InUse { id: peer.id.clone() }),
            None if self.present.len() >= self.max => Err(JoinError::Full { limit: self.max }),
            _ => Ok(()),
        }
    }

    /// Removes the peer, unless a newer one has its id.
    pub(super) fn leave(&mut self, id: &str, generation: u64, now: Instant) -> Option<Member<C>> {
        self.own(id, generation)?;
        let (id, member) = self.present.remove_entry(id)?;
        self.departed.add(id, now);
        Some(member)
    }

    /// The peer, unless a newer one has its id.
    fn own(&mut self, id: &str, generation: u64) -> Option<&mut Member<C>> {
        self.present.get_mut(id).filter(|member| member.generation == generation)
    }

    /// Sets the session that is closed when the peer is replaced. `false` if it has been replaced already.
    pub(super) fn set_session(&mut self, id: &str, generation: u64, session: Arc<dyn PeerSession>) -> bool {
        let own = self.own(id, generation);
        own.map(|member| member.session = Some(session)).is_some()
    }

    pub(super) fn set_draining(&mut self, id: &str, generation: u64) {
        if let Some(member) = self.own(id, generation) {
            member.draining = true;
        }
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.present.keys().cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.present.len()
    }
}

impl<C: Clone> Members<C> {
    /// The peer with this id, and of this generation if one is given.
    pub(super) fn find(&self, id: &str, generation: Option<u64>, now: Instant) -> Result<Found<C>, HubError> {
        let Some(member) = self.present.get(id) else {
            let id = id.to_owned();
            return Err(match self.departed.gone_for(&id, now) {
                Some(gone_for) => HubError::Offline { id, gone_for },
                None => HubError::Unknown { id },
            });
        };
        if generation.is_some_and(|generation| generation != member.generation) {
            return Err(HubError::Replaced { id: id.to_owned() });
        }
        if member.draining {
            return Err(HubError::Draining { id: id.to_owned() });
        }
        Ok(Found { client: member.client.clone(), session: member.session.clone(), replaced: member.replaced.clone() })
    }
}
