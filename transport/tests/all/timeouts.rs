//! What the error of a call says that took too long at the client: it is the client's own error, and not the server's.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use motore::layer::Layer;
use motore::service::{Service, UnaryService};
use pilota::thrift::{ApplicationException, ApplicationExceptionKind};
use tokio::io::{AsyncReadExt, DuplexStream};
use volo::context::{Role, RpcInfo};
use volo::net::Address;
use volo_thrift::client::CallOpt;
use volo_thrift::context::ClientContext;
use volo_thrift::{ClientError, ServerError};
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{Channel, ClientOptions, ConnectWith, Delivery, Hub, HubError, Memory};

use crate::support::repeat::Repeat;
use crate::support::{EchoHandler, Server, echo, request, within};

const SHORT: Duration = Duration::from_millis(300);
const UNKNOWN: &str = "call sent, outcome unknown: the call timed out after 300ms";
const NEVER_SENT: &str = "call not sent: the call timed out after 300ms, before it had a connection";

/// Connects never.
#[derive(Clone)]
struct Stuck;

impl UnaryService<Address> for Stuck {
    type Response = DuplexStream;
    type Error = std::io::Error;

    async fn call(&self, _: Address) -> std::io::Result<DuplexStream> {
        std::future::pending().await
    }
}

/// The error, its copy and their causes say that the call timed out, and never that the server has answered.
#[track_caller]
fn assert_timed_out(error: &ClientError, says: &str) {
    let delivery = if says.starts_with("call sent") { Delivery::Unknown } else { Delivery::NeverSent };
    for error in [error, &error.clone()] {
        let causes = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
        let shown: Vec<_> = causes.map(ToString::to_string).chain([format!("{error:?}")]).collect();
        assert!(shown[0].contains(says), "{says:?} in {}", shown[0]);
        assert!(shown.iter().all(|text| !text.contains("remote service") && !text.contains("[VOLO]")), "{shown:?}");
        assert_eq!(Delivery::of(error), delivery, "{error}");
        let ClientError::Transport(error) = error else { panic!("{error:?}") };
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    }
}

async fn failing(client: &EchoClient) -> ClientError {
    within(client.echo(request("hello"))).await.expect_err("nobody answers in time")
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_the_options_says_whether_the_call_was_sent() {
    let options = ClientOptions::default().with_call_timeout(Some(SHORT));
    // Connections are made, and nobody accepts them.
    let (memory, _listener) = Memory::pair();
    let channel = Channel::new(memory).with_options(options.clone());
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    let channel = Channel::new(Stuck).with_options(options);
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    assert_timed_out(&failing(&client).await, NEVER_SENT);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_volos_builder_says_whether_the_call_was_sent() {
    let (memory, _listener) = Memory::pair();
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(SHORT)).connect_with(memory).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(SHORT)).connect_with(Stuck).build();
    assert_timed_out(&failing(&client).await, NEVER_SENT);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_one_call_says_whether_it_was_sent() {
    let of_call = || {
        let mut opt = CallOpt::new();
        opt.config.set_rpc_timeout(Some(SHORT));
        opt
    };
    let (memory, _listener) = Memory::pair();
    let client = EchoClientBuilder::new("example").connect_with(memory).build();
    let error = within(client.with_callopt(of_call()).echo(request("hello"))).await.expect_err("too late");
    assert_timed_out(&error, UNKNOWN);
    let client = EchoClientBuilder::new("example").connect_with(Stuck).build();
    let error = within(client.with_callopt(of_call()).echo(request("hello"))).await.expect_err("too late");
    assert_timed_out(&error, NEVER_SENT);
}

#[tokio::test(start_paused = true)]
async fn a_connect_timeout_and_an_io_timeout_say_what_took_too_long() {
    let options = ClientOptions::default().with_connect_timeout(SHORT).with_io_timeout(Some(SHORT));
    let channel = Channel::new(Stuck).with_options(options.clone());
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    assert_timed_out(&failing(&client).await, "call not sent: no connection to the peer within 300ms");
    let (memory, _listener) = Memory::pair();
    let channel = Channel::new(memory).with_options(options);
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    assert_timed_out(
        &failing(&client).await,
        "call sent, outcome unknown: cannot read from the connection: reading made no progress for 300ms",
    );
}

/// Sleeps before each call, as a layer does that fetches a token.
#[derive(Clone)]
struct Before<S>(S);

struct SleepBefore;

impl<S> Layer<S> for SleepBefore {
    type Service = Before<S>;

    fn layer(self, inner: S) -> Before<S> {
        Before(inner)
    }
}

impl<Req: Send, S: Service<ClientContext, Req> + Send + Sync> Service<ClientContext, Req> for Before<S> {
    type Response = S::Response;
    type Error = S::Error;

    async fn call(&self, cx: &mut ClientContext, request: Req) -> Result<S::Response, S::Error> {
        tokio::time::sleep(SHORT / 3).await;
        self.0.call(cx, request).await
    }
}

#[tokio::test(start_paused = true)]
async fn an_inner_layer_that_takes_its_time_changes_nothing() {
    let (memory, _listener) = Memory::pair();
    let builder = || EchoClientBuilder::new("example").rpc_timeout(Some(SHORT));
    let client = builder().connect_with(memory).layer_inner_front(SleepBefore).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    let client = builder().connect_with(Stuck).layer_inner_front(SleepBefore).build();
    assert_timed_out(&failing(&client).await, NEVER_SENT);
}

/// Answers the first call after its time, and others with an exception that a timeout of its own has caused.
struct Relaying;

impl Echo for Relaying {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if request.message.as_deref() == Some("hello") {
            tokio::time::sleep(SHORT * 2).await;
        }
        let text = "[VOLO] thrift rpc call timeout, rpcinfo: of a call to another server";
        Err(ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, text).into())
    }
}

