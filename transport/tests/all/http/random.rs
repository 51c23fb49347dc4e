//! Random bytes at both ends: no panic, no endless wait, no answer to what was not asked.

use std::net::SocketAddr;

use motore::service::UnaryService;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;
use volo::net::Address;
use volplane_transport::{ConnectExt, Http, ListenerExt, Memory};

use crate::http::raw::{answer, call, chunked, request, response};
use crate::support::{EchoHandler, Server};

/// On a simulated clock, on which every deadline passes as soon as nothing else happens.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

fn anywhere() -> Address {
    Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))
}

/// A text that has something to do with HTTP, or random bytes.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(request("", &call("hello"))),
        Just(chunked(&[&call("hello")])),
        Just(response("", &answer("hello"))),
        Just(call("hello")),
        "(POST|GET|HTTP/1.1) (/echo|200|404)( HTTP/1.[01])?\r\n".prop_map(String::into_bytes),
        "(Host: localhost|Content-Type: application/x-thrift|Expect: 100-continue|Connection: close)\r\n"
            .prop_map(String::into_bytes),
        "(Content-Length: [0-9]{1,3}|Transfer-Encoding: chunked)\r\n".prop_map(String::into_bytes),
        "([0-9a-f]{1,2}(;x)?)?\r\n".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 1..40),
    ]
}

/// Fragments one after another, with one byte changed.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let fragments = proptest::collection::vec(fragment(), 1..6).prop_map(|fragments| fragments.concat());
    (fragments, any::<prop::sample::Index>(), any::<Option<u8>>()).prop_map(|(mut bytes, at, change)| {
        let at = at.index(bytes.len());
        if let Some(byte) = change {
            bytes[at] = byte;
        }
        bytes
    })
}

/// All that a server sends to a client that sends `bytes` in pieces of this size.
async fn conversation(connector: &Memory, bytes: &[u8], piece: usize) -> Vec<u8> {
    let (mut from, mut to) = tokio::io::split(connector.call(anywhere()).await.unwrap());
    let mut received = Vec::new();
    let send = async {
        for piece in bytes.chunks(piece) {
            if to.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        to.shutdown().await.ok();
    };
    let (_, read) = tokio::join!(send, from.read_to_end(&mut received));
    read.ok();
    received
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_server_answers_any_bytes_the_same_in_any_pieces(bytes in stream(), piece in 1usize..40) {
        runtime().block_on(async {
            let (connector, listener) = Memory::pair();
            let server = Server::start(listener.layer(Http::at("/echo")), EchoHandler);
            let whole = conversation(&connector, &bytes, bytes.len()).await;
            let pieces = conversation(&connector, &bytes, piece).await;
            // Whether a client is told to continue depends on what it has sent by then.
            let without = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("HTTP/1.1 100 Continue\r\n\r\n", "");
            prop_assert_eq!(without(&whole), without(&pieces));
            prop_assert!(whole.is_empty() || whole.starts_with(b"HTTP/1.1 "), "{}", whole.escape_ascii());
            let after = conversation(&connector, &request("", &call("still there")), 1000).await;
            prop_assert!(after.windows(11).any(|part| part == b"still there"));
            server.handle.stop_now();
            Ok(())
        })?;
    }

    #[test]
    fn a_client_takes_nothing_for_an_answer_but_the_body_of_a_200(bytes in stream(), piece in 1usize..40) {
        runtime().block_on(async {
            let (connector, mut listener) = Memory::pair();
            let layered = ConnectExt::layer(connector, Http::at("/echo"));
            let mut io = layered.call(anywhere()).await.unwrap();
            let (peer, _) = volplane_transport::Listener::accept(&mut listener).await.unwrap();
            let (_unread, mut to) = tokio::io::split(peer);
            io.write_all(&call("hello")).await.unwrap();
            io.flush().await.unwrap();
            let send = async {
                for piece in bytes.chunks(piece) {
                    if to.write_all(piece).await.is_err() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                to.shutdown().await.ok();
            };
            let mut received = [0; 2048];
            let (_, read) = tokio::join!(send, io.read(&mut received));
            if matches!(read, Ok(1..)) {
                prop_assert!(bytes.windows(4).any(|part| part == b" 200"), "{}", bytes.escape_ascii());
            }
            Ok(())
        })?;
    }
}
