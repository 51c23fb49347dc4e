//! A layer of one's own, a shared secret, at both ends of a volo-thrift client and server over TCP.

use std::{error::Error, fmt, future::IntoFuture, io};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{ConnectWith, Connection, Endpoint, Layer, ListenerExt, Peer, StdNet, serve_with};

struct Token(u64);
#[derive(Clone, Debug)]
struct Known<P>(P);

impl<P: Peer> fmt::Display for Known<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, who knows the token", self.0)
    }
}

impl<P: Peer> Peer for Known<P> {
    fn address(&self) -> Option<volo::net::Address> {
        self.0.address()
    }
}

impl<Io: Connection> Layer<Io> for Token {
    type Io = Io;
    type Peer<P: Peer> = Known<P>;
    type Error = io::Error;

    async fn outgoing(&self, mut io: Io, _: &Endpoint) -> io::Result<Io> {
        io.write_u64(self.0).await?;
        io.flush().await?;
        io.read_u8().await.map(|_| io)
    }

    async fn incoming<P: Peer>(&self, mut io: Io, peer: P) -> io::Result<(Io, Known<P>)> {
        if io.read_u64().await? != self.0 {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        io.write_u8(1).await?;
        io.flush().await?;
        Ok((io, Known(peer)))
    }
}

/// Answers with a greeting to the peer that the layer has made known.
struct Greeter(String);

impl Echo for Greeter {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let message = request.message.unwrap_or_default();
        Ok(Response { message: Some(format!("{message} to {}", self.0).into()) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = StdNet::bind("127.0.0.1:0").await?;
    let address = listener.local_addr();
    let server = serve_with(listener.layer(Token(42)), |peer| EchoServer::from_handler(Greeter(peer.to_string())));
    let handle = server.handle();
    let server = tokio::spawn(server.into_future());

    let client = EchoClientBuilder::new("example").connect_with(StdNet::to(address).layer(Token(42))).build();
    let answer = client.echo(Request { message: Some("Say hello".into()) }).await?;
    let stranger = EchoClientBuilder::new("example").connect_with(StdNet::to(address).layer(Token(43))).build();
    let refused = stranger.echo(Request { message: Some("Say hello".into()) }).await;
    assert!(refused.is_err(), "another token is refused");
    #[allow(clippy::print_stdout)] // an example is a program of its own
    {
        println!("{}", answer.message.unwrap_or_default());
    }

    handle.stop();
    server.await?;
    Ok(())
}
