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
mod services;
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
/// volo's generated servers implement `Service` for two request types, so the compiler needs to know which one to use.
/// Projects made by `volplane` contain the implementation for each of their services. Written by hand, it is
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

    /// The names by which calls can name the service, as Apache's `TMultiplexedProtocol` does in `Echo:echo`. A call
    /// with another name is answered with an exception. Default: [`SERVICE_NAME`](Self::SERVICE_NAME).
    fn service_names(&self) -> Vec<String> {
        Self::SERVICE_NAME.into_iter().map(str::to_owned).collect()
    }
}

/// Several services on one listener, selected by the service name in the TTHeader, or before the method's name.
impl GeneratedService for Router {
    type Request = Bytes;

    fn service_names(&self) -> Vec<String> {
        services::names_of(self)
    }
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
