//! Connections whose other end is gone without a word, while the network works again for new ones: they are noticed without
//! a call that fails, within 10 s after the keepalive is due. Over memory, so that the clock can be paused.

use std::time::Duration;

use tokio::runtime::Handle;

use crate::support::echo;
use crate::support::link::{Link, Stack};

/// A ping is due after 20 s of silence, and its answer within 10 s.
const NOTICED: Duration = Duration::from_secs(31);

async fn an_idle_connection_that_is_dead_gets_no_call(stack: Stack) {
    let link = Link::new(stack);
    let client = link.client(Duration::from_secs(3));
    assert_eq!(echo(&client, "before").await, "before");
    link.relay.bury();
    tokio::time::sleep(NOTICED).await;
    let opened = link.relay.opened();
    assert_eq!(echo(&client, "after").await, "after");
    assert_eq!(link.relay.opened(), opened + 1, "a connection of its own");
}

async fn a_server_forgets_a_dead_connection(stack: Stack) {
    let link = Link::new(stack);
    tokio::task::yield_now().await;
    let before = Handle::current().metrics().num_alive_tasks();
    let client = link.client(Duration::from_secs(3));
    assert_eq!(echo(&client, "before").await, "before");
    link.relay.bury();
    drop(client);
    tokio::time::sleep(NOTICED).await;
    // The relay keeps its own task for the dead connection.
    let now = Handle::current().metrics().num_alive_tasks();
    assert!(now <= before + 1, "{before} tasks before, {now} now");
}

macro_rules! stacks_with_keepalive {
    ($($test:ident)*) => {
        $(
            mod $test {
                use super::*;

                #[tokio::test(start_paused = true)]
                async fn websocket() {
                    super::$test(Stack::WebSocket).await;
                }

                #[tokio::test(start_paused = true)]
                async fn yamux() {
                    super::$test(Stack::Yamux).await;
                }

                #[tokio::test(start_paused = true)]
                async fn yamux_websocket() {
                    super::$test(Stack::YamuxWebSocket).await;
                }
            }
        )*
    };
}

stacks_with_keepalive! {
    an_idle_connection_that_is_dead_gets_no_call
    a_server_forgets_a_dead_connection
}
