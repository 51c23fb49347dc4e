//! Any bytes at a server: it ends the connection, and serves the next one.

#![no_main]

use std::future::IntoFuture;

use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::fuzzing::connect;
use volplane_transport::{Memory, serve};

struct Handler;

impl Echo for Handler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

/// The call `echo("hi")` in a frame.
const CALL: &[u8] = b"\0\0\0\x1e\x80\x01\0\x01\0\0\0\x04echo\0\0\0\x07\x0c\0\x01\x0b\0\x01\0\0\0\x02hi\0\0";

fuzz_target!(|bytes: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let (connector, listener) = Memory::pair();
        let server = serve(listener, EchoServer::from_handler(Handler));
        let handle = server.handle();
        let server = tokio::spawn(server.into_future());
        for bytes in [bytes, CALL] {
            let mut io = connect(&connector).await.expect("a connection");
            // The server may end the connection before it has read all.
            io.write_all(bytes).await.ok();
            io.shutdown().await.ok();
            let mut answer = Vec::new();
            io.read_to_end(&mut answer).await.expect("the connection ends");
            assert!(bytes != CALL || answer.ends_with(b"hi\0\0"), "{}", answer.escape_ascii());
        }
        handle.stop();
        server.await.expect("the server does not panic");
    });
});
