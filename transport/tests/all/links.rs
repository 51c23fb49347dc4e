//! Links that are slow, broken in one direction, or dead: each call ends at its deadline, and the next one works once the
//! link does. Over memory, so that the clock can be paused.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;
use volo_thrift::ClientError;
use volplane_generated::api::EchoClient;
use volplane_transport::Delivery;

use crate::support::link::{Link, Stack};
use crate::support::relay::{Fault, Toward};
use crate::support::{echo, request};

const DEADLINE: Duration = Duration::from_secs(3);

/// How long a link is dead in these tests: less than any keepalive takes to notice.
const A_WHILE: Duration = Duration::from_secs(8);

/// A call that fails, not later than at its deadline.
async fn fails(client: &EchoClient) -> ClientError {
    let since = Instant::now();
    let error = client.echo(request("hello")).await.map(drop).expect_err("nothing passes");
    assert!(since.elapsed() <= DEADLINE + Duration::from_millis(100), "{:?}: {error}", since.elapsed());
    assert_ne!(Delivery::of(&error), Delivery::Answered, "{error}");
    error
}

async fn a_slow_link_carries_a_large_message(stack: Stack) {
    let link = Link::new(stack);
    let client = link.client(Duration::from_secs(600));
    link.relay.set_both(Fault { bytes_per_second: Some(10_000), ..Fault::default() });
    let since = Instant::now();
    let large = "x".repeat(1_000_000);
    assert_eq!(echo(&client, large.clone()).await, large);
    let took = since.elapsed();
    assert!((200..300).contains(&took.as_secs()), "1 MB each way at 10 KB/s took {took:?}");
    assert_eq!((link.relay.opened(), echo(&client, "next").await.as_str()), (1, "next"), "one connection has done it");
}

async fn single_bytes_and_delays_change_nothing(stack: Stack) {
    let link = Link::new(stack);
    let client = link.client(Duration::from_secs(60));
    for fault in [
        Fault { single_bytes: true, ..Fault::default() },
        Fault { delay: Duration::from_millis(700), ..Fault::default() },
        Fault { delay: Duration::from_millis(7), single_bytes: true, ..Fault::default() },
    ] {
        link.relay.set_both(fault);
        let text = "x".repeat(20_000);
        assert_eq!(echo(&client, text.clone()).await, text, "{fault:?}");
    }
    assert_eq!(link.relay.opened(), 1);
}

async fn a_direction_that_goes_silent_ends_calls_at_their_deadline(stack: Stack) {
    for toward in [Toward::Server, Toward::Client] {
        let link = Link::new(stack);
        let client = link.client(DEADLINE);
        assert_eq!(echo(&client, "before").await, "before");
        link.relay.set(toward, Fault { silent: true, ..Fault::default() });
        fails(&client).await;
        fails(&client).await;
        link.relay.clear();
        assert_eq!(echo(&client, "after").await, "after", "{toward:?}");
    }
}

async fn a_dead_link_ends_calls_at_their_deadline_and_works_again(stack: Stack) {
    let link = Link::new(stack);
    let client = link.client(DEADLINE);
    // In the handshake, for stacks that have one.
    link.relay.set_both(Fault { silent: true, ..Fault::default() });
    fails(&client).await;
    link.relay.clear();
    assert_eq!(echo(&client, "before").await, "before");
    // On a connection that has worked. Many calls at once, none of them later than its deadline.
    link.relay.set_both(Fault { silent: true, ..Fault::default() });
    let since = Instant::now();
    let calls: Vec<_> =
        (0..20).map(|_| client.clone()).map(|client| tokio::spawn(async move { fails(&client).await })).collect();
    for call in calls {
        call.await.unwrap();
    }
    tokio::time::sleep(A_WHILE.saturating_sub(since.elapsed())).await;
    link.relay.clear();
    assert_eq!(echo(&client, "after").await, "after");
}

async fn what_a_dead_link_held_is_freed(stack: Stack) {
    let link = Link::new(stack);
    tokio::task::yield_now().await;
    let before = Handle::current().metrics().num_alive_tasks();
    let client = link.client(DEADLINE);
    assert_eq!(echo(&client, "before").await, "before");
    link.relay.set_both(Fault { silent: true, ..Fault::default() });
    fails(&client).await;
    drop(client);
    // The ends that were dropped are seen when the link works again.
    link.relay.clear();
    let since = Instant::now();
    while Handle::current().metrics().num_alive_tasks() > before || link.relay.open() > 0 {
        assert!(since.elapsed() < Duration::from_secs(120), "{} connections are open", link.relay.open());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    link.server.stop().await;
}

macro_rules! every_stack {
    ($($test:ident)*) => {
        $(
            mod $test {
                use super::*;

                every_stack!(@stacks $test plain = Plain, websocket = WebSocket, yamux = Yamux, yamux_websocket = YamuxWebSocket);
            }
        )*
    };
    (@stacks $test:ident $($name:ident = $stack:ident),*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                super::$test(Stack::$stack).await;
            }
        )*
    };
}

every_stack! {
    a_slow_link_carries_a_large_message
    single_bytes_and_delays_change_nothing
    a_direction_that_goes_silent_ends_calls_at_their_deadline
    a_dead_link_ends_calls_at_their_deadline_and_works_again
    what_a_dead_link_held_is_freed
}
