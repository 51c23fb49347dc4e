//! A server that stops: what runs ends well, what is idle or half sent holds nobody up, and all of it takes no longer
//! than the drain time. What every transport has to do beside it is in `calls.rs`.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{BoxConnection, Memory, SecondSignal, ServeOptions, Served, ServerHandle, StdNet, serve};

use crate::support::bytes::{CALL, framed_call, header_call, message, read_answer, until_the_end};
use crate::support::{EchoHandler, Server, Transport, certificates, echo, every_transport, pair_with, within};

/// Answers when it is let to.
#[derive(Clone)]
struct Held {
    arrived: Arc<Semaphore>,
    let_go: Arc<Semaphore>,
}

impl Held {
    fn new() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), let_go: Arc::new(Semaphore::new(0)) }
    }

    async fn arrival(&self) {
        within(self.arrived.acquire()).await.unwrap().forget();
    }
}

impl Echo for Held {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.arrived.add_permits(1);
        self.let_go.acquire().await.unwrap().forget();
        Ok(Response { message: request.message })
    }
}

fn options(drain: Duration) -> ServeOptions {
    ServeOptions::default().with_drain_timeout(drain)
}

/// A server in memory and a way to it.
fn in_memory<H: Echo + Send + Sync + 'static>(handler: H, drain: Duration) -> (Server, Memory) {
    let (connector, listener) = Memory::pair();
    (Server::start_with(listener, handler, options(drain)), connector)
}

async fn connect(connector: &Memory) -> DuplexStream {
    connector.call(Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap()
}

/// A connection of `transport` to `server`, to send bytes on.
async fn connection(transport: Transport, server: &Server) -> BoxConnection {
    let is_yamux = matches!(transport, Transport::Yamux | Transport::YamuxWebSocket | Transport::Boxed);
    let connector = server.endpoint.clone().with_yamux(is_yamux).connector_with(certificates::connecting()).unwrap();
    connector.call(Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap()
}

/// A TCP connection to `server`.
async fn connection_below(server: &Server) -> BoxConnection {
    Box::new(TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap())
}

every_transport! {
    async fn a_call_sent_in_half_holds_the_drain_up_for_half_of_the_drain_time(transport: Transport) {
        let drain = Duration::from_secs(2);
        if transport == Transport::Memory {
            return; // on a simulated clock, below
        }
        let (server, client) = pair_with(transport, EchoHandler, options(drain)).await;
        echo(&client, "leaves an idle connection").await;
        let (mut half, call) = match transport {
            Transport::Http => (connection_below(&server).await, crate::support::bytes::post(&message(CALL, "echo", "half"))),
            _ => (connection(transport, &server).await, header_call("half")),
        };
        half.write_all(&call[..call.len() / 2]).await.unwrap();
        half.flush().await.unwrap();
        // The half is at the server: it answers what was sent later.
        echo(&client, "later").await;
        // Not in use any more before the drain time is over.
        assert_eq!(server.stop().await.cut_off, 0, "{transport:?}");
        drop(client);
    }
}

every_transport! {
    async fn a_call_that_does_not_end_is_cut_off_when_the_drain_time_is_over(transport: Transport) {
        let drain = Duration::from_secs(1);
        let handler = Held::new();
        let (server, client) = pair_with(transport, handler.clone(), options(drain)).await;
        let call = tokio::spawn(async move { client.echo(crate::support::request("never")).await });
        handler.arrival().await;
        let since = Instant::now();
        let served = server.stop().await;
        let took = since.elapsed();
        assert_eq!(served.cut_off, 1, "{transport:?}");
        assert!(took >= drain, "{transport:?}: {took:?}");
        within(call).await.unwrap().expect_err("the call is cut off");
    }
}

every_transport! {
    async fn stop_now_cuts_running_calls_off_at_once(transport: Transport) {
        let handler = Held::new();
        let (server, client) = pair_with(transport, handler.clone(), options(Duration::from_secs(600))).await;
        let call = tokio::spawn(async move { client.echo(crate::support::request("never")).await });
        handler.arrival().await;
        // Also when it already waits for the call.
        server.handle.stop();
        sleep(Duration::from_millis(10)).await;
        assert!(!server.has_ended(), "{transport:?}");
        server.handle.stop_now();
        assert_eq!(server.ended().await.cut_off, 1, "{transport:?}");
        within(call).await.unwrap().expect_err("the call is cut off");
    }
}

#[tokio::test(start_paused = true)]
async fn the_whole_drain_takes_no_longer_than_the_drain_time() {
    let drain = Duration::from_secs(10);
    let handler = Held::new();
    let (server, connector) = in_memory(handler.clone(), drain);
    let mut running = connect(&connector).await;
    running.write_all(&header_call("never")).await.unwrap();
    handler.arrival().await;
    let mut half = connect(&connector).await;
    half.write_all(&header_call("half")[..20]).await.unwrap();
    let mut idle = connect(&connector).await;
    sleep(Duration::from_millis(1)).await;
    server.handle.stop();
    let since = Instant::now();
    let (idle_for, half_for, served) = tokio::join!(until_the_end(&mut idle), until_the_end(&mut half), server.ended());
    assert!(idle_for <= Duration::from_millis(400), "an idle connection ends soon: {idle_for:?}");
    let soon = Duration::from_millis(100);
    assert!((drain / 2 - soon..=drain / 2 + soon).contains(&half_for), "{half_for:?}");
    assert!((drain..drain + soon).contains(&since.elapsed()), "{:?}", since.elapsed());
    assert_eq!(served.cut_off, 1);
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_call_that_comes_in_time_is_answered() {
    let (server, connector) = in_memory(EchoHandler, Duration::from_secs(10));
    let mut io = connect(&connector).await;
    let call = header_call("in two parts");
    io.write_all(&call[..20]).await.unwrap();
    sleep(Duration::from_millis(1)).await;
    server.handle.stop();
    sleep(Duration::from_secs(4)).await;
    io.write_all(&call[20..]).await.unwrap();
    let answer = read_answer(&mut io).await.expect("an answer");
    assert_eq!((answer.text.as_str(), answer.says_goodbye()), ("in two parts", true));
    assert_eq!(server.ended().await.cut_off, 0);
}

/// Says twice, by hand, that the server is to stop.
struct Twice(oneshot::Receiver<()>);

impl SecondSignal for Twice {
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.0.await.unwrap() })
    }
}

