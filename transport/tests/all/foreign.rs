//! Calls as libraries make them that do not speak our protocols, or in an old or another form: served where that is
//! possible, and answered in their own form where it is not.

use std::future::IntoFuture;

use motore::Service;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use volo_thrift::context::ServerContext;
use volo_thrift::server::NamedService;
use volo_thrift::{Bytes, Router, ServerError};
use volplane_generated::api::EchoServer;
use volplane_transport::{Listener, StdNet, serve};

use crate::support::bytes::{CALL, EXCEPTION, ONE_WAY, REPLY, framed, message, read_answer, with_header};
use crate::support::{EchoHandler, Server, client, echo, within};

async fn start() -> Server {
    Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler)
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap()
}

/// Sends `bytes` and reads to the end. The sending side stays open: the server ends the connection.
async fn send(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server).await;
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    answer.escape_ascii().to_string()
}

/// The message without its version: the size of the name, the name, the kind, the rest.
fn without_version(message: &[u8]) -> Vec<u8> {
    let name_ends = 8 + usize::from(message[7]);
    [&message[4..name_ends], &message[3..4], &message[name_ends..]].concat()
}

#[tokio::test]
async fn calls_without_a_version_are_served() {
    let server = start().await;
    let call = without_version(&message(CALL, "echo", "an old client"));
    let mut stream = connect(&server).await;
    // The answer has a version, as that of Apache's servers: readers of old messages know it.
    let mut expected = message(2, "echo", "an old client");
    let field_id = expected.len() - 2 - 13 - 4 - 3 - 1;
    expected[field_id] = 0;
    for _ in 0..2 {
        stream.write_all(&call).await.unwrap();
        let mut answer = vec![0; expected.len()];
        within(stream.read_exact(&mut answer)).await.unwrap();
        assert_eq!(answer.escape_ascii().to_string(), expected.escape_ascii().to_string());
        stream.write_all(&framed(&call)).await.unwrap();
        assert_eq!(within(read_answer(&mut stream)).await.unwrap().text, "an old client");
        stream.write_all(&framed(&without_version(&message(CALL, "nope", "")))).await.unwrap();
        let answer = within(read_answer(&mut stream)).await.unwrap();
        assert_eq!((answer.kind, answer.text.as_str()), (EXCEPTION, "unknown method nope"));
    }
    server.stop().await;
}

