//! What became of a call that failed: `Delivery` of its error.

use std::io;

use pilota::thrift::{ApplicationException, ApplicationExceptionKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo_thrift::{BizError, ClientError, ServerError};
use volplane_generated::api::{Echo, EchoClient, Request, Response};
use volplane_transport::{Delivery, Memory, StdNet, WebSocket};

use crate::support::raw::{answering, nobody, read_message, reply, reset, seq_id, silent};
use crate::support::{Server, client, request, within};

async fn call(client: EchoClient) -> Result<Response, ClientError> {
    within(client.echo(request("hello"))).await
}

/// The error of a call, and of a copy of it, both of which tell the same.
#[track_caller]
fn assert_delivery(outcome: Result<Response, ClientError>, expected: Delivery, text: &str) {
    let error = outcome.expect_err("the call fails");
    assert_eq!(Delivery::of(&error), expected, "{error}");
    assert_eq!(Delivery::of(&error.clone()), expected, "a copy of {error}");
    assert_eq!(Delivery::of(&error.clone().clone()), expected, "a copy of a copy of {error}");
    assert!(error.to_string().contains(text), "{text:?} in {error}");
}

#[tokio::test]
async fn a_call_without_a_connection_was_never_sent() {
    let (_bound, address) = nobody();
    let refused = call(client!(StdNet::to(&address))).await;
    assert_delivery(refused, Delivery::NeverSent, &format!("tcp://{address} refused the connection"));
    let unresolved = call(client!(StdNet::to("no-such-host.invalid:1"))).await;
    let text = "cannot resolve the host of tcp://no-such-host.invalid:1";
    assert_delivery(unresolved, Delivery::NeverSent, text);
    let invalid = call(client!(StdNet::to("http://127.0.0.1:1"))).await;
    assert_delivery(invalid, Delivery::NeverSent, "expected an endpoint with tcp://");
    let (memory, listener) = Memory::pair();
    drop(listener);
    let closed = call(client!(memory)).await;
    assert_delivery(closed, Delivery::NeverSent, "refused the connection");
}

#[tokio::test]
async fn a_call_whose_handshake_failed_was_never_sent() {
    let (listener, address) = silent().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 16];
        stream.read_exact(&mut head).await.unwrap();
        let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        stream
    });
    let outcome = call(client!(WebSocket::to(format!("ws://{address}/x")))).await;
    assert_delivery(outcome, Delivery::NeverSent, &format!("handshake with ws://{address}/x failed"));
    drop(server.await.unwrap());
}

#[tokio::test]
async fn a_call_whose_connection_broke_may_have_been_carried_out() {
    let (listener, address) = silent().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_message(&mut stream).await;
        reset(stream);
    });
    let outcome = call(client!(StdNet::to(address))).await;
    assert_eq!(kind(&outcome), Some(io::ErrorKind::ConnectionReset), "{outcome:?}");
    assert_delivery(outcome, Delivery::Unknown, "cannot read from the connection");
    server.await.unwrap();

    let (address, server) = answering(|_| Vec::new()).await;
    let outcome = call(client!(StdNet::to(address))).await;
    assert_delivery(outcome, Delivery::Unknown, "the connection ended before a message");
    server.abort();

    let (address, server) = answering(|call| reply(seq_id(call) + 1, "another's")).await;
    let outcome = call(client!(StdNet::to(address))).await;
    assert_delivery(outcome, Delivery::Unknown, "expected the answer to call 0, received one to call 1");
    server.abort();
}

fn kind(outcome: &Result<Response, ClientError>) -> Option<io::ErrorKind> {
    match outcome {
        Err(ClientError::Transport(error)) => Some(error.kind()),
        _ => None,
    }
}

/// Fails as the message says.
struct Failing;

impl Echo for Failing {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        match request.message.as_deref() {
            Some("biz") => Err(BizError::new(42, "out of stock".into()).into()),
            // What it got from volo when it called another server, passed on.
            Some("another's") => {
                let text = "load balance discovery error: Other";
                Err(ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, text).into())
            }
            _ => Err(ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, "broken").into()),
        }
    }
}

#[tokio::test]
async fn a_call_that_ended_in_an_exception_was_answered() {
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener, Failing);
    let client = client!(memory);
    assert_delivery(within(client.echo(request("biz"))).await, Delivery::Answered, "out of stock");
    assert_delivery(within(client.echo(request("exception"))).await, Delivery::Answered, "broken");
    let passed_on = within(client.echo(request("another's"))).await;
    assert_delivery(passed_on, Delivery::Unknown, "discovery error");
    drop(client);
    server.stop().await;
}
