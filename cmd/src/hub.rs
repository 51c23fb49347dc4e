//! The handlers of 04-yamux. The hub's calls its peer back, over the same connection, before it answers; the peer's
//! answers those calls. Both log what they do.

use crate::EchoHandler;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{ConnectWith, Hub, JoinError, Outgoing, Registration};

/// Which other programs the programs of 04-yamux can talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Compat {
    /// Programs for Kitex, which use two WebSockets for each peer: `/s2c/<id>`, on which the hub calls the peer, then
    /// `/c2s/<id>`, on which the peer calls the hub.
    Kitex,
}

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
    registration: Registration<Peer>,
}

impl HubEchoHandler {
    /// Adds the peer under `id` for as long as its session lasts. A session that the id had before is closed.
    pub fn new(hub: &Hub<Peer>, id: &str, outgoing: &Outgoing) -> Result<Self, JoinError> {
        let registration = hub.join(id, Peer::new(outgoing))?.with_session(outgoing.clone());
        Ok(HubEchoHandler { registration })
    }
}

impl Echo for HubEchoHandler {
    async fn echo(&self, req: Request) -> Result<Response, ServerError> {
        let id = self.registration.id();
        eprintln!("{id} calls echo: {req:?}");
        let call = async |peer: Peer| peer.echo.echo(req.clone()).await;
        match self.registration.call(call).await {
            Ok(answer) => eprintln!("calling {id} back, echo: {answer:?}"),
            Err(error) => eprintln!("calling {id} back, echo: {error}"),
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