#[tokio::test]
async fn old_calls_that_cannot_be_decoded_are_answered_in_their_framing() {
    let server = start().await;
    let mut call = without_version(&message(CALL, "echo", "text"));
    let text = call.len() - 6;
    call[text] = 0xff;
    for (call, begins) in [(call.clone(), r"\x80\x01\x00\x03"), (framed(&call), r"\x00\x00\x00\xb7\x80\x01\x00\x03")] {
        let answer = send(&server, &call).await;
        assert!(answer.starts_with(begins) && answer.contains("not valid UTF-8"), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_json_encoding_is_answered_in_json() {
    let server = start().await;
    let call = br#"[1,"echo",1,3,{"1":{"rec":{"1":{"str":"hello"}}}}]"#;
    let exception = r#"[1,\"echo\",3,3,{\"1\":{\"str\":\"expected a Thrift message, found the JSON encoding; use binary or compact\"},\"2\":{\"i32\":9}}]"#;
    assert_eq!(send(&server, call).await, exception);
    assert_eq!(send(&server, &framed(call)).await, format!(r"\x00\x00\x00v{exception}"));
    assert_eq!(send(&server, br#"[1,"notify",4,3,{}]"#).await, "", "a one-way call");
    server.stop().await;
}

#[tokio::test]
async fn the_header_transport_of_apache_is_answered_in_it() {
    let server = start().await;
    let header = [0x0f, 0xff, 0, 0, 0, 0, 0, 9, 0, 1, 0, 0, 0, 0];
    let answer = send(&server, &framed(&[&header, &message(CALL, "echo", "hello")[..]].concat())).await;
    let begins =
        r"\x0f\xff\x00\x00\x00\x00\x00\t\x00\x01\x00\x00\x00\x00\x80\x01\x00\x03\x00\x00\x00\x04echo\x00\x00\x00\x07";
    assert!(answer[16..].starts_with(begins) && answer.contains("(THeader)"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_not_answered() {
    let server = start().await;
    for kind in [REPLY, EXCEPTION] {
        let message = message(kind, "echo", "hello");
        let cut = &message[..message.len() - 1];
        for bytes in [framed(cut), with_header(cut)] {
            assert_eq!(send(&server, &bytes).await, "", "kind {kind}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn http_and_tls_are_told_what_is_here() {
    let server = start().await;
    let answer = send(&server, b"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request") && answer.contains("found HTTP"), "{answer}");
    // A body that the server does not read takes no answer away.
    let post = [&b"POST /echo HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"[..], &vec![0; 1_000_000]].concat();
    let answer = send(&server, &post).await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request") && answer.contains("found HTTP"), "{answer}");
    let hello = [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[7; 505]].concat();
    // Clients of TLS know such an answer: the port is plain.
    let answer = send(&server, &hello).await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request") && answer.contains("found TLS"), "{answer}");
    assert_eq!(echo(&client!(StdNet::to(&server.endpoint)), "still there").await, "still there");
    server.stop().await;
}

#[tokio::test]
async fn a_call_can_name_its_service() {
    let server = start().await;
    let mut stream = connect(&server).await;
    let unknown = "unknown service Users of the method echo: there is Echo";
    for wrap in [framed, with_header] {
        for _ in 0..2 {
            stream.write_all(&wrap(&message(CALL, "Echo:echo", "by name"))).await.unwrap();
            let answer = within(read_answer(&mut stream)).await.unwrap();
            assert_eq!((answer.method.as_str(), answer.text.as_str()), ("echo", "by name"));
            stream.write_all(&wrap(&message(CALL, "Echo:nope", ""))).await.unwrap();
            let answer = within(read_answer(&mut stream)).await.unwrap();
            assert_eq!((answer.method.as_str(), answer.text.as_str()), ("nope", "unknown method nope"));
            // The connection stays usable behind a service that is not here.
            stream.write_all(&wrap(&message(ONE_WAY, "Users:echo", ""))).await.unwrap();
            stream.write_all(&wrap(&message(CALL, "Users:echo", ""))).await.unwrap();
            let answer = within(read_answer(&mut stream)).await.unwrap();
            assert_eq!((answer.kind, answer.method.as_str(), answer.text.as_str()), (EXCEPTION, "echo", unknown));
        }
    }
    // Bare, and without a version.
    let call = message(CALL, "Echo:echo", "by name");
    for call in [without_version(&call), call] {
        let mut stream = connect(&server).await;
        stream.write_all(&call).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        within(stream.read_to_end(&mut answer)).await.unwrap();
        assert!(answer.starts_with(b"\x80\x01\0\x02\0\0\0\x04echo"), "{}", answer.escape_ascii());
    }
    server.stop().await;
}

/// Answers every method with the same string.
#[derive(Clone)]
struct Users;

impl NamedService for Users {
    const NAME: &'static str = "Users";
}

impl Service<ServerContext, Bytes> for Users {
    type Response = Bytes;
    type Error = ServerError;

    async fn call(&self, _cx: &mut ServerContext, _request: Bytes) -> Result<Bytes, ServerError> {
        Ok(Bytes::from_static(b"\x0c\0\0\x0b\0\x01\0\0\0\x05users\0\0"))
    }
}

#[tokio::test]
async fn a_router_serves_the_service_that_a_call_names() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.endpoint().authority().unwrap().to_owned();
    let router = Router::new().with_default_service(EchoServer::from_handler(EchoHandler)).add_service(Users);
    let server = tokio::spawn(serve(listener, router).into_future());
    let mut stream = TcpStream::connect(&address).await.unwrap();
    for wrap in [framed, with_header] {
        for (name, text) in [
            ("Echo:echo", "hello"),
            ("Users:echo", "users"),
            ("echo", "hello"),
            ("Items:echo", "unknown service Items of the method echo: there is Echo, Users"),
        ] {
            stream.write_all(&wrap(&message(CALL, name, "hello"))).await.unwrap();
            let answer = within(read_answer(&mut stream)).await.unwrap();
            assert_eq!((answer.method.as_str(), answer.text.as_str()), ("echo", text));
        }
    }
    server.abort();
}
