//! A client of ours and responses in bytes.

use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use volo::net::Address;
use volo_thrift::ClientError;
use volplane_generated::api::{EchoClient, EchoClientBuilder};
use volplane_transport::{
    BoxConnector, Channel, ConnectErrorKind, ConnectWith, Connection, Delivery, Http, Protocol, StdNet,
};

use crate::http::raw::{Received, answer, answer_to, chunked, listen, read, response, send};
use crate::support::bytes::{ONE_WAY, message};
use crate::support::{PATIENCE, client, echo, request, within};

/// Accepts a connection, reads a request, sends `response`.
async fn respond(listener: &TcpListener, response: &[u8]) -> (TcpStream, Received) {
    let (mut io, _) = within(listener.accept()).await.unwrap();
    io.set_nodelay(true).unwrap();
    let request = read(&mut io).await;
    send(&mut io, response).await;
    (io, request)
}

/// The outcome of a call that is answered with `response`, after which the connection ends.
async fn outcome(response: &[u8]) -> Result<String, ClientError> {
    let (listener, url) = listen().await;
    let client = client!(Http::to(url));
    let call = client.echo(request("hello"));
    let server = async { drop(respond(&listener, response).await) };
    let (outcome, ()) = within(async { tokio::join!(call, server) }).await;
    outcome.map(|answer| answer.message.unwrap_or_default().to_string())
}

async fn error_of(response: &[u8]) -> (String, Delivery) {
    let error = outcome(response).await.expect_err("the call fails");
    (error.to_string(), Delivery::of(&error))
}

#[tokio::test]
async fn a_call_is_a_post_and_nothing_in_it_is_special() {
    let (listener, url) = listen().await;
    let client = client!(Http::to(format!("{url}?tenant=x")).with_header("X-Trace", "7").with_bearer("t0ken"));
    let response = response("", &answer("seen"));
    let server = respond(&listener, &response);
    let (answer, (_io, request)) = within(async { tokio::join!(echo(&client, "hello"), server) }).await;
    assert_eq!(answer, "seen");
    let authority = listener.local_addr().unwrap();
    assert!(request.head.starts_with(&format!("POST /echo?tenant=x HTTP/1.1\r\nHost: {authority}\r\n")), "{request:?}");
    for (name, value) in [
        ("Content-Type", "application/x-thrift"),
        ("Accept", "application/x-thrift"),
        ("User-Agent", "volplane"),
        ("X-Trace", "7"),
        ("Authorization", "Bearer t0ken"),
    ] {
        assert_eq!(request.header(name), Some(value), "{request:?}");
    }
    assert_eq!((request.header("Expect"), request.header("Transfer-Encoding")), (None, None));
    assert_eq!(request.body[..4], [0x80, 0x01, 0, 1], "binary without a frame");
}

#[tokio::test]
async fn responses_are_read_in_every_form() {
    let body = answer("seen");
    let chunked = |chunks: &[&[u8]]| {
        let request = chunked(chunks);
        let body = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", &request[body..]].concat()
    };
    let interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    for bytes in [
        response("", &body),
        response("Content-Type: text/html\r\n", &body),
        chunked(&[&body]),
        chunked(&body.chunks(3).collect::<Vec<_>>()),
        [&interim[..], &response("", &body)].concat(),
        // What Apache's Python server sends.
        [b"HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6\r\n\r\n", &body[..]].concat(),
        [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &body[..]].concat(),
    ] {
        assert_eq!(outcome(&bytes).await.unwrap(), "seen", "{}", bytes.escape_ascii());
        let (listener, url) = listen().await;
        let client = client!(Http::to(url));
        let server = async {
            let (mut io, _) = listener.accept().await.unwrap();
            io.set_nodelay(true).unwrap();
            read(&mut io).await;
            for byte in &bytes {
                send(&mut io, &[*byte]).await;
                tokio::task::yield_now().await;
            }
        };
        let (outcome, ()) = within(async { tokio::join!(client.echo(request("hello")), server) }).await;
        let answer = outcome.unwrap_or_else(|error| panic!("{error}: {}", bytes.escape_ascii())).message.unwrap();
        assert_eq!(answer, "seen", "byte by byte: {}", bytes.escape_ascii());
    }
}

