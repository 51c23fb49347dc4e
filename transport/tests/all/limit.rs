//! As many connections as a client may have, and no more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{Channel, ClientOptions, ConnectWith, Delivery, Memory, StdNet};

use crate::support::{PATIENCE, Server, echo, request};

/// Notes the calls in the order in which they come, and how many there are at once.
#[derive(Clone)]
struct Noting {
    messages: Arc<Mutex<Vec<String>>>,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    let_go: Arc<Semaphore>,
}

impl Noting {
    /// With room for as many calls before one waits.
    fn with_room_for(calls: usize) -> Self {
        Self {
            messages: Arc::default(),
            running: Arc::default(),
            most: Arc::default(),
            let_go: Arc::new(Semaphore::new(calls)),
        }
    }
}

impl Echo for Noting {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(running, Ordering::Relaxed);
        self.messages.lock().unwrap().push(request.message.clone().unwrap_or_default().to_string());
        self.let_go.acquire().await.unwrap().forget();
        self.running.fetch_sub(1, Ordering::Relaxed);
        Ok(Response { message: request.message })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_callers_share_sixteen_connections_and_none_fails() {
    const CALLERS: usize = 200;
    const CALLS: usize = 20;
    let handler = Noting::with_room_for(CALLERS * CALLS);
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), handler.clone());
    let options = ClientOptions::default().with_max_connections(16).with_wait_timeout(PATIENCE);
    let channel = Channel::new(StdNet::to(&server.endpoint)).with_options(options);
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(channel.clone()).build();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move {
            for call in 0..CALLS {
                let message = format!("{caller}/{call}");
                assert_eq!(echo(&client, message.clone()).await, message);
            }
        });
    }
    callers.join_all().await;
    assert!(handler.most.load(Ordering::Relaxed) <= 16);
    assert!(channel.stats().opened <= 16, "{:?}", channel.stats());
    let connections = server.stop().await.connections;
    assert!((2..=16).contains(&connections), "{connections} connections");
}

/// A client over memory that may have one connection, and its server's handler.
fn with_one_connection(wait_timeout: Duration) -> (EchoClient, Noting, Server) {
    let (memory, listener) = Memory::pair();
    let handler = Noting::with_room_for(0);
    let server = Server::start(listener, handler.clone());
    let options = ClientOptions::default().with_max_connections(1).with_wait_timeout(wait_timeout);
    let channel = Channel::new(memory).with_options(options);
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(channel).build();
    (client, handler, server)
}

/// Lets everything run that can.
async fn settle() {
    // On the paused clock this takes no time, and comes after all that does not wait for time.
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_waits_too_long_is_told_so() {
    let (client, handler, _server) = with_one_connection(Duration::from_secs(2));
    let first = tokio::spawn({
        let client = client.clone();
        async move { echo(&client, "first").await }
    });
    settle().await;
    let began = Instant::now();
    let error = client.echo(request("second")).await.expect_err("the only connection is in use");
    assert_eq!(began.elapsed().as_secs(), 2);
    assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("too many connections to") && text.contains("all 1 connections were in use for 2s"),
        "{text}"
    );
    handler.let_go.add_permits(2);
    assert_eq!(first.await.unwrap(), "first");
    assert_eq!(echo(&client, "third").await, "third");
    assert_eq!(*handler.messages.lock().unwrap(), ["first", "third"]);
}

#[tokio::test(start_paused = true)]
async fn callers_get_their_turn_in_the_order_in_which_they_came() {
    let (client, handler, _server) = with_one_connection(PATIENCE);
    let mut callers = Vec::new();
    for caller in 0..10 {
        let client = client.clone();
        callers.push(tokio::spawn(async move { echo(&client, format!("{caller}")).await }));
        settle().await;
    }
    // Given up in the middle of the queue.
    callers.remove(5).abort();
    handler.let_go.add_permits(10);
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(*handler.messages.lock().unwrap(), ["0", "1", "2", "3", "4", "6", "7", "8", "9"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_frees_its_place() {
    let (client, handler, server) = with_one_connection(PATIENCE);
    let first = tokio::spawn({
        let client = client.clone();
        async move { echo(&client, "first").await }
    });
    settle().await;
    first.abort();
    handler.let_go.add_permits(2);
    assert_eq!(echo(&client, "second").await, "second");
    drop(client);
    assert_eq!(server.stop().await.connections, 2, "the connection of the call that was given up is closed");
}

#[tokio::test(start_paused = true)]
async fn the_look_at_idle_connections_lets_no_more_be_made() {
    let (client, handler, server) = with_one_connection(PATIENCE);
    handler.let_go.add_permits(100);
    for _ in 0..20 {
        echo(&client, "now and then").await;
        // Longer than a round of looking, shorter than the time that a connection may lie idle.
        tokio::time::sleep(Duration::from_secs(12)).await;
    }
    drop(client);
    assert_eq!(server.stop().await.connections, 1);
}
