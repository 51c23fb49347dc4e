//! The handlers of 04-yamux. The hub's calls its peer back, over the same connection, before it answers; the peer's
//! answers those calls. Both log what they do.

use crate::EchoHandler;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{ConnectWith, Hub, Outgoing, Registration};

/// The clients that call one peer back.
#[derive(Clone)]
pub struct Peer {
    /// Calls the peer's service Echo.
    pub echo: EchoClient,
}

impl Peer {
    /// Clients over a session with the peer.
    pub fn new(outgoing: &Outgoing) -> Self {
        Peer { echo: EchoClientBuilder::new("example").connect_with(outgoing.clone()).build() }
    }
}

/// Answers one peer's calls of the service Echo.
pub struct HubEchoHandler {
    hub: Hub<Peer>,
    registration: Registration<Peer>,
}

impl HubEchoHandler {
    /// Enters the peer under `id` for as long as its session lasts.
    pub fn new(hub: &Hub<Peer>, id: &str, peer: Peer) -> Self {
        HubEchoHandler { hub: hub.clone(), registration: hub.join(id, peer) }
    }
}

impl Echo for HubEchoHandler {
    async fn echo(&self, req: Request) -> Result<Response, ServerError> {
        let id = self.registration.id();
        eprintln!("{id} calls echo: {req:?}");
        if let Some(peer) = self.hub.client(id) {
            let answer = peer.echo.echo(req.clone()).await;
            eprintln!("calling {id} back, echo: {answer:?}");
        }
        EchoHandler.echo(req).await
    }
}

/// Answers the hub's calls of the service Echo.
pub struct PeerEchoHandler;

impl Echo for PeerEchoHandler {
    async fn echo(&self, req: Request) -> Result<Response, ServerError> {
        eprintln!("the hub calls echo: {req:?}");
        EchoHandler.echo(req).await
    }
}
