//! One session over two connections: this end opens streams on one of them, the peer on the other one.

use std::sync::Arc;

use motore::make::MakeConnection;
use tokio::sync::{mpsc, watch};
use volo::net::Address;

use super::connector::connect;
use super::driver::Command;
use super::session::Session;
use super::status::Status;
use super::{SessionError, Yamux, YamuxOptions, YamuxRole};
use crate::connect::ConnectError;
use crate::connection::{Connection, Peer};

impl Yamux {
    /// Connects to a server that expects one connection for each direction, as
    /// [`listen_pairs`](Yamux::listen_pairs) and programs for Kitex do: dials `first`, on which the server calls this end,
    /// then `second`, on which this end calls the server. On each of them, the end that calls is the yamux client.
    ///
    /// Both together are one session. If one connection ends, the other one ends, too: at once, or after its open streams if
    /// the server had announced the end with a GoAway. Such a session does not reconnect.
    ///
    /// ```no_run
    /// use volplane_transport::{WebSocket, Yamux};
    ///
    /// # async fn f() -> Result<(), volplane_transport::ConnectError> {
    /// let to = |direction| WebSocket::to(format!("ws://127.0.0.1:8891/kitex-ws/{direction}/alice"));
    /// let (outgoing, incoming) = Yamux::connect_pair(to("s2c"), to("c2s")).await?.split();
    /// # drop((outgoing, incoming));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// If one of the connections can't be made, for example because the server answers that the id is connected.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connections.
    pub async fn connect_pair<A, B>(first: A, second: B) -> Result<Session, ConnectError>
    where
        A: MakeConnection<Address>,
        A::Connection: Connection,
        A::Error: Into<ConnectError>,
        B: MakeConnection<Address>,
        B::Connection: Connection,
        B::Error: Into<ConnectError>,
    {
        Self::connect_pair_with_options(first, second, YamuxOptions::default()).await
    }

    /// As [`connect_pair`](Self::connect_pair), with other options for both. Their role is not used.
    ///
    /// # Errors
    ///
    /// As [`connect_pair`](Self::connect_pair).
    ///
    /// # Cancel safety
    ///
    /// As [`connect_pair`](Self::connect_pair).
    pub async fn connect_pair_with_options<A, B>(
        first: A,
        second: B,
        options: YamuxOptions,
    ) -> Result<Session, ConnectError>
    where
        A: MakeConnection<Address>,
        A::Connection: Connection,
        A::Error: Into<ConnectError>,
        B: MakeConnection<Address>,
        B::Connection: Connection,
        B::Error: Into<ConnectError>,
    {
        let incoming = connect(&first, options.with_role(YamuxRole::Server)).await?;
        let outgoing = connect(&second, options.with_role(YamuxRole::Client)).await?;
        Ok(Session::pair(outgoing, incoming))
    }
}

impl<P: Peer> Session<P> {
    /// One session that opens streams in one and accepts those of another. The peer is that of the second.
    pub(super) fn pair(opens: Session<P>, accepts: Session<P>) -> Self {
        // Without it, further streams of the other end are refused.
        let (mut outgoing, _) = opens.split();
        let (other, mut incoming) = accepts.split();
        let (one, two) = (outgoing.end(), other.end());
        one.status.set_other(two.commands.clone());
        two.status.set_other(one.commands.clone());
        // Owned by the sessions, of which it holds no handle: it ends with the first one.
        tokio::spawn(end_together(one, two));
        incoming.other = Some(outgoing.handle());
        outgoing.other = Some(Arc::new(other));
        Session::of(outgoing, incoming)
    }
}

/// The end of a session.
pub(super) struct End {
    pub(super) state: watch::Receiver<Option<Result<(), SessionError>>>,
    pub(super) commands: mpsc::WeakSender<Command>,
    pub(super) status: Arc<Status>,
}

impl End {
    async fn reached(&mut self) {
        // An error means that the driver has ended.
        let _ended = self.state.wait_for(Option::is_some).await;
    }

    /// Ends the session after the other one of its pair.
    fn follow(&self, first: &End) {
        if first.status.peer_is_going_away() {
            // The streams that are open go on. The peer ends the session after the last one.
            self.status.go_away();
        } else if let Some(commands) = self.commands.upgrade() {
            // An error means that it is over, or that as many others as there is room for are closing it.
            let _closing = commands.try_send(Command::Close);
        }
    }
}

/// Ends both when one of them has ended.
async fn end_together(mut one: End, mut other: End) {
    tokio::select! {
        () = one.reached() => other.follow(&one),
        () = other.reached() => one.follow(&other),
    }
}
