//! The connector, pool, options and protocol of a client.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use motore::layer::Layer;
use motore::make::MakeConnection;
use volo::net::Address;
use volo::net::dial::MakeTransport;
use volo_thrift::EntryMessage;
use volo_thrift::client::MessageService;
use volo_thrift::codec::MakeCodec;

use super::call::Calls;
use super::first_answer::FirstAnswer;
use super::local_errors::Contexts;
use super::options::ClientOptions;
use super::pool::{Pool, PoolStats};
use crate::connection::Connection;
use crate::protocol::Protocol;

/// The connections of a client: makes them with the connector `C`, pools the idle ones, and makes calls on them. Clones
/// share the connections.
///
/// [`connect_with`](super::ConnectWith::connect_with) creates a channel with the defaults. Create one yourself, and pass it to
/// [`connect_through`](super::ConnectWith::connect_through), to set options or the protocol, or to read
/// [`stats`](Self::stats):
///
/// ```
/// use std::time::Duration;
/// use volplane_transport::{Channel, ClientOptions, Protocol, StdNet};
///
/// let options = ClientOptions::default().with_connect_timeout(Duration::from_millis(300));
/// // Thrift binary without TTHeader or frame, as Kitex clients send by default.
/// let channel = Channel::new(StdNet::to("127.0.0.1:8889")).with_options(options).with_protocol(Protocol::BUFFERED);
/// assert_eq!(channel.stats().opened, 0);
/// ```
///
/// It is a motore layer that replaces volo's innermost service, [`MessageService`], and accepts no other. Add inner
/// layers before it, or later with `layer_inner_front`:
///
/// ```no_run
/// # use motore::{Service, layer::Layer};
/// # use volplane_generated::api::EchoClientBuilder;
/// # #[derive(Clone)]
/// # struct Log;
/// # #[derive(Clone)]
/// # struct Logged<S>(S);
/// # impl<S> Layer<S> for Log {
/// #     type Service = Logged<S>;
/// #     fn layer(self, inner: S) -> Logged<S> {
/// #         Logged(inner)
/// #     }
/// # }
/// # impl<Cx: Send, Req: Send, S: Service<Cx, Req> + Send + Sync> Service<Cx, Req> for Logged<S> {
/// #     type Response = S::Response;
/// #     type Error = S::Error;
/// #     async fn call(&self, cx: &mut Cx, request: Req) -> Result<S::Response, S::Error> {
/// #         self.0.call(cx, request).await
/// #     }
/// # }
/// use volplane_transport::{ConnectWith, StdNet};
///
/// let builder = EchoClientBuilder::new("example").layer_inner(Log).connect_with(StdNet::to("127.0.0.1:8889"));
/// builder.layer_inner_front(Log).build();
/// ```
///
/// An inner layer added after it would never be called, so it does not compile:
///
/// ```compile_fail
/// # use motore::{Service, layer::Layer};
/// # use volplane_generated::api::EchoClientBuilder;
/// # #[derive(Clone)]
/// # struct Log;
/// # #[derive(Clone)]
/// # struct Logged<S>(S);
/// # impl<S> Layer<S> for Log {
/// #     type Service = Logged<S>;
/// #     fn layer(self, inner: S) -> Logged<S> {
/// #         Logged(inner)
/// #     }
/// # }
/// # impl<Cx: Send, Req: Send, S: Service<Cx, Req> + Send + Sync> Service<Cx, Req> for Logged<S> {
/// #     type Response = S::Response;
/// #     type Error = S::Error;
/// #     async fn call(&self, cx: &mut Cx, request: Req) -> Result<S::Response, S::Error> {
/// #         self.0.call(cx, request).await
/// #     }
/// # }
/// # use volplane_transport::{ConnectWith, StdNet};
/// let builder = EchoClientBuilder::new("example").connect_with(StdNet::to("127.0.0.1:8889"));
/// builder.layer_inner(Log).build();
/// ```
pub struct Channel<C: MakeConnection<Address>> {
    pub(super) connector: Arc<C>,
    /// `None`: the default of the connection.
    pub(super) protocol: Option<Protocol>,
    pub(super) options: Arc<ClientOptions>,
    pub(super) pool: Arc<Pool<C::Connection>>,
    pub(super) first_answer: Arc<FirstAnswer>,
    pub(super) contexts: Arc<Contexts>,
}

impl<C> Channel<C>
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
{
    /// A client over `connector`, with the default [`ClientOptions`] and the default [`Protocol`]: TTHeader over framed
    /// binary, and binary without a frame over HTTP.
    pub fn new(connector: C) -> Self {
        let options = ClientOptions::default();
        let pool = Pool::new(&options);
        Self {
            connector: Arc::new(connector),
            protocol: None,
            options: Arc::new(options),
            pool,
            first_answer: Arc::default(),
            contexts: Arc::default(),
        }
    }

    /// Sets the options. The result has its own connections.
    pub fn with_options(self, options: ClientOptions) -> Self {
        let pool = Pool::new(&options);
        Self { options: Arc::new(options), pool, first_answer: Arc::default(), ..self }
    }

    /// Sets the protocol. The result has its own connections. Over HTTP, only [`Protocol::BUFFERED`] and its compact
    /// form can be used: with another one every connection fails with
    /// [`ConnectErrorKind::Unsupported`](crate::ConnectErrorKind::Unsupported).
    pub fn with_protocol(self, protocol: Protocol) -> Self {
        let pool = Pool::new(&self.options);
        Self { protocol: Some(protocol), pool, first_answer: Arc::default(), ..self }
    }

    /// The counters of the pool.
    pub fn stats(&self) -> PoolStats {
        self.pool.stats()
    }
}

impl<C, Resp, MkT, MkC> Layer<MessageService<Resp, MkT, MkC>> for Channel<C>
where
    C: MakeConnection<Address>,
    Resp: EntryMessage + Send + 'static,
    MkT: MakeTransport,
    MkC: MakeCodec<MkT::ReadHalf, MkT::WriteHalf> + Sync,
{
    type Service = Calls<C, Resp>;

    fn layer(self, _replaced: MessageService<Resp, MkT, MkC>) -> Calls<C, Resp> {
        Calls { channel: self, answer: PhantomData }
    }
}

impl<C: MakeConnection<Address>> Clone for Channel<C> {
    fn clone(&self) -> Self {
        Self {
            connector: Arc::clone(&self.connector),
            protocol: self.protocol,
            options: Arc::clone(&self.options),
            pool: Arc::clone(&self.pool),
            first_answer: Arc::clone(&self.first_answer),
            contexts: Arc::clone(&self.contexts),
        }
    }
}

impl<C: MakeConnection<Address> + fmt::Debug> fmt::Debug for Channel<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("connector", &self.connector)
            .field("protocol", &self.protocol)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
