//! The handler of the service Echo.

use volo_thrift::ServerError;
use volplane_generated::api::{Echo, Request, Response};

/// Answers calls of the service Echo.
#[derive(Clone, Debug)]
pub struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, req: Request) -> Result<Response, ServerError> {
        Ok(Response { message: req.message })
    }
}
