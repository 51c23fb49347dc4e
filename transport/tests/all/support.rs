//! What the tests share: handlers, a client and a server for each transport, and one test per transport.

pub mod bytes;
pub mod capture;
pub mod certificates;
pub mod link;
pub mod looking;
pub mod own_process;
pub mod raw;
pub mod relay;
pub mod repeat;
pub mod slow_link;

use std::future::IntoFuture;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{
    Channel, ConnectWith, Endpoint, Http, Layered, Listener, ListenerExt, Memory, Protocol, ServeOptions, Served,
    ServerHandle, StdNet, TlsClient, Unix, WebSocket, Yamux, serve,
};

/// Longer than anything here takes on a busy machine: a test that runs into it has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Every protocol.
pub const ALL_PROTOCOLS: [Protocol; 6] = [
    Protocol::TTHEADER,
    Protocol::FRAMED,
    Protocol::BUFFERED,
    Protocol::TTHEADER.compact(),
    Protocol::FRAMED.compact(),
    Protocol::BUFFERED.compact(),
];

pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("in time")
}

#[derive(Clone)]
pub struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

/// A running server.
pub struct Server {
    pub endpoint: Endpoint,
    pub handle: ServerHandle,
    task: JoinHandle<Served>,
}

impl Server {
    pub fn start<L: Listener, H: Echo + Send + Sync + 'static>(listener: L, handler: H) -> Server {
        Self::start_with(listener, handler, ServeOptions::default())
    }

    pub fn start_with<L: Listener, H>(listener: L, handler: H, options: ServeOptions) -> Server
    where
        H: Echo + Send + Sync + 'static,
    {
        let server = serve(listener, EchoServer::from_handler(handler)).with_options(options);
        let (endpoint, handle) = (server.endpoint(), server.handle());
        Server { endpoint, handle, task: tokio::spawn(server.into_future()) }
    }

    pub async fn stop(self) -> Served {
        self.handle.stop();
        self.ended().await
    }

    pub async fn ended(self) -> Served {
        within(self.task).await.expect("the server does not panic")
    }

    /// Whether it runs no longer.
    pub fn has_ended(&self) -> bool {
        self.task.is_finished()
    }
}

macro_rules! client {
    ($connection:expr) => {
        volplane_transport::ConnectWith::connect_with(
            volplane_generated::api::EchoClientBuilder::new("example").rpc_timeout(Some($crate::support::PATIENCE)),
            $connection,
        )
        .build()
    };
}
pub(crate) use client;

/// A way from client to server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    StdNet,
    Unix,
    WebSocket,
    Http,
    Memory,
    Yamux,
    YamuxWebSocket,
    Tls,
    Wss,
    /// What `Endpoint::bind` and `Endpoint::connector` make of `yamux+ws://`.
    Boxed,
}

/// Makes of `async fn name(transport: Transport) { .. }` one test for each transport, so that the failure of one hides
/// no other.
macro_rules! every_transport {
    ($($(#[$doc:meta])* async fn $name:ident($transport:ident: Transport) $body:block)*) => {
        $(
            $(#[$doc])*
            mod $name {
                use super::*;

                async fn run($transport: $crate::support::Transport) $body

                $crate::support::every_transport!(@tests
                    stdnet = StdNet, unix = Unix, websocket = WebSocket, http = Http, memory = Memory, yamux = Yamux,
                    yamux_websocket = YamuxWebSocket, tls = Tls, wss = Wss, boxed = Boxed
                );
            }
        )*
    };
    (@tests $($test:ident = $variant:ident),*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                run($crate::support::Transport::$variant).await;
            }
        )*
    };
}
pub(crate) use every_transport;

/// A server and a client over `transport`.
pub async fn pair<H: Echo + Send + Sync + 'static>(transport: Transport, handler: H) -> (Server, EchoClient) {
    pair_with(transport, handler, ServeOptions::default()).await
}

pub async fn pair_with<H>(transport: Transport, handler: H, options: ServeOptions) -> (Server, EchoClient)
where
    H: Echo + Send + Sync + 'static,
{
    if transport == Transport::Memory {
        let (connector, listener) = Memory::pair();
        return (Server::start_with(listener, handler, options), client!(connector));
    }
    let server = server_at(transport, &address(transport), handler, options).await;
    let client = client_of(transport, &server.endpoint);
    (server, client)
}

