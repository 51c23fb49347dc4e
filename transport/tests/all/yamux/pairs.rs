//! Sessions over two WebSockets, one for each direction.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{
    Admission, Admitted, ConnectError, Endpoint, Hub, JoinError, Listener, Refusal, Served, ServerHandle, Session,
    WebSocket, Yamux, serve, serve_sessions,
};

use crate::support::{client, echo, request};
use crate::yamux::{HubEcho, Named, until, within};

struct Running {
    url: Endpoint,
    hub: Hub<volplane_generated::api::EchoClient>,
    handle: ServerHandle,
    task: JoinHandle<Served>,
}

/// A hub that calls its peers back.
async fn hub() -> Running {
    let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap();
    let url = listener.endpoint();
    let hub = Hub::default();
    let server = serve_sessions(Yamux::listen_pairs(listener), {
        let hub = hub.clone();
        move |outgoing, peer| {
            let registration = hub.join(peer.id(), client!(outgoing.clone()))?.with_session(outgoing.clone());
            Ok::<_, JoinError>(EchoServer::from_handler(HubEcho { registration }))
        }
    });
    let handle = server.handle();
    Running { url, hub, handle, task: tokio::spawn(server.into_future()) }
}

async fn connect(url: &Endpoint, id: &str) -> Result<Session, ConnectError> {
    let to = |direction| WebSocket::to(format!("{url}/{direction}/{id}"));
    within(Yamux::connect_pair(to("s2c"), to("c2s"))).await
}

