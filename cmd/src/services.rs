//! The services, and what their handlers are built from. Every server and every peer starts here.

use clap::Args;
use volo_thrift::server::Router;
use volplane_generated::api::EchoServer;

use crate::echo::EchoHandler;

/// Arguments of every server, for what the handlers need.
///
/// For example: `#[arg(long)] pub database: String,`
#[derive(Clone, Debug, Args)]
#[command(about = None, long_about = None)]
pub struct ServiceArgs {}

/// The handlers of all services. A handler is cloned for each session: it shares what it holds, such as a pool of database
/// connections.
#[derive(Clone)]
pub struct Services {
    /// Answers calls of the service Echo.
    pub echo: EchoHandler,
}

impl Services {
    /// Builds the handlers. What they need is made here, such as a pool of database connections, and passed to them.
    ///
    /// # Errors
    ///
    /// If something that they need can't be made.
    pub async fn new(args: ServiceArgs) -> anyhow::Result<Self> {
        let ServiceArgs {} = args;
        let echo = EchoHandler;
        Ok(Services { echo })
    }

    /// Serves all services.
    pub fn router(&self) -> Router {
        Router::new().with_default_service(EchoServer::from_handler(self.echo.clone()))
    }

    /// Serves what is called at an HTTP path: Echo, at any.
    pub fn at(&self, _path: &str) -> Router {
        self.router()
    }
}
