//! Hosts that hold handshakes open keep no other host out, nor themselves.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use volplane_transport::{HandshakeOptions, Listener, WebSocket};

use crate::support::{EchoHandler, PATIENCE, Server, client, echo, within};

/// Connects from another loopback address.
async fn connect_from(host: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, host], 0))).unwrap();
    socket.connect(to).await.unwrap()
}

async fn has_ended(stream: &mut TcpStream) -> bool {
    match tokio::time::timeout(Duration::from_millis(1), stream.read(&mut [0; 1])).await {
        Ok(read) => read.unwrap_or(0) == 0,
        Err(_) => false,
    }
}

#[tokio::test]
async fn the_oldest_handshakes_of_one_address_make_room() {
    const HELD: usize = 100;
    const LIMIT: usize = 8;
    // One host could hold all of them several times over.
    let options =
        HandshakeOptions::default().with_deadline(PATIENCE * 2).with_concurrency(4 * LIMIT).with_per_address(LIMIT);
    let listener = WebSocket::bind("ws://127.0.0.1:0/").await.unwrap().with_handshake_options(options);
    let address: SocketAddr = listener.endpoint().authority().unwrap().parse().unwrap();
    let server = Server::start(listener, EchoHandler);
    let mut held = Vec::new();
    for _ in 0..HELD {
        let mut stream = connect_from(2, address).await;
        stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        held.push(stream);
    }
    // Other hosts.
    let client = client!(WebSocket::to(&server.endpoint));
    assert_eq!(echo(&client, "through").await, "through");
    for host in 3..16 {
        assert!(shake_hands(connect_from(host, address).await).await, "{host}");
    }
    // The host itself, at the cost of one that it holds.
    assert!(shake_hands(connect_from(2, address).await).await);
    // All that were held are closed but the newest.
    within(async {
        for stream in &mut held[..=HELD - LIMIT] {
            while !has_ended(stream).await {}
        }
    })
    .await;
    for stream in &mut held[HELD - LIMIT + 1..] {
        assert!(!has_ended(stream).await);
    }
    server.stop().await;
}

#[tokio::test]
async fn many_hosts_that_hold_all_handshakes_keep_no_other_host_out() {
    const LIMIT: usize = 32;
    let options = HandshakeOptions::default().with_deadline(PATIENCE * 2).with_concurrency(LIMIT).with_per_address(8);
    let listener = WebSocket::bind("ws://127.0.0.1:0/").await.unwrap().with_handshake_options(options);
    let address: SocketAddr = listener.endpoint().authority().unwrap().parse().unwrap();
    let server = Server::start(listener, EchoHandler);
    // A slow handshake of a host that makes no other.
    let (start, end) = HANDSHAKE.as_bytes().split_at(20);
    let mut slow = connect_from(2, address).await;
    slow.write_all(start).await.unwrap();
    let mut held = Vec::new();
    for number in 0..4 * LIMIT {
        let mut stream = connect_from(3 + u8::try_from(number % 25).unwrap(), address).await;
        stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        held.push(stream);
    }
    let client = client!(WebSocket::to(&server.endpoint));
    assert_eq!(echo(&client, "through").await, "through");
    assert!(shake_hands(connect_from(100, address).await).await);
    slow.write_all(end).await.unwrap();
    assert!(is_accepted(&mut slow).await, "others have more than one");
    // The oldest ones were dropped for the newer ones.
    within(async {
        for stream in &mut held[..2 * LIMIT] {
            while !has_ended(stream).await {}
        }
    })
    .await;
    server.stop().await;
}

const HANDSHAKE: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

async fn shake_hands(mut stream: TcpStream) -> bool {
    stream.write_all(HANDSHAKE.as_bytes()).await.unwrap();
    is_accepted(&mut stream).await
}

async fn is_accepted(stream: &mut TcpStream) -> bool {
    let mut answer = [0; 12];
    within(stream.read_exact(&mut answer)).await.is_ok() && &answer == b"HTTP/1.1 101"
}