#[tokio::test]
async fn another_status_is_an_error_with_the_first_line_of_the_body() {
    for (bytes, text) in [
        ("404 Not Found\r\nContent-Length: 12\r\n\r\nno such path", "the server answered HTTP 404: no such path"),
        ("401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "the server answered HTTP 401"),
        (
            "503 Busy\r\n\r\n  \r\nlater\x1b[31m\u{202e}\r\nmore",
            "the server answered HTTP 503: later\u{fffd}[31m\u{fffd}",
        ),
        ("500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n4\r\noops\r\n0\r\n\r\n", "the server answered HTTP 500: oops"),
        ("502 Bad\r\nContent-Length: 1000\r\n\r\nnot whole", "the server answered HTTP 502: not whole"),
        (
            "502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
            "the server answered HTTP 502: a proxy got no answer from the server",
        ),
        (
            "413 Too Large\r\nContent-Length: 8\r\n\r\n\r\n<html>",
            "HTTP 413: the message is larger than the server or a proxy allows (nginx: client_max_body_size)",
        ),
        ("204 No Content\r\n\r\n", "the server answered HTTP 204"),
        ("302 Found\r\nLocation: https://x/\r\n\r\n", "the server answered HTTP 302: it redirects to https://x/"),
        ("307 Temporary\r\nContent-Length: 0\r\n\r\n", "the server answered HTTP 307"),
    ] {
        let (error, delivery) = error_of(format!("HTTP/1.1 {bytes}").as_bytes()).await;
        assert!(error.ends_with(text), "{error}");
        assert_eq!(delivery, Delivery::Unknown);
    }
    let page = format!("HTTP/1.1 500 Oops\r\nContent-Length: 100000\r\n\r\n{}", "ä".repeat(50_000));
    let (error, _) = error_of(page.as_bytes()).await;
    assert!(error.ends_with(&format!("HTTP 500: {}…", "ä".repeat(200))), "{error}");
}

#[tokio::test]
async fn a_response_that_is_not_a_whole_answer_is_an_error() {
    let body = answer("seen");
    let length = body.len();
    for (bytes, text) in [
        (b"".to_vec(), "ended before the response"),
        (b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(), "ended before the response"),
        (response("", &body)[..60].to_vec(), "ended inside the body"),
        (response("", &[]), "found an empty body"),
        (response("", &body[..length - 1]), "found the beginning of a message"),
        (response("", &[&body[..], b"x"].concat()), "found bytes after the message"),
        (response("Transfer-Encoding: chunked\r\n", &body), "Content-Length"),
        (response("Content-Length: 5\r\n", &body), "Content-Length"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec(), "another protocol"),
        (b"HTTP/1.1 100 Continue\r\n\r\n".repeat(18), "interim"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n".to_vec(), "16777216"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello".to_vec(), "chunk"),
        (b"\x80\x01\x00\x02".to_vec(), "not HTTP"),
        (format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(9000)).into_bytes(), "8192"),
    ] {
        let (error, delivery) = error_of(&bytes).await;
        assert!(error.contains(text), "{text}: {error}");
        assert_eq!(delivery, Delivery::Unknown, "{error}");
    }
}

fn counted(url: &str) -> (EchoClient, Channel<BoxConnector>) {
    let channel = Channel::new(BoxConnector::new(Http::to(url)));
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel)
}

#[tokio::test]
async fn a_connection_is_used_again_only_if_the_server_keeps_it_alive() {
    for (headers, reused) in [("", 1), ("Connection: keep-alive\r\n", 1), ("Connection: close\r\n", 0)] {
        let (listener, url) = listen().await;
        let (client, channel) = counted(&url);
        let server = async {
            let (mut io, _) = respond(&listener, &response(headers, &answer("one"))).await;
            let second = response(headers, &answer_to(1, "two"));
            if reused == 0 {
                respond(&listener, &second).await;
            } else {
                read(&mut io).await;
                send(&mut io, &second).await;
            }
        };
        let calls = async { (echo(&client, "1").await, echo(&client, "2").await) };
        let (answers, ()) = within(async { tokio::join!(calls, server) }).await;
        assert_eq!(answers, ("one".to_owned(), "two".to_owned()));
        assert_eq!(channel.stats().reused, reused, "{headers}");
    }
}

#[tokio::test]
async fn bytes_that_answer_nothing_end_the_connection_before_the_next_call() {
    let (listener, url) = listen().await;
    let (client, channel) = counted(&url);
    let server = async {
        let late = [response("", &answer("one")), b"HTTP/1.1 408 Request Timeout\r\n\r\n".to_vec()].concat();
        let (_io, _) = respond(&listener, &late).await;
        respond(&listener, &response("", &answer_to(1, "two"))).await;
    };
    let calls = async { (echo(&client, "1").await, echo(&client, "2").await) };
    let (answers, ()) = within(async { tokio::join!(calls, server) }).await;
    assert_eq!(answers, ("one".to_owned(), "two".to_owned()));
    assert_eq!(channel.stats().opened, 2);
}

