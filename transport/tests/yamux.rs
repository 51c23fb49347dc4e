//! yamux on the wire, and calls in both directions over one session.
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

mod support;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use support::{EchoHandler, PATIENCE, Server, client, echo};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{
    ConnectWith, Hub, Listener, OpenError, Registration, Session, StdNet, WebSocket, Yamux, YamuxConfig, serve,
    serve_sessions,
};

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("in time")
}

/// Both ends of a session over TCP.
async fn sessions() -> (Session, Session<SocketAddr>) {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().to_string();
    let mut listener = Yamux::listen(listener);
    let (dialed, accepted) =
        within(async { tokio::join!(Yamux::connect(StdNet::to(address)), listener.accept()) }).await;
    (dialed.unwrap(), accepted.unwrap().0)
}

/// A session whose other end is a socket in the test's hands.
async fn against_raw() -> (Session, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (session, accepted) =
        within(async { tokio::join!(Yamux::connect(StdNet::to(address)), listener.accept()) }).await;
    (session.unwrap(), accepted.unwrap().0)
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    stream.flush().await.unwrap();
}

#[derive(Debug, PartialEq)]
struct Frame {
    kind: u8,
    flags: u16,
    stream: u32,
    length: u32,
}

const DATA: u8 = 0;
const WINDOW_UPDATE: u8 = 1;
const PING: u8 = 2;
const GO_AWAY: u8 = 3;
const SYN: u16 = 1;
const ACK: u16 = 2;
const FIN: u16 = 4;
const RST: u16 = 8;

