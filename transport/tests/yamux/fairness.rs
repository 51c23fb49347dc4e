//! Small calls beside a large one on a slow link.

use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{ConnectError, ConnectWith, Connection, StdNet, Yamux};

use crate::support::slow_link::slow_link;
use crate::support::{EchoHandler, Server, echo};

const CALLERS: usize = 20;
const SMALL: usize = 100;
const BULK: usize = 8 * 1024 * 1024;

/// Bytes per second.
const RATE: usize = 4_000_000;

/// The 99th percentile of the calls of [`CALLERS`] callers in `time`.
async fn p99(client: &EchoClient, time: Duration) -> Duration {
    let end = Instant::now() + time;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < end {
                let began = Instant::now();
                echo(&client, "x".repeat(SMALL)).await;
                took.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            took
        });
    }
    let mut took = callers.join_all().await.concat();
    took.sort();
    took[took.len() * 99 / 100]
}

/// The 99th percentile alone, the same beside messages of [`BULK`], and how long one of those takes there and back.
async fn measure(client: &EchoClient) -> (Duration, Duration, Duration) {
    let alone = p99(client, Duration::from_secs(5)).await;
    let bulk = tokio::spawn({
        let client = client.clone();
        async move {
            let began = Instant::now();
            for _ in 0..3 {
                echo(&client, "x".repeat(BULK)).await;
            }
            began.elapsed() / 3
        }
    });
    let beside = p99(client, Duration::from_secs(10)).await;
    let each = bulk.await.unwrap();
    // What the ignored measurement is for.
    #[allow(clippy::print_stdout)]
    {
        println!("p99 alone {alone:?}, beside {beside:?}; a message of 8 MiB there and back: {each:?}");
    }
    (alone, beside, each)
}

fn client<C>(connector: C) -> EchoClient
where
    C: UnaryService<Address> + Send + Sync + 'static,
    C::Response: Connection,
    C::Error: Into<ConnectError> + Send,
{
    EchoClientBuilder::new("example").rpc_timeout(None).connect_with(Yamux::over(connector)).build()
}

/// Works for 5 ms, as the link itself takes no time.
struct Working;

impl Echo for Working {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(Response { message: request.message })
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_small_callers_wait_at_most_five_times_as_long_beside_8_mib_messages() {
    let (memory, listener, link, _carrying) = slow_link(RATE);
    let _server = Server::start(Yamux::listen(listener).into_streams(), Working);
    let (alone, beside, each) = measure(&client(memory)).await;
    assert_eq!(link.connections(), 1);
    assert!(beside <= alone * 5, "{beside:?} beside a large message, {alone:?} alone");
    // There and back at 4 MB/s: 4.2 s.
    assert!(each < Duration::from_millis(5200), "{each:?}");
}

/// The same over TCP, with the system's buffers and clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; takes 15 s of an idle machine"]
async fn measured_over_tcp() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let behind = listener.local_addr();
    let _server = Server::start(Yamux::listen(listener).into_streams(), EchoHandler);
    let relay = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = relay.local_addr().unwrap().to_string();
    let mut relaying = JoinSet::new();
    relaying.spawn(async move {
        let (near, _) = relay.accept().await.unwrap();
        let far = TcpStream::connect(behind).await.unwrap();
        near.set_nodelay(true).unwrap();
        far.set_nodelay(true).unwrap();
        let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
        tokio::join!(carry(near_read, far_write), carry(far_read, near_write));
    });
    measure(&client(StdNet::to(address))).await;
}

/// What a fast link carries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; takes 10 s of an idle machine"]
#[allow(clippy::print_stdout)] // its result
async fn measured_over_loopback() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let client = client(StdNet::to(listener.local_addr().to_string()));
    let _server = Server::start(Yamux::listen(listener).into_streams(), EchoHandler);
    for (callers, size) in [(64, 64), (16, 64 * 1024), (2, BULK)] {
        let end = Instant::now() + Duration::from_secs(3);
        let mut running = JoinSet::new();
        for _ in 0..callers {
            let client = client.clone();
            running.spawn(async move {
                let mut calls = 0_u64;
                while Instant::now() < end {
                    echo(&client, "x".repeat(size)).await;
                    calls += 1;
                }
                calls
            });
        }
        let calls: u64 = running.join_all().await.iter().sum();
        println!("{callers} callers, {size} bytes: {} calls/s", calls / 3);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let mut part = vec![0; RATE / 1000];
    let mut until = Instant::now();
    while let Ok(count @ 1..) = from.read(&mut part).await {
        to.write_all(&part[..count]).await.unwrap();
        // As long as the link takes for so many bytes.
        until = until.max(Instant::now()) + Duration::from_secs_f64(count as f64 / RATE as f64);
        tokio::time::sleep_until(until).await;
    }
}
