//! A peer of 04-yamux: it serves the hub's calls, over the connection that it opened.

use volo::context::Context;
use volo::service::Service;
use volo_thrift::context::ServerContext;
use volo_thrift::server::Router;
use volo_thrift::{Bytes, ServerError};
use volplane_transport::GeneratedService;

use crate::Services;

/// The services of a peer for the hub; each call is logged.
pub struct PeerService {
    router: Router,
}

impl PeerService {
    /// Serves these services to the hub.
    pub fn new(services: &Services) -> Self {
        PeerService { router: services.router() }
    }
}

impl GeneratedService for PeerService {
    type Request = Bytes;

    fn service_names(&self) -> Vec<String> {
        self.router.service_names()
    }
}

impl Service<ServerContext, Bytes> for PeerService {
    type Response = Bytes;
    type Error = ServerError;

    async fn call(&self, cx: &mut ServerContext, request: Bytes) -> Result<Bytes, ServerError> {
        tracing::info!("the hub calls {}", cx.rpc_info().method());
        self.router.call(cx, request).await
    }
}