fn frame(kind: u8, flags: u16, stream: u32, length: u32) -> [u8; 12] {
    let mut bytes = [0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes[2..4].copy_from_slice(&flags.to_be_bytes());
    bytes[4..8].copy_from_slice(&stream.to_be_bytes());
    bytes[8..].copy_from_slice(&length.to_be_bytes());
    bytes
}

/// The next frame that is not a ping, without its body.
async fn next_frame(raw: &mut TcpStream) -> Frame {
    loop {
        let mut header = [0; 12];
        within(raw.read_exact(&mut header)).await.expect("a frame");
        let [0, kind, f0, f1, s0, s1, s2, s3, l0, l1, l2, l3] = header else { panic!("version: {header:?}") };
        let (flags, stream) = (u16::from_be_bytes([f0, f1]), u32::from_be_bytes([s0, s1, s2, s3]));
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        if kind == DATA {
            within(raw.read_exact(&mut vec![0; length as usize])).await.unwrap();
        }
        if kind != PING {
            return Frame { kind, flags, stream, length };
        }
    }
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
    hub: Hub<EchoClient>,
    registration: Registration<EchoClient>,
}

impl Echo for HubEcho {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let peer = self.hub.client(self.registration.id()).expect("the caller is connected");
        let answer = echo(&peer, request.message.unwrap_or_default()).await;
        Ok(Response { message: Some(answer.into()) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_calls_each_client_back_by_its_id_over_the_clients_own_connection() {
    let listener = Yamux::listen(WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap().with_subpaths());
    let hub = Hub::default();
    let server = serve_sessions(listener, {
        let hub = hub.clone();
        move |streams, peer| {
            let registration = hub.join(peer.last_segment(), client!(streams.clone()));
            EchoServer::from_handler(HubEcho { hub: hub.clone(), registration })
        }
    });
    let (url, handle) = (server.endpoint().replace("yamux+", ""), server.handle());
    let server = tokio::spawn(server.into_future());
    let clients = ["a", "b", "c"].map(|id| {
        let url = format!("{url}/{id}");
        async move {
            let session = Yamux::connect(WebSocket::to(url)).await.unwrap();
            let callbacks = tokio::spawn(serve(session.incoming, EchoServer::from_handler(Named(id))).into_future());
            let hub = client!(session.streams.clone());
            for _ in 0..20 {
                assert_eq!(echo(&hub, "you").await, format!("{id} hears you"));
            }
            session.streams.close().await;
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
async fn streams_over_the_limit_are_refused_here_and_the_session_lives_on() {
    let (ours, theirs) = sessions().await;
    let server = Server::start(theirs.incoming, EchoHandler);
    let mut open = Vec::new();
    let error = loop {
        match ours.streams.open().await {
            Ok(stream) => open.push(stream),
            Err(error) => break error,
        }
        assert!(open.len() < 1000, "a limit");
        // The other end learns of a stream by its first byte; the library counts them only then as unacknowledged.
        send(open.last_mut().unwrap(), &[0]).await;
    };
    assert!(matches!(error, OpenError::TooManyStreams { limit } if limit == open.len() && limit < 512), "{error}");
    drop(open);
    assert_eq!(echo(&client!(ours.streams.clone()), "still there").await, "still there");
    ours.streams.close().await;
    server.ended().await;
}

#[tokio::test]
async fn streams_over_the_inbound_limit_are_reset_alone() {
    let (mut session, mut raw) = against_raw().await;
    // The dialing end has odd ids, so the raw end opens even ones. Nobody accepts: the queue fills, then resets come.
    for stream in 1..=600 {
        raw.write_all(&frame(WINDOW_UPDATE, SYN, stream * 2, 0)).await.unwrap();
    }
    let mut reset = 0;
    let mut acknowledged = 0;
    while reset + acknowledged < 600 {
        let frame = next_frame(&mut raw).await;
        reset += usize::from(frame.flags & RST != 0);
        acknowledged += usize::from(frame.flags & ACK != 0);
    }
    assert_eq!((acknowledged, reset), (512, 88));
    assert!(within(session.incoming.accept()).await.is_some(), "the session lives on");
}

#[tokio::test]
async fn an_accepted_stream_is_acknowledged_before_anybody_answers() {
    let (mut session, mut raw) = against_raw().await;
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 2, 0)).await.unwrap();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: ACK, stream: 2, length: 0 });
    let (_stream, _) = within(session.incoming.accept()).await.unwrap();
}

#[tokio::test]
async fn shutting_down_twice_sends_one_end() {
    let (session, mut raw) = against_raw().await;
    let mut stream = session.streams.open().await.unwrap();
    send(&mut stream, b"x").await;
    stream.shutdown().await.unwrap();
    stream.shutdown().await.unwrap();
    let mut other = session.streams.open().await.unwrap();
    send(&mut other, b"y").await;
    let kinds = [next_frame(&mut raw).await, next_frame(&mut raw).await, next_frame(&mut raw).await];
    assert_eq!(kinds.each_ref().map(|frame| (frame.stream, frame.flags)), [(1, SYN), (1, FIN), (3, SYN)]);
}

#[tokio::test]
async fn a_reset_is_an_error_and_not_an_end() {
    let (session, mut raw) = against_raw().await;
    for (flags, outcome) in [(FIN, Ok(0)), (RST, Err(std::io::ErrorKind::ConnectionReset))] {
        let mut stream = session.streams.open().await.unwrap();
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
async fn a_dropped_stream_that_was_shut_down_takes_what_still_comes() {
    let (ours, mut theirs) = sessions().await;
    let mut stream = ours.streams.open().await.unwrap();
    send(&mut stream, b"request").await;
    stream.shutdown().await.unwrap();
    drop(stream);
    let (mut stream, _) = within(theirs.incoming.accept()).await.unwrap();
    // More than a window: without a reader at the other end this waits for ever.
    within(send(&mut stream, &vec![0; 4 * 1024 * 1024])).await;
}

#[tokio::test]
async fn the_end_of_a_session_reaches_everyone_who_waits() {
    let (ours, mut theirs) = sessions().await;
    let mut stream = ours.streams.open().await.unwrap();
    send(&mut stream, b"x").await;
    let (mut far, _) = within(theirs.incoming.accept()).await.unwrap();
    far.read_exact(&mut [0; 1]).await.unwrap();
    let waiting = tokio::spawn(async move { far.read(&mut [0; 1]).await.map_err(|error| error.kind()) });
    within(ours.streams.close()).await;
    assert_eq!(within(waiting).await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
    assert!(within(theirs.incoming.accept()).await.is_none());
    assert!(matches!(theirs.streams.open().await, Err(OpenError::Closed)));
    within(theirs.streams.ended()).await.expect("closed in good order");
}

#[tokio::test]
async fn a_session_without_handles_says_goodbye() {
    let (session, mut raw) = against_raw().await;
    drop(session);
    assert_eq!(next_frame(&mut raw).await, Frame { kind: GO_AWAY, flags: 0, stream: 0, length: 0 });
    assert_eq!(within(raw.read(&mut [0; 1])).await.unwrap(), 0);
}

#[tokio::test]
async fn a_peer_against_the_rules_is_told_and_left() {
    let (session, mut raw) = against_raw().await;
    // An odd id from the end that has the even ones.
    raw.write_all(&frame(DATA, SYN, 1, 0)).await.unwrap();
    let goodbye = next_frame(&mut raw).await;
    assert_eq!((goodbye.kind, goodbye.length), (GO_AWAY, 1));
    assert_eq!(within(raw.read(&mut [0; 1])).await.unwrap(), 0, "and the connection ends");
    within(session.streams.ended()).await.ok();
    assert!(session.streams.is_ended());
}

#[tokio::test]
async fn a_one_way_connector_dials_anew_after_its_session_has_ended() {
    let (first, address) = {
        let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().to_string();
        (Server::start(Yamux::listen(listener).into_streams(), EchoHandler), address)
    };
    let client = client!(Yamux::over(StdNet::to(address.clone())));
    assert_eq!(echo(&client, "one").await, "one");
    first.stop().await;
    // The first call may still meet the old session's end on its way.
    let refused = async {
        loop {
            let error = client.echo(Request { message: None }).await.expect_err("nobody listens");
            if format!("{error:?}").contains(&address) {
                break;
            }
        }
    };
    within(refused).await;
    let second = Server::start(Yamux::listen(StdNet::bind(address).await.unwrap()).into_streams(), EchoHandler);
    assert_eq!(echo(&client, "two").await, "two");
    second.stop().await;
}

#[tokio::test]
async fn both_ends_can_write_a_lot_at_once() {
    const SIZE: usize = 16 * 1024 * 1024;
    let (ours, mut theirs) = sessions().await;
    let mut near = ours.streams.open().await.unwrap();
    send(&mut near, &[0]).await;
    let (mut far, _) = within(theirs.incoming.accept()).await.unwrap();
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
async fn a_dial_that_was_given_up_is_not_waited_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .connect_timeout(Some(Duration::from_millis(200)))
        .connect_with(Yamux::over(WebSocket::to(url.clone())))
        .build();
    // The first connection is taken and never answered.
    let (silent, outcome) =
        within(async { tokio::join!(listener.accept(), client.echo(Request { message: None })) }).await;
    assert!(format!("{outcome:?}").contains("no connection within"), "{outcome:?}");
    let _silent = silent.unwrap();
    drop(listener);
    let server = Server::start(Yamux::listen(WebSocket::bind(url).await.unwrap()).into_streams(), EchoHandler);
    assert_eq!(echo(&client, "anew").await, "anew");
    server.stop().await;
}

#[tokio::test]
async fn connecting_to_one_who_says_nothing_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let mut config = YamuxConfig::default();
    config.connect_timeout = Duration::from_millis(50);
    let error = within(Yamux::connect_with_config(WebSocket::to(url), config)).await.expect_err("no handshake");
    assert_eq!(error.to_string(), "no connection within 50ms");
}

#[tokio::test]
async fn a_caller_who_waits_for_the_library_does_not_keep_a_session_from_closing() {
    let (session, mut raw) = against_raw().await;
    // The library lets 256 streams be without an acknowledgement; the raw end gives none.
    let mut open = Vec::new();
    for _ in 0..256 {
        open.push(within(session.streams.open()).await.unwrap());
    }
    let waiting = tokio::spawn({
        let streams = session.streams.clone();
        async move { streams.open().await.map(drop) }
    });
    let reading = tokio::spawn(async move { while raw.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {} });
    within(session.streams.close()).await;
    assert!(matches!(within(waiting).await.unwrap(), Err(OpenError::Closed)));
    within(reading).await.unwrap();
}

#[tokio::test]
async fn the_last_answer_of_a_stopping_server_is_followed_by_an_end_and_not_a_reset() {
    let (session, mut raw) = against_raw().await;
    let server = Server::start(session.incoming, EchoHandler);
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 2, 0)).await.unwrap();
    assert_eq!(next_frame(&mut raw).await.flags, ACK);
    server.handle.stop();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: FIN, stream: 2, length: 0 });
    // Until this end has said so, too, the stream counts as open.
    raw.write_all(&frame(DATA, FIN, 2, 0)).await.unwrap();
    server.ended().await;
}
