//! Sessions over two WebSockets, one for each direction.

mod ids;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use self::ids::{Half, PairIds, Slots};
use super::session::Session;
use super::{SessionListener, Yamux, YamuxOptions, YamuxRole};
use crate::connection::{Connection, Peer};
use crate::deadline::in_time;
use crate::http::{Admission, Admitted, HttpRequest};
use crate::layer::Layered;
use crate::listen::Listener;
use crate::log::{EventKind, limited};
use crate::printable::Printable;
use crate::websocket::WebSocket;

/// Server to client: the path of the WebSocket on which the server calls.
const FIRST: &str = "s2c";

/// Client to server: the path of the one on which the client calls.
const SECOND: &str = "c2s";

/// How long one WebSocket of a pair waits for the other one: as long as a handshake may take.
const PAIR_TIMEOUT: Duration = Duration::from_secs(10);

/// How many of them may wait. Then the oldest one is closed.
const WAITING: usize = 1024;

impl Yamux {
    /// Accepts sessions that consist of two WebSockets each, below the path of `listener`: a client dials `/s2c/<id>`, on
    /// which the server calls it, then `/c2s/<id>`, on which it calls the server. On each of them, the end that calls is
    /// the yamux client. Programs for Kitex use this form, such as those of the article's author. A client of this library
    /// connects with [`connect_pair`](Yamux::connect_pair).
    ///
    /// The two WebSockets together are one [`Session`], whose [`Outgoing`](crate::Outgoing) belongs to the first one and whose
    /// [`Incoming`](crate::Incoming) belongs to the second one; the peer is that of the second one. If one of them ends,
    /// the other one ends, too: at once, or after its open streams if the client had announced the end with a GoAway. The first one is closed if the second one does not follow within 10 s.
    ///
    /// The first one is answered with HTTP 400 if the id is connected, the second one if the first one is missing. A client
    /// keeps its id until its session ends. A client chooses its id: verify it in an [`Admission`], which is called before.
    ///
    /// ```
    /// use volplane_transport::{WebSocket, Yamux};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut sessions = Yamux::listen_pairs(WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await?);
    /// let url = sessions.endpoint().with_yamux(false);
    /// let to = |direction| WebSocket::to(format!("{url}/{direction}/alice"));
    /// let (near, far) = tokio::join!(Yamux::connect_pair(to("s2c"), to("c2s")), sessions.accept());
    /// # near?;
    /// let (_session, peer) = far.expect("the client is there");
    /// assert_eq!(peer.id(), "alice");
    /// # Ok(()) }
    /// ```
    pub fn listen_pairs<B: Listener>(listener: Layered<B, WebSocket>) -> SessionListener<Layered<B, WebSocket>> {
        let ids = PairIds::default();
        let listener = listener.map_layer(|layer| {
            let first = layer.admission().cloned();
            let admission = Admission::new(move |request: HttpRequest| {
                let (first, ids) = (first.clone(), ids.clone());
                async move {
                    let admitted = match first {
                        Some(first) => first.check(request.clone()).await?,
                        None => Admitted::new(),
                    };
                    // The layer accepts no other paths.
                    let is_first = request.path().rsplit('/').nth(1) == Some(FIRST);
                    let half = if is_first { Half::First } else { Half::Second };
                    let slot = ids.take(half, request.id().unwrap_or_default())?;
                    Ok(admitted.with(Slots::new(slot)))
                }
            });
            layer.with_ids_under(&[FIRST, SECOND]).with_admission(admission)
        });
        SessionListener::of_pairs(listener, Pairs::new(|peer| peer.get::<Slots>()))
    }
}

/// The first WebSockets that wait for the second one.
pub(super) struct Pairs<P: Peer> {
    slots_of: fn(&P) -> Option<&Slots>,
    /// The oldest first.
    waiting: VecDeque<Waiting<P>>,
}

struct Waiting<P: Peer> {
    session: Session<P>,
    half: Half,
    pair: u64,
    until: Instant,
}

impl<P: Peer> Pairs<P> {
    fn new(slots_of: fn(&P) -> Option<&Slots>) -> Self {
        Self { slots_of, waiting: VecDeque::new() }
    }

    /// Starts a session on one WebSocket. Returns both when the other one has come before.
    pub(super) fn add<C: Connection>(&mut self, connection: C, peer: P, options: YamuxOptions) -> Option<Session<P>> {
        let slot = (self.slots_of)(&peer)?.take()?;
        let (half, pair) = (slot.half(), slot.pair());
        let role = match half {
            Half::First => YamuxRole::Client,
            Half::Second => YamuxRole::Server,
        };
        // The id is free when the session has ended.
        let session = Session::start_with(connection, role, options.with_role(role), peer, slot);
        // The second one may have been accepted first: their handshakes end beside each other.
        if let Some(place) = self.waiting.iter().position(|other| other.pair == pair && other.half != half) {
            let other = self.waiting.remove(place)?.session;
            return Some(match half {
                Half::First => Session::pair(session, other),
                Half::Second => Session::pair(other, session),
            });
        }
        if self.waiting.len() >= WAITING {
            // Those whose clients have left make room first.
            self.waiting.retain(|other| !other.session.outgoing().is_ended());
        }
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting { session, half, pair, until: in_time(PAIR_TIMEOUT) });
        None
    }

    /// Closes what has waited for too long, for as long as it is polled.
    pub(super) async fn expire(&mut self) -> Infallible {
        while let Some(first) = self.waiting.front() {
            tokio::time::sleep_until(first.until).await;
            let expired = self.waiting.pop_front().filter(|expired| !expired.session.outgoing().is_ended());
            if let Some(Waiting { session, .. }) = expired {
                let peer = session.peer();
                limited!(
                    INFO,
                    EventKind::Session,
                    peer.address(),
                    peer = %Printable(peer),
                    "a yamux session was closed: the other WebSocket of its client did not follow"
                );
            }
        }
        std::future::pending().await
    }
}

impl<P: Peer> fmt::Debug for Pairs<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pairs").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::DuplexStream;
    use volo::net::Address;

    use super::*;

    #[derive(Clone, Debug)]
    struct SlotPeer(Arc<Slots>);

    impl fmt::Display for SlotPeer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a client")
        }
    }

    impl Peer for SlotPeer {
        fn address(&self) -> Option<Address> {
            None
        }
    }

    #[tokio::test]
    async fn clients_that_have_left_make_room_before_one_that_is_there() {
        let (ids, mut pairs) = (PairIds::default(), Pairs::new(|client: &SlotPeer| Some(&client.0)));
        let add = |pairs: &mut Pairs<SlotPeer>, id: usize, half| -> (Option<Session<SlotPeer>>, DuplexStream) {
            let (near, far) = tokio::io::duplex(1024);
            let slot = ids.take(half, &id.to_string()).unwrap();
            (pairs.add(near, SlotPeer(Arc::new(Slots::new(slot))), YamuxOptions::default()), far)
        };
        let (_, _there) = add(&mut pairs, 0, Half::First);
        for id in 1..WAITING {
            drop(add(&mut pairs, id, Half::First));
        }
        while pairs.waiting.iter().filter(|client| !client.session.outgoing().is_ended()).count() > 1 {
            tokio::task::yield_now().await;
        }
        let (_, _another) = add(&mut pairs, WAITING, Half::First);
        assert!(add(&mut pairs, 0, Half::Second).0.is_some(), "its first half was kept");
    }
}
