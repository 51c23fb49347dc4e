//! The serving side: any listener, any service that volo generated.

mod biz_error;
mod codec;
mod connections;
mod serve;
mod sessions;
mod shutdown;

use motore::service::Service;
use volo_thrift::context::ServerContext;
use volo_thrift::server::Router;
use volo_thrift::{Bytes, EntryMessage, ServerError};

pub use serve::{Serve, Served, serve, serve_with};
pub use sessions::{ServeSessions, serve_sessions};
pub use shutdown::{ServerHandle, ctrl_c};

/// Says with which message a generated service is called.
///
/// volo's generated servers implement `Service` for two kinds of request, so the one to use has to be named. The
/// project that `volplane` makes does this for each of its services; by hand it is
///
/// ```text
/// impl<H> CalledWith for EchoServer<H> {
///     type Request = EchoRequestRecv;
/// }
/// ```
pub trait CalledWith {
    /// The message.
    type Request: EntryMessage + Send + 'static;
}

/// Several services on one listener, told apart by the service name that a TTHeader carries.
impl CalledWith for Router {
    type Request = Bytes;
}

/// A service that [`serve`] can run. Implemented for everything that fits; there is nothing to write but
/// [`CalledWith`].
pub trait ThriftService:
    CalledWith
    + Service<
        ServerContext,
        <Self as CalledWith>::Request,
        Response: EntryMessage + Send + 'static,
        Error: Into<ServerError> + Send,
    > + Send
    + Sync
    + 'static
{
}

impl<S> ThriftService for S
where
    S: CalledWith + Service<ServerContext, <S as CalledWith>::Request> + Send + Sync + 'static,
    S::Response: EntryMessage + Send + 'static,
    S::Error: Into<ServerError> + Send,
{
}
