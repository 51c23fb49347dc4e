//! What WebSocket libraries and browsers send, byte by byte: text frames, subprotocols, extensions, paths, heads in many
//! packets, Close frames.

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use volo::net::Address;
use volplane_transport::{Layered, Listener, StdNetListener, WebSocket};

use crate::support::raw::{Frame, read_frame, read_head, write_masked};
use crate::support::{EchoHandler, Server, client, echo, within};

const NOWHERE: Address =
    Address::Ip(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

async fn bind() -> Layered<StdNetListener, WebSocket> {
    WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap()
}

fn request(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}{headers}\r\n").into_bytes()
}

/// Sends a head, and returns the one that answers it.
async fn handshake(authority: &str, request: &[u8]) -> (TcpStream, String) {
    within(async {
        let mut stream = TcpStream::connect(authority).await.unwrap();
        stream.write_all(request).await.unwrap();
        let answer = read_head(&mut stream).await;
        (stream, answer)
    })
    .await
}

/// A call of `echo`, bare binary, as Kitex sends it by default: its text is not UTF-8, as that of every thrift call.
fn call() -> Vec<u8> {
    [&[0x80, 0x01, 0, 1, 0, 0, 0, 4][..], b"echo", &[0, 0, 0, 9, 0x0c, 0, 1, 0x0b, 0, 1, 0, 0, 0, 2], b"hi", &[0, 0]]
        .concat()
}

