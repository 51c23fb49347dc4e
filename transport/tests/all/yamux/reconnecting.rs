//! Sessions that are dialed again.

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::sync::watch;
use tokio::time::Instant;
use volo::net::Address;
use volplane_generated::api::{EchoClient, EchoClientBuilder, EchoServer};
use volplane_transport::{
    Backoff, ConnectError, ConnectErrorKind, ConnectWith, Delivery, Listener, Memory, MemoryListener, ReconnectState,
    Reconnecting, SessionListener, Yamux, serve,
};

use crate::support::slow_link::slow_link;
use crate::support::{EchoHandler, Server, client, echo, request};
use crate::yamux::raw::send;
use crate::yamux::{Named, within};

fn start() -> (Reconnecting, SessionListener<MemoryListener>) {
    let (memory, listener) = Memory::pair();
    (Yamux::reconnecting(memory, Backoff::default()), Yamux::listen(listener))
}

async fn wait_for(states: &mut watch::Receiver<ReconnectState>, wanted: fn(&ReconnectState) -> bool) -> ReconnectState {
    within(states.wait_for(wanted)).await.expect("the task runs").clone()
}

fn is_connected(state: &ReconnectState) -> bool {
    matches!(state, ReconnectState::Connected)
}

fn is_waiting(state: &ReconnectState) -> bool {
    matches!(state, ReconnectState::Waiting { .. })
}

fn is_closed(state: &ReconnectState) -> bool {
    matches!(state, ReconnectState::Closed)
}

#[tokio::test(start_paused = true)]
async fn the_served_handler_and_the_client_span_all_sessions() {
    let (session, mut listener) = start();
    let (outgoing, incoming) = session.split();
    tokio::spawn(serve(incoming, EchoServer::from_handler(Named("agent"))).into_future());
    let to_hub: EchoClient = client!(outgoing.clone());
    for _ in 0..3 {
        let (hub, _) = within(listener.accept()).await.unwrap();
        let (to_agent, from_agent) = hub.split();
        let server = Server::start(from_agent, EchoHandler);
        assert_eq!(echo(&to_hub, "up").await, "up");
        let agent: EchoClient = client!(to_agent.clone());
        assert_eq!(echo(&agent, "you").await, "agent hears you");
        to_agent.close().await;
        drop(server);
    }
}

#[tokio::test(start_paused = true)]
async fn its_state_can_be_watched() {
    let (session, mut listener) = start();
    let mut states = session.state();
    assert!(matches!(*states.borrow(), ReconnectState::Connecting { attempt: 1 }));
    let (hub, _) = within(listener.accept()).await.unwrap();
    wait_for(&mut states, is_connected).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    hub.outgoing().close().await;
    // The other end has closed it, which is no error.
    let ReconnectState::Waiting { until, error: None } = wait_for(&mut states, is_waiting).await else { panic!() };
    assert!(until - Instant::now() <= Duration::from_millis(500));
    let (_hub, _) = within(listener.accept()).await.unwrap();
    wait_for(&mut states, is_connected).await;
    within(session.close()).await;
    assert!(is_closed(&states.borrow()));
}

/// Refuses, and counts how often.
struct Refusing(Arc<AtomicUsize>);

impl UnaryService<Address> for Refusing {
    type Response = DuplexStream;
    type Error = ConnectError;

    async fn call(&self, _: Address) -> Result<DuplexStream, ConnectError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(ConnectError::new(ConnectErrorKind::Refused))
    }
}

