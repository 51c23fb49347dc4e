//! Handshakes in stacks, at both ends: what they tell of the peer, how long they may take, what happens when they fail.

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant;
use volo::context::Context;
use volo::net::Address;
use volo_thrift::ServerError;
use volo_thrift::context::ServerContext;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{
    ConnectError, ConnectErrorKind, ConnectExt, Connection, Endpoint, HandshakeOptions, Layer, Listener, ListenerExt,
    Memory, Peer, StdNet, WebSocket, WebSocketPeer, peer_of, serve, serve_with,
};

use crate::support::bytes::until_the_end;
use crate::support::looking::Looking;
use crate::support::{EchoHandler, Server, client, echo, within};

/// Both ends tell each other a name.
#[derive(Clone, Debug)]
struct Names(&'static str);

/// A peer that has told its name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named<P> {
    name: String,
    inner: P,
}

impl<P: fmt::Display> fmt::Display for Named<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.name, self.inner)
    }
}

impl<P: Peer> Peer for Named<P> {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }
}

impl<Io: Connection> Layer<Io> for Names {
    type Io = Io;
    type Peer<P: Peer> = Named<P>;
    type Error = io::Error;

    async fn outgoing(&self, mut io: Io, _: &Endpoint) -> io::Result<Io> {
        tell(&mut io, self.0).await?;
        hear(&mut io).await?;
        Ok(io)
    }

    async fn incoming<P: Peer>(&self, mut io: Io, peer: P) -> io::Result<(Io, Named<P>)> {
        let name = hear(&mut io).await?;
        assert_ne!(name, "panic", "for the test");
        if name == "unwelcome" {
            return Err(io::Error::other("unwelcome"));
        }
        tell(&mut io, self.0).await?;
        Ok((io, Named { name, inner: peer }))
    }
}

async fn tell(io: &mut (impl AsyncWrite + Unpin), name: &str) -> io::Result<()> {
    io.write_u8(u8::try_from(name.len()).unwrap()).await?;
    io.write_all(name.as_bytes()).await?;
    io.flush().await
}

async fn hear(io: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut name = vec![0; usize::from(io.read_u8().await?)];
    io.read_exact(&mut name).await?;
    String::from_utf8(name).map_err(io::Error::other)
}

/// What is known of the peer above three layers.
type Stacked = Named<WebSocketPeer<Named<SocketAddr>>>;

/// Answers with what it was told of its caller.
struct Caller(String);

impl Echo for Caller {
    async fn echo(&self, _: Request) -> Result<Response, ServerError> {
        Ok(Response { message: Some(self.0.clone().into()) })
    }
}

async fn stacked() -> impl Listener<Peer = Stacked> {
    let base = StdNet::bind("127.0.0.1:0").await.unwrap();
    base.layer(Names("lower server")).layer(WebSocket::at("/kitex-ws?v=1")).layer(Names("upper server"))
}

#[tokio::test]
async fn three_layers_are_a_connector_and_a_listener_whose_peer_reaches_the_handler() {
    let server = serve_with(stacked().await, |peer: &Stacked| EchoServer::from_handler(Caller(peer.to_string())));
    let (endpoint, handle) = (server.endpoint(), server.handle());
    let server = tokio::spawn(server.into_future());
    let port = endpoint.port().unwrap();
    assert_eq!(endpoint.to_string(), format!("ws://127.0.0.1:{port}/kitex-ws?v=1"));
    let connector = StdNet::to(format!("127.0.0.1:{port}"))
        .layer(Names("lower client"))
        .layer(WebSocket::at("/kitex-ws?v=1"))
        .layer(Names("upper client"));
    let client = client!(connector);
    let told = echo(&client, "who am I?").await;
    assert!(told.starts_with("upper client at lower client at 127.0.0.1:"), "{told}");
    assert!(told.ends_with(" (/kitex-ws)"), "{told}");
    handle.stop();
    within(server).await.unwrap();
}

#[tokio::test]
async fn the_peer_above_three_layers_is_in_the_context_of_volo() {
    let (tell, mut told) = mpsc::channel(8);
    let look = move |cx: &ServerContext| {
        let address = cx.rpc_info().caller().address();
        assert!(peer_of::<SocketAddr>(cx).is_none(), "the peer has one type");
        tell.try_send((peer_of::<Stacked>(cx).cloned(), address)).unwrap();
    };
    let server = serve(stacked().await, Looking { inner: EchoServer::from_handler(EchoHandler), look });
    let (endpoint, handle) = (server.endpoint(), server.handle());
    let server = tokio::spawn(server.into_future());
    let connector = StdNet::to(endpoint.authority().unwrap())
        .layer(Names("lower client"))
        .layer(WebSocket::at("/kitex-ws?v=2"))
        .layer(Names("upper client"));
    let client = client!(connector);
    // The second call has a context that the first one has left.
    for call in ["one", "two"] {
        assert_eq!(echo(&client, call).await, call);
        let (peer, address) = told.recv().await.unwrap();
        let peer = peer.expect("a peer of the listener's type");
        assert_eq!(
            (peer.name.as_str(), peer.inner.path(), peer.inner.query()),
            ("upper client", "/kitex-ws", Some("v=2"))
        );
        let below = peer.inner.inner();
        assert_eq!(below.name, "lower client");
        assert_eq!(address, Some(Address::Ip(below.inner)), "the caller's address of volo");
    }
    handle.stop();
    within(server).await.unwrap();
}

