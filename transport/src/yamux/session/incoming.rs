//! The streams that the other end opens.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::DialedPeer;
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;
use crate::yamux::driver::Command;
use crate::yamux::status::Status;
use crate::yamux::stream::YamuxStream;

/// Accepts the streams that the other end of a session opens. Ends with the session. Dropped, it refuses everything.
#[derive(Debug)]
pub struct Incoming<P: Peer = DialedPeer> {
    pub(super) waiting: mpsc::Receiver<Box<YamuxStream>>,
    pub(super) peer: P,
    pub(super) status: Arc<Status>,
    /// Keeps the driver running for an end that only accepts.
    pub(super) session: mpsc::Sender<Command>,
    /// Keeps the session on which this end opens streams running, if it is a separate session.
    pub(in crate::yamux) other: Option<mpsc::Sender<Command>>,
}

impl<P: Peer> Incoming<P> {
    /// The other end.
    pub fn peer(&self) -> &P {
        &self.peer
    }

    pub(in crate::yamux) fn status(&self) -> &Arc<Status> {
        &self.status
    }

    /// Waits for the end of the session.
    pub(in crate::yamux) async fn ended(&self) {
        self.session.closed().await;
    }

    /// The next stream, not yet accepted.
    pub(in crate::yamux) async fn arrived(&mut self) -> Option<YamuxStream> {
        self.waiting.recv().await.map(|stream| *stream)
    }
}

impl<P: Peer> Listener for Incoming<P> {
    type Connection = YamuxStream;
    type Peer = P;

    async fn accept(&mut self) -> Option<(YamuxStream, P)> {
        loop {
            if let Some(stream) = self.arrived().await?.accept() {
                return Some((stream, self.peer.clone()));
            }
        }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::named(format!("a session with {}", self.peer))
    }

    /// As [`Outgoing::go_away`](crate::Outgoing::go_away).
    fn stop(&mut self) {
        self.status.go_away();
    }
}