#[tokio::test(start_paused = true)]
async fn waits_grow_while_nobody_listens_and_calls_fail_as_never_sent() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let session = Yamux::reconnecting(Refusing(Arc::clone(&attempts)), Backoff::default());
    let client = EchoClientBuilder::new("example").connect_with(session.outgoing().clone()).build();
    let began = Instant::now();
    let error = client.echo(request("anybody?")).await.expect_err("nobody listens");
    assert_eq!((Delivery::of(&error), began.elapsed().as_secs()), (Delivery::NeverSent, 5));
    let error = session.outgoing().open().await.expect_err("nobody listens");
    assert_eq!(error.kind(), ConnectErrorKind::TimedOut(Duration::from_secs(5)));
    let ReconnectState::Waiting { error: Some(error), .. } = wait_for(&mut session.state(), is_waiting).await else {
        panic!()
    };
    assert_eq!(error.kind(), ConnectErrorKind::Refused);
    // Some 15 s between two attempts on average.
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let attempts = attempts.load(Ordering::SeqCst);
    assert!((150..500).contains(&attempts), "{attempts}");
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_the_next_session() {
    let (session, mut listener) = start();
    let client = EchoClientBuilder::new("example").connect_with(session.outgoing().clone()).build();
    let call = tokio::spawn(async move { echo(&client, "hello").await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (hub, _) = within(listener.accept()).await.unwrap();
    let _server = Server::start(hub.split().1, EchoHandler);
    assert_eq!(within(call).await.unwrap(), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_going_away_is_replaced_while_its_calls_end() {
    let (session, mut listener) = start();
    let (mut old, _) = within(listener.accept()).await.unwrap();
    let mut running = session.outgoing().open().await.unwrap();
    send(&mut running, b"a").await;
    let (mut served, _) = within(old.incoming().accept()).await.unwrap();
    old.outgoing().go_away();
    let (mut new, _) = within(listener.accept()).await.unwrap();
    let mut next = within(session.outgoing().open()).await.unwrap();
    send(&mut next, b"b").await;
    assert_eq!(within(new.incoming().accept()).await.unwrap().0.read_u8().await.unwrap(), b'b');
    send(&mut served, b"c").await;
    assert_eq!(within(running.read_u8()).await.unwrap(), b'c');
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_cut_is_dialed_again() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let _server = Server::start(Yamux::listen(listener).into_streams(), EchoHandler);
    let session = Yamux::reconnecting(memory, Backoff::default());
    let mut states = session.state();
    let client: EchoClient = client!(session.outgoing().clone());
    assert_eq!(echo(&client, "one").await, "one");
    link.cut();
    let ReconnectState::Waiting { error: Some(error), .. } = wait_for(&mut states, is_waiting).await else { panic!() };
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the other end of the yamux session is dead");
    assert_eq!(echo(&client, "two").await, "two");
    assert_eq!(link.connections(), 2);
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_its_last_handle_and_a_closed_one_dials_no_more() {
    let (session, mut listener) = start();
    let mut states = session.state();
    let (hub, _) = within(listener.accept()).await.unwrap();
    let (outgoing, incoming) = session.split();
    drop(incoming);
    assert!(within(outgoing.open()).await.is_ok());
    drop(outgoing);
    wait_for(&mut states, is_closed).await;
    within(hub.outgoing().ended()).await.expect("closed and not broken");

    let (session, mut listener) = start();
    let (hub, _) = within(listener.accept()).await.unwrap();
    let (outgoing, mut incoming) = session.split();
    within(outgoing.close()).await;
    within(hub.outgoing().ended()).await.expect("closed and not broken");
    assert_eq!(outgoing.open().await.expect_err("closed").kind(), ConnectErrorKind::Closed);
    assert!(within(incoming.accept()).await.is_none());
    assert!(within(listener.accept()).await.is_none(), "nobody dials any more");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_server_refuses_streams_in_later_sessions_too() {
    let (session, mut listener) = start();
    let (_outgoing, mut incoming) = session.split();
    let (hub, _) = within(listener.accept()).await.unwrap();
    incoming.stop();
    within(async {
        while hub.outgoing().is_open() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    hub.outgoing().close().await;
    let (hub, _) = within(listener.accept()).await.unwrap();
    within(async {
        while hub.outgoing().is_open() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn streams_that_nobody_accepts_do_not_keep_it_from_dialing_again() {
    let (_session, mut listener) = start();
    for streams in [70, 2, 2, 2, 2, 2, 2] {
        let (hub, _) = within(listener.accept()).await.expect("it dials again");
        let mut open = Vec::new();
        for _ in 0..streams {
            let mut stream = within(hub.outgoing().open()).await.unwrap();
            send(&mut stream, b"x").await;
            open.push(stream);
        }
        within(hub.outgoing().close()).await;
    }
}
