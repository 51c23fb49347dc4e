//! A server of ours and requests in bytes: what is accepted, and what the responses are.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use volplane_transport::{Http, ServeOptions};

use crate::http::raw::{
    HEAD, against_server, against_server_with, assert_closed, call, chunked, connect, read, request, send,
};
use crate::support::bytes::{EXCEPTION, ONE_WAY, message};
use crate::support::{EchoHandler, Server};

#[tokio::test]
async fn calls_are_answered_one_after_the_other_on_one_connection() {
    let (server, mut io) = against_server().await;
    for text in ["one", "two", "three"] {
        send(&mut io, &request("", &call(text))).await;
        let response = read(&mut io).await;
        assert!(response.echoes(text), "{response:?}");
        assert!(response.head.starts_with("HTTP/1.1 200 OK\r\n"), "{response:?}");
        assert_eq!(response.header("Content-Type"), Some("application/x-thrift"));
        assert_eq!(response.header("Connection"), None);
    }
    drop(io);
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_path_makes_no_difference() {
    let (server, mut io) = against_server().await;
    let call = call("hello");
    let slash = String::from_utf8_lossy(&request("", &call)[..14]).replace("/echo ", "/echo/ ");
    assert_eq!(slash, "POST /echo/ HTT");
    send(&mut io, &[slash.as_bytes(), &request("", &call)[14..]].concat()).await;
    assert!(read(&mut io).await.echoes("hello"));
    server.stop().await;
}

#[tokio::test]
async fn the_answer_has_the_encoding_of_the_call() {
    let (server, mut io) = against_server().await;
    // echo({1: "hello"}) in the compact encoding, with the sequence id 7.
    let compact = b"\x82\x21\x07\x04echo\x1c\x18\x05hello\0\0";
    send(&mut io, &request("", compact)).await;
    assert_eq!(read(&mut io).await.body, b"\x82\x41\x07\x04echo\x0c\x00\x18\x05hello\0\0");
    send(&mut io, &request("", &call("binary"))).await;
    assert_eq!(read(&mut io).await.body[..2], [0x80, 0x01]);
    server.stop().await;
}

#[tokio::test]
async fn a_request_may_arrive_byte_by_byte_whole_or_with_the_next_one() {
    let (server, mut io) = against_server().await;
    let text = "x".repeat(300);
    let requests =
        [request("", &call(&text)), chunked(&[&call(&text)]), chunked(&call(&text).chunks(7).collect::<Vec<_>>())];
    for request in &requests {
        for byte in request {
            send(&mut io, &[*byte]).await;
        }
        assert!(read(&mut io).await.echoes(&text));
    }
    // Pipelined: the answers come in order.
    let mut all = Vec::new();
    for number in 0..20 {
        all.extend(request("", &call(&format!("call {number}."))));
        all.extend(chunked(&[&call(&format!("chunked call {number}."))]));
    }
    send(&mut io, &all).await;
    for number in 0..20 {
        assert!(read(&mut io).await.echoes(&format!("call {number}.")));
        assert!(read(&mut io).await.echoes(&format!("chunked call {number}.")));
    }
    drop(io);
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn an_exception_is_an_answer() {
    let (server, mut io) = against_server().await;
    let mut unknown = call("hello");
    unknown[8] = b'E';
    send(&mut io, &request("", &unknown)).await;
    let response = read(&mut io).await;
    assert_eq!((response.status(), response.body[3]), (200, EXCEPTION), "{response:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_one_way_call_gets_an_empty_response_before_the_next_answer() {
    let (server, mut io) = against_server().await;
    let one_way = request("", &message(ONE_WAY, "echo", "not answered"));
    send(&mut io, &one_way).await;
    let response = read(&mut io).await;
    assert_eq!((response.status(), response.header("Content-Length")), (200, Some("0")), "{response:?}");
    send(&mut io, &[one_way.clone(), request("", &call("answered")), one_way].concat()).await;
    assert_eq!(read(&mut io).await.body, b"");
    assert!(read(&mut io).await.echoes("answered"));
    assert_eq!(read(&mut io).await.body, b"");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_is_closed_after_the_answer_where_the_client_wants_it() {
    let (server, _) = against_server().await;
    let one_way = message(ONE_WAY, "echo", "");
    for (request, body) in [
        (request("Connection: close\r\n", &call("hello")), "hello"),
        (request("Connection: foo, Close\r\n", &call("hello")), "hello"),
        (request("Connection: close\r\n", &one_way), ""),
        (
            [&b"POST /echo HTTP/1.0\r\n"[..], &request("", &call("hello"))[HEAD.find('\n').unwrap() + 1..]].concat(),
            "hello",
        ),
    ] {
        let mut io = connect(&server).await;
        send(&mut io, &request).await;
        let response = read(&mut io).await;
        assert!(response.echoes(body) && response.header("Connection") == Some("close"), "{response:?}");
        assert_closed(&mut io).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_keeps_nothing_alive_takes_each_caller_on_a_connection_of_its_own() {
    let (server, _) = against_server_with(|http| http.with_keep_alive(false)).await;
    for caller in ["Authorization: Bearer a\r\n", "Authorization: Bearer b\r\n"] {
        let mut io = connect(&server).await;
        send(&mut io, &request(caller, &call("hello"))).await;
        let response = read(&mut io).await;
        assert!(response.echoes("hello") && response.header("Connection") == Some("close"), "{response:?}");
        assert_closed(&mut io).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_expects_100_continue_is_told_to_continue() {
    let (server, mut io) = against_server().await;
    let body = call("hello");
    for headers in ["Expect: 100-continue\r\n", "expect: 100-CONTINUE\r\n"] {
        send(&mut io, format!("{HEAD}{headers}Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await;
        assert_eq!(read(&mut io).await.head, "HTTP/1.1 100 Continue\r\n\r\n");
        send(&mut io, &body).await;
        assert!(read(&mut io).await.echoes("hello"));
    }
    // A body that is there already needs no permission.
    send(&mut io, &request("Expect: 100-continue\r\n", &body)).await;
    assert!(read(&mut io).await.echoes("hello"));
    server.stop().await;
}

#[tokio::test]
async fn health_checks_are_answered_where_that_is_asked_for() {
    let (server, mut io) = against_server_with(|http| http.with_health("/healthz")).await;
    send(&mut io, b"GET /healthz?verbose HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let response = read(&mut io).await;
    assert_eq!((response.status(), response.text().trim()), (200, "ok"));
    assert_closed(&mut io).await;
    // On a connection with calls, too.
    let mut io = connect(&server).await;
    send(&mut io, &request("", &call("hello"))).await;
    assert!(read(&mut io).await.echoes("hello"));
    send(&mut io, b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let mut head = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut io, &mut head).await.unwrap();
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n") && head.ends_with(b"\r\n\r\n"), "{head:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_stopping_server_says_so_with_its_answer() {
    let (server, mut io) = against_server().await;
    send(&mut io, &request("", &call("before"))).await;
    assert_eq!(read(&mut io).await.header("Connection"), None);
    let half = request("", &call("the last one"));
    send(&mut io, &half[..half.len() / 2]).await;
    server.handle.stop();
    while tokio::net::TcpStream::connect(server.endpoint.authority().unwrap()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    send(&mut io, &half[half.len() / 2..]).await;
    let response = read(&mut io).await;
    assert!(response.echoes("the last one") && response.header("Connection") == Some("close"), "{response:?}");
    assert_closed(&mut io).await;
    assert_eq!(server.ended().await.cut_off, 0);
}

#[tokio::test]
async fn a_request_that_does_not_arrive_in_time_gets_408() {
    let listener = Http::bind("http://127.0.0.1:0/echo").await.unwrap();
    let options = ServeOptions::default().with_message_timeout(Duration::from_millis(50));
    let server = Server::start_with(listener, EchoHandler, options);
    let whole = request("", &call("hello"));
    // Inside the body of the first request, and inside the head of the second.
    for (first, second) in [(&whole[..whole.len() - 1], None), (&whole[..], Some(&whole[..20]))] {
        let mut io = connect(&server).await;
        io.write_all(first).await.unwrap();
        if let Some(second) = second {
            assert!(read(&mut io).await.echoes("hello"));
            send(&mut io, second).await;
        }
        let response = read(&mut io).await;
        assert_eq!((response.status(), response.header("Connection")), (408, Some("close")), "{response:?}");
        assert_closed(&mut io).await;
    }
    server.stop().await;
}
