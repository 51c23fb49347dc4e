//! What volo's builder and `CallOpt` say holds: time-outs, layers, load balancing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::layer::Layer;
use motore::service::Service;
use tokio::time::Instant;
use volo::discovery::StaticDiscover;
use volo::net::Address;
use volo_thrift::client::CallOpt;
use volo_thrift::context::{ClientContext, Config};
use volo_thrift::{ClientError, ServerError};
use volplane_generated::api::{Echo, EchoClientBuilder, Request, Response};
use volplane_transport::{
    BindError, Channel, ClientOptions, ConnectWith, Delivery, Memory, StdNet, StdNetListener, WebSocket,
};

use crate::support::raw::{nobody, silent};
use crate::support::{EchoHandler, PATIENCE, Server, echo, request, within};

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_connection_that_is_not_ready_in_time_is_given_up() {
    let (_listener, address) = silent().await;
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .connect_timeout(Some(SHORT))
        .connect_with(WebSocket::to(format!("ws://{address}/")))
        .build();
    let error = client.echo(request("hello")).await.expect_err("no handshake");
    assert!(error.to_string().contains("within 50ms"), "{error}");
    assert_eq!(Delivery::of(&error), Delivery::NeverSent);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_given_up() {
    let (_listener, address) = silent().await;
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .read_write_timeout(Some(SHORT))
        .connect_with(StdNet::to(address))
        .build();
    let error = client.echo(request("hello")).await.expect_err("no answer");
    assert!(error.to_string().contains("reading made no progress for 50ms"), "{error}");
    assert_eq!(Delivery::of(&error), Delivery::Unknown);
}

#[tokio::test]
async fn a_connection_that_takes_no_bytes_in_time_is_given_up() {
    let (_listener, address) = silent().await;
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .read_write_timeout(Some(SHORT))
        .connect_with(StdNet::to(address))
        .build();
    // More than the kernel's buffers of both ends hold, less than the largest message, 16 MiB.
    let message = "x".repeat(15 * 1024 * 1024);
    let error = client.echo(request(&message)).await.expect_err("nobody reads");
    assert!(error.to_string().contains("writing made no progress for 50ms"), "{error}");
}

/// How long a call took on the paused clock, and its error.
async fn failing<F: Future<Output = Result<Response, ClientError>>>(call: F) -> (Duration, ClientError) {
    let began = Instant::now();
    let error = call.await.expect_err("nobody answers");
    (began.elapsed(), error)
}

fn timeouts(set: impl FnOnce(&mut Config)) -> CallOpt {
    let mut opt = CallOpt::new();
    set(&mut opt.config);
    opt
}

#[tokio::test(start_paused = true)]
async fn the_rpc_timeout_of_a_call_goes_before_that_of_the_builder() {
    // Connections are made, and nobody accepts them.
    let (memory, _listener) = Memory::pair();
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(Duration::from_secs(7))).connect_with(memory).build();
    let (took, error) = failing(client.echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (7, Delivery::Unknown), "{error}");
    let opt = timeouts(|config| config.set_rpc_timeout(Some(Duration::from_secs(3))));
    let (took, error) = failing(client.clone().with_callopt(opt).echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (3, Delivery::Unknown), "{error}");
}

/// Connects never.
#[derive(Clone)]
struct Stuck;

impl motore::service::UnaryService<Address> for Stuck {
    type Response = tokio::io::DuplexStream;
    type Error = std::io::Error;

