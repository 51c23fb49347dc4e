//! Connections that are of no use any more: none of them gets a call.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::{Barrier, Notify};
use tokio::task::JoinSet;
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{
    Channel, ClientOptions, ConnectError, ConnectWith, Connection, Listener, Memory, MemoryListener, StdNet,
};

use crate::support::raw::{read_message, reply, seq_id};
use crate::support::{EchoHandler, PATIENCE, Server, client_and_channel, echo, request, within};

/// A client over memory, and the other end of its connections.
fn over_memory(options: ClientOptions) -> (EchoClient, Channel<Memory>, MemoryListener) {
    let (memory, listener) = Memory::pair();
    let channel = Channel::new(memory).with_options(options);
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel, listener)
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_not_used_again() {
    let first = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let address = first.endpoint.clone();
    let (client, channel) = client_and_channel(&address);
    echo(&client, "one").await;
    assert_eq!((channel.stats().opened, channel.stats().idle), (1, 1));
    first.stop().await;
    let second = Server::start(StdNet::bind(address).await.unwrap(), EchoHandler);
    echo(&client, "two").await;
    echo(&client, "three").await;
    let stats = channel.stats();
    assert_eq!((stats.opened, stats.reused, stats.idle), (2, 1, 1));
    second.stop().await;
}

/// What comes behind the answer to a first call belongs to nobody; the second call gets a connection of its own.
async fn second_call_goes_elsewhere(with_the_answer: impl Fn(&[u8]) -> Vec<u8>, later: &[u8]) {
    let (client, channel, mut listener) = over_memory(ClientOptions::default());
    let first = async {
        let (mut far, _) = listener.accept().await.unwrap();
        let call = read_message(&mut far).await;
        let answer = reply(seq_id(&call), "first");
        far.write_all(&[&answer[..], &with_the_answer(&answer)].concat()).await.unwrap();
        far
    };
    let (answer, mut far) = within(async { tokio::join!(echo(&client, "one"), first) }).await;
    assert_eq!(answer, "first");
    assert_eq!(channel.stats().idle, usize::from(!later.is_empty()));
    // The client may have closed it.
    far.write_all(later).await.ok();
    let second = async {
        tokio::join!(echo(&client, "two"), async {
            let (mut far, _) = listener.accept().await.unwrap();
            let call = read_message(&mut far).await;
            far.write_all(&reply(seq_id(&call), "second")).await.unwrap();
        })
    };
    assert_eq!(within(second).await.0, "second");
    assert_eq!((channel.stats().opened, channel.stats().reused), (2, 0));
}

#[tokio::test]
async fn a_second_answer_in_one_segment_ends_the_connection() {
    second_call_goes_elsewhere(<[u8]>::to_vec, b"").await;
}

#[tokio::test]
async fn a_byte_behind_the_answer_ends_the_connection() {
    second_call_goes_elsewhere(|_| b"?".to_vec(), b"").await;
}

#[tokio::test]
async fn a_byte_that_comes_while_it_is_idle_ends_the_connection() {
    second_call_goes_elsewhere(|_| Vec::new(), b"?").await;
}

/// What all connections of a client know.
#[derive(Default)]
struct Shared {
    may_not_be_used_again: AtomicBool,
    /// The server has gone: a call fails, and a look shows nothing until the runtime has asked the system.
    gone: AtomicBool,
    asked: AtomicBool,
    failed: Notify,
}

struct Knowing {
    io: DuplexStream,
    shared: Arc<Shared>,
    in_call: bool,
}

impl Connection for Knowing {
    fn is_reusable(&self) -> bool {
        !self.shared.may_not_be_used_again.load(Ordering::Relaxed)
    }
}

