//! yamux on the wire, and calls in both directions over one session.

mod alive;
mod draining;
mod fairness;
mod limits;
mod load;
mod never;
mod over;
mod pairs;
mod points;
mod reconnecting;
mod roles;

mod raw;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use raw::{ACK, DATA, FIN, Frame, GO_AWAY, RST, SYN, WINDOW_UPDATE, against_raw, frame, next_frame, send};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoServer, Request, Response};
use volplane_transport::{
    Hub, JoinError, Listener, OpenError, Registration, Session, StdNet, WebSocket, Yamux, YamuxOptions, serve,
    serve_sessions,
};

use crate::support::{EchoHandler, PATIENCE, Server, client, echo};

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("in time")
}

/// Waits for a condition that nothing notifies of.
async fn until(so: impl Fn() -> bool) {
    within(async {
        while !so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Both ends of a session over TCP.
async fn sessions() -> (Session, Session<SocketAddr>) {
    sessions_with(YamuxOptions::default()).await
}

async fn sessions_with(options: YamuxOptions) -> (Session, Session<SocketAddr>) {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().to_string();
    let mut listener = Yamux::listen(listener).with_options(options);
    let connecting = Yamux::connect_with_options(StdNet::to(address), options);
    let (dialed, accepted) = within(async { tokio::join!(connecting, listener.accept()) }).await;
    (dialed.unwrap(), accepted.unwrap().0)
}

/// Says who is calling back.
struct Named(&'static str);

impl Echo for Named {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let message = format!("{} hears {}", self.0, request.message.unwrap_or_default());
        Ok(Response { message: Some(message.into()) })
    }
}

/// Calls its peer back by id before it answers.
struct HubEcho {
    registration: Registration<EchoClient>,
}

impl Echo for HubEcho {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let peer = self.registration.client().expect("the caller is connected");
        let answer = echo(&peer, request.message.unwrap_or_default()).await;
        Ok(Response { message: Some(answer.into()) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_calls_each_client_back_by_its_id_over_the_clients_own_connection() {
    let listener = Yamux::listen(WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap().with_ids());
    let hub = Hub::default();
    let server = serve_sessions(listener, {
        let hub = hub.clone();
        move |streams, peer| {
            let registration = hub.join(peer.id(), client!(streams.clone()))?;
            Ok::<_, JoinError>(EchoServer::from_handler(HubEcho { registration }))
        }
    });
    let (url, handle) = (server.endpoint().with_yamux(false), server.handle());
    let server = tokio::spawn(server.into_future());
    let clients = ["a", "b", "c"].map(|id| {
        let url = format!("{url}/{id}");
        async move {
            let session = Yamux::connect(WebSocket::to(url)).await.unwrap();
            let (outgoing, incoming) = session.split();
            let callbacks = tokio::spawn(serve(incoming, EchoServer::from_handler(Named(id))).into_future());
            let hub = client!(outgoing.clone());
            for _ in 0..20 {
                assert_eq!(echo(&hub, "you").await, format!("{id} hears you"));
            }
            outgoing.close().await;
            within(callbacks).await.unwrap();
        }
    });
    let [a, b, c] = clients.map(tokio::spawn);
    for client in [a, b, c] {
        within(client).await.unwrap();
    }
    handle.stop();
    let served = within(server).await.unwrap();
    assert_eq!((served.connections, served.cut_off), (3, 0));
    assert!(hub.ids().is_empty(), "who is gone is off the list: {:?}", hub.ids());
}

#[tokio::test]
async fn an_accepted_stream_is_acknowledged_before_anybody_answers() {
    let (mut session, mut raw) = against_raw().await;
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 2, 0)).await.unwrap();
    let (_stream, _) = within(session.incoming().accept()).await.unwrap();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: ACK, stream: 2, length: 0 });
}

#[tokio::test]
async fn shutting_down_twice_sends_one_end() {
    let (session, mut raw) = against_raw().await;
    let mut stream = session.outgoing().open().await.unwrap();
    send(&mut stream, b"x").await;
    stream.shutdown().await.unwrap();
    stream.shutdown().await.unwrap();
    let mut other = session.outgoing().open().await.unwrap();
    send(&mut other, b"y").await;
    let kinds = [next_frame(&mut raw).await, next_frame(&mut raw).await, next_frame(&mut raw).await];
    assert_eq!(kinds.each_ref().map(|frame| (frame.stream, frame.flags)), [(1, SYN), (1, FIN), (3, SYN)]);
}

#[tokio::test]
async fn a_reset_is_an_error_and_not_an_end() {
    let (session, mut raw) = against_raw().await;
    for (flags, outcome) in [(FIN, Ok(0)), (RST, Err(std::io::ErrorKind::ConnectionReset))] {
        let mut stream = session.outgoing().open().await.unwrap();
        send(&mut stream, b"x").await;
        let id = loop {
            let frame = next_frame(&mut raw).await;
            if frame.flags & SYN != 0 {
                break frame.stream;
            }
        };
        raw.write_all(&frame(DATA, flags, id, 0)).await.unwrap();
        let read = within(stream.read(&mut [0; 1])).await.map_err(|error| error.kind());
        assert_eq!(read, outcome, "flags {flags}");
    }
}

#[tokio::test]
async fn the_end_of_a_session_wakes_all_waiting_callers() {
    let (ours, mut theirs) = sessions().await;
    let mut stream = ours.outgoing().open().await.unwrap();
    send(&mut stream, b"x").await;
    let (mut far, _) = within(theirs.incoming().accept()).await.unwrap();
    far.read_exact(&mut [0; 1]).await.unwrap();
    let waiting = tokio::spawn(async move { far.read(&mut [0; 1]).await.map_err(|error| error.kind()) });
    within(ours.outgoing().close()).await;
    assert_eq!(within(waiting).await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
    assert!(within(theirs.incoming().accept()).await.is_none());
    assert!(matches!(theirs.outgoing().open().await, Err(OpenError::Closed)));
    within(theirs.outgoing().ended()).await.expect("closed");
}

#[tokio::test]
async fn a_session_without_handles_sends_go_away() {
    let (session, mut raw) = against_raw().await;
    drop(session);
    assert_eq!(next_frame(&mut raw).await, Frame { kind: GO_AWAY, flags: ACK, stream: 0, length: 0 });
    assert_eq!(within(raw.read(&mut [0; 1])).await.unwrap(), 0);
}

#[tokio::test]
async fn a_protocol_violation_is_answered_with_an_error_and_ends_the_session() {
    let (session, mut raw) = against_raw().await;
    // An odd id from the end that has the even ones.
    raw.write_all(&frame(DATA, SYN, 1, 0)).await.unwrap();
    let go_away = next_frame(&mut raw).await;
    assert_eq!((go_away.kind, go_away.length), (GO_AWAY, 1));
    assert_eq!(within(raw.read(&mut [0; 1])).await.unwrap(), 0, "and the connection ends");
    within(session.outgoing().ended()).await.ok();
    assert!(session.outgoing().is_ended());
}

#[tokio::test]
async fn both_ends_can_write_a_lot_at_once() {
    const SIZE: usize = 16 * 1024 * 1024;
    let (ours, mut theirs) = sessions().await;
    let mut near = ours.outgoing().open().await.unwrap();
    send(&mut near, &[0]).await;
    let (mut far, _) = within(theirs.incoming().accept()).await.unwrap();
    far.read_exact(&mut [0; 1]).await.unwrap();
    let bulk = vec![7; SIZE];
    let mut sides = Vec::new();
    for stream in [near, far] {
        let bulk = bulk.clone();
        sides.push(tokio::spawn(async move {
            let (mut read, mut write) = tokio::io::split(stream);
            let mut received = vec![0; SIZE];
            let ((), got) = tokio::join!(send(&mut write, &bulk), read.read_exact(&mut received));
            got.unwrap();
            received == bulk
        }));
    }
    for side in sides {
        assert!(within(side).await.unwrap());
    }
}

#[tokio::test]
async fn connecting_to_a_silent_peer_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let options = YamuxOptions::default().with_connect_timeout(Duration::from_secs(7));
    tokio::time::pause();
    let error = within(Yamux::connect_with_options(WebSocket::to(url), options)).await.expect_err("no handshake");
    assert_eq!(error.to_string(), "no connection to the peer within 7s");
}

#[tokio::test]
async fn a_caller_who_waits_for_the_library_does_not_keep_a_session_from_closing() {
    let (session, mut raw) = against_raw().await;
    // The library lets 256 streams be without an acknowledgement; the raw end gives none.
    let mut open = Vec::new();
    for _ in 0..256 {
        open.push(within(session.outgoing().open()).await.unwrap());
    }
    let waiting = tokio::spawn({
        let outgoing = session.outgoing().clone();
        async move { outgoing.open().await.map(drop) }
    });
    let reading = tokio::spawn(async move { while raw.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {} });
    within(session.outgoing().close()).await;
    assert!(matches!(within(waiting).await.unwrap(), Err(OpenError::Closed)));
    within(reading).await.unwrap();
}

#[tokio::test]
async fn the_last_answer_of_a_stopping_server_is_followed_by_an_end_and_not_a_reset() {
    let (session, mut raw) = against_raw().await;
    let server = Server::start(session.split().1, EchoHandler);
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 2, 0)).await.unwrap();
    assert_eq!(next_frame(&mut raw).await.flags, ACK);
    server.handle.stop();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: GO_AWAY, flags: ACK, stream: 0, length: 0 });
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: FIN, stream: 2, length: 0 });
    // Until this end has said so, too, the stream counts as open.
    raw.write_all(&frame(DATA, FIN, 2, 0)).await.unwrap();
    server.ended().await;
}
