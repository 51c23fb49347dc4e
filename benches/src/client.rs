//! The client's process.

use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use motore::make::MakeConnection;
use pilota::FastStr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use volo::net::Address;
use volplane_generated::api::{EchoClient, EchoClientBuilder, Request};
use volplane_transport::{ConnectWith, Connector, Report, StdNet, WebSocket, Yamux};

use crate::arguments::ClientArguments;
use crate::load::{Caller, drive};
use crate::message::{FromClient, Outcome};
use crate::process::say;
use crate::transport::Transport;

/// A call that takes longer has failed. Far above what a busy machine needs, so that only a lost call runs into it.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Calls, says what it saw, and ends; early when the standard input ends.
///
/// # Errors
///
/// When it can't connect, or nobody listens to it.
pub fn main(arguments: &ClientArguments) -> Result<(), Report> {
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

async fn measure(arguments: &ClientArguments) -> Result<Outcome, Report> {
    let to = arguments.to.as_str();
    match arguments.transport {
        Transport::Tcp => {
            let mut callers = Vec::new();
            for _ in 0..arguments.callers {
                callers.push(BytesCaller::connect(to, arguments.size).await?);
            }
            let opened = callers.len() as u64;
            let outcome = drive(callers, arguments.warm_up, arguments.seconds).await?;
            Ok(Outcome { opened: Some(opened), ..outcome })
        }
        Transport::Volo => {
            let address = Address::from(to.parse::<std::net::SocketAddr>()?);
            let client = EchoClientBuilder::new("example").rpc_timeout(Some(CALL_TIMEOUT)).address(address).build();
            call_echo(&client, arguments).await
        }
        Transport::StdNet => through(StdNet::to(to), arguments).await,
        Transport::WebSocket => through(WebSocket::to(to), arguments).await,
        Transport::Yamux => through(Yamux::over(StdNet::to(to)), arguments).await,
        Transport::YamuxWebSocket => through(Yamux::over(WebSocket::to(to)), arguments).await,
    }
}

async fn through<C>(connection: C, arguments: &ClientArguments) -> Result<Outcome, Report>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: 'static,
    C::Error: Into<io::Error>,
{
    let connector = Connector::new(connection);
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(CALL_TIMEOUT)).connect_through(connector.clone()).build();
    let outcome = call_echo(&client, arguments).await?;
    Ok(Outcome { opened: Some(connector.stats().opened), ..outcome })
}

async fn call_echo(client: &EchoClient, arguments: &ClientArguments) -> Result<Outcome, Report> {
    let callers = (0..arguments.callers).map(|_| EchoCaller {
        client: client.clone(),
        message: FastStr::from("x".repeat(arguments.size)),
        checked: false,
    });
    Ok(drive(callers.collect(), arguments.warm_up, arguments.seconds).await?)
}

struct EchoCaller {
    client: EchoClient,
    message: FastStr,
    /// The first answer is compared byte by byte, the others by their length.
    checked: bool,
}

impl Caller for EchoCaller {
    async fn call(&mut self) -> Result<(), String> {
        let request = Request { message: Some(self.message.clone()) };
        let answer = self.client.echo(request).await.map_err(|error| error.to_string())?;
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

/// Writes bytes and reads them back.
struct BytesCaller {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl BytesCaller {
    async fn connect(to: &str, size: usize) -> io::Result<Self> {
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
