//! Servers behind a proxy that speaks the PROXY protocol.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use volo::net::Address;
use volplane_transport::{
    Listener, ListenerExt, Memory, Network, Peer, ProxiedPeer, ProxyHeader, ProxyProtocol, StdNet, WebSocket,
};

use crate::support::bytes::{framed_call, read_answer, until_the_end};
use crate::support::{EchoHandler, Server, client, echo, within};

fn networks(texts: &[&str]) -> Vec<Network> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn addresses() -> (SocketAddr, SocketAddr) {
    ("203.0.113.7:4321".parse().unwrap(), "198.51.100.1:443".parse().unwrap())
}

fn layer() -> ProxyProtocol {
    ProxyProtocol::from_networks(networks(&["127.0.0.0/8", "::1"]))
}

fn ip(address: Option<Address>) -> Option<SocketAddr> {
    address.and_then(|address| address.ip_addr().copied())
}

#[tokio::test]
async fn a_call_behind_a_header_in_single_bytes_is_answered_and_the_peer_is_the_client() {
    let peers = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&peers);
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap().layer(layer());
    let listener = listener.tap(move |_, peer: &ProxiedPeer<SocketAddr>| {
        seen.lock().unwrap().push((peer.to_string(), ip(peer.address()), *peer.inner()));
    });
    let server = Server::start(listener, EchoHandler);
    let v2 = [
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C".to_vec(),
        [203, 0, 113, 7, 198, 51, 100, 1, 0x10, 0xE1, 1, 0xBB].to_vec(),
    ]
    .concat();
    for header in [b"PROXY TCP4 203.0.113.7 198.51.100.1 4321 443\r\n".to_vec(), v2] {
        let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
        let proxy = io.local_addr().unwrap();
        io.set_nodelay(true).unwrap();
        for byte in [header, framed_call("hello")].concat() {
            io.write_u8(byte).await.unwrap();
            tokio::task::yield_now().await;
        }
        assert_eq!(within(read_answer(&mut io)).await.unwrap().text, "hello");
        let (shown, address, inner) = peers.lock().unwrap().pop().unwrap();
        assert_eq!(shown, format!("203.0.113.7:4321 (through {proxy})"));
        assert_eq!((address, inner), (Some(addresses().0), proxy));
    }
    // A health check, and a proxy that does not know: the proxy's own address.
    for header in [&b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"[..], b"PROXY UNKNOWN\r\n"] {
        let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
        io.write_all(&[header, &framed_call("hello")].concat()).await.unwrap();
        assert_eq!(within(read_answer(&mut io)).await.unwrap().text, "hello");
        let (_, address, inner) = peers.lock().unwrap().pop().unwrap();
        assert_eq!(address, Some(inner));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_connection_without_a_header_or_from_elsewhere_is_closed_and_others_are_served() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap().layer(layer());
    let server = Server::start(listener, EchoHandler);
    let authority = server.endpoint.authority().unwrap();
    for bytes in [framed_call("hello"), b"GET / HTTP/1.1\r\n\r\n".to_vec(), b"PROXY TCP4 oh no\r\n".to_vec()] {
        let mut io = TcpStream::connect(&authority).await.unwrap();
        io.write_all(&bytes).await.unwrap();
        until_the_end(&mut io).await;
    }
    let sender = layer().with_addresses(addresses().0, addresses().1);
    assert_eq!(echo(&client!(StdNet::to(&authority).layer(sender.clone())), "hello").await, "hello");
    server.stop().await;

    let elsewhere = ProxyProtocol::from_networks(networks(&["10.0.0.0/8"]));
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap().layer(elsewhere), EchoHandler);
    let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    io.write_all(b"PROXY UNKNOWN\r\n").await.ok();
    until_the_end(&mut io).await;
    assert_eq!(server.stop().await.connections, 0);
}

#[tokio::test]
async fn it_works_below_a_websocket_and_its_header_is_found_through_all_layers() {
    let mut listener = StdNet::bind("127.0.0.1:0").await.unwrap().layer(layer()).layer(WebSocket::at("/kitex-ws"));
    let sender = layer().with_addresses(addresses().0, addresses().1);
    let to = StdNet::to(listener.endpoint().authority().unwrap()).layer(sender).layer(WebSocket::at("/kitex-ws"));
    let connecting = tokio::spawn(async move { echo(&client!(to), "hello").await });
    let (connection, peer) = within(listener.accept()).await.unwrap();
    let header: &ProxyHeader = peer.get().unwrap();
    assert_eq!((header.source(), header.destination()), (Some(addresses().0), Some(addresses().1)));
    assert!(!header.is_from_proxy());
    assert_eq!(ip(peer.address()), header.source());
    drop(connection);
    connecting.abort();
}

#[tokio::test]
async fn a_peer_without_an_address_is_trusted_only_with_anyone() {
    for (layer, accepted) in [(layer(), 0), (ProxyProtocol::from_anyone(), 1)] {
        let (connector, listener) = Memory::pair();
        let server = Server::start(listener.layer(layer.clone()), EchoHandler);
        let connector = volplane_transport::ConnectExt::layer(connector, layer);
        let call = client!(connector).echo(crate::support::request("hello")).await;
        assert_eq!(call.is_ok(), accepted == 1, "{call:?}");
        assert_eq!(server.stop().await.connections, accepted);
    }
}
