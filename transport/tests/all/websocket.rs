//! WebSocket on the wire: what strangers send, what they see, and handshakes that never end.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use volplane_transport::{HandshakeOptions, Layered, Listener, ListenerExt, StdNetListener, WebSocket};

use motore::service::UnaryService;
use volo::net::Address;

use crate::support::{EchoHandler, PATIENCE, Server, client, echo, within};

const NOWHERE: Address =
    Address::Ip(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

/// A listener, and one accepted connection for what `connect` does with its URL.
async fn accepted<C, F: Future<Output = C>>(
    connect: impl FnOnce(String) -> F,
) -> (impl AsyncRead + AsyncWrite + Unpin, C) {
    let mut listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap();
    let url = listener.endpoint().to_string();
    let (accepted, connected) = within(async { tokio::join!(listener.accept(), connect(url)) }).await;
    (accepted.expect("a connection").0, connected)
}

#[tokio::test]
async fn reads_text_without_a_utf8_check_fragments_empty_messages_and_pings_in_between() {
    use tungstenite::protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    };
    let (mut stream, (mut socket, _)) =
        accepted(|url| async move { tokio_tungstenite::connect_async(url).await.unwrap() }).await;
    let send = async {
        use futures_util::SinkExt;
        let part = |bytes: &'static [u8], kind, last| Message::Frame(Frame::message(bytes, OpCode::Data(kind), last));
        socket.send(part(b"\xff\xfe", Data::Text, true)).await.unwrap();
        socket.send(Message::Binary(Default::default())).await.unwrap();
        socket.send(part(b"one", Data::Binary, false)).await.unwrap();
        socket.send(Message::Ping("alive?".into())).await.unwrap();
        socket.send(part(b"", Data::Continue, false)).await.unwrap();
        socket.send(part(b"two", Data::Continue, true)).await.unwrap();
        socket.close(None).await.unwrap();
    };
    let mut received = Vec::new();
    within(async { tokio::join!(send, async { stream.read_to_end(&mut received).await.unwrap() }) }).await;
    assert_eq!(received, b"\xff\xfeonetwo");
    use futures_util::StreamExt;
    assert_eq!(within(socket.next()).await.unwrap().unwrap(), Message::Pong("alive?".into()));
}

#[tokio::test]
async fn sends_binary_and_closes_with_1000_on_shutdown_and_on_drop() {
    use futures_util::StreamExt;
    for drop_it in [false, true] {
        let (mut stream, (mut socket, _)) =
            accepted(|url| async move { tokio_tungstenite::connect_async(url).await.unwrap() }).await;
        stream.write_all(b"bytes").await.unwrap();
        stream.flush().await.unwrap();
        if drop_it {
            drop(stream);
        } else {
            stream.shutdown().await.unwrap();
        }
        assert_eq!(within(socket.next()).await.unwrap().unwrap(), Message::Binary("bytes".into()));
        match within(socket.next()).await.unwrap().unwrap() {
            Message::Close(Some(close)) => assert_eq!(close.code, CloseCode::Normal, "dropped: {drop_it}"),
            other => panic!("{other:?}"),
        }
    }
}