#[tokio::test]
async fn a_client_gets_messages_of_the_type_that_it_sends() {
    let listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    for (first, frames, answered) in [
        ("text", &[TEXT][..], TEXT),
        ("binary", &[BINARY], BINARY),
        // A sign of life that some clients send says nothing of their type.
        ("empty text, then binary", &[0x81 | 0x40, BINARY], BINARY),
        ("text in fragments", &[0x01, 0x80], TEXT),
        ("an empty fragment of text first", &[0x01 | 0x40, 0x80], TEXT),
    ] {
        let (mut stream, answer) = handshake(&authority, &request("/kitex-ws", "")).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        let call = call();
        let mut rest = &call[..];
        for (number, frame) in frames.iter().enumerate() {
            // 0x40 marks the empty ones here.
            let is_last = number + 1 == frames.len();
            let length = if frame & 0x40 > 0 {
                0
            } else if is_last {
                rest.len()
            } else {
                5
            };
            let (part, after) = rest.split_at(length);
            write_masked(&mut stream, frame & !0x40, part).await;
            rest = after;
        }
        for _ in 0..2 {
            let Frame { first: opcode, payload } = within(read_frame(&mut stream)).await;
            assert_eq!(opcode, answered, "{first}");
            assert!(payload.windows(2).any(|bytes| bytes == b"hi"), "{first}: {payload:?}");
            // And it stays like that.
            write_masked(&mut stream, if answered == TEXT { BINARY } else { TEXT }, &call).await;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn bytes_in_text_frames_need_not_be_utf8_in_either_direction() {
    let mut listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let request = request("/kitex-ws", "");
    let (accepted, (mut raw, _)) =
        within(async { tokio::join!(listener.accept(), handshake(&authority, &request)) }).await;
    let mut stream = accepted.unwrap().0;
    write_masked(&mut raw, TEXT, b"\xff\xfe").await;
    let mut read = [0; 2];
    within(stream.read_exact(&mut read)).await.unwrap();
    assert_eq!(&read, b"\xff\xfe");
    // One that is copied, and one that is written as it is.
    for length in [2, 100_000] {
        let written = vec![0xff; length];
        stream.write_all(&written).await.unwrap();
        stream.flush().await.unwrap();
        let Frame { first, payload } = within(read_frame(&mut raw)).await;
        assert!((first, payload) == (TEXT, written), "{length}");
    }
}

/// A server that takes only text, as `NetConn` of coder/websocket with `MessageText`.
#[tokio::test]
async fn a_client_sends_text_if_it_is_told_to() {
    for text in [true, false] {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connector = WebSocket::to(format!("ws://{}/", socket.local_addr().unwrap()));
        let connector = if text { connector.with_text_frames() } else { connector };
        let connect = async { connector.call(NOWHERE).await.unwrap() };
        let serve = async {
            let mut raw = socket.accept().await.unwrap().0;
            let head = read_head(&mut raw).await;
            let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
            let accept = derive_accept_key(key.as_bytes());
            let answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
            raw.write_all(format!("{answer}Sec-WebSocket-Accept: {accept}\r\n\r\n").as_bytes()).await.unwrap();
            raw
        };
        let (mut stream, mut raw) = within(async { tokio::join!(connect, serve) }).await;
        let expected = if text { TEXT } else { BINARY };
        for answered in [TEXT, BINARY] {
            stream.write_all(b"\xff").await.unwrap();
            stream.flush().await.unwrap();
            assert_eq!(within(read_frame(&mut raw)).await, Frame { first: expected, payload: b"\xff".to_vec() });
            raw.write_all(&[answered, 1, 0xff]).await.unwrap();
            assert_eq!(within(stream.read_u8()).await.unwrap(), 0xff);
        }
    }
}

/// With yamux, a server can be the first one that sends.
#[tokio::test]
async fn a_server_that_sends_first_sends_text_if_it_is_told_to_until_its_client_sends_binary() {
    let mut listener = bind().await.with_text_frames();
    let authority = listener.endpoint().authority().unwrap();
    let request = request("/kitex-ws", "");
    let (accepted, (mut raw, _)) =
        within(async { tokio::join!(listener.accept(), handshake(&authority, &request)) }).await;
    let mut stream = accepted.unwrap().0;
    for expected in [TEXT, BINARY] {
        stream.write_all(b"\xff").await.unwrap();
        stream.flush().await.unwrap();
        assert_eq!(within(read_frame(&mut raw)).await, Frame { first: expected, payload: b"\xff".to_vec() });
        write_masked(&mut raw, BINARY, b"\xff").await;
        within(stream.read_u8()).await.unwrap();
    }
}

#[tokio::test]
async fn two_ends_that_send_text_understand_each_other() {
    let server = Server::start(bind().await, EchoHandler);
    let client = client!(WebSocket::to(&server.endpoint).with_text_frames());
    for message in ["first", "second"] {
        assert_eq!(echo(&client, message).await, message);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_path_makes_no_difference() {
    for own in ["kitex-ws", "kitex-ws/", "a%20b", ""] {
        let listener = WebSocket::bind(format!("ws://127.0.0.1:0/{own}")).await.unwrap();
        let authority = listener.endpoint().authority().unwrap();
        let server = Server::start(listener, EchoHandler);
        let path = format!("/{}", own.trim_end_matches('/'));
        let slash = format!("{}/", path.trim_end_matches('/'));
        let encoded = format!("{}%2F", path.trim_end_matches('/'));
        for (path, served) in [(path.as_str(), true), (&slash, true), (&encoded, false), ("/other/", false)] {
            for query in ["", "?token=x"] {
                let (_, answer) = handshake(&authority, &request(&format!("{path}{query}"), "")).await;
                assert_eq!(answer.starts_with("HTTP/1.1 101 "), served, "/{own}, {path}{query}: {answer}");
            }
        }
        server.stop().await;
    }
}

/// The offers of Chrome and Edge; Firefox; Safari; npm's `ws` and Node's own; gorilla with `EnableCompression`; coder with
/// `CompressionContextTakeover` and `CompressionNoContextTakeover`; Python's `websockets`.
const COMPRESSION: [&str; 8] = [
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate",
    "x-webkit-deflate-frame",
    "permessage-deflate; client_max_window_bits, permessage-deflate; server_max_window_bits=10",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
    "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
    "permessage-bzip2, permessage-deflate",
];

#[tokio::test]
async fn offered_compression_is_not_agreed_on_and_compressed_frames_end_the_connection() {
    let listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    for offer in COMPRESSION {
        let header = format!("Sec-WebSocket-Extensions: {offer}\r\n");
        let (mut stream, answer) = handshake(&authority, &request("/kitex-ws", &header)).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(!answer.to_ascii_lowercase().contains("sec-websocket-extensions"), "{answer}");
        write_masked(&mut stream, BINARY, &call()).await;
        assert_eq!(within(read_frame(&mut stream)).await.first, BINARY, "{offer}");
        // RSV1 says that a message is compressed (RFC 7692, 6).
        write_masked(&mut stream, BINARY | 0x40, &call()).await;
        let close = within(read_frame(&mut stream)).await;
        assert_eq!(close, Frame { first: CLOSE, payload: 1002_u16.to_be_bytes().to_vec() }, "{offer}");
        assert_eq!(within(stream.read(&mut [0])).await.unwrap_or(0), 0);
    }
    server.stop().await;
}

/// tungstenite refuses a head that arrives in many small packets.
#[tokio::test]
async fn a_head_in_a_hundred_packets_is_accepted() {
    let listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let cookie = "c".repeat(6000 - request("/kitex-ws", "Cookie: \r\n").len());
    let head = request("/kitex-ws", &format!("Cookie: {cookie}\r\n"));
    assert_eq!(head.len(), 100 * 60);
    let (mut stream, _) = within(async {
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for packet in head.chunks(60) {
            stream.write_all(packet).await.unwrap();
            tokio::task::yield_now().await;
        }
        let answer = read_head(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        (stream, answer)
    })
    .await;
    write_masked(&mut stream, BINARY, &call()).await;
    assert_eq!(within(read_frame(&mut stream)).await.first, BINARY);
    server.stop().await;
}

#[tokio::test]
async fn a_close_is_answered_with_its_code_and_a_bad_one_with_an_error() {
    let listener = bind().await;
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    for (sent, answered) in [
        (&b""[..], 1000_u16),
        (b"\x03\xe8", 1000),
        (b"\x03\xe9going away", 1001),
        (b"\x0f\xa0own", 4000),
        (b"\x0b\xb8", 3000),
        // Autobahn's 7.3.2, 7.5.1 and 7.9: half a code, a reason that is not UTF-8, codes that nobody may send.
        (b"\x03", 1002),
        (b"\x03\xe8\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80", 1007),
        (b"\x00\x00", 1002),
        (b"\x03\xec", 1002),
        (b"\x03\xed", 1002),
        (b"\x03\xee", 1002),
        (b"\x03\xf8", 1002),
        (b"\x0b\xb7", 1002),
        (b"\x13\x88", 1002),
    ] {
        let (mut stream, _) = handshake(&authority, &request("/kitex-ws", "")).await;
        write_masked(&mut stream, PING, b"ping").await;
        assert_eq!(within(read_frame(&mut stream)).await, Frame { first: PONG, payload: b"ping".to_vec() });
        write_masked(&mut stream, CLOSE, sent).await;
        let close = within(read_frame(&mut stream)).await;
        assert_eq!(close, Frame { first: CLOSE, payload: answered.to_be_bytes().to_vec() }, "{sent:?}");
        assert_eq!(within(stream.read(&mut [0])).await.unwrap_or(0), 0, "{sent:?}");
    }
    server.stop().await;
}
