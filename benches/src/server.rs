//! The server's process.

use std::future::pending;
use std::io::{self, BufRead};
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use volo::net::incoming::DefaultIncoming;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{Listener, Report, StdNet, WebSocket, WebSocketUrl, Yamux, serve};

use crate::arguments::ServerArguments;
use crate::counted::{Accepted, Counted};
use crate::message::FromServer;
use crate::process::{cpu_us, say};
use crate::transport::Transport;

const ANY_PORT: &str = "127.0.0.1:0";

struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

/// Serves until the standard input ends: with the parent, however that ends.
///
/// # Errors
///
/// When it can't listen.
pub fn main(arguments: &ServerArguments) -> Result<(), Report> {
    let accepted = Accepted::default();
    let (stop, stopped) = oneshot::channel();
    let counted = accepted.clone();
    thread::spawn(move || {
        answer(io::stdin().lock(), &counted);
        // Nobody waits any more when the server has failed.
        let _stopping = stop.send(());
    });
    arguments.runtime.run(async {
        tokio::select! {
            ended = serve_echo(arguments.transport, arguments.size, &accepted) => ended,
            _ = stopped => Ok(()),
        }
    })
}

/// Gives a sample for each line, to the end of the input.
fn answer(input: impl BufRead, accepted: &Accepted) {
    for line in input.lines() {
        let sample = FromServer::Sample { cpu_us: cpu_us(), connections: accepted.count() };
        if line.is_err() || say(&sample).is_err() {
            return;
        }
    }
}

async fn serve_echo(transport: Transport, size: usize, accepted: &Accepted) -> Result<(), Report> {
    match transport {
        Transport::Tcp => {
            let listener = TcpListener::bind(ANY_PORT).await?;
            listening(listener.local_addr()?)?;
            loop {
                let (stream, _) = listener.accept().await?;
                accepted.add();
                tokio::spawn(echo_bytes(stream, size));
            }
        }
        Transport::Volo => {
            let listener = TcpListener::bind(ANY_PORT).await?;
            listening(listener.local_addr()?)?;
            let incoming = Counted::new(DefaultIncoming::from(listener), accepted);
            EchoServer::new(EchoHandler).run(incoming).await.map_err(Report::from)
        }
        Transport::StdNet => {
            let listener = StdNet::bind(ANY_PORT).await?;
            listening(listener.local_addr())?;
            run(Counted::new(listener, accepted)).await
        }
        Transport::WebSocket => {
            let listener = websocket(accepted).await?;
            listening(listener.endpoint())?;
            run(listener).await
        }
        Transport::Yamux => {
            let listener = StdNet::bind(ANY_PORT).await?;
            listening(listener.local_addr())?;
            run(Yamux::listen(Counted::new(listener, accepted)).into_streams()).await
        }
        Transport::YamuxWebSocket => {
            let listener = websocket(accepted).await?;
            listening(listener.endpoint())?;
            run(Yamux::listen(listener).into_streams()).await
        }
    }
}

async fn websocket(accepted: &Accepted) -> Result<impl Listener, Report> {
    let listener = StdNet::bind(ANY_PORT).await?;
    let url: WebSocketUrl = format!("ws://{}/kitex-ws", listener.local_addr()).parse()?;
    Ok(WebSocket::<StdNet>::bind_over(Counted::new(listener, accepted), url))
}

async fn run(listener: impl Listener) -> Result<(), Report> {
    serve(listener, EchoServer::from_handler(EchoHandler)).await;
    pending().await
}

fn listening(to: impl ToString) -> io::Result<()> {
    say(&FromServer::Listening { to: to.to_string() })
}

/// Sends back each `size` bytes once they are all there, as a server of calls does. Ends with the connection.
async fn echo_bytes(mut stream: TcpStream, size: usize) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = vec![0; size];
    loop {
        stream.read_exact(&mut bytes).await?;
        stream.write_all(&bytes).await?;
    }
}
