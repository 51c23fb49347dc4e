//! A layer around a service, which sees what volo's context tells.

use motore::service::Service;
use volo_thrift::context::ServerContext;
use volplane_generated::api::{EchoRequestRecv, EchoResponseSend};
use volplane_transport::GeneratedService;

/// A service with a look at the context of each call.
pub struct Looking<S, F> {
    pub inner: S,
    pub look: F,
}

impl<S, F> GeneratedService for Looking<S, F> {
    type Request = EchoRequestRecv;
}

impl<S, F> Service<ServerContext, EchoRequestRecv> for Looking<S, F>
where
    S: Service<ServerContext, EchoRequestRecv, Response = EchoResponseSend> + Sync,
    F: Fn(&ServerContext) + Sync,
{
    type Response = EchoResponseSend;
    type Error = S::Error;

    async fn call(&self, cx: &mut ServerContext, request: EchoRequestRecv) -> Result<EchoResponseSend, S::Error> {
        (self.look)(cx);
        self.inner.call(cx, request).await
    }
}
