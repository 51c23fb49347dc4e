//! A host that vanishes while a client has many idle connections to it: few calls fail.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{Channel, ClientOptions, ConnectError, ConnectWith, Connection, Memory};

use crate::support::slow_link::slow_link;
use crate::support::{Server, echo, request};

const IDLE: usize = 40;

/// Takes long enough for all callers to have a connection of their own.
struct Slow;

impl Echo for Slow {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if request.message.as_deref() == Some("slow") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Response { message: request.message })
    }
}

/// Makes [`IDLE`] idle connections.
async fn fill(client: &EchoClient) {
    futures_util::future::join_all((0..IDLE).map(|_| echo(client, "slow"))).await;
}

/// How many calls fail in a row.
async fn failures(client: &EchoClient) -> usize {
    let mut failed = 0;
    while client.echo(request("anybody?")).await.is_err() {
        failed += 1;
    }
    failed
}

#[tokio::test(start_paused = true)]
async fn one_call_fails_by_its_timeout_and_not_one_for_each_connection() {
    for (rpc_timeout, io_timeout, call_timeout) in
        [(Some(1000), None, None), (None, Some(1000), None), (None, None, Some(300))]
    {
        let millis = |millis: Option<u64>| millis.map(Duration::from_millis);
        let (memory, listener, link, _carrying) = slow_link(10_000_000);
        let _server = Server::start(listener, Slow);
        let options =
            ClientOptions::default().with_io_timeout(millis(io_timeout)).with_call_timeout(millis(call_timeout));
        let channel = Channel::new(memory).with_options(options);
        let client =
            EchoClientBuilder::new("example").rpc_timeout(millis(rpc_timeout)).connect_through(channel.clone());
        let client = client.build();
        fill(&client).await;
        assert_eq!((channel.stats().idle, link.connections()), (IDLE, IDLE));
        link.cut();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(failures(&client).await, 1, "{rpc_timeout:?} {io_timeout:?} {call_timeout:?}");
        assert_eq!((channel.stats().idle, link.connections()), (1, IDLE + 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_early_closes_no_other_connection() {
    let (memory, listener, _link, _carrying) = slow_link(10_000_000);
    let _server = Server::start(listener, Slow);
    let channel = Channel::new(memory);
    let client = EchoClientBuilder::new("example").connect_through(channel.clone()).build();
    fill(&client).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    tokio::time::timeout(Duration::from_millis(50), client.echo(request("slow"))).await.expect_err("too slow");
    assert_eq!(channel.stats().idle, IDLE - 1);
}

/// Connections that the other end no longer knows, as after a restart of its host: each is reset when it is used.
#[derive(Clone)]
struct Forgotten {
    memory: Memory,
    /// Connections made before this number are forgotten.
    until: Arc<AtomicUsize>,
    made: Arc<AtomicUsize>,
}

struct ForgottenStream {
    io: DuplexStream,
    number: usize,
    until: Arc<AtomicUsize>,
    wrote: bool,
}

impl UnaryService<Address> for Forgotten {
    type Response = ForgottenStream;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<ForgottenStream, ConnectError> {
        let number = self.made.fetch_add(1, Ordering::SeqCst);
        let io = self.memory.call(address).await?;
        Ok(ForgottenStream { io, number, until: Arc::clone(&self.until), wrote: false })
    }
}

impl Connection for ForgottenStream {}

impl AsyncRead for ForgottenStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.wrote {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for ForgottenStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.wrote = self.number < self.until.load(Ordering::SeqCst);
        if self.wrote { Poll::Ready(Ok(buf.len())) } else { Pin::new(&mut self.io).poll_write(cx, buf) }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn two_calls_fail_by_a_reset_and_not_one_for_each_connection() {
    let (memory, listener) = Memory::pair();
    let _server = Server::start(listener, Slow);
    let connector = Forgotten { memory, until: Arc::default(), made: Arc::default() };
    let channel = Channel::new(connector.clone());
    let client = EchoClientBuilder::new("example").connect_through(channel.clone()).build();
    fill(&client).await;
    connector.until.store(IDLE, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(failures(&client).await, 2);
    assert_eq!(channel.stats().idle, 1);
}