#[tokio::test]
async fn a_misdirected_call_is_sent_again_on_another_connection() {
    let (listener, url) = listen().await;
    let client = client!(Http::to(url));
    let server = async {
        respond(&listener, b"HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n").await;
        respond(&listener, &response("", &answer("seen"))).await;
    };
    let (answer, ()) = within(async { tokio::join!(echo(&client, "hello"), server) }).await;
    assert_eq!(answer, "seen");
}

#[tokio::test]
async fn a_one_way_message_ends_when_the_server_has_accepted_it() {
    let (listener, url) = listen().await;
    let mut connection = Http::to(&url).call(Address::from(listener.local_addr().unwrap())).await.unwrap();
    let one_way = message(ONE_WAY, "echo", "hello");
    let (mut io, _) = listener.accept().await.unwrap();
    connection.write_all(&one_way).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(20), connection.flush()).await;
    assert!(early.is_err() && !connection.is_reusable(), "{early:?}");
    assert_eq!(read(&mut io).await.body, one_way);
    // Whatever the body is: it answers nothing.
    send(&mut io, &response("", b"ignored")).await;
    within(connection.flush()).await.unwrap();
    assert!(connection.is_reusable());
    connection.write_all(&one_way).await.unwrap();
    send(&mut io, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").await;
    let error = within(connection.flush()).await.unwrap_err();
    assert_eq!(error.to_string(), "the server answered HTTP 403: no");
    assert!(!connection.is_reusable());
}

#[tokio::test]
async fn a_refusal_is_reported_although_the_request_was_not_read() {
    let (listener, url) = listen().await;
    let client = client!(Http::to(url));
    let call = client.echo(request(&"x".repeat(12 << 20)));
    let server = async {
        let (mut io, _) = listener.accept().await.unwrap();
        send(&mut io, b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig").await;
        io.shutdown().await.unwrap();
        // Until the client, whose request is not read, is told that nobody reads it.
        let mut some = vec![0; 1 << 20];
        io.read_exact(&mut some).await.unwrap();
    };
    let (outcome, ()) = within(async { tokio::join!(call, server) }).await;
    let error = outcome.expect_err("refused");
    let text = error.to_string();
    assert!(text.contains("HTTP 413: big") || text.contains("reset") || text.contains("pipe"), "{text}");
}

#[tokio::test]
async fn protocols_with_a_frame_are_refused() {
    let (_listener, url) = listen().await;
    for protocol in ["ttheader", "framed", "framed-compact"] {
        let why = format!("the protocol {protocol} can't be used over HTTP; use buffered or buffered-compact");
        let channel = Channel::new(Http::to(&url)).with_protocol(protocol.parse().unwrap());
        let error = EchoClientBuilder::new("example").connect_through(channel).build().echo(request("x")).await;
        let error = error.expect_err("refused");
        assert!(error.to_string().ends_with(&why), "{error}");
        assert_eq!(Delivery::of(&error), Delivery::NeverSent);
        let endpoint = format!("{url}?protocol={protocol}").parse().unwrap();
        let error = EchoClientBuilder::new("example").connect_to(&endpoint).err().expect("refused");
        assert_eq!(error.kind(), ConnectErrorKind::Unsupported);
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), why);
    }
    let endpoint: volplane_transport::Endpoint = format!("{url}?protocol=compact").parse().unwrap();
    assert_eq!(endpoint.protocol(), Some(Protocol::BUFFERED.compact()));
    assert_eq!(endpoint.to_string(), format!("{url}?protocol=buffered-compact"));
}

#[tokio::test]
async fn what_cannot_be_sent_fails_every_connection() {
    let (listener, url) = listen().await;
    let to_path = |path| BoxConnector::new(StdNet::to(listener.local_addr().unwrap()).layer(Http::at(path)));
    for layered in [
        to_path("echo"),
        to_path("/a b"),
        to_path("/a\r\nX: y"),
        to_path("/a?b\r\n"),
        BoxConnector::new(Http::to(&url).with_header("X", "a\r\nb")),
        BoxConnector::new(Http::to(&url).with_header("Content-Length", "3")),
        BoxConnector::new(Http::to(&url).with_bearer("a b\n")),
    ] {
        let error =
            layered.call(Address::from(listener.local_addr().unwrap())).await.map(drop).expect_err("no connection");
        assert_eq!(error.kind(), ConnectErrorKind::Handshake);
    }
}
