//! What the error of a call says if the server has never answered in a protocol that the client understands.

use std::time::Duration;

use pilota::thrift::ApplicationExceptionKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use volo_thrift::ClientError;
use volplane_generated::api::{EchoClient, EchoClientBuilder};
use volplane_transport::{ConnectWith, Delivery, Endpoint, Protocol, StdNet};

use crate::support::raw::{framed, head, nobody, read_message, reply, reset, seq_id, silent};
use crate::support::{echo, request, within};

const ADVICE: &str = "if it does not understand the protocol ttheader, try `?protocol=framed` or `?protocol=buffered`";

fn client(address: &str) -> EchoClient {
    EchoClientBuilder::new("example").connect_with(StdNet::to(address)).build()
}

async fn failing(client: &EchoClient) -> (String, ClientError) {
    let error = within(client.echo(request("hello"))).await.expect_err("no answer");
    (error.to_string(), error)
}

/// Accepts one connection after another, reads a call from each and does with it what `answer` says.
async fn server<F>(answer: impl Fn(TcpStream, Vec<u8>) -> F + Send + 'static) -> (String, JoinHandle<()>)
where
    F: Future<Output = ()> + Send,
{
    let (listener, address) = silent().await;
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut call = vec![0; 4096];
            let length = stream.read(&mut call).await.unwrap();
            call.truncate(length);
            answer(stream, call).await;
        }
    });
    (address, task)
}

#[tokio::test]
async fn an_end_without_any_answer_says_what_to_try() {
    let (address, task) = server(|stream, _| async { drop(stream) }).await;
    let (shown, error) = failing(&client(&address)).await;
    assert!(shown.contains("the connection ended before a message; ") && shown.contains(ADVICE), "{shown}");
    assert_eq!(Delivery::of(&error), Delivery::Unknown);
    let builder = EchoClientBuilder::new("example");
    let (shown, _) = failing(&builder.connect_with_protocol(StdNet::to(&address), Protocol::FRAMED).build()).await;
    assert!(shown.contains("the protocol framed, try `?protocol=ttheader` or `?protocol=buffered`"), "{shown}");
    let endpoint: Endpoint = format!("tcp://{address}?protocol=buffered-compact").parse().unwrap();
    let (shown, _) = failing(&EchoClientBuilder::new("example").connect_to(&endpoint).unwrap().build()).await;
    assert!(
        shown.contains("the protocol buffered-compact, try `?protocol=buffered` or `?protocol=framed-compact`"),
        "{shown}"
    );
    task.abort();
}

#[tokio::test]
async fn a_reset_without_any_answer_says_what_to_try() {
    let (address, task) = server(|stream, _| async { reset(stream) }).await;
    let (shown, _) = failing(&client(&address)).await;
    assert!(shown.contains("cannot read from the connection: ") && shown.contains(ADVICE), "{shown}");
    task.abort();
}

#[tokio::test]
async fn a_server_that_has_answered_understands_the_protocol() {
    let (listener, address) = silent().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let call = read_message(&mut stream).await;
        stream.write_all(&reply(seq_id(&call), "hello")).await.unwrap();
        read_message(&mut stream).await;
        drop(stream);
        // Nor does a new connection of the same client say so.
        let (mut stream, _) = listener.accept().await.unwrap();
        read_message(&mut stream).await;
    });
    let client = client(&address);
    assert_eq!(echo(&client, "hello").await, "hello");
    for _ in 0..2 {
        let (shown, _) = failing(&client).await;
        assert!(shown.ends_with("the connection ended before a message"), "{shown}");
    }
    within(task).await.unwrap();
}

#[tokio::test]
async fn a_call_that_was_never_sent_says_nothing_of_protocols() {
    let (_bound, address) = nobody();
    let (shown, _) = failing(&client(&address)).await;
    assert!(!shown.contains("protocol"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_waits_for_more_bytes_may_not_understand_the_protocol() {
    // As Apache Thrift's servers do that take a length for that of a method's name.
    let (memory, _listener) = volplane_transport::Memory::pair();
    let timeout = Duration::from_millis(300);
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(timeout)).connect_with(memory).build();
    let (shown, _) = failing(&client).await;
    assert!(shown.contains("timed out after 300ms; the server has not answered any call yet: "), "{shown}");
    assert!(shown.contains(ADVICE), "{shown}");
}

#[tokio::test]
async fn an_answer_of_another_kind_of_server_says_which() {
    let cases: [(&'static [u8], &str); 4] = [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "found HTTP; the server speaks HTTP: try an endpoint with `http://` or `ws://`",
        ),
        (b"\x15\x03\x03\x00\x02\x02\x46", "the server speaks TLS: try an endpoint with `tls://`"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the server does not speak Thrift: its first bytes are the text \"SSH-\""),
        (b"[1,\"echo\",2,0,{}]", "found the JSON encoding; use binary or compact"),
    ];
    for (answer, says) in cases {
        let (address, task) = server(move |mut stream, _| async move { stream.write_all(answer).await.unwrap() }).await;
        let (shown, error) = failing(&client(&address)).await;
        assert!(shown.contains(says), "{says:?} in {shown}");
        assert_eq!(Delivery::of(&error), Delivery::Unknown);
        task.abort();
    }
}

/// An exception without a frame: its text, and the kind 7, a protocol error.
fn exception(seq_id: i32) -> Vec<u8> {
    [&head(3, seq_id)[..], b"\x0b\0\x01\0\0\0\x08what now\x08\0\x02\0\0\0\x07\0"].concat()
}

#[tokio::test]
async fn an_exception_in_another_protocol_is_shown_with_what_it_means() {
    let (address, task) = server(|mut stream, call| async move {
        stream.write_all(&exception(seq_id(&call))).await.unwrap();
    })
    .await;
    let (shown, error) = failing(&client(&address)).await;
    let ClientError::Application(exception) = &error else { panic!("{shown}") };
    assert_eq!(exception.kind(), ApplicationExceptionKind::PROTOCOL_ERROR);
    assert!(shown.contains("what now (the answer came in the protocol buffered, the call was in ttheader"), "{shown}");
    assert_eq!(Delivery::of(&error), Delivery::Answered);
    task.abort();
}

#[tokio::test]
async fn an_exception_of_a_server_that_cannot_read_the_sequence_id_is_shown() {
    let (address, task) = server(|mut stream, _| async move {
        stream.write_all(&framed(&exception(9))).await.unwrap();
    })
    .await;
    let (shown, error) = failing(&client(&address)).await;
    assert!(shown.contains("expected the answer to call 0, received one to call 9, an exception: what now"), "{shown}");
    assert_eq!(Delivery::of(&error), Delivery::Unknown);
    task.abort();
}
