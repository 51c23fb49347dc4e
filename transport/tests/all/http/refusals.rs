//! What a server of ours refuses, and how: each refusal is a status with a text, then the end of the connection.

use crate::http::raw::{
    HEAD, Received, against_server, against_server_with, assert_closed, call, chunked, connect, read, refusal, request,
    send,
};
use crate::support::bytes::{CALL, EXCEPTION, ONE_WAY, framed, message};

/// A request without what [`HEAD`] has.
fn odd(head: &str, body: &[u8]) -> Vec<u8> {
    [head.replace('\n', "\r\n").as_bytes(), b"\r\n\r\n", body].concat()
}

#[tokio::test]
async fn every_refusal_has_its_status_and_says_why() {
    let (server, _) = against_server().await;
    let hello = &call("hello")[..];
    let length = hello.len();
    let host = "Host: localhost\nContent-Type: application/x-thrift";
    let post = format!("POST /echo HTTP/1.1\n{host}");
    let long = "x".repeat(9000);
    for (status, text, bytes) in [
        (404, "at this path", odd(&format!("POST /other HTTP/1.1\n{host}\nContent-Length: {length}"), hello)),
        (404, "at this path", odd(&format!("POST /echo/a HTTP/1.1\n{host}\nContent-Length: {length}"), hello)),
        (404, "at this path", odd("GET / HTTP/1.1\nHost: localhost", b"")),
        (405, "with POST", odd("GET /echo HTTP/1.1\nHost: localhost", b"")),
        (405, "with POST", odd(&format!("PUT /echo HTTP/1.1\n{host}\nContent-Length: {length}"), hello)),
        (405, "with POST", odd("OPTIONS /echo HTTP/1.1\nHost: localhost\nOrigin: http://evil.example", b"")),
        (415, "application/x-thrift", odd(&format!("POST /echo HTTP/1.1\nHost: a\nContent-Length: {length}"), hello)),
        (
            415,
            "application/x-thrift",
            odd("POST /echo HTTP/1.1\nHost: a\nContent-Type: text/plain\nContent-Length: 0", b""),
        ),
        (411, "Content-Length", odd(&post, b"")),
        (413, "16777216", odd(&format!("{post}\nContent-Length: 16777217"), b"")),
        (413, "16777216", odd(&format!("{post}\nTransfer-Encoding: chunked"), b"1000001\r\n")),
        (417, "100-continue", odd(&format!("{post}\nExpect: more\nContent-Length: {length}"), b"")),
        (431, "8192", odd(&format!("{post}\nX-Long: {long}"), b"")),
        (431, "64", odd(&format!("{post}{}", "\nx: y".repeat(64)), b"")),
        (505, "HTTP/1.1", odd("POST /echo HTTP/2.0\nHost: localhost", b"")),
        (501, "chunked", odd(&format!("{post}\nTransfer-Encoding: gzip, chunked"), hello)),
        (400, "Host", odd(&format!("POST /echo HTTP/1.1\nContent-Length: {length}"), hello)),
        (400, "HTTP", b"\x16\x03\x01\x02\x00".to_vec()),
        (400, "HTTP", hello.to_vec()),
    ] {
        let response = refusal(&server, &bytes).await;
        assert_eq!(response.status(), status, "{}: {response:?}", bytes.escape_ascii());
        assert!(response.text().contains(text), "{}: {response:?}", bytes.escape_ascii());
    }
    let allow = refusal(&server, &odd("GET /echo HTTP/1.1\nHost: localhost", b"")).await;
    assert_eq!(allow.header("Allow"), Some("POST"));
    let mut io = connect(&server).await;
    send(&mut io, &request("", hello)).await;
    assert!(read(&mut io).await.echoes("hello"), "others are served");
    server.stop().await;
}

