//! Which connections are kept between calls, and for how long.

use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use volo::net::Address;
use volplane_generated::api::{EchoClient, EchoClientBuilder};
use volplane_transport::{Channel, ClientOptions, ConnectError, ConnectWith, Listener, Memory, MemoryListener};

use crate::support::raw::{read_message, reply, seq_id};
use crate::support::{EchoHandler, PATIENCE, Server, echo, within};

/// A client over memory, and the other end of its connections.
fn over_memory(options: ClientOptions) -> (EchoClient, Channel<Memory>, MemoryListener) {
    let (memory, listener) = Memory::pair();
    let channel = Channel::new(memory).with_options(options);
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel, listener)
}

/// Answers one call on a new connection, and yields the connection.
async fn answer_one(listener: &mut MemoryListener) -> DuplexStream {
    let (mut far, _) = listener.accept().await.unwrap();
    answer_next(&mut far).await;
    far
}

async fn answer_next(far: &mut DuplexStream) {
    let call = read_message(far).await;
    far.write_all(&reply(seq_id(&call), "answered")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed_when_their_time_is_up() {
    for idle_timeout in [Duration::from_secs(30), Duration::from_millis(100)] {
        let options = ClientOptions::default().with_idle_timeout(idle_timeout);
        let (client, channel, mut listener) = over_memory(options);
        let (_, mut far) = within(async { tokio::join!(echo(&client, "one"), answer_one(&mut listener)) }).await;
        let began = Instant::now();
        assert_eq!(within(far.read(&mut [0; 1])).await.unwrap(), 0, "the client closes it");
        let took = began.elapsed();
        assert!(took >= idle_timeout && took <= idle_timeout.mul_f32(1.6), "{took:?} for {idle_timeout:?}");
        assert_eq!(channel.stats().idle, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_in_use_is_not_closed_however_old_it_is() {
    let (client, channel, mut listener) = over_memory(ClientOptions::default());
    let (_, mut far) = within(async { tokio::join!(echo(&client, "one"), answer_one(&mut listener)) }).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(20)).await;
        within(async { tokio::join!(echo(&client, "again"), answer_next(&mut far)) }).await;
    }
    assert_eq!((channel.stats().opened, channel.stats().reused), (1, 20));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_max_idle_are_kept() {
    let (client, channel, mut listener) = over_memory(ClientOptions::default().with_max_idle(2));
    let calls = async { tokio::join!(echo(&client, "1"), echo(&client, "2"), echo(&client, "3")) };
    let answers = async {
        let far = [listener.accept().await, listener.accept().await, listener.accept().await];
        for (mut far, _) in far.into_iter().flatten() {
            answer_next(&mut far).await;
        }
    };
    within(async { tokio::join!(calls, answers) }).await;
    assert_eq!((channel.stats().opened, channel.stats().idle), (3, 2));
}

#[test]
fn idle_connections_are_closed_also_when_the_first_runtime_has_gone() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let first = runtime();
    let (client, channel, mut listener, mut far) = first.block_on(async {
        let (client, channel, mut listener) = over_memory(ClientOptions::default());
        let (_, far) = within(async { tokio::join!(echo(&client, "one"), answer_one(&mut listener)) }).await;
        (client, channel, listener, far)
    });
    drop(first);
    assert_eq!(channel.stats().idle, 1);
    runtime().block_on(async {
        within(async { tokio::join!(echo(&client, "two"), answer_next(&mut far)) }).await;
        assert_eq!(channel.stats().opened, 1, "a pipe belongs to no runtime");
        assert_eq!(within(far.read(&mut [0; 1])).await.unwrap(), 0, "the client closes it");
        // The caretaker of this runtime has ended with the last idle connection, and starts again with the next.
        let (_, mut far) = within(async { tokio::join!(echo(&client, "three"), answer_one(&mut listener)) }).await;
        assert_eq!(within(far.read(&mut [0; 1])).await.unwrap(), 0, "the client closes this one too");
    });
}

/// Takes a second to connect.
struct Slow(Memory);

impl UnaryService<Address> for Slow {
    type Response = DuplexStream;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<DuplexStream, ConnectError> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.0.call(address).await
    }
}

#[tokio::test(start_paused = true)]
async fn callers_open_no_more_connections_than_they_are_however_slow_a_handshake_is() {
    const CALLERS: u64 = 8;
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener, EchoHandler);
    let channel = Channel::new(Slow(memory));
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(channel.clone()).build();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move {
            for call in 0..50 {
                echo(&client, format!("{caller}/{call}")).await;
            }
        });
    }
    callers.join_all().await;
    assert!(channel.stats().opened <= CALLERS, "{:?}", channel.stats());
    server.handle.stop();
}
