//! A hub: who is reached, who is not, and what happens to a session whose id a newer one takes.

use std::future::{IntoFuture, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use volplane_transport::{Hub, HubError, HubOptions, JoinError, PeerSession, PeerSessionState};

use crate::support::PATIENCE;

/// A session that the test controls.
#[derive(Clone)]
struct Controlled {
    state: Arc<std::sync::Mutex<PeerSessionState>>,
    closed: Arc<AtomicUsize>,
}

impl Controlled {
    fn new() -> Self {
        Self { state: Arc::new(PeerSessionState::Open.into()), closed: Arc::default() }
    }

    fn set(&self, state: PeerSessionState) {
        *self.state.lock().unwrap() = state;
    }
}

impl PeerSession for Controlled {
    fn state(&self) -> PeerSessionState {
        *self.state.lock().unwrap()
    }

    fn begin_close(&self) {
        self.closed.fetch_add(1, Ordering::Relaxed);
    }
}

fn id(of: &str) -> String {
    of.to_owned()
}

#[tokio::test(start_paused = true)]
async fn unknown_offline_draining_and_timed_out_are_errors_of_their_own() {
    let hub = Hub::default();
    assert_eq!(hub.client("a"), Err(HubError::Unknown { id: id("a") }));
    let registration = hub.join("a", 1).unwrap();
    assert_eq!(hub.call("a", |client| async move { client + 1 }).await, Ok(2));

    let after = Duration::from_secs(10);
    let outcome = hub.call("a", |_| pending::<()>()).await;
    assert_eq!(outcome, Err(HubError::TimedOut { id: id("a"), after }), "the default timeout");
    let after = Duration::from_millis(5);
    let outcome = hub.call_within(after, "a", |_| pending::<()>()).await;
    assert_eq!(outcome, Err(HubError::TimedOut { id: id("a"), after }));

    registration.drain();
    assert_eq!(hub.client("a"), Err(HubError::Draining { id: id("a") }));
    assert_eq!(registration.client(), Err(HubError::Draining { id: id("a") }));
    drop(registration);
    tokio::time::advance(Duration::from_secs(7)).await;
    assert_eq!(hub.client("a"), Err(HubError::Offline { id: id("a"), gone_for: Duration::from_secs(7) }));
    tokio::time::advance(Duration::from_secs(60 * 60)).await;
    assert_eq!(hub.client("a"), Err(HubError::Unknown { id: id("a") }), "too long ago");
}

#[tokio::test(start_paused = true)]
async fn the_state_of_the_session_counts() {
    let hub = Hub::default();
    let session = Controlled::new();
    let _registration = hub.join("a", 1).unwrap().with_session(session.clone());
    assert_eq!(hub.client("a"), Ok(1));
    session.set(PeerSessionState::Draining);
    assert_eq!(hub.client("a"), Err(HubError::Draining { id: id("a") }));
    session.set(PeerSessionState::Ended);
    assert_eq!(hub.client("a"), Err(HubError::Offline { id: id("a"), gone_for: Duration::ZERO }));
    assert_eq!(session.closed.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn the_newest_wins_and_the_older_session_is_closed() {
    let hub = Hub::default();
    let (first, second) = (Controlled::new(), Controlled::new());
    let older = hub.join("a", 1).unwrap().with_session(first.clone());
    let told = tokio::spawn(older.replaced());
    // A call that is running on the older session does not wait for its timeout.
    let running = tokio::spawn({
        let hub = hub.clone();
        async move { hub.call("a", |_| pending::<()>()).await }
    });
    tokio::task::yield_now().await;
    let newer = hub.join("a", 2).unwrap().with_session(second.clone());
    told.await.unwrap();
    assert_eq!(running.await.unwrap(), Err(HubError::Replaced { id: id("a") }));
    assert_eq!((first.closed.load(Ordering::Relaxed), second.closed.load(Ordering::Relaxed)), (1, 0));
    assert!(older.is_replaced() && !newer.is_replaced());

    // The registration of the older session leads nowhere, and takes nothing along.
    assert_eq!(older.client(), Err(HubError::Replaced { id: id("a") }));
    assert_eq!(older.call(async |client| client).await, Err(HubError::Replaced { id: id("a") }));
    older.drain();
    drop(older);
    assert_eq!((hub.client("a"), newer.client()), (Ok(2), Ok(2)));
    drop(newer);
    assert!(matches!(hub.client("a"), Err(HubError::Offline { .. })));
    assert!(hub.ids().is_empty());
}

#[test]
fn a_session_that_is_named_after_the_peer_was_replaced_is_closed_too() {
    let hub = Hub::default();
    let older = hub.join("a", 1).unwrap();
    let _newer = hub.join("a", 2).unwrap();
    let session = Controlled::new();
    let _older = older.with_session(session.clone());
    assert_eq!(session.closed.load(Ordering::Relaxed), 1);
}

#[test]
fn an_id_belongs_to_a_credential() {
    let hub = Hub::default();
    let session = Controlled::new();
    let first = hub.join_as("a", "secret", 1).unwrap().with_session(session.clone());
    let refused = Err(JoinError::InUse { id: id("a") });
    assert_eq!(hub.join_as("a", "another", 2).map(drop), refused);
    assert_eq!(hub.join("a", 2).map(drop), refused);
    assert!(!first.is_replaced());
    assert_eq!((hub.client("a"), session.closed.load(Ordering::Relaxed)), (Ok(1), 0));
    let second = hub.join_as("a", "secret", 3).unwrap();
    assert!(first.is_replaced());
    assert_eq!(hub.client("a"), Ok(3));
    assert!(!format!("{hub:?} {second:?}").contains("secret"), "{hub:?} {second:?}");
    drop(second);
    let _anybody = hub.join("a", 4).unwrap();
    assert_eq!(hub.join_as("a", "secret", 5).map(drop), refused, "the binding ended with its registration");
}

#[test]
fn the_number_of_peers_and_the_length_of_ids_are_limited() {
    let hub = Hub::with_options(HubOptions::default().with_max_peers(2));
    let _a = hub.join("a", 1).unwrap();
    let b = hub.join("b", 2).unwrap();
    assert_eq!(hub.join("c", 3).map(drop), Err(JoinError::Full { limit: 2 }));
    let again = hub.join("b", 4).expect("takes the place of the older one");
    assert_eq!(hub.join("c", 3).map(drop), Err(JoinError::Full { limit: 2 }));
    drop((b, again));
    let _c = hub.join("c", 3).unwrap();
    for length in [0, 256] {
        assert_eq!(hub.join("x".repeat(length), 1).map(drop), Err(JoinError::InvalidId { length }));
    }
}

/// Over real sessions: every session is a yamux session over TCP, whose id is its number.
/// Uses its hub when it is dropped.
struct UsesTheHub(Hub<UsesTheHub>);

impl Drop for UsesTheHub {
    fn drop(&mut self) {
        self.0.ids();
    }
}

#[test]
fn a_refused_client_can_use_the_hub_when_it_is_dropped() {
    let (done, is_done) = std::sync::mpsc::channel();
    // In a thread, because it would wait forever for the lock of the hub.
    std::thread::spawn(move || {
        let hub = Hub::default();
        let error = hub.join("", UsesTheHub(hub.clone())).unwrap_err();
        done.send(error).unwrap();
    });
    let error = is_done.recv_timeout(PATIENCE).expect("the hub is not locked");
    assert_eq!(error, JoinError::InvalidId { length: 0 });
}

#[cfg(feature = "yamux")]
mod sessions {
    use super::*;
    use crate::support::{EchoHandler, client, echo, request, within};
    use volo_thrift::ServerError;
    use volplane_generated::api::{Echo, EchoClient, EchoServer, Request, Response};
    use volplane_transport::{Delivery, Outgoing, Registration, StdNet, Yamux, serve, serve_sessions};

    /// Returns the answer of the peer that it calls back.
    struct CallsBack {
        registration: Registration<EchoClient>,
    }

    impl Echo for CallsBack {
        async fn echo(&self, request: Request) -> Result<Response, ServerError> {
            let answer = self.registration.call(async |peer| peer.echo(request).await).await;
            let message = answer.map_or_else(|error| error.to_string(), |answer| format!("{:?}", answer.is_ok()));
            Ok(Response { message: Some(message.into()) })
        }
    }

    async fn dial(to: &str) -> (Outgoing, EchoClient) {
        let (outgoing, incoming) = Yamux::connect(StdNet::to(to)).await.unwrap().split();
        tokio::spawn(serve(incoming, EchoServer::from_handler(EchoHandler)).into_future());
        let client = client!(outgoing.clone());
        (outgoing, client)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_peer_that_comes_again_ends_its_older_session() {
        let hub = Hub::default();
        let listener = Yamux::listen(StdNet::bind("127.0.0.1:0").await.unwrap());
        let mut credentials = ["secret", "secret", "another"].into_iter();
        let server = serve_sessions(listener, {
            let hub = hub.clone();
            move |outgoing, _| {
                let credential = credentials.next().unwrap();
                let registration = hub.join_as("a", credential, client!(outgoing.clone()))?;
                let registration = registration.with_session(outgoing.clone());
                Ok::<_, JoinError>(EchoServer::from_handler(CallsBack { registration }))
            }
        });
        let (to, handle) = (server.endpoint().authority().unwrap(), server.handle());
        let server = tokio::spawn(server.into_future());

        let (older, older_client) = dial(&to).await;
        assert_eq!(within(echo(&older_client, "hello")).await, "true");
        let of_older = hub.client("a").unwrap();
        let (newer, newer_client) = dial(&to).await;
        assert_eq!(within(echo(&newer_client, "hello")).await, "true");
        within(older.ended()).await.expect("closed, and not broken");
        // What was got for the older session does not reach the newer one.
        let error = within(of_older.echo(request("hello"))).await.map(drop).expect_err("the session is closed");
        assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{error}");
        assert_eq!(within(echo(&hub.client("a").unwrap(), "hello")).await, "hello");

        // A stranger with the id is refused: the session is closed, and the peer stays.
        let (refused, _client) = dial(&to).await;
        within(refused.ended()).await.expect("closed, and not broken");
        assert_eq!(within(echo(&newer_client, "hello")).await, "true");
        assert!(!newer.is_ended());

        newer.close().await;
        handle.stop();
        assert_eq!(within(server).await.unwrap().connections, 2);
        assert!(matches!(hub.client("a"), Err(HubError::Offline { .. })), "{:?}", hub.client("a").map(drop));
    }
}
