//! The session of a peer, as far as a hub has to know it.

/// The session over which a peer was accepted: the hub asks it for its state, and closes it when a newer peer takes the
/// id. Implemented for [`Outgoing`](crate::Outgoing); a hub of other connections may implement it.
pub trait PeerSession: Send + Sync {
    /// Whether calls can be made now.
    fn state(&self) -> PeerSessionState;

    /// Begins to close the session, and does not wait for it.
    fn begin_close(&self);
}

/// Whether calls can be made over a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerSessionState {
    /// Calls can be made.
    Open,
    /// The peer accepts no new calls; those that are running continue.
    Draining,
    /// The session has ended.
    Ended,
}

#[cfg(feature = "yamux")]
impl PeerSession for crate::Outgoing {
    fn state(&self) -> PeerSessionState {
        if self.is_ended() {
            PeerSessionState::Ended
        } else if self.is_open() {
            PeerSessionState::Open
        } else {
            PeerSessionState::Draining
        }
    }

    fn begin_close(&self) {
        self.start_closing();
    }
}
