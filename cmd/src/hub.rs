//! The hub of 04-yamux: it serves the calls of each peer, and calls the peer back before it answers, over the connection
//! that the peer opened.

use volo::context::Context;
use volo::service::Service;
use volo_thrift::context::ServerContext;
use volo_thrift::server::Router;
use volo_thrift::{Bytes, ServerError};
use volplane_generated::api::Request;
use volplane_transport::{GeneratedService, Hub, JoinError, Outgoing, Registration};

use crate::{Clients, Services};

/// The programs that 04-yamux is compatible with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Compat {
    /// Programs for Kitex, which use two WebSockets for each peer: `/s2c/<id>`, on which the hub calls the peer, then
    /// `/c2s/<id>`, on which the peer calls the hub.
    Kitex,
}

/// The services of the hub for one peer.
pub struct HubService {
    router: Router,
    registration: Registration<Clients>,
}

impl HubService {
    /// Adds the peer under `id` until its session ends. An earlier session of the same id is closed.
    pub fn new(services: &Services, hub: &Hub<Clients>, id: &str, outgoing: &Outgoing) -> Result<Self, JoinError> {
        let registration = hub.join(id, Clients::over(outgoing.clone()))?.with_session(outgoing.clone());
        Ok(HubService { router: services.router(), registration })
    }

    /// Calls the peer and returns its answer as text.
    async fn call_back(&self) -> anyhow::Result<String> {
        let call = async |peer: Clients| peer.echo.echo(Request { message: Some("Say hello by the hub".into()) }).await;
        let answer = self.registration.call(call).await??;
        Ok(format!("{answer:?}"))
    }
}

impl GeneratedService for HubService {
    type Request = Bytes;

    fn service_names(&self) -> Vec<String> {
        self.router.service_names()
    }
}

impl Service<ServerContext, Bytes> for HubService {
    type Response = Bytes;
    type Error = ServerError;

    async fn call(&self, cx: &mut ServerContext, request: Bytes) -> Result<Bytes, ServerError> {
        let id = self.registration.id();
        tracing::info!("{id} calls {}", cx.rpc_info().method());
        match self.call_back().await {
            Ok(answer) => tracing::info!("calling {id} back: {answer}"),
            Err(error) => tracing::warn!("calling {id} back: {error}"),
        }
        self.router.call(cx, request).await
    }
}
