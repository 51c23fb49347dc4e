//! The client's process.

use std::future::IntoFuture;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use anyhow::bail;
use motore::make::MakeConnection;
use pilota::FastStr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use volo::net::Address;
use volplane_generated::api::{EchoClient, EchoClientBuilder, EchoServer, Request};
use volplane_transport::{
    Channel, ConnectError, ConnectWith, Connection, Http, Memory, StdNet, Unix, WebSocket, Yamux, serve,
};

use crate::arguments::ClientArguments;
use crate::certificate;
use crate::load::{Caller, drive};
use crate::message::{FromClient, Outcome};
use crate::pipelined;
use crate::process::say;
use crate::server::{EchoHandler, HTTP_PATH, WEBSOCKET_PATH, unix_path};
use crate::transport::Transport;

/// A call that takes longer has failed. Far above what a busy machine needs, so that only a lost call runs into it.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Calls, says what it saw, and ends; early when the standard input ends.
///
/// # Errors
///
/// When it can't connect, or nobody listens to it.
pub fn main(arguments: &ClientArguments) -> anyhow::Result<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    thread::spawn(move || {
        // An error ends the input as well.
        let _ended = io::stdin().lock().read_to_end(&mut Vec::new());
        drop(stop);
    });
    arguments.runtime.run(async {
        tokio::select! {
            outcome = measure(arguments) => Ok(say(&FromClient::Outcome(outcome?))?),
            _ = stopped => Ok(()),
        }
    })
}

async fn measure(arguments: &ClientArguments) -> anyhow::Result<Outcome> {
    let &ClientArguments { transport, to, size, callers, warm_up, seconds, .. } = arguments;
    match transport {
        Transport::Tcp => {
            let mut connected = Vec::new();
            for _ in 0..callers {
                connected.push(BytesCaller::connect(to, size).await?);
            }
            Ok(Outcome { opened: Some(callers.into()), ..drive(connected, warm_up, seconds).await? })
        }
        Transport::TcpOne => {
            let connected = pipelined::connect(to, callers, size).await?;
            Ok(Outcome { opened: Some(1), ..drive(connected, warm_up, seconds).await? })
        }
        _ => {
            let EchoOver { client, opened } = EchoOver::new(transport, to)?;
            let callers = (0..callers).map(|_| EchoCaller::new(&client, size)).collect();
            let outcome = drive(callers, warm_up, seconds).await?;
            Ok(Outcome { opened: opened(), ..outcome })
        }
    }
}

/// A client of the echo service.
pub(crate) struct EchoOver {
    pub(crate) client: EchoClient,
    /// How many connections its pool has made; `None` where it doesn't say.
    opened: Box<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl EchoOver {
    pub(crate) fn new(transport: Transport, to: SocketAddr) -> anyhow::Result<Self> {
        let url = format!("ws://{to}{WEBSOCKET_PATH}");
        Ok(match transport {
            Transport::Tcp | Transport::TcpOne => bail!("{transport} carries bytes, not calls"),
            Transport::Volo => {
                let client = EchoClientBuilder::new("example")
                    .rpc_timeout(Some(CALL_TIMEOUT))
                    .address(Address::from(to))
                    .build();
                Self { client, opened: Box::new(|| None) }
            }
            Transport::StdNet => Self::through(StdNet::to(to.to_string())),
            Transport::WebSocket => Self::through(WebSocket::to(url)),
            Transport::Unix => Self::through(Unix::to(unix_path(to).display())),
            Transport::Memory => {
                let (memory, listener) = Memory::pair();
                // Ends with the client, whose connector is the only one.
                tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
                Self::through(memory)
            }
            Transport::Yamux => Self::through(Yamux::over(StdNet::to(to.to_string()))),
            Transport::YamuxTwo => Self::through(Yamux::over(StdNet::to(to.to_string())).with_sessions(2)),
            Transport::YamuxWebSocket => Self::through(Yamux::over(WebSocket::to(url))),
            Transport::Tls => Self::through(StdNet::to(to.to_string()).layer(certificate::client()?)),
            Transport::Wss => {
                Self::through(WebSocket::to_tls(format!("wss://{to}{WEBSOCKET_PATH}"), certificate::client()?))
            }
            Transport::Http => Self::through(Http::to(format!("http://{to}{HTTP_PATH}"))),
        })
    }

    fn through<C>(connection: C) -> Self
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        let channel = Channel::new(connection);
        let client =
            EchoClientBuilder::new("example").rpc_timeout(Some(CALL_TIMEOUT)).connect_through(channel.clone()).build();
        Self { client, opened: Box::new(move || Some(channel.stats().opened)) }
    }
}

/// Calls the echo service, and looks at what comes back.
pub(crate) struct EchoCaller {
    client: EchoClient,
    message: FastStr,
    /// The first answer is compared byte by byte, the others by their length.
    checked: bool,
}

impl EchoCaller {
    pub(crate) fn new(client: &EchoClient, size: usize) -> Self {
        Self { client: client.clone(), message: FastStr::from("x".repeat(size)), checked: false }
    }
}

impl Caller for EchoCaller {
    async fn call(&mut self) -> Result<(), String> {
        let request = Request { message: Some(self.message.clone()) };
        let answer = self.client.echo(request).await.map_err(|error| without_context(&error.to_string()))?;
        match answer.message {
            Some(message) if self.checked && message.len() == self.message.len() => Ok(()),
            Some(message) if message == self.message => {
                self.checked = true;
                Ok(())
            }
            other => Err(format!("{} bytes came back, not those sent", other.map_or(0, |message| message.len()))),
        }
    }
}

/// volo adds the whole context of the call to the message of an error, times and addresses included.
fn without_context(error: &str) -> String {
    let begin = [", cx: ", ", rpc_info: ", ", rpcinfo: "].into_iter().filter_map(|mark| error.find(mark)).min();
    begin.and_then(|begin| error.get(..begin)).unwrap_or(error).to_owned()
}

/// Writes bytes and reads them back.
struct BytesCaller {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl BytesCaller {
    async fn connect(to: SocketAddr, size: usize) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, sent: vec![b'x'; size], received: vec![0; size] })
    }

    async fn exchange(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.sent).await?;
        self.stream.read_exact(&mut self.received).await?;
        Ok(())
    }
}

impl Caller for BytesCaller {
    async fn call(&mut self) -> Result<(), String> {
        self.exchange().await.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_without_the_context_of_the_call() {
        assert_eq!(
            without_context("broken pipe (os error 32), cx: RpcInfo { .. }, rpcinfo: .."),
            "broken pipe (os error 32)"
        );
        assert_eq!(without_context("end of file, rpc_info: RpcInfo { .. }"), "end of file");
        assert_eq!(without_context("timed out, twice"), "timed out, twice");
    }
}
