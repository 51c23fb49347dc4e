//! The client side: volo's own client builder, with the connections and the call path of this crate.
//!
//! [`ConnectWith`] replaces volo's innermost service by a [`Channel`]. `call` makes one call, `acquire` gets its
//! connection, `pool` keeps the idle connections, `error` says whether a failed call was delivered, `first_answer` what
//! to try if a server never answers, `local_errors` which errors volo has made at the client.

mod acquire;
mod attempts;
mod call;
mod channel;
mod error;
mod first_answer;
mod local_errors;
mod options;
mod pool;
mod pooled;
mod timed;

use std::any::TypeId;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use motore::layer::Stack;
use motore::make::MakeConnection;
use volo::discovery::DummyDiscover;
use volo::loadbalance::LbConfig;
use volo::loadbalance::random::WeightedRandomBalance;
use volo::net::Address;
use volo_thrift::client::ClientBuilder;

#[cfg(feature = "endpoints")]
pub(crate) use acquire::check_protocol;
pub use call::Calls;
pub use channel::Channel;
#[cfg(feature = "websocket")]
pub(crate) use error::CallError;
pub use error::Delivery;
pub(crate) use error::connect_error_in;
pub use local_errors::{LocalErrors, WithLocalErrors};
pub use options::ClientOptions;
pub use pool::PoolStats;

use crate::connect::ConnectError;
use crate::connection::Connection;
#[cfg(feature = "endpoints")]
use crate::dynamic::{BoxConnector, ConnectorOptions, channel};
#[cfg(feature = "endpoints")]
use crate::endpoint::Endpoint;
use crate::protocol::Protocol;

/// Plugs a connection into a client builder that volo generated.
///
/// volo's options, outer layers, load balancing and `CallOpt` work unchanged. Add inner layers before it, or after it
/// with `layer_inner_front`: see [`Channel`]. Build the client inside a tokio runtime: volo's own pool is built, too,
/// and starts a task there, although it is not used.
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
    /// The builder with `C` plugged in.
    type Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>;

    /// Makes connections with `connector`, with the default options and protocol. A connector is anything that
    /// implements motore's [`MakeConnection`]: one of this crate, or your own `motore::UnaryService<Address>`.
    ///
    /// The default protocol is TTHeader, and over HTTP binary without a frame. Servers of this crate, of volo and of
    /// Kitex understand TTHeader. For others see [`connect_with_protocol`](Self::connect_with_protocol).
    ///
    /// volo's builder needs an address even if the connector has its own, so this sets an unspecified one. For a
    /// connector that connects to volo's address, such as [`StdNet::new`](crate::StdNet::new), call the builder's
    /// `address` after this, or its `discover` before this.
    fn connect_with<C>(self, connector: C) -> Self::Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        self.connect_through(Channel::new(connector))
    }

    /// As [`connect_with`](Self::connect_with), in the protocol that the server understands:
    ///
    /// | server | protocol |
    /// |---|---|
    /// | this crate, volo | any: they detect it. Only [`Protocol::TTHEADER`] carries business errors and metadata |
    /// | Kitex | the same, except the compact encoding, which Kitex does not understand |
    /// | Apache Thrift with `TFramedTransport`, as every non-blocking server has it | [`Protocol::FRAMED`] |
    /// | Apache Thrift with `TBufferedTransport`, or with neither | [`Protocol::BUFFERED`] |
    /// | both of them with `TCompactProtocol` | the same, with [`.compact()`](Protocol::compact) |
    /// | Apache Thrift over HTTP | [`Protocol::BUFFERED`], which is the default there |
    ///
    /// ```no_run
    /// # use volplane_generated::api::EchoClientBuilder;
    /// use volplane_transport::{ConnectWith, Protocol, StdNet};
    ///
    /// let builder = EchoClientBuilder::new("example");
    /// let client = builder.connect_with_protocol(StdNet::to("127.0.0.1:9090"), Protocol::FRAMED).build();
    /// ```
    ///
    /// For other options, too, use [`Channel::with_protocol`]. In the text of an endpoint it is `?protocol=framed`: see
    /// [`connect_to`](Self::connect_to). A server that does not understand the protocol often closes the connection and
    /// says nothing; the error of the call then names the protocols to try.
    fn connect_with_protocol<C>(self, connector: C, protocol: Protocol) -> Self::Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        self.connect_through(Channel::new(connector).with_protocol(protocol))
    }

    /// Connects to an endpoint from configuration, with the protocol in its query
    /// (`tcp://127.0.0.1:8889?protocol=framed`) and the default options. For other options, pass
    /// [`Endpoint::connector`] to a [`Channel`].
    ///
    /// # Errors
    ///
    /// [`ConnectErrorKind::Unsupported`](crate::ConnectErrorKind::Unsupported) if this build has no connector for the
    /// endpoint, or if an HTTP endpoint has a protocol with a frame. The message says why.
    #[cfg(feature = "endpoints")]
    fn connect_to(self, endpoint: &Endpoint) -> Result<Self::Connected<BoxConnector>, ConnectError> {
        self.connect_to_with(endpoint, ConnectorOptions::default())
    }

    /// As [`connect_to`](Self::connect_to), with settings of the connector, such as those of TLS.
    ///
    /// # Errors
    ///
    /// As [`connect_to`](Self::connect_to).
    #[cfg(feature = "endpoints")]
    fn connect_to_with(
        self,
        endpoint: &Endpoint,
        options: ConnectorOptions,
    ) -> Result<Self::Connected<BoxConnector>, ConnectError> {
        Ok(self.connect_through(channel(endpoint, options)?))
    }

    /// As [`connect_with`](Self::connect_with), with the options and protocol of `channel`.
    fn connect_through<C>(self, channel: Channel<C>) -> Self::Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>;
}

impl<IL, OL, Mk, Req, Resp, MkT, MkC, LB: 'static> ConnectWith for ClientBuilder<IL, OL, Mk, Req, Resp, MkT, MkC, LB> {
    type Connected<C>
        = ClientBuilder<Stack<Channel<C>, IL>, Stack<LocalErrors, OL>, Mk, Req, Resp, MkT, MkC, LB>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>;

    fn connect_through<C>(self, channel: Channel<C>) -> Self::Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        // volo asks load balancing for an address only if none is set.
        let builder = if TypeId::of::<LB>() == TypeId::of::<NoDiscovery>() { self.address(NOWHERE) } else { self };
        let local_errors = LocalErrors::new(Arc::clone(&channel.first_answer), Arc::clone(&channel.contexts));
        builder.layer_inner(channel).layer_outer(local_errors)
    }
}

/// The address of a builder whose connector has its own. Nothing connects to it, and no error names it.
pub(crate) const NOWHERE: Address = Address::Ip(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));

/// The load balancing of a builder for which none was chosen: it finds no address.
type NoDiscovery = LbConfig<WeightedRandomBalance<()>, DummyDiscover>;
