//! Builds the handlers of all services. Every server and every peer calls `Services::new`.

use clap::Args;
use volo_thrift::server::Router;
use volplane_generated::api::EchoServer;

use crate::echo::EchoHandler;

/// Arguments of every server, for the handlers.
///
/// For example: `#[arg(long)] pub database: String,`
#[derive(Clone, Debug, Args)]
#[command(about = None, long_about = None)]
pub struct ServiceArgs {}

/// The handlers of all services. Handlers are cloned for each session: the clones should share resources, such as a pool of
/// database connections.
#[derive(Clone)]
pub struct Services {
    /// Answers calls of the service Echo.
    pub echo: EchoHandler,
}

impl Services {
    /// Builds the handlers, with the resources that they need, such as a pool of database connections.
    ///
    /// # Errors
    ///
    /// If a resource can't be created.
    pub async fn new(args: ServiceArgs) -> anyhow::Result<Self> {
        let ServiceArgs {} = args;
        let echo = EchoHandler;
        Ok(Services { echo })
    }

    /// Serves all services.
    pub fn router(&self) -> Router {
        Router::new().with_default_service(EchoServer::from_handler(self.echo.clone()))
    }

    /// Serves the service at an HTTP path: Echo at every path.
    pub fn at(&self, _path: &str) -> Router {
        self.router()
    }
}
