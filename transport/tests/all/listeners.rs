//! What can be put around a listener, and tokio's own listeners.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use volplane_transport::{Endpoint, Listener, ListenerExt, Memory, StdNet, WebSocket};

use crate::support::bytes::{framed_call, read_answer};
use crate::support::{EchoHandler, Server, client, echo, within};

async fn call(io: &mut TcpStream, text: &str) {
    io.write_all(&framed_call(text)).await.unwrap();
    assert_eq!(within(read_answer(io)).await.expect("an answer").text, text);
}

#[tokio::test]
async fn a_limited_listener_accepts_so_many_at_a_time_and_further_ones_wait() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap().limit(2);
    let server = Server::start(listener, EchoHandler);
    let address = server.endpoint.authority().unwrap();
    let mut first = TcpStream::connect(&address).await.unwrap();
    let mut second = TcpStream::connect(&address).await.unwrap();
    call(&mut first, "first").await;
    call(&mut second, "second").await;
    let mut third = TcpStream::connect(&address).await.unwrap();
    third.write_all(&framed_call("third")).await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), read_answer(&mut third)).await;
    assert!(waiting.is_err(), "the third waits: {waiting:?}");
    call(&mut first, "first again").await;
    drop(second);
    // What was read of the answer above, if anything, would be lost: nothing was.
    assert_eq!(within(read_answer(&mut third)).await.expect("an answer").text, "third");
    assert_eq!(server.stop().await.connections, 3);
}

#[tokio::test]
async fn a_limit_of_zero_is_one() {
    let (connector, listener) = Memory::pair();
    let server = Server::start(listener.limit(0), EchoHandler);
    assert_eq!(echo(&client!(connector), "hello").await, "hello");
    server.stop().await;
}

#[tokio::test]
async fn a_tap_sees_every_connection_once_it_is_ready_and_can_change_it() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let listener = listener.tap(move |stream, peer| {
        stream.set_ttl(42).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), *peer);
        count.fetch_add(1, Ordering::Relaxed);
    });
    let below = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&below);
    let listener = listener.layer(WebSocket::at("/kitex-ws")).tap(move |stream, peer| {
        // The tap below the layer has set it on the same socket.
        assert_eq!(peer.path(), "/kitex-ws");
        let _: &mut volplane_transport::WebSocketStream<TcpStream> = stream;
        count.fetch_add(1, Ordering::Relaxed);
    });
    let endpoint = listener.endpoint();
    let server = Server::start(listener, EchoHandler);
    for call in ["one", "two", "three"] {
        let client = client!(WebSocket::to(&endpoint));
        assert_eq!(echo(&client, call).await, call);
    }
    // A connection that never asks for a WebSocket is seen below only.
    drop(TcpStream::connect(endpoint.authority().unwrap()).await.unwrap());
    while seen.load(Ordering::Relaxed) < 4 {
        within(tokio::task::yield_now()).await;
    }
    assert_eq!(below.load(Ordering::Relaxed), 3);
    server.stop().await;
}

#[tokio::test]
async fn tokios_own_tcp_listener_is_a_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(Listener::endpoint(&listener), Endpoint::from(address));
    let server = Server::start(listener, EchoHandler);
    assert_eq!(server.endpoint.to_string(), format!("tcp://{address}"));
    assert_eq!(echo(&client!(StdNet::to(address)), "hello").await, "hello");
    server.stop().await;
    let mut listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, peer) = within(Listener::accept(&mut listener)).await.unwrap();
    assert_eq!(peer, near.local_addr().unwrap());
    assert!(stream.nodelay().unwrap(), "an answer is not delayed");
}

#[cfg(unix)]
mod unix {
    use std::path::PathBuf;

    use motore::service::UnaryService;
    use tokio::net::{UnixListener, UnixStream};
    use volo::net::Address;
    use volplane_transport::{Peer, UnixPeer};

    use super::*;

    struct Unix(PathBuf);

    impl UnaryService<Address> for Unix {
        type Response = UnixStream;
        type Error = std::io::Error;

        async fn call(&self, _: Address) -> std::io::Result<UnixStream> {
            UnixStream::connect(&self.0).await
        }
    }

    #[tokio::test]
    async fn a_unix_listener_is_a_listener_and_knows_the_process_at_the_other_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("echo.sock");
        let mut listener = UnixListener::bind(&path).unwrap();
        let near = UnixStream::connect(&path).await.unwrap();
        let (_, peer): (UnixStream, UnixPeer) = within(Listener::accept(&mut listener)).await.unwrap();
        let this = near.peer_cred().unwrap();
        assert_eq!(peer.user_id(), Some(this.uid()));
        assert_eq!(peer.process_id(), Some(std::process::id().try_into().unwrap()));
        assert_eq!(peer.to_string(), format!("process {} of user {}", std::process::id(), this.uid()));
        assert_eq!(peer.address(), None);

        let server = Server::start(listener, EchoHandler);
        assert_eq!(server.endpoint, Endpoint::unix(&path).unwrap());
        assert_eq!(echo(&client!(Unix(path)), "hello").await, "hello");
        assert_eq!(server.stop().await.connections, 1);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_unix_listener_in_the_abstract_namespace_has_an_endpoint() {
        let name = format!("volplane-{}", std::process::id());
        let listener = UnixListener::bind(format!("\0{name}")).unwrap();
        assert_eq!(Listener::endpoint(&listener), Endpoint::unix_abstract(name).unwrap());
    }
}
