//! A connection of one's own, Unix sockets, under a volo-thrift client and server.

use std::{error::Error, future::IntoFuture, io, path::PathBuf};

use motore::service::UnaryService;
use tokio::net::{UnixListener, UnixStream};
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{ConnectWith, Endpoint, Listener, accept_with_retry, serve};

struct Unix(PathBuf);

impl UnaryService<Address> for Unix {
    type Response = UnixStream;
    type Error = io::Error;

    async fn call(&self, _: Address) -> io::Result<UnixStream> {
        UnixStream::connect(&self.0).await
    }
}

struct UnixSocket(UnixListener, PathBuf);

impl Listener for UnixSocket {
    type Connection = UnixStream;
    type Peer = String;

    async fn accept(&mut self) -> Option<(UnixStream, String)> {
        let (stream, peer) = accept_with_retry("the Unix socket", || self.0.accept()).await;
        Some((stream, format!("{peer:?}")))
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::unix(&self.1).unwrap_or_else(|_| Endpoint::named("a Unix socket"))
    }
}

struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("echo.sock");
    let listener = UnixSocket(UnixListener::bind(&path)?, path.clone());
    let server = serve(listener, EchoServer::from_handler(EchoHandler));
    let handle = server.handle();
    let server = tokio::spawn(server.into_future());

    let client = EchoClientBuilder::new("example").connect_with(Unix(path)).build();
    let answer = client.echo(Request { message: Some("Say hello by unix socket".into()) }).await?;
    #[allow(clippy::print_stdout)] // an example is a program of its own
    {
        println!("{}", answer.message.unwrap_or_default());
    }

    handle.stop();
    server.await?;
    Ok(())
}