/// The error and its causes.
fn text(error: ConnectError) -> String {
    let mut text = error.to_string();
    let mut error: &dyn std::error::Error = &error;
    while let Some(source) = error.source() {
        text += &format!(": {source}");
        error = source;
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_calls_each_client_back_over_the_clients_first_websocket() {
    let Running { url, hub, handle, task } = hub().await;
    let clients = ["a", "b", "c"].map(|id| {
        let url = url.clone();
        tokio::spawn(async move {
            let (outgoing, incoming) = connect(&url, id).await.unwrap().split();
            let callbacks = tokio::spawn(serve(incoming, EchoServer::from_handler(Named(id))).into_future());
            let client = client!(outgoing.clone());
            for _ in 0..20 {
                assert_eq!(echo(&client, "you").await, format!("{id} hears you"));
            }
            within(outgoing.close()).await;
            within(callbacks).await.unwrap();
        })
    });
    for client in clients {
        within(client).await.unwrap();
    }
    until(|| hub.ids().is_empty()).await;
    handle.stop();
    let served = within(task).await.unwrap();
    assert_eq!((served.connections, served.cut_off), (3, 0));
}

#[tokio::test]
async fn an_id_is_refused_while_it_is_connected_and_free_afterwards() {
    let Running { url, hub, .. } = hub().await;
    for _ in 0..20 {
        let first = connect(&url, "a").await.expect("the id is free");
        until(|| hub.ids() == ["a"]).await;
        let error = text(connect(&url, "a").await.expect_err("connected"));
        assert!(error.contains("HTTP 400: a client with this id is connected"), "{error}");
        let second = Yamux::connect(WebSocket::to(format!("{url}/c2s/a"))).await;
        let error = text(second.expect_err("connected"));
        assert!(error.contains("HTTP 400: a client with this id is connected"), "{error}");
        within(first.outgoing().close()).await;
        until(|| hub.ids().is_empty()).await;
    }
}

#[tokio::test]
async fn other_requests_are_refused_and_say_why() {
    let Running { url, .. } = hub().await;
    for (path, answer) in [
        ("/c2s/a", "HTTP 400: connect to the path with s2c first, then to the one with c2s"),
        ("/s2c/a/b", "HTTP 400: expected PATH/ID, with an id of one path segment"),
        ("/s2c/", "HTTP 404: expected PATH/SEGMENT/ID, where SEGMENT is one of s2c, c2s"),
        ("/a", "HTTP 404: expected PATH/SEGMENT/ID, where SEGMENT is one of s2c, c2s"),
        ("", "HTTP 404: expected PATH/SEGMENT/ID, where SEGMENT is one of s2c, c2s"),
    ] {
        let error = Yamux::connect(WebSocket::to(format!("{url}{path}"))).await.expect_err(path);
        let error = text(error);
        assert!(error.contains(answer), "{path}: {error}");
    }
}

#[tokio::test]
async fn the_admission_of_the_listener_comes_first() {
    let admission = Admission::new(async |request: volplane_transport::HttpRequest| match request.id() {
        Some("mallory") => Err(Refusal::forbidden("not you")),
        id => Ok(Admitted::new().with(id.unwrap_or_default().len())),
    });
    let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap().with_admission(admission);
    let url = listener.endpoint();
    let mut sessions = Yamux::listen_pairs(listener);
    let accepting = async {
        let error = text(connect(&url, "mallory").await.expect_err("refused"));
        assert!(error.contains("HTTP 403: not you"), "{error}");
        connect(&url, "alice").await.unwrap()
    };
    let (session, accepted) = within(async { tokio::join!(accepting, sessions.accept()) }).await;
    let (_far, peer) = accepted.unwrap();
    assert_eq!(volplane_transport::Peer::get::<usize>(&peer), Some(&5));
    drop(session);
}

/// Whichever of the two connections ends, the client is gone.
#[tokio::test]
async fn both_websockets_end_together() {
    let Running { url, hub, .. } = hub().await;
    let to = |direction| WebSocket::to(format!("{url}/{direction}/a"));
    for first_ends in [true, false] {
        let options = volplane_transport::YamuxOptions::default();
        let server = options.with_role(volplane_transport::YamuxRole::Server);
        let first = within(Yamux::connect_with_options(to("s2c"), server)).await.unwrap();
        let second = within(Yamux::connect(to("c2s"))).await.unwrap();
        until(|| hub.ids() == ["a"]).await;
        let (one, other) = if first_ends { (first, second) } else { (second, first) };
        within(one.outgoing().close()).await;
        within(other.outgoing().ended()).await.unwrap();
        until(|| hub.ids().is_empty()).await;
    }
}

#[tokio::test]
async fn a_session_lives_as_long_as_one_of_its_handles() {
    let Running { url, hub, .. } = hub().await;
    for outgoing_stays in [true, false] {
        let (outgoing, incoming) = connect(&url, "a").await.unwrap().split();
        let (mut outgoing, mut incoming) = (Some(outgoing), Some(incoming));
        let far = loop {
            if let Ok(client) = hub.client("a") {
                break client;
            }
            tokio::task::yield_now().await;
        };
        if outgoing_stays {
            incoming = None;
            drop(outgoing.as_ref().unwrap().open().await.expect("it can open"));
        } else {
            outgoing = None;
            let server = serve(incoming.take().unwrap(), EchoServer::from_handler(Named("a")));
            let serving = tokio::spawn(server.into_future());
            assert_eq!(echo(&far, "you").await, "a hears you");
            serving.abort();
        }
        drop((outgoing, incoming));
        until(|| hub.ids().is_empty()).await;
    }
}

#[tokio::test]
async fn a_first_websocket_without_a_second_one_is_closed_and_its_id_free() {
    let Running { url, hub, .. } = hub().await;
    let first = within(Yamux::connect(WebSocket::to(format!("{url}/s2c/a")))).await.unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    within(first.outgoing().ended()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(9), "{:?}", begun.elapsed());
    tokio::time::resume();
    let _again = connect(&url, "a").await.expect("free again");
    until(|| hub.ids() == ["a"]).await;
}

#[tokio::test]
async fn a_client_that_leaves_in_the_handshake_leaves_its_id_free() {
    let Running { url, hub, .. } = hub().await;
    for _ in 0..20 {
        let mut raw = tokio::net::TcpStream::connect(url.authority().unwrap()).await.unwrap();
        let request = "GET /kitex-ws/s2c/a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        raw.write_all(request.as_bytes()).await.unwrap();
    }
    within(async {
        while connect(&url, "a").await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    until(|| hub.ids().is_empty()).await;
}

/// Says that a call has arrived, and answers it when it may.
struct Waiting {
    began: Arc<Semaphore>,
    may_answer: Arc<Semaphore>,
}

impl Echo for Waiting {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.began.add_permits(1);
        self.may_answer.acquire().await.expect("never closed").forget();
        Ok(Response { message: request.message })
    }
}

#[tokio::test]
async fn a_server_that_stops_answers_the_calls_that_have_arrived_though_nobody_holds_the_session() {
    let Running { url, hub, .. } = hub().await;
    let (outgoing, incoming) = connect(&url, "a").await.unwrap().split();
    drop(outgoing);
    let may_answer = Arc::new(Semaphore::new(0));
    let began = Arc::new(Semaphore::new(0));
    let server =
        serve(incoming, EchoServer::from_handler(Waiting { began: began.clone(), may_answer: may_answer.clone() }));
    let handle = server.handle();
    let serving = tokio::spawn(server.into_future());
    until(|| hub.ids() == ["a"]).await;
    let far = hub.client("a").unwrap();
    let call = tokio::spawn(async move { far.echo(request("late")).await });
    began.acquire().await.unwrap().forget();
    handle.stop();
    // Long enough for the server to close its listener. No shorter time fails.
    tokio::time::sleep(Duration::from_millis(400)).await;
    may_answer.add_permits(1);
    let answer = within(call).await.unwrap().expect("answered");
    assert_eq!(answer.message.as_deref(), Some("late"));
    within(serving).await.unwrap();
}

#[tokio::test]
async fn a_client_that_takes_no_more_calls_gets_the_answers_to_its_own() {
    let may_answer = Arc::new(Semaphore::new(0));
    let began = Arc::new(Semaphore::new(0));
    let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap();
    let url = listener.endpoint();
    let server = serve_sessions(Yamux::listen_pairs(listener), {
        let (began, may_answer) = (began.clone(), may_answer.clone());
        move |_, _| EchoServer::from_handler(Waiting { began: began.clone(), may_answer: may_answer.clone() })
    });
    let handle = server.handle();
    let serving = tokio::spawn(server.into_future());
    let (outgoing, incoming) = connect(&url, "a").await.unwrap().split();
    let client = client!(outgoing.clone());
    let call = tokio::spawn(async move { client.echo(request("late")).await });
    within(began.acquire()).await.unwrap().forget();
    let callbacks = serve(incoming, EchoServer::from_handler(Named("a"))).with_graceful_shutdown(async {});
    within(callbacks.into_future()).await;
    // Long enough for the other end to close what it no longer needs. No shorter time fails.
    tokio::time::sleep(Duration::from_millis(400)).await;
    may_answer.add_permits(1);
    let answer = within(call).await.unwrap().expect("answered");
    assert_eq!(answer.message.as_deref(), Some("late"));
    handle.stop();
    within(serving).await.unwrap();
    within(outgoing.ended()).await.unwrap();
}