#[tokio::test(start_paused = true)]
async fn an_exception_of_the_server_stays_what_it_is() {
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener, Relaying);
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(SHORT)).connect_with(memory).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    let error = within(client.echo(request("another's"))).await.expect_err("an exception");
    assert!(matches!(error, ClientError::Application(_)), "{error}");
    assert_eq!(Delivery::of(&error), Delivery::Unknown, "{error}");
    drop(server);
}

/// Answers the first call with an exception, and others after their time.
#[derive(Default)]
struct OnceInTime(AtomicBool);

impl Echo for OnceInTime {
    async fn echo(&self, _: Request) -> Result<Response, ServerError> {
        if self.0.swap(true, Ordering::Relaxed) {
            tokio::time::sleep(SHORT * 2).await;
        }
        Err(ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, "first").into())
    }
}

#[tokio::test(start_paused = true)]
async fn an_outer_layer_that_repeats_a_call_learns_of_each_what_it_was() {
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener, OnceInTime::default());
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(SHORT));
    let client = builder.connect_with(memory).layer_outer_front(Repeat).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    drop(server);
}

/// Makes each call in a context of its own, as a layer does that makes two at once.
#[derive(Clone)]
struct Elsewhere<S>(S);

struct OwnContext;

impl<S> Layer<S> for OwnContext {
    type Service = Elsewhere<S>;

    fn layer(self, inner: S) -> Elsewhere<S> {
        Elsewhere(inner)
    }
}

impl<Req: Send, S: Service<ClientContext, Req> + Send + Sync> Service<ClientContext, Req> for Elsewhere<S> {
    type Response = S::Response;
    type Error = S::Error;

    async fn call(&self, cx: &mut ClientContext, request: Req) -> Result<S::Response, S::Error> {
        let callee = std::mem::take(cx.rpc_info.callee_mut());
        let (method, config) = (cx.rpc_info.method().clone(), *cx.rpc_info.config());
        let info = RpcInfo::new(Role::Client, method, Default::default(), callee, config);
        let mut own = ClientContext::new(cx.seq_id, info, cx.message_type);
        self.0.call(&mut own, request).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_in_a_context_of_a_layers_own_is_not_taken_for_one_that_was_not_sent() {
    let builder = || EchoClientBuilder::new("example").rpc_timeout(Some(SHORT));
    let (memory, _listener) = Memory::pair();
    let client = builder().connect_with(memory).layer_outer(OwnContext).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    let (memory, _listener) = Memory::pair();
    let client = builder().connect_with(memory).layer_inner_front(OwnContext).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
}

/// Connects once, to a server that reads the call and closes the connection, and is refused afterwards.
#[derive(Clone, Default)]
struct OnceAndNeverAgain(Arc<AtomicBool>);

impl UnaryService<Address> for OnceAndNeverAgain {
    type Response = DuplexStream;
    type Error = std::io::Error;

    async fn call(&self, _: Address) -> std::io::Result<DuplexStream> {
        if self.0.swap(true, Ordering::Relaxed) {
            return Err(std::io::ErrorKind::ConnectionRefused.into());
        }
        let (near, mut far) = tokio::io::duplex(1024);
        tokio::spawn(async move { far.read_u8().await });
        Ok(near)
    }
}

#[tokio::test]
async fn a_repeated_call_whose_first_attempt_was_sent_is_not_one_that_was_not_sent() {
    let connector = OnceAndNeverAgain::default();
    let client = EchoClientBuilder::new("example").connect_with(connector).layer_outer(Repeat).build();
    let error = failing(&client).await;
    assert_eq!(Delivery::of(&error), Delivery::Unknown, "{error}");
    let says = "the peer refused the connection: connection refused; an earlier attempt of this call was sent";
    assert!(error.to_string().ends_with(says), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_next_call_works() {
    let (memory, listener) = Memory::pair();
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(SHORT)).connect_with(memory).build();
    assert_timed_out(&failing(&client).await, UNKNOWN);
    let server = Server::start(listener, EchoHandler);
    assert_eq!(echo(&client, "again").await, "again");
    drop(client);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_through_a_hub_says_which_peer_took_too_long() {
    let hub = Hub::default();
    let (memory, _listener) = Memory::pair();
    let _registration = hub.join("a", EchoClientBuilder::new("example").connect_with(memory).build()).unwrap();
    let called = hub.call_within(SHORT, "a", |client| async move { client.echo(request("hello")).await }).await;
    let error = called.map(|_| ()).expect_err("nobody answers");
    assert!(matches!(error, HubError::TimedOut { .. }));
    let says = "the call to the peer \"a\" timed out after 300ms; the peer may have executed it";
    assert_eq!(error.to_string(), says);
}
