//! Connections inside one process: for tests, and for a client and a server in the same process.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use motore::service::UnaryService;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use volo::net::Address;

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Peer;
use crate::endpoint::Endpoint;
use crate::listen::Listener;

/// How many bytes each direction buffers before a writer waits. A message of usual size fits.
const PIPE: usize = 64 * 1024;

/// How many connections may wait to be accepted, as many as in the TCP backlog of Linux before 5.4.
const BACKLOG: usize = 128;

/// Makes connections to one [`MemoryListener`].
///
/// ```
/// # use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
/// # struct EchoHandler;
/// # impl Echo for EchoHandler {
/// #     async fn echo(&self, request: Request) -> Result<Response, volo_thrift::ServerError> {
/// #         Ok(Response { message: request.message })
/// #     }
/// # }
/// use std::future::IntoFuture;
/// use volplane_transport::{ConnectWith, Memory, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (memory, listener) = Memory::pair();
/// tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(memory).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Memory {
    queue: mpsc::Sender<DuplexStream>,
}

impl Memory {
    /// A connector, and the listener that accepts its connections.
    pub fn pair() -> (Memory, MemoryListener) {
        let (queue, waiting) = mpsc::channel(BACKLOG);
        (Memory { queue }, MemoryListener { waiting, accepted: AtomicU64::new(0) })
    }
}

impl UnaryService<Address> for Memory {
    type Response = DuplexStream;
    type Error = ConnectError;

    async fn call(&self, _: Address) -> Result<DuplexStream, ConnectError> {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        self.queue.send(theirs).await.map_err(|_| nobody_listens())?;
        Ok(ours)
    }
}

fn nobody_listens() -> ConnectError {
    ConnectError::new(ConnectErrorKind::Refused).at("a listener in memory")
}

/// Accepts the connections of its [`Memory`]. Ends when the last clone of the connector is dropped.
#[derive(Debug)]
pub struct MemoryListener {
    waiting: mpsc::Receiver<DuplexStream>,
    accepted: AtomicU64,
}

/// The other end of an in-process connection, numbered from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemoryPeer(u64);

impl MemoryPeer {
    /// How many connections were accepted before this one.
    pub fn number(&self) -> u64 {
        self.0
    }
}

impl fmt::Display for MemoryPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "memory:{}", self.0)
    }
}

impl Peer for MemoryPeer {
    fn address(&self) -> Option<Address> {
        None
    }
}

impl Listener for MemoryListener {
    type Connection = DuplexStream;
    type Peer = MemoryPeer;

    async fn accept(&mut self) -> Option<(DuplexStream, MemoryPeer)> {
        let stream = self.waiting.recv().await?;
        Some((stream, MemoryPeer(self.accepted.fetch_add(1, Ordering::Relaxed))))
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::named("a listener in memory")
    }
}
