//! The calling side: volo's own client builder, with connections and the path of a call from here.
//!
//! [`ConnectWith`] puts a [`Channel`] in the place of volo's last service. `call` is the path of a call, `pool` keeps
//! the idle connections, `error` says what became of a call that failed.

mod acquire;
mod attempts;
mod call;
mod channel;
mod error;
mod options;
mod pool;
mod pooled;
mod timed;

use std::any::TypeId;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use motore::layer::Stack;
use motore::make::MakeConnection;
use volo::discovery::DummyDiscover;
use volo::loadbalance::LbConfig;
use volo::loadbalance::random::WeightedRandomBalance;
use volo::net::Address;
use volo_thrift::client::ClientBuilder;

pub use call::Calls;
pub use channel::Channel;
pub use error::Delivery;
pub use options::ClientOptions;
pub use pool::PoolStats;

use crate::connect::ConnectError;
use crate::connection::Connection;
use crate::dynamic::BoxConnector;
use crate::endpoint::Endpoint;

/// Plugs a connection into a client builder that volo generated.
///
/// Options, outer layers, load balancing and `CallOpt` of volo work as before. Inner layers are added before this, or
/// after it with `layer_inner_front`: see [`Channel`]. Build the client inside a tokio runtime: volo's own pool, which
/// is not used, starts a task there.
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

    /// Makes connections with `connector`, which is anything that implements motore's [`MakeConnection`]: one of
    /// this crate, or a `motore::UnaryService<Address>` of your own.
    ///
    /// The builder needs an address even where the connector has its own; this sets an unspecified one. For a
    /// connector that goes where volo says, such as [`StdNet::new`](crate::StdNet::new), call the builder's
    /// `address` after this, or its `discover` before.
    fn connect_with<C>(self, connector: C) -> Self::Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        self.connect_through(Channel::new(connector))
    }

    /// Connects to an endpoint that is known at run time only, in the protocol that its query names
    /// (`tcp://127.0.0.1:8889?protocol=framed`).
    ///
    /// # Errors
    ///
    /// When this build has no connector for the endpoint.
    fn connect_to(self, endpoint: &Endpoint) -> Result<Self::Connected<BoxConnector>, ConnectError> {
        let channel = Channel::new(endpoint.connector()?);
        Ok(self.connect_through(channel.with_protocol(endpoint.protocol().unwrap_or_default())))
    }

    /// As [`connect_with`](Self::connect_with), through a [`Channel`] with options and a protocol.
    fn connect_through<C>(self, channel: Channel<C>) -> Self::Connected<C>
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>;
}

impl<IL, OL, Mk, Req, Resp, MkT, MkC, LB: 'static> ConnectWith for ClientBuilder<IL, OL, Mk, Req, Resp, MkT, MkC, LB> {
    type Connected<C>
        = ClientBuilder<Stack<Channel<C>, IL>, OL, Mk, Req, Resp, MkT, MkC, LB>
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
        // volo asks load balancing for an address where there is none, and never where there is one.
        let builder = if TypeId::of::<LB>() == TypeId::of::<FindsNothing>() { self.address(NOWHERE) } else { self };
        builder.layer_inner(channel)
    }
}

/// The address that a builder gets whose connector has its own. Nothing is connected to it, and no error names it.
const NOWHERE: Address = Address::Ip(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));

/// The load balancing of a builder for which none was chosen: it finds no address.
type FindsNothing = LbConfig<WeightedRandomBalance<()>, DummyDiscover>;
