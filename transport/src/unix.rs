//! Unix domain sockets: connections between processes of one machine.

mod file;
mod listener;
mod options;

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::net::UnixStream;
use tokio::time::Instant;
use volo::net::Address;

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, Scheme, SocketPath};
use crate::layer::{ConnectExt, Layer, Layered};
use crate::stdnet::BindError;
use crate::target::{self, Target, WrongEndpoint};
pub use listener::UnixSocketListener;
pub use options::UnixOptions;

/// Makes connections over Unix domain sockets: to one socket ([`Unix::to`]), or to the address that volo has resolved
/// ([`Unix::new`]).
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
/// use volplane_transport::{ConnectWith, Listener, Unix, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("echo.sock").display().to_string();
/// let listener = Unix::bind(&path).await?;
/// tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(Unix::to(&path)).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Unix {
    target: Option<Target>,
}

impl Unix {
    /// Connects to the address that volo's builder, discovery or load balancing gives, which must be a Unix socket.
    pub fn new() -> Self {
        Self::default()
    }

    /// Connects to `target`; volo's address is ignored. It is an endpoint, `unix:///run/echo.sock` or `unix://@echo`,
    /// or a path as the file system has it, `/run/echo.sock`, or the name of an abstract socket, `@echo`.
    ///
    /// If the socket's backlog is full, which the operating system reports at once, it is tried again for at most 10 s.
    ///
    /// If `target` is invalid, every connection fails with [`ConnectErrorKind::InvalidEndpoint`]. To check it earlier,
    /// parse it as an [`Endpoint`].
    pub fn to(target: impl ToString) -> Self {
        let text = target.to_string();
        Self { target: Some(Target::parsed(&text, endpoint_of(&text))) }
    }

    /// Performs the handshake of `layer` on each connection.
    pub fn layer<L: Layer<UnixStream>>(self, layer: L) -> Layered<Self, L> {
        let to = self.target.as_ref().and_then(|target| target.endpoint().ok().cloned());
        match to {
            Some(to) => Layered::to(self, layer, to),
            None => ConnectExt::layer(self, layer),
        }
    }

    /// Listens on `address`, which has the forms of [`to`](Self::to).
    ///
    /// If the socket's file exists and no process listens on it, because a server was killed, the file is replaced. Any
    /// other file, and a socket on which a process listens, is an error. The file is removed when the listener is dropped.
    ///
    /// # Errors
    ///
    /// If the address can't be parsed, or if the operating system refuses it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind(address: impl ToString) -> Result<UnixSocketListener, BindError> {
        Self::bind_with(address, UnixOptions::default()).await
    }

    /// Listens as [`bind`](Self::bind) does, with options.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind_with(address: impl ToString, options: UnixOptions) -> Result<UnixSocketListener, BindError> {
        UnixSocketListener::bind(endpoint_of(&address.to_string())?, options).await
    }
}

/// An endpoint, or a path as the file system has it.
fn endpoint_of(text: &str) -> Result<Endpoint, WrongEndpoint> {
    match text.strip_prefix('@') {
        _ if text.contains("://") => target::parse(text, Scheme::Unix),
        Some(name) => Ok(Endpoint::unix_abstract(name)?),
        None => Ok(Endpoint::unix(text)?),
    }
}

impl UnaryService<Address> for Unix {
    type Response = UnixStream;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<UnixStream, ConnectError> {
        let endpoint = match (&self.target, &address) {
            (Some(target), _) => target.endpoint()?.clone(),
            (None, Address::Unix(unix)) => crate::listen::endpoint_of(&unix.clone().into())
                .ok_or_else(|| ConnectError::new(ConnectErrorKind::Unsupported).at(&address))?,
            (None, other) => return Err(ConnectError::new(ConnectErrorKind::Unsupported).at(other)),
        };
        let path = endpoint.socket_path().map(path_of);
        let path = path.ok_or_else(|| ConnectError::new(ConnectErrorKind::Unsupported).at(&endpoint))?;
        connect(path, endpoint).await
    }
}

/// The path as the operating system has it: that of an abstract socket begins with a zero byte.
fn path_of(path: SocketPath<'_>) -> OsString {
    match path {
        SocketPath::File(path) => path.as_os_str().to_owned(),
        SocketPath::Abstract(name) => OsString::from_vec([b"\0", name].concat()),
    }
}

/// How long a full backlog is waited for. TCP, which repeats its request for over a minute, needs no such wait; the
/// connect timeout of a client is shorter by default.
const BACKLOG_TIMEOUT: Duration = Duration::from_secs(10);

/// The first pause before another attempt, and the longest: each is twice the one before.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(100));

async fn connect(path: OsString, endpoint: Endpoint) -> Result<UnixStream, ConnectError> {
    let deadline = Instant::now() + BACKLOG_TIMEOUT;
    let (mut pause, longest) = PAUSES;
    loop {
        match UnixStream::connect(&path).await {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < deadline => {
                tokio::time::sleep(pause).await;
                pause = longest.min(2 * pause);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let kind = ConnectErrorKind::TimedOut(BACKLOG_TIMEOUT);
                return Err(ConnectError::new(kind).at(endpoint).because("the backlog of the socket is full"));
            }
            Err(error) => return Err(ConnectError::from(error).at(endpoint)),
        }
    }
}
