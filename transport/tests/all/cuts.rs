//! A connection that is cut after any number of bytes: every call ends with a result or a typed error, nothing is executed
//! that was reported as never sent, nothing leaks, and the next call works.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio::time::Instant;
use volo_thrift::{ClientError, ServerError};
use volplane_generated::api::{Echo, EchoClient, Request, Response};
use volplane_transport::{Delivery, Endpoint, ServeOptions};

use crate::support::own_process::run_in_own_process;
use crate::support::relay::{Fault, Relay, Toward};
use crate::support::{PATIENCE, Transport, address, client_of, echo, request, server_at, within};

/// Counts the calls that it executes.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Echo for Counting {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Response { message: request.message })
    }
}

/// What a process has open: tasks of this runtime, and descriptors where the system lists them.
fn resources() -> (usize, usize) {
    let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    (Handle::current().metrics().num_alive_tasks(), descriptors)
}

/// Waits until no more is open than `before`.
async fn until_released(before: (usize, usize)) {
    let since = Instant::now();
    loop {
        let now = resources();
        if now.0 <= before.0 && now.1 <= before.1 {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "leaked: {before:?} tasks and descriptors before, {now:?} now");
        // Nothing tells of the last task that has ended.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[derive(Debug, Default)]
struct Outcomes {
    answered: usize,
    never_sent: usize,
    unknown: usize,
}

impl Outcomes {
    async fn call(&mut self, client: &EchoClient) -> bool {
        let since = Instant::now();
        let outcome = within(client.echo(request("hello"))).await;
        assert!(since.elapsed() < PATIENCE / 2, "noticed by the timeout only");
        let error = match outcome {
            Ok(response) => {
                assert_eq!(response.message.as_deref(), Some("hello"));
                self.answered += 1;
                return true;
            }
            Err(error) => error,
        };
        assert!(matches!(error, ClientError::Transport(_)), "{error:?}");
        match Delivery::of(&error) {
            Delivery::NeverSent => self.never_sent += 1,
            Delivery::Unknown => self.unknown += 1,
            other => panic!("{other:?}: {error}"),
        }
        false
    }
}

/// How many servers share the offsets: most of the time a client waits before it tries again.
const LANES: u64 = 6;

async fn cut_everywhere(transport: Transport, toward: Toward) {
    let before = resources();
    join_all((0..LANES).map(|lane| cut_at_each(transport, toward, lane))).await;
    until_released(before).await;
}

/// Cuts at every [`LANES`]th offset, beginning with `lane`.
async fn cut_at_each(transport: Transport, toward: Toward, lane: u64) {
    let handler = Counting::default();
    let server = server_at(transport, &address(transport), handler.clone(), ServeOptions::default()).await;
    let (relay, here) = Relay::tcp(server.endpoint.authority().unwrap()).await;
    let port = here.rsplit_once(':').unwrap().1.to_owned();
    let text = server.endpoint.to_string().replace(&server.endpoint.port().unwrap().to_string(), &port);
    let through: Endpoint = text.parse().unwrap();

    let client = client_of(transport, &through);
    within(echo(&client, "hello")).await;
    drop(client);
    let length = relay.carried(toward);
    let mut outcomes = Outcomes { answered: 1, ..Outcomes::default() };
    let offsets = (lane..length).step_by(LANES as usize);
    let cuts = offsets.clone().count();
    for cut_at in offsets {
        relay.set(toward, Fault { cut_at: Some(cut_at), ..Fault::default() });
        let client = client_of(transport, &through);
        let answered = outcomes.call(&client).await;
        relay.clear();
        // If the first one was answered, the cut came after the answer, and may be noticed by the second call.
        let next = outcomes.call(&client).await || (answered && outcomes.call(&client).await);
        assert!(next, "cut at {cut_at} of {length}: the next call fails");
    }
    let since = Instant::now();
    while relay.open() > 0 {
        assert!(since.elapsed() < PATIENCE, "connections are left");
        // Nothing tells of the last one that has ended.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let failed = outcomes.never_sent + outcomes.unknown;
    assert!(failed > cuts / 2, "{failed} of {cuts} cuts were felt");
    let executed = handler.0.load(Ordering::Relaxed);
    assert!(executed <= outcomes.answered + outcomes.unknown, "{executed} executed, {outcomes:?}");
    assert!(outcomes.answered <= executed, "{executed} executed, {outcomes:?}");
    drop(relay);
    server.stop().await;
}

macro_rules! every_socket {
    ($($name:ident = $transport:ident,)*) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn toward_the_server() {
                    run_in_own_process!();
                    cut_everywhere(Transport::$transport, Toward::Server).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn toward_the_client() {
                    run_in_own_process!();
                    cut_everywhere(Transport::$transport, Toward::Client).await;
                }
            }
        )*
    };
}

every_socket! {
    stdnet = StdNet,
    websocket = WebSocket,
    yamux = Yamux,
    yamux_websocket = YamuxWebSocket,
}
