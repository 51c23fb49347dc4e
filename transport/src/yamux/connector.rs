//! Dialing sessions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use motore::make::MakeConnection;
use motore::service::UnaryService;
use volo::net::Address;

use super::session::{DialedPeer, Session, Streams};
use super::stream::YamuxStream;
use super::{SessionListener, YamuxConfig};
use crate::connection::Connection;
use crate::error::ConnectError;
use crate::listener::Listener;

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
/// # async fn main() -> Result<(), volplane_transport::Report> {
/// let (memory, listener) = Memory::pair();
/// let mut sessions = Yamux::listen(listener);
/// let near = Yamux::connect(memory).await?;
/// let (far, _peer) = sessions.accept().await.expect("the connector is there");
///
/// // The accepting end calls the dialing one.
/// tokio::spawn(serve(near.incoming, EchoServer::from_handler(EchoHandler)).into_future());
/// let client = EchoClientBuilder::new("example").connect_with(far.streams).build();
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
        let unspecified = Address::Ip(([0, 0, 0, 0], 0).into());
        let connection = connection.make_connection(unspecified).await.map_err(Into::into)?;
        Ok(Session::start(connection, yamux::Mode::Client, YamuxConfig::default(), DialedPeer))
    }

    /// Accepts sessions on the connections of `listener`.
    pub fn listen<L: Listener>(listener: L) -> SessionListener<L> {
        SessionListener::new(listener)
    }

    /// A connector that keeps one session for each address and makes each connection a stream of it. A session that
    /// has ended is dialed anew by the next call.
    pub fn over<C>(connection: C) -> YamuxStreams<C> {
        YamuxStreams { connection: Arc::new(connection), config: YamuxConfig::default(), sessions: Arc::default() }
    }
}

type Dialing = Shared<BoxFuture<'static, Result<Streams, Arc<ConnectError>>>>;

/// Makes connections that are streams of one session. Made by [`Yamux::over`]; clones share the session.
#[derive(Debug)]
pub struct YamuxStreams<C> {
    connection: Arc<C>,
    config: YamuxConfig,
    sessions: Arc<Mutex<HashMap<Address, Dialing>>>,
}

impl<C> Clone for YamuxStreams<C> {
    fn clone(&self) -> Self {
        Self { connection: Arc::clone(&self.connection), config: self.config, sessions: Arc::clone(&self.sessions) }
    }
}

impl<C> YamuxStreams<C> {
    /// With other bounds, and sessions of its own.
    pub fn with_config(self, config: YamuxConfig) -> Self {
        Self { connection: self.connection, config, sessions: Arc::default() }
    }
}

impl<C> YamuxStreams<C>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError> + Send,
{
    /// The session for `address`: the one that stands, or one that all callers of this moment dial together.
    fn session(&self, address: &Address) -> Dialing {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dialing) = sessions.get(address) {
            let usable = match dialing.peek() {
                None => true,
                Some(Ok(streams)) => !streams.is_ended(),
                Some(Err(_)) => false,
            };
            if usable {
                return dialing.clone();
            }
        }
        let dialing = dial(Arc::clone(&self.connection), address.clone(), self.config).boxed().shared();
        sessions.insert(address.clone(), dialing.clone());
        dialing
    }
}

/// Whoever waits for it drives it; with nobody there it rests, so it needs no task of its own.
async fn dial<C>(connection: Arc<C>, address: Address, config: YamuxConfig) -> Result<Streams, Arc<ConnectError>>
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    let connection = connection.make_connection(address).await.map_err(|error| Arc::new(error.into()))?;
    Ok(Session::start(connection, yamux::Mode::Client, config, DialedPeer).streams)
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
        let streams = self.session(&address).await.map_err(|source| ConnectError::Session { source })?;
        Ok(streams.open().await?)
    }
}
