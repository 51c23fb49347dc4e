//! What a WebSocket server answers to requests, byte by byte where that matters.

use std::fmt::Write;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use volplane_transport::{Layered, Listener, StdNetListener, WebSocket};

use crate::support::{EchoHandler, Server, within};

const UPGRADE: &str = "Connection: keep-alive, Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

async fn bind() -> Layered<StdNetListener, WebSocket> {
    WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap()
}

/// The head that is answered to `request`, and everything after it, until the server ends.
async fn answer_to(authority: &str, request: &[u8]) -> String {
    within(async {
        let mut stream = TcpStream::connect(authority).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        let mut chunk = [0; 1024];
        while !answer.starts_with(b"HTTP/1.1 101") || !answer.ends_with(b"\r\n\r\n") {
            match stream.read(&mut chunk).await.unwrap() {
                0 => break,
                count => answer.extend_from_slice(&chunk[..count]),
            }
        }
        String::from_utf8(answer).unwrap().replace('\r', "")
    })
    .await
}

/// A request of these lines, to a server at `authority`.
fn head(lines: &str, authority: &str) -> Vec<u8> {
    format!("{lines}\n\n").replace("HOST", authority).replace('\n', "\r\n").into_bytes()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

#[tokio::test]
async fn answers_everything_that_is_no_handshake() {
    let listener = bind().await.with_health("/healthz");
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let upgrade = |line: &str, change: &dyn Fn(String) -> String| change(format!("{line}\nHost: HOST\n{UPGRADE}"));
    let replaced = |from: &'static str, to: &'static str| {
        upgrade("GET /kitex-ws HTTP/1.1", &move |head| {
            assert!(head.contains(from), "{from}");
            head.replace(from, to)
        })
    };
    let cases = [
        ("a plain GET", "GET /kitex-ws HTTP/1.1\nHost: HOST".to_owned()),
        ("a plain GET by HTTP/1.0", "GET /kitex-ws HTTP/1.0".to_owned()),
        ("a health check", "GET /healthz HTTP/1.0".to_owned()),
        ("a health check without body", "HEAD /healthz?verbose HTTP/1.1\nHost: HOST".to_owned()),
        ("another method", upgrade("POST /kitex-ws HTTP/1.1", &|head| head)),
        ("HEAD", upgrade("HEAD /kitex-ws HTTP/1.1", &|head| head)),
        ("another path", upgrade("GET /other HTTP/1.1", &|head| head)),
        ("a path below", upgrade("GET /kitex-ws/a HTTP/1.1", &|head| head)),
        ("version 8", replaced("Version: 13", "Version: 8")),
        ("no version", replaced("Sec-WebSocket-Version: 13\n", "")),
        ("two versions", replaced("Version: 13", "Version: 13\nSec-WebSocket-Version: 13")),
        ("HTTP/1.0", upgrade("GET /kitex-ws HTTP/1.0", &|head| head)),
        ("HTTP/2", "PRI * HTTP/2.0\n\nSM".to_owned()),
        ("no Connection", replaced("Connection: keep-alive, Upgrade\n", "")),
        ("no key", replaced("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y")),
        ("two keys", replaced("Sec-WebSocket-Key:", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Key:")),
        ("a short key", replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j")),
        ("a key that is not base64", replaced("dGhlIHNhbXBsZSBub25jZQ==", "!!!!!!!!!!!!!!!!!!!!!!!!")),
        ("a body", replaced("Connection:", "Content-Length: 2\nConnection:")),
        ("a chunked body", replaced("Connection:", "Transfer-Encoding: chunked\nConnection:")),
        ("two lengths", replaced("Connection:", "Content-Length: 0\nContent-Length: 0\nConnection:")),
        ("no Host", replaced("Host: HOST\n", "")),
        ("two Hosts", replaced("Host: HOST", "Host: HOST\nHost: HOST")),
        ("a folded header", replaced("Connection:", "X: a\n b\nConnection:")),
        ("a control character", replaced("Connection:", "X: \u{1b}[31m\nConnection:")),
        ("too many headers", replaced("Connection:", &*format!("{}Connection:", "X: y\n".repeat(64)).leak())),
        ("too large", replaced("Connection:", &*format!("X: {}\nConnection:", "y".repeat(8192)).leak())),
        ("another origin", replaced("Connection:", "Origin: https://evil.example\nConnection:")),
        ("the opaque origin", replaced("Connection:", "Origin: null\nConnection:")),
        ("two origins", replaced("Connection:", "Origin: http://HOST\nOrigin: http://HOST\nConnection:")),
    ];
    let mut seen = String::new();
    for (name, request) in &cases {
        let answer = answer_to(&authority, &head(request, &authority)).await;
        writeln!(seen, "## {name}\n{}", answer.trim_end_matches('\n')).unwrap();
    }
    for (name, bytes) in [
        ("bare line feeds", &b"GET /kitex-ws HTTP/1.1\nHost: a\n\n"[..]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01"),
        ("thrift", b"\x80\x01\x00\x01\x00\x00\x00\x04echo"),
    ] {
        let answer = answer_to(&authority, bytes).await;
        writeln!(seen, "## {name}\n{}", answer.trim_end_matches('\n')).unwrap();
    }
    insta::assert_snapshot!(seen);
    server.stop().await;
}

#[tokio::test]
async fn the_health_path_can_be_that_of_the_websocket() {
    let listener = bind().await.with_health("/kitex-ws");
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let request = "GET /kitex-ws HTTP/1.1\nHost: HOST";
    assert_eq!(status(&answer_to(&authority, &head(request, &authority)).await), "200");
    let request = format!("{request}\n{UPGRADE}");
    assert_eq!(status(&answer_to(&authority, &head(&request, &authority)).await), "101");
    server.stop().await;
}

#[tokio::test]
async fn accepts_a_head_in_single_bytes_and_keeps_what_follows_it() {
    let mut listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let lines = format!("GET /kitex-ws HTTP/1.1\nHost: HOST\nX-Long: {}\n{UPGRADE}", "x".repeat(300));
    // A masked binary message of one byte, in the same packet as the end of the head.
    let request = [head(&lines, &authority), b"\x82\x81\0\0\0\0!".to_vec()].concat();
    let (one_by_one, last) = request.split_at(request.len() - 9);
    let send = async {
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in one_by_one {
            stream.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        stream.write_all(last).await.unwrap();
        stream
    };
    let (accepted, _stream) = within(async { tokio::join!(listener.accept(), send) }).await;
    let mut byte = [0];
    within(accepted.unwrap().0.read_exact(&mut byte)).await.unwrap();
    assert_eq!(&byte, b"!");
}

#[tokio::test]
async fn browsers_connect_from_the_same_origin_or_a_listed_one() {
    let listener = bind().await.with_origins(["https://app.example.com"]);
    let authority = listener.endpoint().authority().unwrap();
    let port = authority.rsplit(':').next().unwrap().to_owned();
    let server = Server::start(listener, EchoHandler);
    for (origin, host, expected) in [
        (Some("http://HOST"), "HOST", "101"),
        (Some("https://HOST"), "HOST", "101"),
        // The article's client, and the usual one of x/net.
        (Some("ws://HOST/kitex-ws"), "HOST", "101"),
        (Some("http://localhost/"), "HOST", "101"),
        (Some("http://127.0.0.1"), "HOST", "101"),
        (Some("https://app.example.com"), "HOST", "101"),
        (Some("https://proxied.example"), "proxied.example", "101"),
        (None, "anything.example", "101"),
        (Some("http://localhost:3000"), "HOST", "403"),
        (Some("http://app.example.com"), "HOST", "403"),
        (Some("https://evil.example"), "HOST", "403"),
        (Some("http://evil.example:PORT"), "HOST", "403"),
        (Some("null"), "HOST", "403"),
        (Some(""), "HOST", "403"),
    ] {
        let origin = origin.map(|origin| format!("\nOrigin: {origin}")).unwrap_or_default().replace("PORT", &port);
        let request = format!("GET /kitex-ws HTTP/1.1\nHost: {host}{origin}\n{UPGRADE}");
        let answer = answer_to(&authority, &head(&request, &authority)).await;
        assert_eq!(status(&answer), expected, "{origin} {host}: {answer}");
    }
    server.stop().await;
    let listener = bind().await.with_any_origin();
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let request = format!("GET /kitex-ws HTTP/1.1\nHost: HOST\nOrigin: null\n{UPGRADE}");
    assert_eq!(status(&answer_to(&authority, &head(&request, &authority)).await), "101");
    server.stop().await;
}

#[tokio::test]
async fn names_an_offered_subprotocol_or_none() {
    for (own, offered, named) in [
        (&["thrift"][..], "\nSec-WebSocket-Protocol: soap, thrift", Some("thrift")),
        (&["thrift", "soap"], "\nSec-WebSocket-Protocol: soap\nSec-WebSocket-Protocol: thrift", Some("soap")),
        (&["thrift"], "\nSec-WebSocket-Protocol: soap", None),
        (&["thrift"], "", None),
        // npm's `thrift` in a browser, npm's `ws`, and tokens that browsers send as subprotocols.
        (&[], "\nSec-WebSocket-Protocol: thrift", Some("thrift")),
        (&[], "\nSec-WebSocket-Protocol: thrift,soap", Some("thrift")),
        (&[], "\nSec-WebSocket-Protocol: bearer.t0ken\nSec-WebSocket-Protocol: thrift", Some("bearer.t0ken")),
        (&[], "", None),
        (&[], "\nSec-WebSocket-Protocol: ,", None),
        // Not a token, and so not the name of a subprotocol.
        (&[], "\nSec-WebSocket-Protocol: a b, thrift", Some("thrift")),
        (&[], "\nSec-WebSocket-Protocol: \"a\"", None),
    ] {
        let listener = own.iter().fold(bind().await, |listener, name| listener.with_subprotocol(*name));
        let authority = listener.endpoint().authority().unwrap();
        let server = Server::start(listener, EchoHandler);
        let request = format!("GET /kitex-ws HTTP/1.1\nHost: HOST{offered}\n{UPGRADE}");
        let answer = answer_to(&authority, &head(&request, &authority)).await;
        assert_eq!(status(&answer), "101", "{answer}");
        assert!(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"), "{answer}");
        let found = answer.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Protocol: "));
        assert_eq!(found, named, "{own:?} {offered}");
        server.stop().await;
    }
}

#[tokio::test]
async fn ids_are_one_valid_segment_of_the_path() {
    let mut listener = bind().await.with_ids();
    let authority = listener.endpoint().authority().unwrap();
    for (path, expected) in [
        ("/kitex-ws", "400"),
        ("/kitex-ws/", "400"),
        ("/kitex-ws/a/b", "400"),
        ("/kitex-ws/a%0Ab", "400"),
        ("/kitex-ws/%E2%80%AEa", "400"),
        ("/kitex-ws/%FF", "400"),
        ("/kitex-wsx", "404"),
        ("/other/a", "404"),
    ] {
        let request = head(&format!("GET {path} HTTP/1.1\nHost: HOST\n{UPGRADE}"), &authority);
        let answer = tokio::select! {
            answer = answer_to(&authority, &request) => answer,
            accepted = listener.accept() => panic!("{path}: {accepted:?}"),
        };
        assert_eq!(status(&answer), expected, "{path}: {answer}");
    }
    let request = head(&format!("GET /kitex-ws/agent%207 HTTP/1.1\nHost: HOST\n{UPGRADE}"), &authority);
    let (accepted, _) = within(async { tokio::join!(listener.accept(), answer_to(&authority, &request)) }).await;
    assert_eq!(accepted.unwrap().1.id(), "agent 7");
}

#[tokio::test]
async fn a_token_that_was_offered_as_a_subprotocol_is_not_in_debug_output() {
    let mut listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let offered = "Sec-WebSocket-Protocol: bearer.t0ken, thrift";
    let request = head(&format!("GET /kitex-ws HTTP/1.1\nHost: HOST\n{offered}\n{UPGRADE}"), &authority);
    let (accepted, _) = within(async { tokio::join!(listener.accept(), answer_to(&authority, &request)) }).await;
    let peer = accepted.unwrap().1;
    assert_eq!(peer.subprotocol(), Some("bearer.t0ken"));
    assert!(!format!("{peer:?}").contains("t0ken"), "{peer:?}");
}
