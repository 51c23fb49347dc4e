//! Connects sessions.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use motore::make::MakeConnection;
use motore::service::UnaryService;
use tokio::sync::OwnedSemaphorePermit;
use volo::net::Address;

use super::session::{DialedPeer, Outgoing, Session};
use super::sessions::{Choice, Dialed, Sessions};
use super::stream::YamuxStream;
use super::{Backoff, OpenError, Reconnecting, SessionListener, YamuxOptions, YamuxRole};
use crate::client::NOWHERE;
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;
use crate::listen::Listener;

/// Creates sessions: [`connect`](Yamux::connect) and [`listen`](Yamux::listen) for sessions that both ends use,
/// [`over`](Yamux::over) for a client that only wants its calls multiplexed.
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
/// use volplane_transport::{ConnectWith, Memory, Session, Yamux, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (memory, listener) = Memory::pair();
/// let mut sessions = Yamux::listen(listener);
/// let near = Yamux::connect(memory).await?;
/// let (far, _peer) = sessions.accept().await.expect("the connector is there");
///
/// // The accepting end calls the dialing one.
/// let (_, incoming) = near.split();
/// tokio::spawn(serve(incoming, EchoServer::from_handler(EchoHandler)).into_future());
/// let client = EchoClientBuilder::new("example").connect_with(far.outgoing().clone()).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Yamux;

impl Yamux {
    /// Makes a connection with `connection` and starts a session on it.
    ///
    /// # Errors
    ///
    /// If the connection can't be made. An end that does not support yamux is only detected when the session is used.
    pub async fn connect<C>(connection: C) -> Result<Session, ConnectError>
    where
        C: MakeConnection<Address>,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        Self::connect_with_options(connection, YamuxOptions::default()).await
    }

    /// As [`connect`](Self::connect), with other options.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_with_options<C>(connection: C, options: YamuxOptions) -> Result<Session, ConnectError>
    where
        C: MakeConnection<Address>,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        connect(&connection, options).await
    }

    /// A session that reconnects when it ends, with the default options.
    ///
    /// It connects at once with `connector`, and after each failure or end again after a random wait (see [`Backoff`]).
    /// Serve the listener and build the client once; both are used for all sessions. Call this inside a tokio runtime.
    ///
    /// ```no_run
    /// # use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
    /// # struct EchoHandler;
    /// # impl Echo for EchoHandler {
    /// #     async fn echo(&self, request: Request) -> Result<Response, volo_thrift::ServerError> {
    /// #         Ok(Response { message: request.message })
    /// #     }
    /// # }
    /// use std::future::IntoFuture;
    /// use volplane_transport::{Backoff, ConnectWith, StdNet, Yamux, serve};
    ///
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// let session = Yamux::reconnecting(StdNet::to("127.0.0.1:8891"), Backoff::default());
    /// let (outgoing, incoming) = session.split();
    /// tokio::spawn(serve(incoming, EchoServer::from_handler(EchoHandler)).into_future());
    /// let client = EchoClientBuilder::new("hub").connect_with(outgoing.clone()).build();
    /// let mut state = outgoing.state();
    /// while state.changed().await.is_ok() {
    ///     println!("{:?}", *state.borrow());
    /// }
    /// # drop(client);
    /// # Ok(()) }
    /// ```
    pub fn reconnecting<C>(connector: C, backoff: Backoff) -> Reconnecting
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError> + Send,
    {
        Self::reconnecting_with_options(connector, backoff, YamuxOptions::default())
    }

    /// As [`reconnecting`](Self::reconnecting), with other options.
    pub fn reconnecting_with_options<C>(connector: C, backoff: Backoff, options: YamuxOptions) -> Reconnecting
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError> + Send,
    {
        Reconnecting::start(connector, backoff, options)
    }

    /// Accepts sessions on the connections of `listener`.
    pub fn listen<L: Listener>(listener: L) -> SessionListener<L> {
        SessionListener::new(listener)
    }

    /// A connector that keeps one session for each address and makes each connection a stream of it. If a session
    /// has ended, the next call connects a new one.
    pub fn over<C>(connection: C) -> YamuxStreams<C> {
        YamuxStreams {
            connection: Arc::new(connection),
            options: YamuxOptions::default(),
            most: 1,
            sessions: Arc::default(),
        }
    }
}

