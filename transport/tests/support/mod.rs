//! What the tests share: a handler that echoes, and a client and a server for each connection.
#![allow(dead_code)] // each test file uses a part of this

use std::future::IntoFuture;
use std::time::Duration;

use tokio::task::JoinHandle;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{ConnectWith, Listener, Memory, Served, ServerHandle, StdNet, WebSocket, Yamux, serve};

/// Longer than anything here takes on a busy machine: a test that runs into it has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

/// A running server.
pub struct Server {
    pub endpoint: String,
    pub handle: ServerHandle,
    task: JoinHandle<Served>,
}

impl Server {
    pub fn start<L: Listener, H: Echo + Send + Sync + 'static>(listener: L, handler: H) -> Server {
        let server = serve(listener, EchoServer::from_handler(handler));
        let (endpoint, handle) = (server.endpoint(), server.handle());
        Server { endpoint, handle, task: tokio::spawn(server.into_future()) }
    }

    pub async fn stop(self) -> Served {
        self.handle.stop();
        self.ended().await
    }

    pub async fn ended(self) -> Served {
        tokio::time::timeout(PATIENCE, self.task).await.expect("the server ends").expect("the server does not panic")
    }
}

macro_rules! client {
    ($connection:expr) => {
        EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_with($connection).build()
    };
}
#[allow(unused_imports)] // not every test file makes clients of its own
pub(crate) use client;

pub const TRANSPORTS: [&str; 5] = ["stdnet", "websocket", "memory", "yamux", "yamux-websocket"];

/// A server and a client for one of [`TRANSPORTS`].
pub async fn pair<H: Echo + Send + Sync + 'static>(transport: &str, handler: H) -> (Server, EchoClient) {
    match transport {
        "stdnet" => {
            let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), handler);
            let client = client!(StdNet::to(server.endpoint.clone()));
            (server, client)
        }
        "websocket" => {
            let server = Server::start(WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap(), handler);
            let client = client!(WebSocket::to(server.endpoint.clone()));
            (server, client)
        }
        "memory" => {
            let (connect, listener) = Memory::pair();
            (Server::start(listener, handler), client!(connect))
        }
        "yamux" => {
            let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().to_string();
            let server = Server::start(Yamux::listen(listener).into_streams(), handler);
            (server, client!(Yamux::over(StdNet::to(address))))
        }
        "yamux-websocket" => {
            let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap();
            let url = listener.url().to_string();
            let server = Server::start(Yamux::listen(listener).into_streams(), handler);
            (server, client!(Yamux::over(WebSocket::to(url))))
        }
        other => panic!("no transport {other}"),
    }
}

pub async fn echo(client: &EchoClient, message: impl Into<String>) -> String {
    let request = Request { message: Some(message.into().into()) };
    client.echo(request).await.expect("the call succeeds").message.expect("a message comes back").to_string()
}
