//! A layer that repeats calls.

use motore::layer::Layer;
use motore::service::Service;
use volo_thrift::context::ClientContext;

/// Makes each call twice, with the same context. The first one has to fail.
#[derive(Clone)]
pub struct Again<S>(S);

pub struct Repeat;

impl<S> Layer<S> for Repeat {
    type Service = Again<S>;

    fn layer(self, inner: S) -> Again<S> {
        Again(inner)
    }
}

impl<Req: Clone + Send + Sync, S: Service<ClientContext, Req> + Send + Sync> Service<ClientContext, Req> for Again<S> {
    type Response = S::Response;
    type Error = S::Error;

    async fn call(&self, cx: &mut ClientContext, request: Req) -> Result<S::Response, S::Error> {
        let first = self.0.call(cx, request.clone()).await.is_ok();
        assert!(!first, "the first call fails");
        self.0.call(cx, request).await
    }
}