impl AsyncRead for Knowing {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if !self.shared.gone.load(Ordering::Relaxed) {
            let read = Pin::new(&mut self.io).poll_read(cx, buf);
            self.in_call &= read.is_pending();
            return read;
        }
        if self.in_call || self.shared.asked.load(Ordering::Relaxed) {
            self.shared.failed.notify_one();
            return Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Knowing {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        self.in_call = true;
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

struct KnowingConnector {
    memory: Memory,
    shared: Arc<Shared>,
}

impl UnaryService<Address> for KnowingConnector {
    type Response = Knowing;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<Knowing, ConnectError> {
        let io = self.memory.call(address).await?;
        // Those made from now on reach a server that is there.
        let shared = if self.shared.gone.load(Ordering::Relaxed) { Arc::default() } else { Arc::clone(&self.shared) };
        Ok(Knowing { io, shared, in_call: false })
    }
}

fn knowing<H: Echo + Send + Sync + 'static>(handler: H) -> (EchoClient, Channel<KnowingConnector>, Arc<Shared>) {
    let (memory, listener) = Memory::pair();
    Server::start(listener, handler);
    let shared = Arc::<Shared>::default();
    let channel = Channel::new(KnowingConnector { memory, shared: Arc::clone(&shared) });
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel, shared)
}

#[tokio::test]
async fn a_connection_that_may_not_be_used_again_is_not_kept_and_gets_no_call() {
    let (client, channel, shared) = knowing(EchoHandler);
    shared.may_not_be_used_again.store(true, Ordering::Relaxed);
    echo(&client, "one").await;
    assert_eq!((channel.stats().opened, channel.stats().idle), (1, 0), "not kept");
    shared.may_not_be_used_again.store(false, Ordering::Relaxed);
    echo(&client, "two").await;
    echo(&client, "three").await;
    assert_eq!((channel.stats().opened, channel.stats().idle), (2, 1), "kept");
    // It lies idle when it learns that it may carry no more calls.
    shared.may_not_be_used_again.store(true, Ordering::Relaxed);
    echo(&client, "four").await;
    assert_eq!((channel.stats().opened, channel.stats().reused), (3, 1), "no call for it");
}

#[tokio::test]
async fn when_one_connection_has_broken_the_runtime_is_asked_before_its_siblings_are_used() {
    const IDLE: usize = 40;
    // Only the first calls wait for each other.
    let (client, channel, shared) = knowing(Together::first(IDLE));
    fill(&client, IDLE).await;
    assert_eq!(channel.stats().idle, IDLE);
    // What the runtime's look at the system is to a socket. It runs when the caller yields, and not before.
    let asks = tokio::spawn({
        let shared = Arc::clone(&shared);
        async move {
            shared.failed.notified().await;
            shared.asked.store(true, Ordering::Relaxed);
        }
    });
    tokio::task::yield_now().await;
    shared.gone.store(true, Ordering::Relaxed);
    let mut failed = 0;
    for _ in 0..IDLE {
        failed += usize::from(within(client.echo(request("after"))).await.is_err());
    }
    assert_eq!(failed, 1, "one call finds it out");
    asks.await.unwrap();
}

/// Answers when as many calls are there as the barrier wants, and from then on at once.
struct Together {
    barrier: Barrier,
    left: AtomicUsize,
}

impl Together {
    fn first(calls: usize) -> Self {
        Self { barrier: Barrier::new(calls), left: AtomicUsize::new(calls) }
    }
}

impl Echo for Together {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if self.left.load(Ordering::Relaxed) > 0 {
            self.barrier.wait().await;
            self.left.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(Response { message: request.message })
    }
}

/// Makes as many calls at once, each on a connection of its own.
async fn fill(client: &EchoClient, calls: usize) {
    let mut running = JoinSet::new();
    for _ in 0..calls {
        let client = client.clone();
        running.spawn(async move { echo(&client, "one").await });
    }
    running.join_all().await;
}

#[tokio::test]
async fn however_many_idle_connections_have_died_none_of_them_gets_a_call() {
    const DEAD: usize = 200;
    let first = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Together::first(DEAD));
    let address = first.endpoint.clone();
    let (client, channel) = client_and_channel(&address);
    fill(&client, DEAD).await;
    assert_eq!(channel.stats().idle, DEAD);
    first.stop().await;
    let second = Server::start(StdNet::bind(address).await.unwrap(), EchoHandler);
    assert_eq!(echo(&client, "two").await, "two");
    assert_eq!(channel.stats().reused, 0);
    second.stop().await;
}

/// The client's runtime learns nothing while its server restarts, as one that is busy.
#[tokio::test]
async fn a_restart_that_goes_unnoticed_costs_one_call_at_most() {
    const IDLE: usize = 40;
    let (tell, told) = std::sync::mpsc::channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let first = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Together::first(IDLE));
            let address = first.endpoint.clone();
            tell.send(address.clone()).unwrap();
            wait.recv_timeout(PATIENCE).unwrap();
            first.stop().await;
            let second = Server::start(StdNet::bind(&address).await.unwrap(), EchoHandler);
            tell.send(address).unwrap();
            wait.recv_timeout(PATIENCE).unwrap();
            second.stop().await
        })
    });
    let (client, channel) = client_and_channel(told.recv_timeout(PATIENCE).unwrap());
    fill(&client, IDLE).await;
    assert_eq!(channel.stats().idle, IDLE);
    go_on.send(()).unwrap();
    // Blocks the runtime's only thread.
    told.recv_timeout(PATIENCE).unwrap();
    let mut failed = 0;
    for _ in 0..IDLE {
        failed += usize::from(within(client.echo(request("after"))).await.is_err());
    }
    assert!(failed <= 1, "{failed} calls failed");
    go_on.send(()).unwrap();
    server.join().unwrap();
}