/// Where a server over `transport` listens: at a free port, or a name of its own.
pub fn address(transport: Transport) -> Endpoint {
    static SOCKETS: AtomicU32 = AtomicU32::new(0);
    let text = match transport {
        Transport::Unix => {
            let socket = SOCKETS.fetch_add(1, Ordering::Relaxed);
            let name = format!("volplane-{}-{socket}.sock", std::process::id());
            return Endpoint::unix(std::env::temp_dir().join(name)).unwrap();
        }
        Transport::StdNet => "tcp://127.0.0.1:0",
        Transport::WebSocket => "ws://127.0.0.1:0/kitex-ws",
        Transport::Http => "http://127.0.0.1:0/echo",
        Transport::Yamux => "yamux+tcp://127.0.0.1:0",
        Transport::Tls => "tls://127.0.0.1:0",
        Transport::Wss => "wss://127.0.0.1:0/kitex-ws",
        Transport::YamuxWebSocket | Transport::Boxed => "yamux+ws://127.0.0.1:0/kitex-ws",
        Transport::Memory => panic!("no address leads to memory"),
    };
    text.parse().unwrap()
}

/// A server at `endpoint`, such as [`address`].
pub async fn server_at<H>(transport: Transport, endpoint: &Endpoint, handler: H, options: ServeOptions) -> Server
where
    H: Echo + Send + Sync + 'static,
{
    let below = endpoint.clone().with_yamux(false);
    match transport {
        Transport::StdNet => Server::start_with(StdNet::bind(below).await.unwrap(), handler, options),
        Transport::Unix => Server::start_with(Unix::bind(below).await.unwrap(), handler, options),
        Transport::WebSocket => Server::start_with(WebSocket::bind(below).await.unwrap(), handler, options),
        Transport::Http => Server::start_with(Http::bind(below).await.unwrap(), handler, options),
        Transport::Yamux => {
            let listener = StdNet::bind(below).await.unwrap();
            Server::start_with(Yamux::listen(listener).into_streams(), handler, options)
        }
        Transport::YamuxWebSocket => {
            let listener = WebSocket::bind(below).await.unwrap();
            Server::start_with(Yamux::listen(listener).into_streams(), handler, options)
        }
        Transport::Tls => {
            let listener = StdNet::bind(below.authority().unwrap()).await.unwrap();
            Server::start_with(listener.layer(certificates::server()), handler, options)
        }
        Transport::Wss => {
            let listener = WebSocket::bind_tls(below, certificates::server()).await.unwrap();
            Server::start_with(listener, handler, options)
        }
        Transport::Boxed => Server::start_with(endpoint.bind().await.unwrap(), handler, options),
        Transport::Memory => panic!("no address leads to memory"),
    }
}

/// A client of the server at `endpoint`.
pub fn client_of(transport: Transport, endpoint: &Endpoint) -> EchoClient {
    let below = endpoint.clone().with_yamux(false);
    match transport {
        Transport::StdNet => client!(StdNet::to(below)),
        Transport::Unix => client!(Unix::to(below)),
        Transport::WebSocket => client!(WebSocket::to(below)),
        Transport::Http => client!(Http::to(below)),
        Transport::Yamux => client!(Yamux::over(StdNet::to(below))),
        Transport::YamuxWebSocket => client!(Yamux::over(WebSocket::to(below))),
        Transport::Tls => client!(tls_connector(&below)),
        Transport::Wss => client!(WebSocket::to_tls(below, certificates::AUTHORITY.client())),
        Transport::Boxed => {
            EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_to(endpoint).unwrap().build()
        }
        Transport::Memory => panic!("no address leads to memory"),
    }
}

/// A connector to a `tls://` endpoint of a test's server.
pub fn tls_connector(endpoint: &Endpoint) -> Layered<StdNet, TlsClient> {
    StdNet::to(endpoint.authority().unwrap()).layer(certificates::AUTHORITY.client())
}

/// A client whose pool can be looked at.
pub fn client_and_channel(address: impl ToString) -> (EchoClient, Channel<StdNet>) {
    let channel = Channel::new(StdNet::to(address));
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel)
}

pub fn request(message: &str) -> Request {
    Request { message: Some(message.to_owned().into()) }
}

pub async fn echo(client: &EchoClient, message: impl Into<String>) -> String {
    let request = Request { message: Some(message.into().into()) };
    client.echo(request).await.expect("the call succeeds").message.expect("a message comes back").to_string()
}
