//! The Thrift protocols of a client, over every transport and against volo's own server.

use motore::make::MakeConnection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use volo::net::Address;
use volo::net::incoming::DefaultIncoming;
use volplane_generated::api::{EchoClient, EchoClientBuilder, EchoServer};
use volplane_transport::{
    Channel, ConnectError, ConnectWith, Connection, Delivery, Endpoint, Framing, Http, Memory, Protocol, ServeOptions,
    StdNet, Unix, WebSocket, Yamux,
};

use crate::support::raw::{one_byte_at_a_time, reply, silent};
use crate::support::{
    ALL_PROTOCOLS, EchoHandler, PATIENCE, Server, Transport, address, certificates, echo, every_transport, request,
    server_at, tls_connector, within,
};

/// The protocols that a transport carries: over HTTP, a message has no frame.
fn carried_by(transport: Transport) -> impl Iterator<Item = Protocol> {
    ALL_PROTOCOLS
        .into_iter()
        .filter(move |protocol| transport != Transport::Http || protocol.framing() == Framing::Buffered)
}

fn speaking<C>(protocol: Protocol, connector: C) -> EchoClient
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    let channel = Channel::new(connector).with_protocol(protocol);
    EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(channel).build()
}

/// Calls of one connection: empty, small, and larger than any buffer.
async fn assert_echoes(client: &EchoClient, protocol: Protocol) {
    for size in [0, 5, 300_000, 7] {
        let message: String = ('a'..='z').cycle().take(size).collect();
        assert!(within(echo(client, message.clone())).await == message, "{protocol}, {size} bytes");
    }
}

every_transport! {
    async fn every_protocol_works_on_one_server(transport: Transport) {
        let (memory, listener) = Memory::pair();
        let server = match transport {
            Transport::Memory => Server::start(listener, EchoHandler),
            _ => server_at(transport, &address(transport), EchoHandler, ServeOptions::default()).await,
        };
        for protocol in carried_by(transport) {
            let below = server.endpoint.clone().with_yamux(false);
            let client = match transport {
                Transport::StdNet => speaking(protocol, StdNet::to(below)),
                Transport::Unix => speaking(protocol, Unix::to(below)),
                Transport::WebSocket => speaking(protocol, WebSocket::to(below)),
                Transport::Http => speaking(protocol, Http::to(below)),
                Transport::Memory => speaking(protocol, memory.clone()),
                Transport::Yamux => speaking(protocol, Yamux::over(StdNet::to(below))),
                Transport::YamuxWebSocket => speaking(protocol, Yamux::over(WebSocket::to(below))),
                Transport::Tls => speaking(protocol, tls_connector(&below)),
                Transport::Wss => speaking(protocol, WebSocket::to_tls(below, certificates::AUTHORITY.client())),
                Transport::Boxed => speaking(protocol, server.endpoint.connector().unwrap()),
            };
            assert_echoes(&client, protocol).await;
        }
        server.stop().await;
    }
}

every_transport! {
    async fn an_endpoint_names_the_protocol(transport: Transport) {
        if transport == Transport::Memory {
            // No endpoint leads there.
            return;
        }
        let server = server_at(transport, &address(transport), EchoHandler, ServeOptions::default()).await;
        for protocol in carried_by(transport) {
            let text = format!("{}?protocol={protocol}", server.endpoint);
            let endpoint: Endpoint = text.parse().unwrap();
            let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
            assert_echoes(&builder.connect_to_with(&endpoint, certificates::connecting()).unwrap().build(), protocol).await;
        }
        server.stop().await;
    }
}

/// The first bytes of a call on the wire.
async fn beginning_of_a_call(client_to: impl FnOnce(&str) -> EchoClient) -> [u8; 6] {
    let (listener, address) = silent().await;
    let client = client_to(&address);
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut first = [0; 6];
        stream.read_exact(&mut first).await.unwrap();
        // Every client takes a framed answer; its first call has the number 0.
        stream.write_all(&reply(0, "seen")).await.unwrap();
        first
    };
    let (answer, first) = within(async { tokio::join!(echo(&client, "hello"), server) }).await;
    assert_eq!(answer, "seen");
    first
}

#[tokio::test]
async fn what_is_on_the_wire_is_the_protocol_that_was_chosen() {
    let by_endpoint = |address: &str, protocol| {
        let endpoint: Endpoint = format!("tcp://{address}?protocol={protocol}").parse().unwrap();
        EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_to(&endpoint).unwrap().build()
    };
    let in_one_call = |address: &str, protocol| {
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
        builder.connect_with_protocol(StdNet::to(address), protocol).build()
    };
    for protocol in ALL_PROTOCOLS {
        for first in [
            beginning_of_a_call(|address| speaking(protocol, StdNet::to(address))).await,
            beginning_of_a_call(|address| by_endpoint(address, protocol)).await,
            beginning_of_a_call(|address| in_one_call(address, protocol)).await,
        ] {
            let found = match first {
                [0x80, 0x01, ..] => "buffered",
                [0x82, ..] => "buffered-compact",
                [.., 0x80, 0x01] => "framed",
                [.., 0x82, _] => "framed-compact",
                // Which encoding is in the header, and behind it.
                [.., 0x10, 0x00] if protocol == Protocol::TTHEADER => "ttheader",
                [.., 0x10, 0x00] => "ttheader-compact",
                other => panic!("{protocol}: {other:02x?}"),
            };
            assert_eq!(found, protocol.to_string());
        }
    }
    let first = beginning_of_a_call(|address| crate::support::client!(StdNet::to(address))).await;
    assert_eq!(first[4..], [0x10, 0x00], "TTHeader by default");
}