#[tokio::test]
async fn requests_that_a_proxy_may_read_differently_are_refused() {
    let (server, _) = against_server().await;
    let hello = call("hello");
    let length = hello.len();
    for (status, headers, body) in [
        (400, format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), &hello[..]),
        (400, format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"), b"0\r\n\r\n"),
        (400, format!("Content-Length: {length}\r\nContent-Length: 5\r\n"), &hello),
        (400, format!("Content-Length: {length}, {length}\r\n"), &hello),
        (400, format!("Content-Length: +{length}\r\n"), &hello),
        (400, "Content-Length: 0x10\r\n".to_owned(), &hello),
        (400, format!("Content-Length : {length}\r\n"), &hello),
        (400, format!("Content-Length: {length}\n"), &hello),
        (400, format!("X: a\r\n Content-Length: {length}\r\n"), &hello),
        (501, "Transfer-Encoding: xchunked\r\n".to_owned(), &hello),
        (501, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(), &hello),
        (400, "Transfer-Encoding: chunked\r\n".to_owned(), b"5\nhello\r\n0\r\n\r\n"),
        (400, "Transfer-Encoding: chunked\r\n".to_owned(), b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
        (400, "Transfer-Encoding: chunked\r\n".to_owned(), b"0x5\r\nhello\r\n0\r\n\r\n"),
        (400, "Transfer-Encoding: chunked\r\n".to_owned(), b"5\r\nhelloo\r\n0\r\n\r\n"),
    ] {
        let bytes = [HEAD.as_bytes(), headers.as_bytes(), b"\r\n", body].concat();
        let response = refusal(&server, &bytes).await;
        assert_eq!(response.status(), status, "{}: {response:?}", bytes.escape_ascii());
    }
    // A browser that asks first sends no body. One that is not read would be taken for the next request.
    let ask = "OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
               Access-Control-Request-Method: POST\r\n";
    let hidden = request("", &hello);
    for framing in [format!("Content-Length: {}\r\n\r\n", hidden.len()), "Transfer-Encoding: chunked\r\n\r\n".into()] {
        let response = refusal(&server, &[ask.as_bytes(), framing.as_bytes(), &hidden].concat()).await;
        assert_eq!(response.status(), 400, "{framing}: {response:?}");
    }
    server.stop().await;
}

/// Behind a proxy, the next request of the connection may be that of another client: no byte of one body may be read
/// together with one of the next.
#[tokio::test]
async fn a_body_that_is_not_exactly_one_message_is_refused() {
    let (server, _) = against_server().await;
    let (hello, half) = (call("hello"), call("half"));
    let half = &half[..half.len() - 5];
    let (two, more) = ([&hello[..], &hello].concat(), [&hello[..], half].concat());
    for (body, text) in [
        (&b""[..], "an empty body"),
        (half, "the beginning of a message"),
        (&two, "bytes after the message"),
        (&more, "bytes after the message"),
        (b"{\"method\": \"echo\"}", "not a valid thrift message"),
    ] {
        for bytes in [request("", body), chunked(if body.is_empty() { &[] } else { std::slice::from_ref(&body) })] {
            let victim = [bytes, request("", &call("the call of somebody else"))].concat();
            let response = refusal(&server, &victim).await;
            assert_eq!(response.status(), 400, "{response:?}");
            assert!(response.text().contains(text), "{text}: {response:?}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_the_service_cannot_read_is_answered_before_the_end() {
    let (server, _) = against_server().await;
    let mut not_utf8 = call("hello");
    *not_utf8.iter_mut().rev().find(|byte| **byte == b'h').unwrap() = 0xff;
    // The field 1 is a list of 2^31-1 strings.
    let mut endless = call("");
    endless.truncate(16);
    endless.extend([15, 0, 1, 11, 0x7f, 0xff, 0xff, 0xff, 0, 0]);
    let mut one_way = not_utf8.clone();
    one_way[3] = ONE_WAY;
    for (body, status, kind, close) in [
        (not_utf8, 200, Some(EXCEPTION), Some("close")),
        (endless, 200, Some(EXCEPTION), Some("close")),
        // An exception is not a request, and has no answer.
        (message(EXCEPTION, "echo", "hello"), 500, Some(b' '), Some("close")),
        (one_way, 200, None, None),
    ] {
        let mut io = connect(&server).await;
        send(&mut io, &request("", &body)).await;
        let response = read(&mut io).await;
        assert_eq!((response.status(), response.body.get(3).copied()), (status, kind), "{response:?}");
        assert_eq!(response.header("Connection"), close);
        assert_closed(&mut io).await;
    }
    // A method that is not there ends nothing, and frames in a body are understood, as on other connections.
    let mut io = connect(&server).await;
    send(&mut io, &request("", &message(ONE_WAY, "nothing", "hello"))).await;
    assert_eq!(read(&mut io).await.status(), 200);
    send(&mut io, &request("", &message(CALL, "nothing", "hello"))).await;
    assert_eq!(read(&mut io).await.body.get(3), Some(&EXCEPTION));
    send(&mut io, &request("", &message(CALL, "Echo:echo", "hello"))).await;
    assert!(read(&mut io).await.echoes("hello"));
    send(&mut io, &request("", &framed(&call("hello")))).await;
    assert!(read(&mut io).await.echoes("hello"));
    // Apache's JSON encoding, as its browser library sends it, gets an exception of its own.
    send(&mut io, &request("", br#"[1,"echo",1,0,{"1":{"rec":{}}}]"#)).await;
    let response = read(&mut io).await;
    assert!(response.body.starts_with(br#"[1,"echo",3,0,{"1":{"str":""#), "{response:?}");
    assert_closed(&mut io).await;
    server.stop().await;
}

#[tokio::test]
async fn bodies_are_limited_however_they_arrive() {
    let (server, _) = against_server_with(|http| http.with_max_message_size(1000)).await;
    let (fits, large) = (call(&"x".repeat(900)), call(&"x".repeat(1000)));
    for fitting in [request("", &fits), chunked(&fits.chunks(100).collect::<Vec<_>>())] {
        let mut io = connect(&server).await;
        send(&mut io, &fitting).await;
        assert_eq!(read(&mut io).await.status(), 200);
    }
    for larger in [request("", &large), chunked(&[&large]), chunked(&large.chunks(100).collect::<Vec<_>>())] {
        let response = refusal(&server, &larger).await;
        assert_eq!((response.status(), response.text().trim()), (413, "the body takes more than 1000 bytes"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_refusal_on_a_connection_with_calls_ends_it_after_the_answers() {
    let (server, mut io) = against_server().await;
    let all = [request("", &call("one")), request("", &call("two")), b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()];
    send(&mut io, &[all.concat(), request("", &call("never"))].concat()).await;
    assert!(read(&mut io).await.echoes("one"));
    assert!(read(&mut io).await.echoes("two"));
    let refused: Received = read(&mut io).await;
    assert_eq!(refused.status(), 405);
    assert_closed(&mut io).await;
    server.stop().await;
}