/// See [`Yamux::connect_with_options`].
pub(super) async fn connect<C>(connector: &C, options: YamuxOptions) -> Result<Session, ConnectError>
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    let after = options.connect_timeout;
    let connection = tokio::time::timeout(after, connector.make_connection(NOWHERE))
        .await
        .map_err(|_| ConnectError::new(ConnectErrorKind::TimedOut(after)))?
        .map_err(Into::into)?;
    Ok(Session::start(connection, YamuxRole::Client, options, DialedPeer))
}

/// Makes connections that are streams of one session, or of a few. Made by [`Yamux::over`]; clones share the sessions.
///
/// A session stays open as long as the connector, also without calls.
#[derive(Debug)]
pub struct YamuxStreams<C> {
    connection: Arc<C>,
    options: YamuxOptions,
    most: usize,
    sessions: Arc<Sessions>,
}

impl<C> Clone for YamuxStreams<C> {
    fn clone(&self) -> Self {
        Self {
            connection: Arc::clone(&self.connection),
            options: self.options,
            most: self.most,
            sessions: Arc::clone(&self.sessions),
        }
    }
}

impl<C> YamuxStreams<C> {
    /// Sets the options. The result has its own sessions.
    pub fn with_options(self, options: YamuxOptions) -> Self {
        Self { options, sessions: Arc::default(), ..self }
    }

    /// How many sessions there may be to an address. Default: 1. A further one is connected when each has several streams
    /// open. A new stream is opened in the session that has the fewest. A session uses one core at a time, so large
    /// messages of many callers are faster over several sessions.
    pub fn with_sessions(self, sessions: usize) -> Self {
        Self { most: sessions.max(1), sessions: Arc::default(), ..self }
    }
}

/// How long a caller waits for a further session if it can use another one.
const GROWING: Duration = Duration::from_secs(1);

/// How many sessions a caller tries if they have just ended.
const ATTEMPTS: usize = 3;

impl<C> YamuxStreams<C>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError> + Send,
{
    /// A session for `address`, and a permit in it if one is free: an open session, or one that is being dialed, for all
    /// callers together.
    async fn session(&self, address: &Address) -> Result<(Outgoing, Option<OwnedSemaphorePermit>), ConnectError> {
        let mut grow = true;
        let mut dialed_before = false;
        loop {
            let dial = || dial(Arc::clone(&self.connection), address.clone(), self.options).boxed();
            match self.sessions.choose(address, self.most, grow, dial) {
                Choice::Open(session, permit) => return Ok((session, permit)),
                Choice::Dial { number, dialing, meanwhile: true } => {
                    let dialed = tokio::time::timeout(GROWING, dialing).await.ok();
                    self.sessions.settle(address, number, dialed.as_ref());
                    grow = matches!(dialed, Some(Ok(_)));
                }
                Choice::Dial { number, dialing, meanwhile: false } => {
                    let dialed = dialing.await;
                    self.sessions.settle(address, number, Some(&dialed));
                    let session = dialed?;
                    // The second one in a row that did not last: opening a stream returns the reason.
                    if dialed_before {
                        return Ok((session, None));
                    }
                    dialed_before = true;
                }
            }
        }
    }
}

/// The waiting callers poll it, so it does not need a task.
async fn dial<C>(connection: Arc<C>, address: Address, options: YamuxOptions) -> Dialed
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    let connection = connection.make_connection(address).await.map_err(Into::into)?;
    Ok(Session::start(connection, YamuxRole::Client, options, DialedPeer).split().0)
}

impl<C> UnaryService<Address> for YamuxStreams<C>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError> + Send,
{
    type Response = YamuxStream;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<YamuxStream, ConnectError> {
        let mut attempt = 1;
        loop {
            let (session, permit) = self.session(&address).await?;
            match session.open_in(permit).await {
                // It ended after it was chosen; nothing was sent.
                Err(OpenError::Closed | OpenError::GoingAway | OpenError::Session(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                }
                opened => return Ok(opened?),
            }
        }
    }
}
