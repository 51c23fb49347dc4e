//! One call at a server: what its context tells, and what becomes of calls that go wrong.

use std::future::IntoFuture;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use volo::context::Context;
use volo::net::Address;
use volo_thrift::context::{ServerContext, ThriftContext};
use volo_thrift::{BizError, ServerError};
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{Memory, MemoryPeer, StdNet, peer_of, serve};

use crate::support::bytes::{
    Answer, CALL, EXCEPTION, ONE_WAY, REPLY, framed, framed_call, header_call, message, read_answer, until_the_end,
    with_header,
};
use crate::support::looking::Looking;
use crate::support::{EchoHandler, Server, client, echo, within};

/// Does as the message says.
struct Obedient(mpsc::Sender<String>);

impl Echo for Obedient {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let text = request.message.unwrap_or_default();
        self.0.try_send(text.to_string()).unwrap();
        match text.as_str() {
            "panic" => panic!("a secret of the handler, for the test"),
            "biz" => Err(ServerError::Biz(BizError::new(42, "out of stock".into()))),
            "biz 0" => Err(ServerError::Biz(BizError::new(0, "no status".into()))),
            text => Ok(Response { message: Some(text.to_owned().into()) }),
        }
    }
}

/// A server in memory, a connection to it, and what its handler is asked.
async fn obedient() -> (Server, DuplexStream, mpsc::Receiver<String>) {
    let (tell, asked) = mpsc::channel(64);
    let (connector, listener) = Memory::pair();
    let server = Server::start(listener, Obedient(tell));
    let address = Address::Ip(([0, 0, 0, 0], 0).into());
    (server, connector.call(address).await.unwrap(), asked)
}

async fn ask(io: &mut DuplexStream, call: &[u8]) -> Answer {
    io.write_all(call).await.unwrap();
    within(read_answer(io)).await.expect("an answer")
}

