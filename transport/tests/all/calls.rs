//! Calls over every connection: sizes, many at once, slow ones beside quick ones, errors.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use volo_thrift::{BizError, ClientError, ServerError};
use volplane_generated::api::{Echo, Request, Response};

use crate::support::{EchoHandler, Transport, echo, every_transport, pair, within};

every_transport! {
    async fn every_transport_echoes_every_size(transport: Transport) {
        let (server, client) = pair(transport, EchoHandler).await;
        for size in [1, 64 * 1024, 8 * 1024 * 1024] {
            let message: String = ('a'..='z').cycle().take(size).collect();
            assert!(echo(&client, message.clone()).await == message, "{transport:?}: {size} bytes come back unchanged");
        }
        drop(client);
        assert_eq!(server.stop().await.cut_off, 0, "{transport:?}");
    }
}

every_transport! {
    async fn callers_at_once_share_as_many_connections_as_they_are(transport: Transport) {
        const CALLERS: u64 = 64;
        let (server, client) = pair(transport, EchoHandler).await;
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let client = client.clone();
            callers.spawn(async move {
                for call in 0..50 {
                    let message = format!("{caller}/{call}");
                    assert_eq!(echo(&client, message.clone()).await, message);
                }
            });
        }
        while let Some(caller) = callers.join_next().await {
            caller.expect("no call fails");
        }
        let connections = server.stop().await.connections;
        assert!((1..=CALLERS + 1).contains(&connections), "{transport:?}: {connections} connections");
    }
}

/// Answers `slow` when it is let to, and everything else at once.
#[derive(Clone)]
struct SlowHandler {
    arrived: Arc<Semaphore>,
    let_go: Arc<Semaphore>,
}

impl SlowHandler {
    fn new() -> Self {
        SlowHandler { arrived: Arc::new(Semaphore::new(0)), let_go: Arc::new(Semaphore::new(0)) }
    }

    async fn wait_for_arrival(&self) {
        within(self.arrived.acquire()).await.unwrap().forget();
    }
}

impl Echo for SlowHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if request.message.as_deref() == Some("slow") {
            self.arrived.add_permits(1);
            self.let_go.acquire().await.unwrap().forget();
        }
        Ok(Response { message: request.message })
    }
}

every_transport! {
    async fn a_slow_call_does_not_delay_others(transport: Transport) {
        let handler = SlowHandler::new();
        let (server, client) = pair(transport, handler.clone()).await;
        let slow = tokio::spawn({
            let client = client.clone();
            async move { echo(&client, "slow").await }
        });
        handler.wait_for_arrival().await;
        for _ in 0..10 {
            assert_eq!(echo(&client, "quick").await, "quick", "{transport:?}");
        }
        assert!(!slow.is_finished(), "{transport:?}");
        handler.let_go.add_permits(1);
        assert_eq!(slow.await.unwrap(), "slow", "{transport:?}");
        server.stop().await;
    }
}

every_transport! {
    async fn a_stopping_server_lets_running_calls_end_and_closes_idle_connections(transport: Transport) {
        let handler = SlowHandler::new();
        let (server, client) = pair(transport, handler.clone()).await;
        let running = tokio::spawn({
            let client = client.clone();
            async move { echo(&client, "slow").await }
        });
        handler.wait_for_arrival().await;
        // A second connection, idle when the server stops.
        echo(&client, "quick").await;
        server.handle.stop();
        handler.let_go.add_permits(1);
        assert_eq!(running.await.unwrap(), "slow", "{transport:?}: the running call ends well");
        assert_eq!(server.ended().await.cut_off, 0, "{transport:?}: nothing was left to cut off");
    }
}

every_transport! {
    async fn an_idle_server_stops_at_once(transport: Transport) {
        let (server, client) = pair(transport, EchoHandler).await;
        echo(&client, "leaves an idle connection").await;
        server.handle.stop();
        let ended = tokio::time::timeout(Duration::from_secs(5), server.ended()).await;
        assert_eq!(ended.unwrap_or_else(|_| panic!("{transport:?}: still waiting")).cut_off, 0);
        drop(client);
    }
}

/// Fails as the message says.
struct FailingHandler;

impl Echo for FailingHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        match request.message.as_deref() {
            Some("biz") => Err(ServerError::Biz(BizError::new(42, "out of stock".into()))),
            Some("panic") => panic!("a handler that panics, for the test"),
            _ => Ok(Response { message: request.message }),
        }
    }
}

every_transport! {
    async fn business_errors_arrive_intact_and_a_panic_ends_one_call_only(transport: Transport) {
        let (server, client) = pair(transport, FailingHandler).await;
        let failure = client.echo(Request { message: Some("biz".into()) }).await.expect_err("a business error");
        match failure {
            ClientError::Biz(error) => {
                assert_eq!((error.status_code, error.status_message.as_str()), (42, "out of stock"), "{transport:?}");
            }
            // Only a TTHeader carries a business error.
            ClientError::Application(exception) if transport == Transport::Http => {
                assert!(exception.message().contains("out of stock"), "{exception:?}");
            }
            other => panic!("{transport:?}: {other:?}"),
        }
        let failure = client.echo(Request { message: Some("panic".into()) }).await.expect_err("an exception");
        match failure {
            ClientError::Application(exception) => {
                assert_eq!(exception.message().as_str(), "the handler of echo panicked", "{transport:?}");
            }
            other => panic!("{transport:?}: {other:?}"),
        }
        assert_eq!(echo(&client, "still there").await, "still there", "{transport:?}");
        // The same connection has carried all of them.
        assert_eq!(server.stop().await.connections, 1, "{transport:?}");
    }
}

every_transport! {
    async fn a_call_that_timed_out_leaves_no_answer_for_the_next(transport: Transport) {
        let handler = SlowHandler::new();
        let (server, client) = pair(transport, handler.clone()).await;
        let call = tokio::spawn({
            let client = client.clone();
            async move { echo(&client, "slow").await }
        });
        handler.wait_for_arrival().await;
        // What a time-out does: the future is dropped in the middle of the call.
        call.abort();
        call.await.unwrap_err();
        handler.let_go.add_permits(1);
        assert_eq!(echo(&client, "mine").await, "mine", "{transport:?}");
        server.stop().await;
    }
}
