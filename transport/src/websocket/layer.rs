//! WebSocket as a layer.

use super::frame::Role;
use super::{HandshakeError, WebSocket, WebSocketPeer, WebSocketStream, client, server};
use crate::connection::{Connection, Peer};
use crate::endpoint::{Endpoint, Scheme};
use crate::layer::Layer;

impl<Io: Connection> Layer<Io> for WebSocket {
    type Io = WebSocketStream<Io>;
    type Peer<P: Peer> = WebSocketPeer<P>;
    type Error = HandshakeError;

    async fn outgoing(&self, mut io: Io, to: &Endpoint) -> Result<WebSocketStream<Io>, HandshakeError> {
        let early = client::handshake(self, &mut io, to).await?;
        Ok(WebSocketStream::new(io, early, Role::Client, self.kind, self.keepalive))
    }

    async fn incoming<P: Peer>(
        &self,
        mut io: Io,
        peer: P,
    ) -> Result<(WebSocketStream<Io>, WebSocketPeer<P>), HandshakeError> {
        let (handshake, early) = server::handshake(self, &mut io, &peer).await?;
        let stream = WebSocketStream::new(io, early, Role::Server, self.kind, self.keepalive);
        Ok((stream, WebSocketPeer::new(peer, handshake)))
    }

    fn endpoint(&self, below: Endpoint) -> Endpoint {
        let scheme = if below.is_tls() { Scheme::Wss } else { Scheme::Ws };
        let above = below
            .clone()
            .with_scheme(scheme)
            .and_then(|endpoint| endpoint.with_path(&self.path))
            .and_then(|endpoint| endpoint.with_query(self.query.as_deref()));
        // An endpoint without a host, such as a connection in memory, is not changed.
        above.unwrap_or(below)
    }
}
