//! The calling side: any connection under volo's client builder, with a pool and real time-outs.

mod connector;
mod lease;
mod pool;
mod timed;

use std::time::Duration;

use motore::make::MakeConnection;
use volo::net::Address;
use volo_thrift::client::ClientBuilder;
use volo_thrift::codec::default::framed::MakeFramedCodec;
use volo_thrift::codec::default::thrift::MakeThriftCodec;
use volo_thrift::codec::default::ttheader::MakeTTHeaderCodec;
use volo_thrift::codec::{DefaultMakeCodec, MakeCodec};

use crate::split::{ReadHalf, WriteHalf};

pub use connector::{Connector, ConnectorCodec};
pub use pool::PoolStats;
pub use timed::TimedIo;

/// The codec of volo's own clients: TTHeader over framed binary, which Kitex and volo servers detect by themselves.
pub type TtHeaderFramed = DefaultMakeCodec<MakeTTHeaderCodec<MakeFramedCodec<MakeThriftCodec>>>;

/// How a client makes, keeps and gives up its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientConfig {
    /// How long a connection may take to be ready, handshakes included. Default: 5 s. `connect_timeout` of volo's
    /// builder goes before it.
    pub connect_timeout: Duration,
    /// How long a read may wait for the next byte, and a write for room. `None`, the default, leaves it to the time-out
    /// of the call. `read_write_timeout` of volo's builder goes before it.
    pub io_timeout: Option<Duration>,
    /// How long a connection may lie idle before it is closed. Default: 30 s, below the 60 s at which proxies cut and
    /// the 2 min of a Kitex server.
    pub idle_timeout: Duration,
    /// How many idle connections are kept for one address. Default: 1024; each costs its buffers.
    pub max_idle: usize,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            io_timeout: None,
            idle_timeout: Duration::from_secs(30),
            max_idle: 1024,
        }
    }
}

/// Plugs a connection into a client builder that volo generated.
///
/// Every option and layer of the builder stays. Build the client inside a tokio runtime: volo's own (unused) pool
/// starts a task there.
///
/// ```no_run
/// # use volplane_generated::api::{EchoClientBuilder, Request};
/// use volplane_transport::{ConnectWith, StdNet};
///
/// # async fn f() -> Result<(), volo_thrift::ClientError> {
/// let client = EchoClientBuilder::new("example").connect_with(StdNet::to("127.0.0.1:8889")).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// # Ok(()) }
/// ```
pub trait ConnectWith: Sized {
    /// The builder with `C` plugged in and messages in the codec `K`.
    type Connected<C, K>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: 'static,
        C::Error: Into<std::io::Error>,
        K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>> + Sync;

    /// Makes connections with `connection`, which is anything that implements motore's [`MakeConnection`]: one of
    /// this crate, or a `motore::UnaryService<Address>` of your own.
    ///
    /// The builder needs an address even where the connection knows its own; this sets an unspecified one. For a
    /// connection that goes where volo says, such as [`StdNet::new`](crate::StdNet::new), call the builder's
    /// `address` after this.
    fn connect_with<C>(self, connection: C) -> Self::Connected<C, TtHeaderFramed>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: 'static,
        C::Error: Into<std::io::Error>,
    {
        self.connect_through(Connector::new(connection))
    }

    /// As [`connect_with`](Self::connect_with), with a [`Connector`] that carries a configuration or another codec.
    fn connect_through<C, K>(self, connector: Connector<C, K>) -> Self::Connected<C, K>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: 'static,
        C::Error: Into<std::io::Error>,
        K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>> + Sync;
}

impl<IL, OL, Mk, Req, Resp, MkT, MkC, LB> ConnectWith for ClientBuilder<IL, OL, Mk, Req, Resp, MkT, MkC, LB> {
    type Connected<C, K>
        = ClientBuilder<IL, OL, Mk, Req, Resp, Connector<C, K>, ConnectorCodec, LB>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: 'static,
        C::Error: Into<std::io::Error>,
        K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>> + Sync;

    fn connect_through<C, K>(self, connector: Connector<C, K>) -> Self::Connected<C, K>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: 'static,
        C::Error: Into<std::io::Error>,
        K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>> + Sync,
    {
        let unspecified = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
        self.address(Address::Ip(unspecified)).make_transport(connector).make_codec(ConnectorCodec)
    }
}
