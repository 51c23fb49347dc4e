//! Any bytes at a server of thrift over HTTP, whole and in pieces: the same responses, then the next connection is served.

#![no_main]

use std::future::IntoFuture;

use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::fuzzing::connect;
use volplane_transport::{Http, ListenerExt, Memory, serve};

struct Handler;

impl Echo for Handler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

/// The call `echo("hi")` in a request.
const CALL: &[u8] =
    b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-thrift\r\nContent-Length: 30\r\n\r\n\
    \x80\x01\0\x01\0\0\0\x04echo\0\0\0\x07\x0c\0\x01\x0b\0\x01\0\0\0\x02hi\0\0";

/// All that the server sends to a client that sends `bytes`, in pieces of this size.
async fn conversation(connector: &Memory, bytes: &[u8], piece: usize) -> Vec<u8> {
    let (mut from, mut to) = tokio::io::split(connect(connector).await.expect("a connection"));
    let send = async {
        for piece in bytes.chunks(piece) {
            // The server may end the connection before it has read all.
            if to.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        to.shutdown().await.ok();
    };
    let mut answer = Vec::new();
    let (_, read) = tokio::join!(send, from.read_to_end(&mut answer));
    read.expect("the connection ends");
    answer
}

/// Whether a client is told to continue depends on what it has sent by then.
fn without_continue(answer: &[u8]) -> String {
    answer.escape_ascii().to_string().replace("HTTP/1.1 100 Continue\\r\\n\\r\\n", "")
}

// The first byte is the size of the pieces.
fuzz_target!(|input: &[u8]| {
    let Some((piece, bytes)) = input.split_first() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let (connector, listener) = Memory::pair();
        let listener = listener.layer(Http::at("/echo").with_health("/healthz"));
        let server = serve(listener, EchoServer::from_handler(Handler));
        let handle = server.handle();
        let server = tokio::spawn(server.into_future());
        let whole = conversation(&connector, bytes, bytes.len().max(1)).await;
        let pieces = conversation(&connector, bytes, usize::from(*piece).max(1)).await;
        assert_eq!(without_continue(&whole), without_continue(&pieces));
        assert!(whole.is_empty() || whole.starts_with(b"HTTP/1.1 "));
        assert!(conversation(&connector, CALL, CALL.len()).await.ends_with(b"hi\0\0"));
        handle.stop();
        server.await.expect("the server does not panic");
    });
});