/// A server with a call that never ends, and the two signals that stop it.
struct Busy {
    handle: ServerHandle,
    server: JoinHandle<Served>,
    first: Arc<Notify>,
    again: oneshot::Sender<()>,
    /// The caller's end.
    _io: DuplexStream,
}

impl Busy {
    async fn start() -> Self {
        let handler = Held::new();
        let (connector, listener) = Memory::pair();
        let (first, (again, second)) = (Arc::new(Notify::new()), oneshot::channel());
        let told = Arc::clone(&first);
        let server = serve(listener, EchoServer::from_handler(handler.clone()))
            .with_options(options(Duration::from_secs(600)))
            .with_graceful_shutdown(async move {
                told.notified().await;
                Twice(second)
            });
        let handle = server.handle();
        let server = tokio::spawn(server.into_future());
        let mut io = connect(&connector).await;
        io.write_all(&header_call("never")).await.unwrap();
        handler.arrival().await;
        Self { handle, server, first, again, _io: io }
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_ends_the_server_at_once() {
    let Busy { handle, server, first, again, _io } = Busy::start().await;
    first.notify_one();
    sleep(Duration::from_secs(60)).await;
    assert!(handle.is_stopping() && !server.is_finished(), "it waits for the call");
    again.send(()).unwrap();
    let since = Instant::now();
    assert_eq!(within(server).await.unwrap().cut_off, 1);
    assert!(since.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_ends_also_a_server_that_its_handle_has_stopped() {
    let Busy { handle, server, first, again, _io } = Busy::start().await;
    handle.stop();
    sleep(Duration::from_secs(60)).await;
    first.notify_one();
    sleep(Duration::from_secs(60)).await;
    assert!(!server.is_finished(), "the first signal asks for no more than the handle");
    again.send(()).unwrap();
    let since = Instant::now();
    assert_eq!(within(server).await.unwrap().cut_off, 1);
    assert!(since.elapsed() < Duration::from_millis(10));
}

#[tokio::test]
async fn an_answer_with_a_header_says_that_the_connection_ends_behind_it() {
    let handler = Held::new();
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start_with(listener, handler.clone(), options(Duration::from_secs(30)));
    let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    io.write_all(&header_call("before")).await.unwrap();
    handler.let_go.add_permits(1);
    let answer = within(read_answer(&mut io)).await.expect("an answer");
    assert_eq!((answer.text.as_str(), answer.says_goodbye()), ("before", false));
    handler.arrival().await;
    io.write_all(&header_call("running")).await.unwrap();
    handler.arrival().await;
    server.handle.stop();
    sleep(Duration::from_millis(300)).await;
    handler.let_go.add_permits(1);
    let answer = within(read_answer(&mut io)).await.expect("an answer");
    assert_eq!((answer.text.as_str(), answer.says_goodbye()), ("running", true));
    assert!(within(read_answer(&mut io)).await.is_none(), "the end of the connection");
    assert_eq!(server.ended().await.cut_off, 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_arrives_right_after_the_stop_is_answered() {
    for (has_header, call) in [(true, header_call as fn(&str) -> Vec<u8>), (false, framed_call)] {
        for delay in [0, 1, 100, 200] {
            let (server, connector) = in_memory(EchoHandler, Duration::from_secs(30));
            let mut io = connect(&connector).await;
            io.write_all(&call("one")).await.unwrap();
            assert_eq!(read_answer(&mut io).await.expect("an answer").text, "one");
            server.handle.stop();
            sleep(Duration::from_millis(delay)).await;
            io.write_all(&call("two")).await.unwrap();
            let answer = read_answer(&mut io).await.expect("an answer");
            assert_eq!(answer.text, "two", "{delay} ms after the stop");
            // Peers are told once the server has closed its listener, so that they do not come back to it.
            let listener_is_closed = delay >= 100;
            assert_eq!(answer.says_goodbye(), has_header && listener_is_closed, "{delay} ms after the stop");
            let took = until_the_end(&mut io).await;
            // A peer that is not told has the time that it would have had without the call.
            let soon = if answer.says_goodbye() { 1 } else { 300 - delay };
            assert!(took <= Duration::from_millis(soon), "{delay} ms after the stop: {took:?}");
            assert_eq!(server.ended().await.cut_off, 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_calls_without_pause_does_not_keep_a_stopping_server() {
    let (server, connector) = in_memory(EchoHandler, Duration::from_secs(30));
    let mut io = connect(&connector).await;
    server.handle.stop();
    let since = Instant::now();
    // Framed answers cannot say that the connection ends.
    while io.write_all(&framed_call("again")).await.is_ok() {
        if read_answer(&mut io).await.is_none() {
            break;
        }
        sleep(Duration::from_millis(1)).await;
    }
    server.ended().await;
    assert!(since.elapsed() <= Duration::from_secs(30), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_server_that_was_stopped_before_it_ran_ends_at_once() {
    let (_connector, listener) = Memory::pair();
    let server = serve(listener, EchoServer::from_handler(EchoHandler));
    server.handle().stop();
    let served = within(server.into_future()).await;
    assert_eq!((served.connections, served.cut_off), (0, 0));
}
