//! The server's process.

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use volo::net::incoming::DefaultIncoming;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{Http, Listener, ListenerExt, ServeOptions, Unix, WebSocket, Yamux, serve};

use crate::arguments::ServerArguments;
use crate::certificate;
use crate::counted::{Accepted, Counted};
use crate::listen::listen_beside_others;
use crate::message::FromServer;
use crate::pipelined;
use crate::process::{count_panics, cpu_us, limit_descriptors, panics, rss_bytes, say};
use crate::transport::Transport;

/// The file of a server's Unix domain socket, for its parent: dropping it removes the file, which a server that is killed
/// leaves behind.
#[derive(Debug)]
pub(crate) struct SocketFile(Option<PathBuf>);

impl SocketFile {
    pub(crate) fn of(transport: Transport, address: SocketAddr) -> Self {
        Self((transport == Transport::Unix).then(|| unix_path(address)))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // It may be gone already.
            let _removed = std::fs::remove_file(path);
        }
    }
}

/// Where the server that has this address for itself listens as a Unix domain socket.
pub(crate) fn unix_path(address: SocketAddr) -> PathBuf {
    std::env::temp_dir().join(format!("volplane-bench-{}.sock", address.port()))
}

/// What WebSocket clients ask for.
pub(crate) const WEBSOCKET_PATH: &str = "/kitex-ws";

/// Where clients post their calls over HTTP.
pub(crate) const HTTP_PATH: &str = "/thrift";

/// 10,000 idle connections of `strangers`, and the others.
const MAX_CONNECTIONS: usize = 20_000;

pub(crate) struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

/// Serves until the standard input says `stop`, or ends: with the parent, however that ends.
///
/// # Errors
///
/// When it can't listen.
pub fn main(arguments: &ServerArguments) -> anyhow::Result<()> {
    limit_descriptors(arguments.descriptors)?;
    count_panics();
    let accepted = Accepted::default();
    let (stop, stopped) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let counted = accepted.clone();
    thread::spawn(move || {
        answer(io::stdin().lock(), &counted, stop);
        drop(end);
    });
    arguments.runtime.run(async {
        tokio::select! {
            served = serve_echo(arguments, &accepted, stopped) => served,
            _ = ended => Ok(()),
        }
    })
}

/// Does what each line asks for, to the end of the input.
fn answer(input: impl BufRead, accepted: &Accepted, stop: oneshot::Sender<()>) {
    let mut stop = Some(stop);
    for line in input.lines().map_while(Result::ok) {
        if line == "stop" {
            // Nobody waits any more when the server has failed.
            let _stopping = stop.take().map(|stop| stop.send(()));
            continue;
        }
        let sample = FromServer::Sample {
            cpu_us: cpu_us(),
            connections: accepted.count(),
            rss_bytes: rss_bytes(),
            panics: panics(),
        };
        if say(&sample).is_err() {
            return;
        }
    }
}

async fn serve_echo(
    arguments: &ServerArguments,
    accepted: &Accepted,
    stopped: oneshot::Receiver<()>,
) -> anyhow::Result<()> {
    let &ServerArguments { transport, listen, size, .. } = arguments;
    let listener = listen_beside_others(listen)?;
    let address = listener.local_addr()?;
    if transport != Transport::Unix {
        say(&FromServer::Listening { address })?;
    }
    let counted = |listener: TcpListener| Counted::new(listener, accepted);
    let websocket = |listener| counted(listener).layer(WebSocket::at(WEBSOCKET_PATH));
    match transport {
        Transport::Tcp | Transport::TcpOne => loop {
            let (stream, _) = listener.accept().await?;
            accepted.add();
            match transport {
                Transport::TcpOne => tokio::spawn(pipelined::echo(stream, size)),
                _ => tokio::spawn(echo_bytes(stream, size)),
            };
        },
        Transport::Volo => {
            let incoming = Counted::new(DefaultIncoming::from(listener), accepted);
            EchoServer::new(EchoHandler).run(incoming).await.map_err(|error| anyhow::anyhow!(error))
        }
        Transport::StdNet => run(counted(listener), stopped).await,
        Transport::WebSocket => run(websocket(listener), stopped).await,
        Transport::Unix => {
            let listener = Unix::bind(unix_path(address).display()).await?;
            // Said once it can be connected to.
            say(&FromServer::Listening { address })?;
            run(Counted::new(listener, accepted), stopped).await
        }
        // The client's process serves itself.
        Transport::Memory => run(counted(listener), stopped).await,
        Transport::Yamux | Transport::YamuxTwo => run(Yamux::listen(counted(listener)).into_streams(), stopped).await,
        Transport::YamuxWebSocket => run(Yamux::listen(websocket(listener)).into_streams(), stopped).await,
        Transport::Tls => run(counted(listener).layer(certificate::server()?), stopped).await,
        Transport::Wss => {
            let tls = counted(listener).layer(certificate::server()?);
            run(tls.layer(WebSocket::at(WEBSOCKET_PATH)), stopped).await
        }
        Transport::Http => run(counted(listener).layer(Http::at(HTTP_PATH)), stopped).await,
    }
}

async fn run(listener: impl Listener, stopped: oneshot::Receiver<()>) -> anyhow::Result<()> {
    let stopping = async move {
        // Also when the standard input has ended, and the process with it.
        let _told = stopped.await;
    };
    let served = serve(listener, EchoServer::from_handler(EchoHandler))
        .with_options(ServeOptions::default().with_max_connections(MAX_CONNECTIONS))
        .with_graceful_shutdown(stopping)
        .await;
    say(&FromServer::Stopped { cut_off: served.cut_off })?;
    Ok(())
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
