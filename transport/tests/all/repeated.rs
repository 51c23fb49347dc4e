//! A layer repeats a call with the same context: nothing of the first answer decides about the second call.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::AsyncWriteExt;
use volo_thrift::{BizError, ServerError};
use volplane_generated::api::{Echo, EchoClientBuilder, Request, Response};
use volplane_transport::{ConnectWith, Memory, StdNet};

use crate::support::raw::{head, read_message, reply, seq_id, silent};
use crate::support::repeat::Repeat;
use crate::support::{PATIENCE, Server, echo, within};

/// An exception behind a TTHeader that says that the answer comes from `address`.
fn exception_from(address: &str, seq_id: i32) -> Vec<u8> {
    let mut header = vec![0, 0, 0x01, 0, 1, 0, 3];
    header.extend(b"rip");
    header.extend(u16::try_from(address.len()).unwrap().to_be_bytes());
    header.extend(address.as_bytes());
    header.resize(header.len().next_multiple_of(4), 0);
    let exception = [&head(3, seq_id)[..], &[8, 0, 2, 0, 0, 0, 6, 0]].concat();
    let words = u16::try_from(header.len() / 4).unwrap().to_be_bytes();
    let rest = [&[0x10, 0, 0, 0][..], &seq_id.to_be_bytes(), &words, &header, &crate::support::raw::framed(&exception)]
        .concat();
    crate::support::raw::framed(&rest)
}

#[tokio::test]
async fn an_answer_does_not_say_where_the_next_call_goes() {
    let (listener, address) = silent().await;
    let (elsewhere, other) = silent().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let call = read_message(&mut stream).await;
        stream.write_all(&exception_from(&other, seq_id(&call))).await.unwrap();
        let call = read_message(&mut stream).await;
        stream.write_all(&reply(seq_id(&call), "here")).await.unwrap();
    });
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_with(StdNet::new());
    let address: std::net::SocketAddr = address.parse().unwrap();
    let client = builder.address(address).layer_outer_front(Repeat).build();
    tokio::select! {
        answer = within(echo(&client, "hello")) => assert_eq!(answer, "here"),
        _ = elsewhere.accept() => panic!("the call went to the address in the answer"),
    }
    within(server).await.unwrap();
}

/// Answers the first call with a business error.
#[derive(Default)]
struct OnceSoldOut(AtomicBool);

impl Echo for OnceSoldOut {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if !self.0.swap(true, Ordering::Relaxed) {
            return Err(BizError::new(42, "sold out".into()).into());
        }
        Ok(Response { message: request.message })
    }
}

#[tokio::test]
async fn a_business_error_is_not_that_of_the_next_call() {
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener, OnceSoldOut::default());
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let client = builder.connect_with(memory).layer_inner_front(Repeat).build();
    assert_eq!(echo(&client, "again").await, "again");
    drop(client);
    server.stop().await;
}