/// What a server that speaks raw bytes sees of our client, and what the client makes of `answer` to its head.
async fn against_raw_server(answer: &[u8]) -> (String, Result<Vec<u8>, String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/chat", listener.local_addr().unwrap());
    let connect = async {
        let mut stream = WebSocket::to(url).call(NOWHERE).await.map_err(|error| with_causes(&error))?;
        let mut received = Vec::new();
        stream.read_to_end(&mut received).await.map_err(|error| error.to_string())?;
        Ok(received)
    };
    let serve = async {
        let (mut raw, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(raw.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        let answer = String::from_utf8_lossy(answer).replace("{accept}", &accept).into_bytes();
        let frames = answer.iter().map(|&byte| if byte == b'~' { 0x82 } else { byte }).collect::<Vec<_>>();
        raw.write_all(&frames).await.unwrap();
        head
    };
    within(async { tokio::join!(serve, connect) }).await
}

fn with_causes(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", with_causes(source)))
}

const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

#[tokio::test]
async fn offers_an_origin_and_no_extension_and_keeps_bytes_that_come_with_the_answer() {
    let (head, received) = against_raw_server(format!("{SWITCHING}~\x05early").as_bytes()).await;
    let head = head.to_ascii_lowercase();
    assert!(head.contains("origin: http://127.0.0.1:"), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
    assert_eq!(received, Ok(b"early".to_vec()));
}

#[tokio::test]
async fn says_what_is_wrong_with_the_other_end() {
    let cases = [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404: no WebSocket at this path"),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "HTTP 403: other credentials or another origin are needed",
        ),
        ("\0\0\0\x10not http at all\r\n\r\n", "did not complete the WebSocket handshake"),
    ];
    for (answer, told) in cases {
        let error = against_raw_server(answer.as_bytes()).await.1.expect_err(told);
        assert!(error.starts_with("handshake with ws://127.0.0.1:") && error.contains(told), "{error}");
    }
    let cut_off = against_raw_server(format!("{SWITCHING}~\u{7f}").as_bytes()).await.1;
    assert!(cut_off.is_err(), "a message cut off is no end of stream: {cut_off:?}");
}

/// As Go's net/http writes them: with `http.Error`; with `Write` alone; flushed; on a connection that is not kept.
#[tokio::test]
async fn shows_what_a_server_in_go_answers() {
    let text = "Bad request, client 0 has establish s2c conn";
    let typed = "Content-Type: text/plain; charset=utf-8\r\nDate: Thu, 26 Nov 2026 17:00:00 GMT\r\n";
    for rest in [
        format!("{typed}X-Content-Type-Options: nosniff\r\nContent-Length: 45\r\n\r\n{text}\n"),
        format!("{typed}Content-Length: 44\r\n\r\n{text}"),
        format!("{typed}Transfer-Encoding: chunked\r\n\r\n2c\r\n{text}\r\n0\r\n\r\n"),
        format!("{typed}Connection: close\r\n\r\n{text}"),
        format!("{typed}Connection: close\r\nContent-Length: 44\r\n\r\n{text}"),
    ] {
        let error = against_raw_server(format!("HTTP/1.1 400 Bad Request\r\n{rest}").as_bytes()).await.1;
        let error = error.expect_err("refused");
        assert!(error.ends_with(&format!("the server answered HTTP 400: {text}")), "{error}");
    }
}

#[tokio::test]
async fn serves_its_own_path_only() {
    let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap();
    let base = listener.endpoint().to_string();
    let server = Server::start(listener, EchoHandler);
    for (path, served) in [("", true), ("?token=x", true), ("/a", false), ("x", false), ("/../kitex-ws", false)] {
        let outcome = within(tokio_tungstenite::connect_async(format!("{base}{path}"))).await;
        assert_eq!(outcome.is_ok(), served, "{path}: {outcome:?}");
    }
    server.stop().await;
    let mut listener = WebSocket::bind("ws://127.0.0.1:0/hub").await.unwrap().with_subpaths();
    let url = format!("{}/agents/a?token=x", listener.endpoint());
    let (accepted, _) = within(async { tokio::join!(listener.accept(), tokio_tungstenite::connect_async(url)) }).await;
    let (_, peer) = accepted.unwrap();
    assert_eq!((peer.path(), peer.id(), peer.query()), ("/hub/agents/a", "", Some("token=x")));
    assert_eq!((peer.header("UPGRADE"), peer.header("X-None")), (Some("websocket"), None));
}

async fn bind(options: HandshakeOptions) -> Layered<StdNetListener, WebSocket> {
    WebSocket::bind("ws://127.0.0.1:0/").await.unwrap().with_handshake_options(options)
}

#[tokio::test]
async fn a_handshake_that_never_ends_keeps_nobody_waiting() {
    let listener = bind(HandshakeOptions::default().with_deadline(PATIENCE * 10)).await;
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let mut silent = Vec::new();
    for said in ["", "GET / HTTP/1.1\r\nHost: x\r\n", "\x16\x03\x01"] {
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        silent.push(stream);
    }
    let client = client!(WebSocket::to(&server.endpoint));
    assert_eq!(echo(&client, "through").await, "through");
    server.stop().await;
}

#[tokio::test]
async fn a_handshake_over_its_deadline_is_dropped() {
    let listener = bind(HandshakeOptions::default().with_deadline(Duration::from_millis(50))).await;
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let mut silent = TcpStream::connect(&authority).await.unwrap();
    let client = client!(WebSocket::to(&server.endpoint));
    assert_eq!(echo(&client, "through").await, "through");
    assert_eq!(within(silent.read(&mut [0; 1])).await.unwrap_or(0), 0, "the silent connection is closed");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_only_looked_at_answers_pings() {
    use futures_util::{SinkExt, StreamExt};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let accept = async { tokio_tungstenite::accept_async(listener.accept().await.unwrap().0).await.unwrap() };
    let connect = async { WebSocket::to(url).call(NOWHERE).await.unwrap() };
    let (mut socket, mut stream) = within(async { tokio::join!(accept, connect) }).await;
    socket.send(Message::Ping("there?".into())).await.unwrap();
    // What a look at an idle connection does: one poll that finds nothing to read.
    let mut byte = [0; 1];
    let looking = async {
        loop {
            let look = tokio::time::timeout(Duration::from_millis(1), stream.read(&mut byte)).await;
            assert!(look.is_err(), "nothing to read");
        }
    };
    tokio::select! {
        answer = within(socket.next()) => assert_eq!(answer.unwrap().unwrap(), Message::Pong("there?".into())),
        () = looking => {}
    }
}

#[tokio::test]
async fn a_server_that_ends_the_connection_in_the_handshake_as_when_it_stops_is_dialed_again() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client!(WebSocket::to(format!("ws://{}/", socket.local_addr().unwrap())));
    let serving = async {
        let (mut stopping, _) = socket.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            stopping.read_buf(&mut request).await.unwrap();
        }
        drop(stopping);
        Server::start(socket.layer(WebSocket::at("/")), EchoHandler)
    };
    let (answer, server) = within(async { tokio::join!(echo(&client, "hello"), serving) }).await;
    assert_eq!(answer, "hello");
    server.stop().await;
}