    async fn call(&self, _: Address) -> std::io::Result<tokio::io::DuplexStream> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn the_connect_timeout_of_a_call_goes_before_that_of_the_builder_and_that_before_the_options() {
    let builder = || EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let channel =
        Channel::new(Stuck).with_options(ClientOptions::default().with_connect_timeout(Duration::from_secs(9)));
    let by_options = builder().connect_through(channel.clone()).build();
    let (took, _) = failing(by_options.echo(request("hello"))).await;
    assert_eq!(took.as_secs(), 9);
    let by_builder = builder().connect_timeout(Some(Duration::from_secs(7))).connect_through(channel).build();
    let (took, error) = failing(by_builder.echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (7, Delivery::NeverSent), "{error}");
    let opt = timeouts(|config| config.set_connect_timeout(Some(Duration::from_secs(3))));
    let (took, error) = failing(by_builder.clone().with_callopt(opt).echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (3, Delivery::NeverSent), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_timeout_has_a_deadline_by_default() {
    let (memory, _listener) = Memory::pair();
    let client = EchoClientBuilder::new("example").connect_with(memory).build();
    let (took, error) = failing(client.echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (30, Delivery::Unknown), "{error}");
    assert!(error.to_string().contains("the call timed out after 30s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_default_deadline_tells_whether_the_call_was_sent() {
    let options = ClientOptions::default().with_call_timeout(Some(Duration::from_secs(2)));
    let (memory, _listener) = Memory::pair();
    let channel = Channel::new(memory).with_options(options.clone());
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    let (took, error) = failing(client.echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (2, Delivery::Unknown), "{error}");
    let channel = Channel::new(Stuck).with_options(options);
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    let (took, error) = failing(client.echo(request("hello"))).await;
    assert_eq!((took.as_secs(), Delivery::of(&error)), (2, Delivery::NeverSent), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_default_deadline_can_be_switched_off() {
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener, Sleepy(Duration::from_secs(3600)));
    let options = ClientOptions::default().with_call_timeout(None);
    let channel = Channel::new(memory).with_options(options);
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    let began = Instant::now();
    assert_eq!(echo(&client, "at last").await, "at last");
    assert_eq!(began.elapsed().as_secs(), 3600);
    drop(server);
}

/// Takes its time.
struct Sleepy(Duration);

impl Echo for Sleepy {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        tokio::time::sleep(self.0).await;
        Ok(Response { message: request.message })
    }
}

/// Counts the calls that go through it.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Counting {
    fn calls(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl<S> Layer<S> for Counting {
    type Service = Counted<S>;

    fn layer(self, inner: S) -> Counted<S> {
        Counted { count: self.0, inner }
    }
}

#[derive(Clone)]
struct Counted<S> {
    count: Arc<AtomicUsize>,
    inner: S,
}

impl<S: Service<ClientContext, Req> + Send + Sync, Req: Send> Service<ClientContext, Req> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;

    async fn call(&self, cx: &mut ClientContext, request: Req) -> Result<S::Response, S::Error> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.call(cx, request).await
    }
}

#[tokio::test]
async fn layers_before_and_around_the_connection_run() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let [outer, outer_front, inner, inner_front] = std::array::from_fn(|_| Counting::default());
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .layer_outer(outer.clone())
        .layer_inner(inner.clone())
        .connect_with(StdNet::to(&server.endpoint))
        .layer_inner_front(inner_front.clone())
        .layer_outer_front(outer_front.clone())
        .build();
    echo(&client, "one").await;
    echo(&client, "two").await;
    assert_eq!([outer, outer_front, inner, inner_front].map(|layer| layer.calls()), [2; 4]);
    server.stop().await;
}

/// A discovery that finds these addresses.
fn known(addresses: impl IntoIterator<Item = String>) -> StaticDiscover {
    addresses.into_iter().map(|address| address.parse().unwrap()).collect::<Vec<_>>().into()
}

async fn listener() -> Result<StdNetListener, BindError> {
    StdNet::bind("127.0.0.1:0").await
}

#[tokio::test]
async fn calls_are_spread_over_what_discovery_finds() {
    let servers = [listener().await.unwrap(), listener().await.unwrap()].map(|it| Server::start(it, EchoHandler));
    let addresses = servers.each_ref().map(|server| server.endpoint.authority().unwrap());
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .discover(known(addresses))
        .connect_with(StdNet::new())
        .build();
    for call in 0..100 {
        within(echo(&client, format!("{call}"))).await;
    }
    for server in servers {
        assert_eq!(server.stop().await.connections, 1, "one connection to each");
    }
}

#[tokio::test]
async fn a_failure_of_load_balancing_was_not_answered_by_a_server() {
    let builder = || EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let (_bound, address) = nobody();
    let refused = builder().discover(known([address])).connect_with(StdNet::new()).build();
    let error = refused.echo(request("hello")).await.expect_err("nobody listens");
    assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{error}");
    assert!(error.to_string().contains("refused the connection"), "volo drops the error of the last attempt: {error}");
    let found_nothing = builder().discover(known([])).connect_with(StdNet::new()).build();
    let error = found_nothing.echo(request("hello")).await.expect_err("no address");
    assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{error}");
    assert!(error.to_string().ends_with("call not sent: load balancing has found no address"), "{error}");
}

#[tokio::test]
async fn a_call_that_load_balancing_repeats_may_have_been_sent_by_any_attempt() {
    let (listener, address) = silent().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        crate::support::raw::read_message(&mut stream).await;
    });
    // In any order.
    let (_bound, nobody) = nobody();
    let addresses = known([address, nobody]);
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).retry_count(1);
    let client = builder.discover(addresses).connect_with(StdNet::new()).build();
    let error = client.echo(request("hello")).await.expect_err("nobody answers");
    assert_eq!(Delivery::of(&error), Delivery::Unknown, "{error}");
    assert!(error.to_string().contains("call sent, outcome unknown: "), "{error}");
    server.await.unwrap();
}

/// Fails before it calls anybody.
#[derive(Clone)]
struct Refused;

struct Refuse;

impl<S> Layer<S> for Refuse {
    type Service = Refused;

    fn layer(self, _: S) -> Refused {
        Refused
    }
}

impl<Req: Send> Service<ClientContext, Req> for Refused {
    type Response = Option<volplane_generated::api::EchoResponseRecv>;
    type Error = ClientError;

    async fn call(&self, _: &mut ClientContext, _: Req) -> Result<Self::Response, ClientError> {
        Err(std::io::Error::other("refused").into())
    }
}

#[tokio::test]
async fn an_inner_layer_that_fails_is_not_taken_for_a_lack_of_addresses() {
    let (_bound, address) = nobody();
    let builder = EchoClientBuilder::new("example").discover(known([address]));
    let client = builder.connect_with(StdNet::new()).layer_inner_front(Refuse).build();
    let error = client.echo(request("hello")).await.expect_err("the layer refuses");
    assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{error}");
    assert!(error.to_string().ends_with("no call got through a layer around the connection"), "{error}");
}

/// Never gets anywhere.
struct Nowhere;

impl motore::service::UnaryService<volo::net::Address> for Nowhere {
    type Response = tokio::io::DuplexStream;
    type Error = volplane_transport::ConnectError;

    async fn call(&self, _: volo::net::Address) -> Result<Self::Response, Self::Error> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_names_no_address_that_nobody_connects_to() {
    let client = crate::support::client!(Nowhere);
    let error = client.echo(request("hello")).await.unwrap_err().to_string();
    assert!(error.contains("no connection to the peer within 5s"), "{error}");
}
