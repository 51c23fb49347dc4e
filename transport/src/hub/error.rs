//! Why a peer can't be reached, or can't join.

use std::time::Duration;

/// Why a peer of a [`Hub`](crate::Hub) could not be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// No peer with this id has joined, or it left longer ago than the hub remembers. Nothing was sent.
    #[error("no peer has joined under the id {id:?}")]
    Unknown {
        /// The id.
        id: String,
    },
    /// The peer was here and has left. Nothing was sent.
    #[error("the peer {id:?} is offline: it left {gone_for:.1?} ago")]
    Offline {
        /// The id.
        id: String,
        /// How long ago it left.
        gone_for: Duration,
    },
    /// The peer is connected, but accepts no new calls, because it is stopping. Nothing was sent.
    #[error("the peer {id:?} is stopping and accepts no new calls")]
    Draining {
        /// The id.
        id: String,
    },
    /// The peer has not answered in time. It may have executed the call.
    #[error("the call to the peer {id:?} timed out after {after:?}; the peer may have executed it")]
    TimedOut {
        /// The id.
        id: String,
        /// The timeout of the call.
        after: Duration,
    },
    /// A newer session has the id now. The older session may have executed a call that was sent before; the newer one
    /// has not received it.
    #[error("a newer session has replaced this session of the peer {id:?}")]
    Replaced {
        /// The id.
        id: String,
    },
}

/// Why a peer can't join a [`Hub`](crate::Hub).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The id is empty, or longer than 255 bytes.
    #[error("expected an id of 1 to 255 bytes, found one of {length} bytes")]
    InvalidId {
        /// The length of the id, in bytes.
        length: usize,
    },
    /// A peer with another credential has this id.
    #[error("the id {id:?} belongs to a connected peer with another credential")]
    InUse {
        /// The id.
        id: String,
    },
    /// As many peers are connected as the hub may have.
    #[error("{limit} peers are connected, which is the limit of this hub")]
    Full {
        /// See [`HubOptions::with_max_peers`](crate::HubOptions::with_max_peers).
        limit: usize,
    },
}