#[tokio::test]
async fn a_connector_that_is_given_a_protocol_says_where_it_belongs() {
    for client in [
        crate::support::client!(StdNet::to("tcp://127.0.0.1:1?protocol=framed")),
        crate::support::client!(WebSocket::to("ws://127.0.0.1:1/x?protocol=framed")),
    ] {
        let error = client.echo(request("hello")).await.expect_err("the connector knows no protocols");
        assert!(error.to_string().contains("connect_with_protocol"), "{error}");
        assert_eq!(Delivery::of(&error), Delivery::NeverSent);
    }
}

#[tokio::test]
async fn volos_own_server_understands_what_it_detects() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(EchoServer::new(EchoHandler).run(DefaultIncoming::from(listener)));
    for protocol in [Protocol::TTHEADER, Protocol::FRAMED, Protocol::BUFFERED] {
        assert_echoes(&speaking(protocol, StdNet::to(address)), protocol).await;
    }
    server.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_arrive_byte_by_byte_are_put_together() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    for protocol in ALL_PROTOCOLS {
        let (listener, address) = silent().await;
        let authority = server.endpoint.authority().unwrap();
        let relay = tokio::spawn(async move {
            let (near, _) = listener.accept().await.unwrap();
            near.set_nodelay(true).unwrap();
            one_byte_at_a_time(near, TcpStream::connect(authority).await.unwrap()).await;
        });
        let client = speaking(protocol, StdNet::to(address));
        for message in ["", "hello", &"x".repeat(1000)] {
            assert_eq!(within(echo(&client, message)).await, message, "{protocol}");
        }
        drop(client);
        relay.await.unwrap();
    }
    server.stop().await;
}

/// The call `echo(text)` in the compact encoding, whose request also has fields that this server does not know: one of
/// each type, in front of and behind the one that it knows.
fn compact_call_with_unknown_fields(text: &str) -> Vec<u8> {
    let mut call = vec![0x82, 0x21, 7, 4];
    call.extend(b"echo\x1c");
    // Field 0, a struct of a number in field 5 and a struct in field 6: behind it the next field's id counts from 0.
    call.extend([0x0c, 0, 0x55, 2, 0x1c, 0x11, 0, 0]);
    call.extend([0x18, u8::try_from(text.len()).unwrap()]);
    call.extend(text.as_bytes());
    // A true, an i8, an i16, an i32, an i64, a double, a string, a list of strings, a set of booleans, a map, a uuid.
    call.extend([0x11, 0x13, 9, 0x14, 0x90, 3, 0x15, 0x90, 3, 0x16, 0x90, 3, 0x17, 1, 2, 3, 4, 5, 6, 7, 8]);
    call.extend(b"\x18\x03abc\x19\x28\x02no\x00\x1a\x21\x01\x02\x1b\x01\x85\x01x\x04\x1d0123456789abcdef");
    call.extend([0, 0]);
    call
}

#[tokio::test]
async fn fields_that_the_server_does_not_know_are_skipped_in_the_compact_encoding() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let call = compact_call_with_unknown_fields("a message");
    for (framing, bytes) in [
        ("framed", crate::support::bytes::framed(&call)),
        ("ttheader", crate::support::bytes::with_header(&call)),
        ("buffered", call.clone()),
    ] {
        let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
        io.write_all(&bytes).await.unwrap();
        io.shutdown().await.unwrap();
        let mut answer = Vec::new();
        within(io.read_to_end(&mut answer)).await.unwrap();
        assert!(
            answer.windows(9).any(|part| part == b"a message"),
            "{framing}: {:?}",
            answer.escape_ascii().to_string()
        );
    }
    server.stop().await;
}

/// volo's TTHeader names the address of the server; a connector that has one of its own leaves a placeholder to volo.
#[tokio::test]
async fn a_header_names_no_address_that_is_a_placeholder() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = speaking(Protocol::TTHEADER, StdNet::to(listener.local_addr().unwrap()));
    let sent = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let length = stream.read_u32().await.unwrap();
        let mut message = vec![0; length.try_into().unwrap()];
        stream.read_exact(&mut message).await.unwrap();
        String::from_utf8_lossy(&message).into_owned()
    };
    // The connection is closed without an answer.
    let (failed, sent) = within(async { tokio::join!(client.echo(request("hello")), sent) }).await;
    assert!(failed.is_err(), "nobody has answered");
    assert!(sent.contains("example") && sent.contains("hello") && !sent.contains("0.0.0.0"), "{sent:?}");
}
