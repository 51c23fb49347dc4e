//! Restarts under load: a new server listens at the same address before the old one is told to stop, and no call is
//! lost.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use volplane_transport::{Endpoint, Http, ListenerExt, WebSocket, Yamux};

use crate::support::bytes::{framed_call, read_answer};
use crate::support::{EchoHandler, Server, Transport, certificates, client_of, request, within};

const RESTARTS: usize = 10;
const CALLERS: usize = 16;

/// How many calls are made between two restarts, at least.
const CALLS: u64 = 500;

/// Listens beside others at the same address.
fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket.listen(1024).unwrap()
}

fn start(transport: Transport, address: SocketAddr) -> (Server, SocketAddr) {
    let socket = listen(address);
    let address = socket.local_addr().unwrap();
    let websocket = || WebSocket::at("/kitex-ws");
    let server = match transport {
        Transport::StdNet => Server::start(socket, EchoHandler),
        Transport::WebSocket => Server::start(socket.layer(websocket()), EchoHandler),
        Transport::Http => Server::start(socket.layer(Http::at("/echo")), EchoHandler),
        Transport::Yamux => Server::start(Yamux::listen(socket).into_streams(), EchoHandler),
        Transport::YamuxWebSocket => {
            Server::start(Yamux::listen(socket.layer(websocket())).into_streams(), EchoHandler)
        }
        Transport::Tls => Server::start(socket.layer(certificates::server()), EchoHandler),
        Transport::Wss => Server::start(socket.layer(certificates::server()).layer(websocket()), EchoHandler),
        Transport::Memory | Transport::Boxed | Transport::Unix => panic!("not restarted here"),
    };
    (server, address)
}

async fn restart_under_load(transport: Transport) {
    let (mut server, address) = start(transport, SocketAddr::from(([127, 0, 0, 1], 0)));
    let endpoint = match transport {
        Transport::StdNet | Transport::Yamux => Endpoint::from(address),
        Transport::Http => format!("http://{address}/echo").parse().unwrap(),
        Transport::Tls => format!("tls://{address}").parse().unwrap(),
        Transport::Wss => format!("wss://{address}/kitex-ws").parse().unwrap(),
        _ => format!("ws://{address}/kitex-ws").parse().unwrap(),
    };
    let client = client_of(transport, &endpoint);
    let done = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicU64::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (client, done, calls) = (client.clone(), Arc::clone(&done), Arc::clone(&calls));
        callers.spawn(async move {
            let mut lost = Vec::new();
            while !done.load(Ordering::Relaxed) {
                match client.echo(request("hello")).await {
                    Ok(answer) => assert_eq!(answer.message.as_deref(), Some("hello")),
                    Err(error) => lost.push(format!("{error:?}")),
                }
                calls.fetch_add(1, Ordering::Relaxed);
            }
            lost
        });
    }
    for _ in 0..RESTARTS {
        let begun = calls.load(Ordering::Relaxed);
        while calls.load(Ordering::Relaxed) < begun + CALLS {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let (next, _) = start(transport, address);
        let previous = std::mem::replace(&mut server, next);
        let served = previous.stop().await;
        assert_eq!(served.cut_off, 0, "{transport:?}");
    }
    done.store(true, Ordering::Relaxed);
    let lost: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    let calls = calls.load(Ordering::Relaxed);
    assert!(lost.is_empty(), "{transport:?}: {} of {calls} calls are lost, such as {}", lost.len(), lost[0]);
    server.stop().await;
}

/// Neither the system's queue nor a handshake may lose a call when the listener is closed.
#[tokio::test]
async fn connections_that_nobody_has_accepted_yet_are_served_by_the_server_that_stops() {
    let (server, address) = start(Transport::StdNet, SocketAddr::from(([127, 0, 0, 1], 0)));
    tokio::task::yield_now().await;
    // Without an await, so that the server, which runs on this thread, accepts none of them.
    let connections: Vec<_> = (0..CALLERS)
        .map(|_| {
            let mut connection = std::net::TcpStream::connect(address).unwrap();
            connection.write_all(&framed_call("hello")).unwrap();
            connection.set_nonblocking(true).unwrap();
            connection
        })
        .collect();
    server.handle.stop();
    for connection in connections {
        let mut connection = TcpStream::from_std(connection).unwrap();
        assert_eq!(within(read_answer(&mut connection)).await.expect("an answer").text, "hello");
    }
    let served = server.ended().await;
    assert_eq!((served.connections, served.cut_off), (CALLERS as u64, 0));
    TcpStream::connect(address).await.expect_err("nobody listens any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_stdnet() {
    restart_under_load(Transport::StdNet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_websocket() {
    restart_under_load(Transport::WebSocket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_http() {
    restart_under_load(Transport::Http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_yamux() {
    restart_under_load(Transport::Yamux).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_yamux_over_websocket() {
    restart_under_load(Transport::YamuxWebSocket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_tls() {
    restart_under_load(Transport::Tls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_on_websocket_over_tls() {
    restart_under_load(Transport::Wss).await;
}
