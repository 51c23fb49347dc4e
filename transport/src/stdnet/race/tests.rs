#![cfg(target_os = "linux")] // every address of 127.0.0.0/8 is local there

use std::time::Instant;

use socket2::{Domain, Socket, Type};
use tokio::net::TcpListener;

use super::*;

/// A port on which `listening` listens at 127.0.0.1, and nobody elsewhere.
async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn at(last: u8, port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, last], port))
}

/// A listener whose backlog is full: the operating system drops further requests without an answer.
struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _waiting: Vec<Socket>,
}

impl BlackHole {
    fn at(last: u8, port: u16) -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&at(last, port).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut waiting = Vec::new();
        loop {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            let connected = socket.connect_timeout(&address.into(), Duration::from_millis(200));
            waiting.push(socket);
            if connected.is_err() {
                return Self { address, _listener: listener, _waiting: waiting };
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_refuses_costs_no_time() {
    let (listener, port) = listener().await;
    let addresses = [at(2, port), at(3, port), at(4, port), at(1, port)];
    let since = Instant::now();
    let stream = race(&addresses, &TcpOptions::default()).await.unwrap();
    assert!(since.elapsed() < ATTEMPT_DELAY, "{:?}", since.elapsed());
    assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
}

#[tokio::test]
async fn an_address_that_does_not_answer_delays_the_next_one_by_250_ms() {
    let (listener, port) = listener().await;
    let holes = [BlackHole::at(2, port), BlackHole::at(3, port)];
    let addresses = [holes[0].address, holes[1].address, at(4, port), at(1, port)];
    let since = Instant::now();
    let stream = race(&addresses, &TcpOptions::default()).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
    let elapsed = since.elapsed();
    assert!(elapsed >= 2 * ATTEMPT_DELAY, "{elapsed:?}");
    assert!(elapsed < 6 * ATTEMPT_DELAY, "the one that refuses adds nothing: {elapsed:?}");
}

#[tokio::test]
async fn the_error_says_what_each_address_answered() {
    let (listener, port) = listener().await;
    drop(listener);
    let error = race(&[at(2, port), at(3, port)], &TcpOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    let refused = "Connection refused (os error 111)";
    assert_eq!(error.to_string(), format!("127.0.0.2:{port}: {refused}; 127.0.0.3:{port}: {refused}"));
    let error = race(&[at(2, port)], &TcpOptions::default()).await.unwrap_err();
    assert_eq!(error.to_string(), refused, "the address of one is in the endpoint");
    // Not local, and no route leads to it: the reserved network 240.0.0.0/4 is refused by Linux.
    let nowhere = SocketAddr::from(([255, 255, 255, 255], port));
    let error = race(&[nowhere, at(2, port)], &TcpOptions::default()).await.unwrap_err();
    assert_ne!(error.kind(), io::ErrorKind::ConnectionRefused, "one did not refuse: {error}");
}

#[tokio::test]
async fn a_client_connects_from_its_local_address() {
    let (listener, port) = listener().await;
    let options = TcpOptions::default().with_local_address(Some([127, 0, 0, 9].into()));
    let _near = race(&[at(1, port)], &options).await.unwrap();
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer.ip().to_string(), "127.0.0.9");
}
