//! The server side: any listener, any service that volo generated.
//!
//! [`serve`] accepts and stops, `connections` owns a task for each connection, `connection_task` is that task: it reads
//! one call after another, each with its deadlines, and `processor` processes a call.

mod business;
mod connection_task;
mod connections;
mod context;
mod drain;
mod newcomers;
mod options;
mod processor;
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
pub use sessions::{IntoSessionService, ServeSessions, serve_sessions};
pub use shutdown::{CtrlC, SecondSignal, ctrl_c};
pub use stop::ServerHandle;

/// Names the request type of a generated service.
///
/// volo's generated servers implement `Service` for two request types, so the compiler has to be told which one to use.
/// Projects made by `volplane` contain the implementation for each of their services; written by hand it is
///
/// ```text
/// impl<H> GeneratedService for EchoServer<H> {
///     type Request = EchoRequestRecv;
///     const SERVICE_NAME: Option<&'static str> = Some("Echo");
/// }
/// ```
pub trait GeneratedService {
    /// The request message, `…RequestRecv` in volo's generated code.
    type Request: EntryMessage + Send + 'static;

    /// The name of the service in its IDL, for spans and metrics: `Echo` of `Echo/echo`. Default: not known.
    const SERVICE_NAME: Option<&'static str> = None;
}

/// Several services on one listener, selected by the service name in the TTHeader.
impl GeneratedService for Router {
    type Request = Bytes;
}

/// A service that [`serve`] can run. It is implemented for every suitable volo service; implement only
/// [`GeneratedService`].
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
