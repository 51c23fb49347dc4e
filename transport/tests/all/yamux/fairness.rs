//! Small calls beside a large one on a slow link. `benches/src/fairness.rs` measures the same over TCP.

use std::time::Duration;

use motore::service::UnaryService;
use tokio::task::JoinSet;
use tokio::time::Instant;
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{ConnectError, ConnectWith, Connection, Yamux};

use crate::support::slow_link::slow_link;
use crate::support::{Server, echo};

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
