//! How a WebSocket ends: the codes that are sent, and what callers learn of those that arrive.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream as Tungstenite;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use volo_thrift::ClientError;
use volplane_transport::{ConnectExt, Delivery, Listener, Memory, MemoryListener, WebSocket, WebSocketClosed};

use crate::support::raw::{reply, seq_id};
use crate::support::{client, echo, request, within};

async fn accept(listener: &TcpListener) -> Tungstenite<TcpStream> {
    tokio_tungstenite::accept_async(listener.accept().await.unwrap().0).await.unwrap()
}

/// The error of a call that is answered with a Close.
async fn call_closed_with(close: Option<CloseFrame>) -> ClientError {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let call = client!(WebSocket::to(format!("ws://{}/", listener.local_addr().unwrap())));
    let serve = async {
        let mut socket = accept(&listener).await;
        assert!(socket.next().await.unwrap().unwrap().is_binary(), "the call");
        socket.close(close).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    };
    let ((), outcome) = within(async { tokio::join!(serve, call.echo(request("hello"))) }).await;
    outcome.unwrap_err()
}

#[tokio::test]
async fn code_and_reason_reach_the_caller_who_waits() {
    for (close, told) in [
        (Some((4000, "another connection replaced it")), "with code 4000: another connection replaced it"),
        (Some((1008, "\u{1b}[31mno\nmore")), "with code 1008 (policy violation): \u{fffd}[31mno"),
        (Some((1001, "restarting")), "with code 1001 (going away): restarting"),
        (Some((1000, "")), "with code 1000 (normal)"),
        (None, "the peer closed the WebSocket"),
    ] {
        let code = close.map(|(code, _)| code);
        let close = close.map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() });
        let error = call_closed_with(close).await;
        let shown = error.to_string();
        assert!(shown.contains(told) && !shown.contains('\u{1b}'), "{shown}");
        assert_eq!(WebSocketClosed::of(&error).and_then(WebSocketClosed::code), code, "{shown}");
        assert_eq!(Delivery::of(&error), Delivery::Unknown, "{shown}");
    }
}

#[tokio::test]
async fn a_close_between_calls_costs_the_next_call_nothing() {
    for code in [1000, 1001, 1012, 4000] {
        let (memory, mut listener) = Memory::pair();
        let call = client!(memory.layer(WebSocket::at("/")));
        let (closed, was_closed) = tokio::sync::oneshot::channel();
        let serve = async {
            let mut socket = accept_in_memory(&mut listener).await;
            answer_one_call(&mut socket, "one").await;
            socket.close(Some(CloseFrame { code: code.into(), reason: "idle".into() })).await.unwrap();
            closed.send(()).unwrap();
            let mut next = accept_in_memory(&mut listener).await;
            answer_one_call(&mut next, "two").await;
        };
        let calls = async {
            assert_eq!(echo(&call, "one").await, "one");
            was_closed.await.unwrap();
            assert_eq!(echo(&call, "two").await, "two", "{code}");
        };
        within(async { tokio::join!(serve, calls) }).await;
    }
}

/// In memory, what one end writes the other sees at once.
async fn accept_in_memory(listener: &mut MemoryListener) -> Tungstenite<DuplexStream> {
    tokio_tungstenite::accept_async(listener.accept().await.unwrap().0).await.unwrap()
}

/// Echoes.
async fn answer_one_call(socket: &mut Tungstenite<DuplexStream>, message: &str) {
    let call = socket.next().await.unwrap().unwrap().into_data();
    let answer = reply(seq_id(&call), message);
    socket.send(Message::Binary(answer.into())).await.unwrap();
}

/// What a server sends in answer to these frames, after its head.
async fn answer_to_frames(frames: &[u8]) -> (Vec<u8>, std::io::Result<usize>) {
    let mut listener = WebSocket::bind("ws://127.0.0.1:0/").await.unwrap();
    let authority = listener.endpoint().authority().unwrap();
    let talk = async {
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        let head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(&[head.as_bytes(), frames].concat()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        answer.split_off(end)
    };
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let outcome = stream.read(&mut [0; 64]).await;
        drop(stream);
        outcome
    };
    within(async { tokio::join!(talk, serve) }).await
}

/// Autobahn's cases 7.3.2, 7.5.1 and 7.9.
#[tokio::test]
async fn a_close_that_is_malformed_is_answered_with_its_code() {
    for (payload, code, is_error) in [
        (&b""[..], 1000, false),
        (b"\x03\xe8", 1000, false),
        (b"\x03\xe9bye", 1001, false),
        (b"\x0f\xa0bye", 4000, true),
        (b"\x03", 1002, true),
        (b"\x03\xe8\xce\xba\xff", 1007, true),
        (b"\x03\xed", 1002, true),
        (b"\x00\x00", 1002, true),
        (b"\xff\xff", 1002, true),
    ] {
        let frames = [&[0x88, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat();
        let (answer, outcome) = answer_to_frames(&frames).await;
        assert_eq!(answer, [&[0x88, 2], &u16::to_be_bytes(code)[..]].concat(), "{payload:?}");
        assert_eq!(outcome.is_err(), is_error, "{payload:?}: {outcome:?}");
    }
}
