//! Business errors on their way out. volo's own server has this as a private layer.

use motore::service::Service;
use volo_thrift::ServerError;
use volo_thrift::context::ServerContext;

/// Notes a handler's business error where the TTHeader encoder looks for it.
pub(super) struct KeepBizError<'a, S>(pub(super) &'a S);

impl<S, Req> Service<ServerContext, Req> for KeepBizError<'_, S>
where
    S: Service<ServerContext, Req, Error: Into<ServerError> + Send> + Sync,
    Req: Send,
{
    type Response = S::Response;
    type Error = ServerError;

    async fn call(&self, cx: &mut ServerContext, request: Req) -> Result<S::Response, ServerError> {
        let outcome = self.0.call(cx, request).await.map_err(Into::into);
        if let Err(ServerError::Biz(error)) = &outcome {
            cx.common_stats.set_biz_error(error.clone());
        }
        outcome
    }
}
