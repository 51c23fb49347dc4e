//! The serving side: any listener, any service that volo generated.
//!
//! [`serve`] accepts and stops, `connections` owns a task for each connection, `conversation` is what that task does:
//! it waits for a call with its deadlines, and `answer` carries the call out.

mod answer;
mod connections;
mod context;
mod conversation;
mod drain;
mod options;
mod serve;
#[cfg(feature = "yamux")]
mod sessions;
mod shutdown;
mod stop;

use motore::service::Service;
use volo_thrift::context::ServerContext;
use volo_thrift::server::Router;
use volo_thrift::{Bytes, EntryMessage, ServerError};

pub use context::peer_of;
pub use options::ServeOptions;
pub use serve::{Serve, Served, serve, serve_with};
#[cfg(feature = "yamux")]
pub use sessions::{ServeSessions, serve_sessions};
pub use shutdown::{CtrlC, SecondSignal, ctrl_c};
pub use stop::ServerHandle;

/// Names the request type of a generated service.
///
/// volo's generated servers implement `Service` for two types of request, so the one to use has to be named. A project
/// made by `volplane` does this for each of its services; by hand it is
///
/// ```text
/// impl<H> GeneratedService for EchoServer<H> {
///     type Request = EchoRequestRecv;
/// }
/// ```
pub trait GeneratedService {
    /// The message.
    type Request: EntryMessage + Send + 'static;
}

/// Several services on one listener, told apart by the service name that a TTHeader carries.
impl GeneratedService for Router {
    type Request = Bytes;
}

/// A service that [`serve`] can run. Implemented for everything that fits; only [`GeneratedService`] is to be
/// implemented.
pub trait ThriftService:
    GeneratedService
    + Service<
        ServerContext,
        <Self as GeneratedService>::Request,
        Response: EntryMessage + Send + 'static,
        Error: Into<ServerError> + Send,
    > + Send
    + Sync
    + 'static
{
}

impl<S> ThriftService for S
where
    S: GeneratedService + Service<ServerContext, <S as GeneratedService>::Request> + Send + Sync + 'static,
    S::Response: EntryMessage + Send + 'static,
    S::Error: Into<ServerError> + Send,
{
}
