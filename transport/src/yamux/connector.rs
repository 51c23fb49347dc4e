//! Dialing sessions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use motore::make::MakeConnection;
use motore::service::UnaryService;
use volo::net::Address;

use super::session::{DialedPeer, OpenError, Outgoing, Session};
use super::stream::YamuxStream;
use super::{SessionListener, YamuxOptions};
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;
use crate::listen::Listener;

/// The ways into yamux: [`connect`](Yamux::connect) and [`listen`](Yamux::listen) for sessions that both ends use,
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
/// tokio::spawn(serve(near.split().1, EchoServer::from_handler(EchoHandler)).into_future());
/// let client = EchoClientBuilder::new("example").connect_with(far.outgoing).build();
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
    /// When the connection can't be made. That the other end speaks yamux shows only in use.
    pub async fn connect<C>(connection: C) -> Result<Session, ConnectError>
    where
        C: MakeConnection<Address>,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        Self::connect_with_config(connection, YamuxOptions::default()).await
    }

    /// As [`connect`](Self::connect), with other bounds.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn connect_with_config<C>(connection: C, config: YamuxOptions) -> Result<Session, ConnectError>
    where
        C: MakeConnection<Address>,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        let after = config.connect_timeout;
        let unspecified = Address::Ip(([0, 0, 0, 0], 0).into());
        let connection = tokio::time::timeout(after, connection.make_connection(unspecified))
            .await
            .map_err(|_| ConnectError::new(ConnectErrorKind::TimedOut(after)))?
            .map_err(Into::into)?;
        Ok(Session::start(connection, yamux::Mode::Client, config, DialedPeer))
    }

    /// Accepts sessions on the connections of `listener`.
    pub fn listen<L: Listener>(listener: L) -> SessionListener<L> {
        SessionListener::new(listener)
    }

    /// A connector that keeps one session for each address and makes each connection a stream of it. A session that
    /// has ended is dialed anew by the next call.
    pub fn over<C>(connection: C) -> YamuxStreams<C> {
        YamuxStreams { connection: Arc::new(connection), config: YamuxOptions::default(), sessions: Arc::default() }
    }
}

type Dialed = Result<Outgoing, Arc<ConnectError>>;
type Dialing = BoxFuture<'static, Dialed>;

/// What stands or comes into being for an address.
#[derive(Debug)]
enum Slot {
    /// Callers of this moment dial together. Held weakly: when the last of them gives up, the attempt goes with it, and
    /// the next caller begins anew.
    Dialing(WeakShared<Dialing>),
    /// A session.
    Ready(Outgoing),
}

/// Makes connections that are streams of one session. Made by [`Yamux::over`]; clones share the session.
///
/// A session stays open as long as the connector, also without calls.
#[derive(Debug)]
pub struct YamuxStreams<C> {
    connection: Arc<C>,
    config: YamuxOptions,
    sessions: Arc<Mutex<HashMap<Address, Slot>>>,
}

impl<C> Clone for YamuxStreams<C> {
    fn clone(&self) -> Self {
        Self { connection: Arc::clone(&self.connection), config: self.config, sessions: Arc::clone(&self.sessions) }
    }
}

impl<C> YamuxStreams<C> {
    /// With other bounds, and sessions of its own.
    pub fn with_config(self, config: YamuxOptions) -> Self {
        Self { connection: self.connection, config, sessions: Arc::default() }
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Address, Slot>> {
        // The map is whole between any two statements that hold the lock.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> YamuxStreams<C>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError> + Send,
{
    /// The session for `address`: the one that stands, or one that all callers of this moment dial together.
    async fn session(&self, address: &Address) -> Result<Outgoing, ConnectError> {
        let dialing = match self.join_or_dial(address) {
            Ok(streams) => return Ok(streams),
            Err(dialing) => dialing,
        };
        let streams = dialing.await.map_err(|source| (*source).clone())?;
        self.slots().insert(address.clone(), Slot::Ready(streams.clone()));
        Ok(streams)
    }

    fn join_or_dial(&self, address: &Address) -> Result<Outgoing, Shared<Dialing>> {
        let mut slots = self.slots();
        match slots.get(address) {
            Some(Slot::Ready(streams)) if !streams.is_ended() => return Ok(streams.clone()),
            Some(Slot::Dialing(attempt)) => {
                if let Some(attempt) = attempt.upgrade().filter(|attempt| !matches!(attempt.peek(), Some(Err(_)))) {
                    return Err(attempt);
                }
            }
            _ => {}
        }
        slots.retain(|_, slot| match slot {
            Slot::Dialing(attempt) => attempt.upgrade().is_some(),
            Slot::Ready(streams) => !streams.is_ended(),
        });
        let dialing = dial(Arc::clone(&self.connection), address.clone(), self.config).boxed().shared();
        // Just made and never polled, so it can be held weakly.
        if let Some(weak) = dialing.downgrade() {
            slots.insert(address.clone(), Slot::Dialing(weak));
        }
        Err(dialing)
    }
}

/// Whoever waits for it drives it, so it needs no task of its own.
async fn dial<C>(connection: Arc<C>, address: Address, config: YamuxOptions) -> Dialed
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    let connection = connection.make_connection(address).await.map_err(|error| Arc::new(error.into()))?;
    Ok(Session::start(connection, yamux::Mode::Client, config, DialedPeer).split().0)
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
        let streams = self.session(&address).await?;
        match streams.open().await {
            // It ended between the look at it and the opening; nothing was sent.
            Err(OpenError::Closed | OpenError::Session(_)) => self
                .session(&address)
                .await?
                .open()
                .await
                .map_err(|error| ConnectError::new(ConnectErrorKind::Closed).because(error)),
            opened => opened.map_err(|error| ConnectError::new(ConnectErrorKind::Closed).because(error)),
        }
    }
}