#[tokio::test]
async fn a_panic_is_an_exception_that_names_the_method_and_the_connection_lives_on() {
    let (server, mut io, _asked) = obedient().await;
    for call in [framed_call, header_call] {
        let answer = ask(&mut io, &call("panic")).await;
        assert_eq!((answer.kind, answer.method.as_str()), (EXCEPTION, "echo"));
        assert_eq!(answer.text, "the handler of echo panicked", "the panic's own text stays here");
        let answer = ask(&mut io, &call("well")).await;
        assert_eq!((answer.kind, answer.text.as_str()), (REPLY, "well"));
    }
    drop(io);
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn a_business_error_ends_nothing_in_any_form() {
    let (server, mut io, _asked) = obedient().await;
    let answer = ask(&mut io, &header_call("biz")).await;
    let header = String::from_utf8_lossy(answer.header.as_ref().unwrap()).into_owned();
    assert!(header.contains("biz-status") && header.contains("out of stock"), "{header}");
    assert_eq!((answer.kind, answer.text.as_str()), (REPLY, ""), "Kitex reads it from a reply without a result only");
    // Status 0 says to Kitex and volo that all went well.
    let answer = ask(&mut io, &header_call("biz 0")).await;
    assert!(answer.kind == EXCEPTION && answer.text.contains("no status"), "{answer:?}");
    let header = String::from_utf8_lossy(answer.header.as_ref().unwrap()).into_owned();
    assert!(!header.contains("biz-"), "{header}");
    let answer = ask(&mut io, &framed_call("biz")).await;
    assert_eq!((answer.header, answer.kind), (None, EXCEPTION), "without a header it is an exception");
    // Nothing of it is left for the next call.
    let answer = ask(&mut io, &header_call("well")).await;
    let header = String::from_utf8_lossy(answer.header.as_ref().unwrap()).into_owned();
    assert_eq!((answer.kind, answer.text.as_str()), (REPLY, "well"));
    assert!(!header.contains("biz-"), "{header}");
    drop(io);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_decoded_is_answered_in_its_own_form_and_ends_its_connection() {
    // Arguments that break off.
    let mut request = message(CALL, "echo", "hello");
    request.truncate(request.len() - 6);
    for has_header in [false, true] {
        let (server, mut io, mut asked) = obedient().await;
        let request = if has_header { with_header(&request) } else { framed(&request) };
        let answer = ask(&mut io, &request).await;
        assert_eq!((answer.kind, answer.header.is_some()), (EXCEPTION, has_header), "{answer:?}");
        assert_eq!(answer.says_goodbye(), has_header);
        assert!(!answer.text.is_empty());
        assert!(until_the_end(&mut io).await < Duration::from_secs(1));
        assert!(asked.try_recv().is_err(), "no handler has seen it");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_method_that_the_service_does_not_have_ends_no_connection() {
    let (server, mut io, mut asked) = obedient().await;
    for wrap in [framed, with_header] {
        for _ in 0..2 {
            let answer = ask(&mut io, &wrap(&message(CALL, "no_such_method", "hello"))).await;
            assert_eq!((answer.kind, answer.method.as_str()), (EXCEPTION, "no_such_method"));
            assert_eq!(answer.text, "unknown method no_such_method");
            assert!(!answer.says_goodbye());
            io.write_all(&wrap(&message(ONE_WAY, "no_such_method", "hello"))).await.unwrap();
            let answer = ask(&mut io, &wrap(&message(CALL, "echo", "well"))).await;
            assert_eq!((answer.kind, answer.text.as_str()), (REPLY, "well"));
            assert_eq!(asked.try_recv().unwrap(), "well", "no handler has seen the others");
        }
    }
    drop(io);
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn an_answer_is_no_request() {
    for kind in [REPLY, EXCEPTION] {
        let (server, mut io, mut asked) = obedient().await;
        io.write_all(&framed(&message(kind, "echo", "hello"))).await.unwrap();
        until_the_end(&mut io).await;
        assert!(asked.try_recv().is_err(), "no handler has seen it");
        server.stop().await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_message_end_the_connection_without_an_answer() {
    // An answer of HTTP, an alert of TLS, and what nobody knows.
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28], &[0xff; 32]] {
        let (server, mut io, _asked) = obedient().await;
        io.write_all(bytes).await.unwrap();
        until_the_end(&mut io).await;
        server.stop().await;
    }
}

#[tokio::test]
async fn a_one_way_call_is_carried_out_and_not_answered_also_where_it_panics() {
    let (server, mut io, mut asked) = obedient().await;
    for wrap in [framed, with_header] {
        for text in ["one way", "panic", "biz"] {
            io.write_all(&wrap(&message(ONE_WAY, "echo", text))).await.unwrap();
            assert_eq!(within(asked.recv()).await.unwrap(), text);
        }
        let answer = ask(&mut io, &wrap(&message(CALL, "echo", "both ways"))).await;
        assert_eq!(answer.text, "both ways", "the first answer on the connection is that of the first call");
        asked.recv().await.unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn a_one_way_call_that_cannot_be_decoded_is_not_answered() {
    let mut broken = message(ONE_WAY, "echo", "hello");
    broken.truncate(broken.len() - 6);
    for wrap in [framed, with_header] {
        let (server, mut io, _asked) = obedient().await;
        io.write_all(&wrap(&broken)).await.unwrap();
        // The answer would be that of the next call.
        until_the_end(&mut io).await;
        server.stop().await;
    }
}

#[tokio::test]
async fn calls_that_arrive_together_are_answered_in_turn() {
    let (server, mut io, _asked) = obedient().await;
    let calls: Vec<u8> = ["one", "two", "three"].into_iter().flat_map(header_call).collect();
    io.write_all(&calls).await.unwrap();
    for text in ["one", "two", "three"] {
        assert_eq!(within(read_answer(&mut io)).await.unwrap().text, text);
    }
    server.stop().await;
}

#[tokio::test]
async fn the_context_of_volo_tells_who_calls_and_how_large_the_request_is() {
    let (tell, mut told) = mpsc::channel(8);
    let look = move |cx: &ServerContext| {
        let caller = cx.rpc_info().caller().address();
        let method = cx.rpc_info().method().to_string();
        tell.try_send((caller, method, cx.stats().read_size(), cx.stats().write_size())).unwrap();
    };
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let server = serve(listener, Looking { inner: EchoServer::from_handler(EchoHandler), look });
    let (endpoint, handle) = (server.endpoint(), server.handle());
    let server = tokio::spawn(server.into_future());
    let mut io = TcpStream::connect(endpoint.authority().unwrap()).await.unwrap();
    for text in ["a", "a longer text", ""] {
        for call in [framed_call(text), header_call(text)] {
            io.write_all(&call).await.unwrap();
            assert_eq!(within(read_answer(&mut io)).await.unwrap().text, text);
            let (caller, method, read, written) = told.recv().await.unwrap();
            assert_eq!(caller, Some(Address::Ip(io.local_addr().unwrap())));
            assert_eq!((method.as_str(), read), ("echo", Some(call.len())));
            assert_eq!(written, None, "the answer is made later, and no earlier call has left its size");
        }
    }
    handle.stop();
    within(server).await.unwrap();
}

/// The call `echo(text)` behind a TTHeader that says that the service `gate` calls, from 192.0.2.1.
fn call_from_elsewhere(text: &str) -> Vec<u8> {
    let header = b"\0\0\x10\0\x01\0\x03\0\x04gate\x01\0\x01\0\x03rip\0\x0e192.0.2.1:4242\0\0\0";
    assert_eq!(header.len() % 4, 0, "words");
    let words = u16::try_from(header.len() / 4).unwrap().to_be_bytes();
    let message = framed(&message(CALL, "echo", text));
    framed(&[&[0x10, 0, 0, 0, 0, 0, 0, 7][..], &words, header, &message].concat())
}

#[tokio::test]
async fn a_header_does_not_say_from_which_address_a_call_comes() {
    let (tell, mut told) = mpsc::channel(8);
    let look = move |cx: &ServerContext| {
        let caller = cx.rpc_info().caller();
        tell.try_send((caller.address(), caller.service_name_ref().to_owned())).unwrap();
    };
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let server = serve(listener, Looking { inner: EchoServer::from_handler(EchoHandler), look });
    let (endpoint, handle) = (server.endpoint(), server.handle());
    let server = tokio::spawn(server.into_future());
    let mut io = TcpStream::connect(endpoint.authority().unwrap()).await.unwrap();
    io.write_all(&call_from_elsewhere("hello")).await.unwrap();
    assert_eq!(within(read_answer(&mut io)).await.unwrap().text, "hello");
    let address = Address::Ip(io.local_addr().unwrap());
    assert_eq!(told.recv().await.unwrap(), (Some(address), "gate".to_owned()));
    handle.stop();
    within(server).await.unwrap();
}

#[tokio::test]
async fn a_peer_without_an_address_is_in_the_context_all_the_same() {
    let (tell, mut told) = mpsc::channel(8);
    let look = move |cx: &ServerContext| {
        tell.try_send((cx.rpc_info().caller().address(), peer_of::<MemoryPeer>(cx).map(MemoryPeer::number))).unwrap();
    };
    let (connector, listener) = Memory::pair();
    let server = serve(listener, Looking { inner: EchoServer::from_handler(EchoHandler), look });
    let server = tokio::spawn(server.into_future());
    for connection in 0..2 {
        let client = client!(connector.clone());
        echo(&client, "hello").await;
        assert_eq!(told.recv().await, Some((None, Some(connection))));
    }
    drop(connector);
    server.abort();
}
