//! What peers can write into the log: few lines, and no characters that do anything.

use std::io;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tracing::Level;
use volo::net::Address;
use volo_thrift::error::ApplicationExceptionKind;
use volo_thrift::{ClientError, ServerError};
use volplane_generated::api::{Echo, Request, Response};
use volplane_transport::{Http, Listener, Memory, StdNet, WebSocket, accept_with_retry};

use crate::support::bytes::{CALL, EXCEPTION, REPLY, framed, framed_call, message, read_answer};
use crate::support::capture::Capture;
use crate::support::{EchoHandler, Server, echo, every_transport, pair, request, within};

const ESCAPES: &str = "\u{1b}[2J\r\nforged line \u{202e}";

fn assert_printable(lines: &[String]) {
    for line in lines {
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}') && line.len() < 2048, "{line:?}");
    }
}

/// A connection from an address of its own, because lines are counted for each address.
async fn connect_from(last: u8, server: &Server) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, last], 0).into()).unwrap();
    socket.connect(server.endpoint.authority().unwrap().parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn failed_handshakes_of_one_address_take_ten_lines() {
    let logged = Capture::start(Level::INFO);
    let server = Server::start(WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap(), EchoHandler);
    for _ in 0..50 {
        let mut io = connect_from(2, &server).await;
        io.write_all(format!("GET {ESCAPES}\r\n\r\n").as_bytes()).await.unwrap();
        // Whatever is answered, the connection ends.
        within(tokio::io::copy(&mut io, &mut tokio::io::sink())).await.ok();
    }
    let lines = logged.with("127.0.0.2");
    assert_eq!(lines.len(), 10, "{lines:#?}");
    assert!(lines.iter().all(|line| line.starts_with("INFO message=handshake failed")), "{lines:#?}");
    assert_eq!(logged.with("many failed handshakes").len(), 1, "{:#?}", logged.lines());
    // Another address is still heard.
    let mut io = connect_from(3, &server).await;
    io.write_all(b"\x16\x03\x01 no HTTP\r\n\r\n").await.unwrap();
    within(tokio::io::copy(&mut io, &mut tokio::io::sink())).await.ok();
    // The server logs after it has answered.
    within(async {
        while logged.with("127.0.0.3").is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_printable(&logged.lines());
    server.stop().await;
}

/// Load balancers send one every few seconds.
#[tokio::test]
async fn health_checks_are_not_logged_as_failures() {
    let logged = Capture::start(Level::INFO);
    let websocket = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap().with_health("/healthz");
    let http = Http::bind("http://127.0.0.1:0/echo").await.unwrap().with_health("/healthz");
    for (refused, server) in
        [Server::start(websocket, EchoHandler), Server::start(http, EchoHandler)].iter().enumerate()
    {
        for path in ["healthz", "healthz", "other"] {
            let mut io = connect_from(5, server).await;
            io.write_all(format!("GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await.unwrap();
            within(tokio::io::copy(&mut io, &mut tokio::io::sink())).await.unwrap();
        }
        within(async {
            while logged.with("HTTP 404").len() == refused {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    assert!(logged.with("health").is_empty(), "{:#?}", logged.lines());
}

#[tokio::test]
async fn invalid_messages_are_logged_without_what_they_would_do_to_a_terminal() {
    let logged = Capture::start(Level::INFO);
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let long = "x".repeat(100_000);
    let of_a_service = format!("{ESCAPES}:echo");
    for method in [ESCAPES, &long, &of_a_service] {
        let mut io = connect_from(4, &server).await;
        io.write_all(&framed(&message(CALL, method, "hello"))).await.unwrap();
        let answer = within(read_answer(&mut io)).await.unwrap();
        assert_eq!(answer.kind, EXCEPTION);
        assert_printable(&[answer.text]);
    }
    let mut io = connect_from(4, &server).await;
    io.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    within(io.read_to_end(&mut Vec::new())).await.unwrap();
    let lines = logged.with("127.0.0.4");
    assert!(lines.len() == 4 && lines.iter().all(|line| line.starts_with("WARN")), "{lines:#?}");
    assert!(lines[0].contains(r"\u{1b}[2J\r\nforged line \u{202e}"), "{lines:#?}");
    assert!(lines[2].contains("unknown service") && lines[2].contains(r"\u{1b}[2J\r\n"), "{lines:#?}");
    assert!(lines[3].contains("HTTP"), "{lines:#?}");
    assert_printable(&logged.lines());
    server.stop().await;
}

/// Quotes the request in a panic, as `expect` with a parse error does.
struct Quoting;

impl Echo for Quoting {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        match request.message.as_deref() {
            Some("well") => Ok(Response { message: request.message }),
            other => panic!("cannot parse {}", other.unwrap_or_default()),
        }
    }
}

#[tokio::test]
async fn panics_are_logged_ten_times_and_the_connection_goes_on() {
    let logged = Capture::start(Level::INFO);
    let (connector, listener) = Memory::pair();
    let server = Server::start(listener, Quoting);
    let mut io = connector.call(Address::Ip(([0, 0, 0, 0], 0).into())).await.unwrap();
    for _ in 0..30 {
        io.write_all(&framed_call(ESCAPES)).await.unwrap();
        let answer = within(read_answer(&mut io)).await.unwrap();
        assert_eq!((answer.kind, answer.text.as_str()), (EXCEPTION, "the handler of echo panicked"));
    }
    io.write_all(&framed_call("well")).await.unwrap();
    let answer = within(read_answer(&mut io)).await.unwrap();
    assert_eq!((answer.kind, answer.text.as_str()), (REPLY, "well"));
    let lines = logged.with("a handler panicked");
    assert_eq!(lines.len(), 10, "{lines:#?}");
    assert!(lines[0].starts_with("ERROR") && lines[0].contains(r"cannot parse \u{1b}[2J\r\nforged"), "{lines:#?}");
    assert_eq!(logged.with("many failed handlers").len(), 1);
    assert_printable(&logged.lines());
    drop(io);
    server.stop().await;
}

every_transport! {
    async fn a_panic_is_an_answer_and_the_connection_goes_on(transport: Transport) {
        let (server, client) = pair(transport, Quoting).await;
        for _ in 0..3 {
            let error = client.echo(request(ESCAPES)).await.unwrap_err();
            let ClientError::Application(exception) = error else { panic!("{error}") };
            assert_eq!(exception.kind(), ApplicationExceptionKind::INTERNAL_ERROR);
            assert_eq!(exception.message(), "the handler of echo panicked");
            assert_eq!(echo(&client, "well").await, "well");
        }
        drop(client);
        assert_eq!(server.stop().await.connections, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_without_descriptors_logs_ten_lines() {
    let logged = Capture::start(Level::INFO);
    let mut failures = 30;
    accept_with_retry("the test", || {
        failures -= 1;
        let outcome = if failures == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(24)) };
        std::future::ready(outcome)
    })
    .await;
    assert_eq!(logged.with("the test cannot accept").len(), 10);
    assert_eq!(logged.with("many errors of accepting").len(), 1);
}

/// A load balancer that checks whether the port is open, and a client that ends, are nothing to log at this level.
#[tokio::test]
async fn what_is_expected_is_not_logged() {
    let logged = Capture::start(Level::INFO);
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    assert!(listener.endpoint().authority().is_some());
    let server = Server::start(listener, EchoHandler);
    drop(connect_from(5, &server).await);
    let mut io = connect_from(5, &server).await;
    io.write_all(&framed_call("hello")).await.unwrap();
    assert_eq!(within(read_answer(&mut io)).await.unwrap().text, "hello");
    drop(io);
    assert_eq!(server.stop().await.connections, 2);
    let lines = logged.with("127.0.0.5");
    assert!(lines.iter().all(|line| line.starts_with("span ")), "{lines:#?}");
}