#[tokio::test]
async fn layers_work_in_memory_where_there_is_no_host() {
    let (connector, listener) = Memory::pair();
    let listener = listener.layer(Names("server")).layer(WebSocket::at("/kitex-ws"));
    assert_eq!(listener.endpoint().to_string(), "a listener in memory");
    let server = Server::start(listener, EchoHandler);
    let client = client!(connector.layer(Names("client")).layer(WebSocket::at("/kitex-ws")));
    assert_eq!(echo(&client, "hello").await, "hello");
    assert_eq!(server.stop().await.connections, 1);
}

/// A connection below the handshakes.
async fn connect(connector: &Memory) -> DuplexStream {
    connector.call(anywhere()).await.unwrap()
}

fn anywhere() -> Address {
    Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_not_finished_in_time_ends_its_connection_and_delays_no_other() {
    let (connector, listener) = Memory::pair();
    let options = HandshakeOptions::default().with_deadline(Duration::from_secs(3));
    let server = Server::start(listener.layer(Names("server")).with_handshake_options(options), EchoHandler);
    let mut slow = connect(&connector).await;
    let since = Instant::now();
    let client = client!(ConnectExt::layer(connector, Names("client")));
    assert_eq!(echo(&client, "hello").await, "hello");
    assert_eq!(since.elapsed(), Duration::ZERO, "nobody waits for a slow handshake");
    let took = until_the_end(&mut slow).await;
    assert!((Duration::from_secs(3)..Duration::from_millis(3010)).contains(&took), "{took:?}");
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_handshake_makes_room_where_as_many_as_allowed_are_running() {
    let (connector, listener) = Memory::pair();
    let options = HandshakeOptions::default().with_deadline(Duration::from_secs(3)).with_concurrency(2);
    let server = Server::start(listener.layer(Names("server")).with_handshake_options(options), EchoHandler);
    let [mut oldest, mut newer] = [connect(&connector).await, connect(&connector).await];
    let client = client!(ConnectExt::layer(connector, Names("client")));
    let since = Instant::now();
    assert_eq!(echo(&client, "hello").await, "hello");
    until_the_end(&mut oldest).await;
    assert_eq!(since.elapsed(), Duration::ZERO, "nobody waits for a slow handshake");
    until_the_end(&mut newer).await;
    let took = since.elapsed();
    assert!((Duration::from_secs(3)..Duration::from_millis(3010)).contains(&took), "{took:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_handshake_that_fails_or_panics_ends_one_connection() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap().layer(Names("server"));
    let server = Server::start(listener, EchoHandler);
    let address = server.endpoint.authority().unwrap();
    for name in ["unwelcome", "panic"] {
        let error = StdNet::to(&address).layer(Names(name)).call(anywhere()).await.expect_err("no connection");
        assert_eq!(error.kind(), ConnectErrorKind::Handshake, "{name}: {error}");
        assert_eq!(error.to_string(), format!("handshake with tcp://{address} failed"));
        assert!(std::error::Error::source(&error).is_some_and(|source| source.is::<io::Error>()), "{error:?}");
    }
    let client = client!(StdNet::to(&address).layer(Names("client")));
    assert_eq!(echo(&client, "still there").await, "still there");
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn an_outgoing_handshake_is_given_up_in_time_and_the_error_names_the_address_above_the_layer() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let options = HandshakeOptions::default().with_deadline(Duration::from_millis(50));
    let connector = StdNet::to(address).layer(Names("client")).layer(WebSocket::at("/kitex-ws"));
    let lower: ConnectError = {
        let connector = StdNet::to(address).layer(Names("client")).with_handshake_options(options);
        connector.layer(WebSocket::at("/kitex-ws")).call(anywhere()).await.expect_err("no handshake")
    };
    assert_eq!(lower.kind(), ConnectErrorKind::TimedOut(Duration::from_millis(50)));
    assert_eq!(lower.to_string(), format!("no connection to tcp://{address} within 50ms"));
    let upper = tokio::spawn(async move { connector.with_handshake_options(options).call(anywhere()).await });
    let (mut accepted, _) = loop {
        // The first connection is the one that was given up above.
        let (mut accepted, peer) = silent.accept().await.unwrap();
        if hear(&mut accepted).await.is_ok() && tell(&mut accepted, "server").await.is_ok() && !upper.is_finished() {
            break (accepted, peer);
        }
    };
    let error = within(upper).await.unwrap().expect_err("no handshake");
    assert_eq!(error.to_string(), format!("no connection to ws://{address}/kitex-ws within 50ms"));
    let mut request = String::new();
    accepted.read_to_string(&mut request).await.ok();
    assert!(request.starts_with("GET /kitex-ws HTTP/1.1\r\n"), "{request}");
}
