//! Connections of generated clients and servers in one line: what `EchoClient::connect` and `EchoServer::listen` need.

use super::{BoxConnector, ConnectorOptions};
use crate::client::{Channel, ClientOptions, check_protocol};
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, EndpointError, shown};
use crate::stdnet::BindError;
use crate::target::WrongEndpoint;

/// Settings of `EchoClient::connect_with`, which is generated for every client.
///
/// | option | default | what it is |
/// |---|---|---|
/// | `client` | [`ClientOptions::default`] | limits and timeouts of calls and connections |
/// | `connector` | [`ConnectorOptions::default`] | the settings of TLS |
///
/// ```no_run
/// # use volplane_generated::api::EchoClient;
/// use std::time::Duration;
/// use volplane_transport::{ClientOptions, ConnectOptions};
///
/// # fn f() -> Result<(), volplane_transport::ConnectError> {
/// let client = ClientOptions::default().with_call_timeout(Some(Duration::from_secs(2)));
/// let client = EchoClient::connect_with("ws://127.0.0.1:8890/", ConnectOptions::default().with_client(client))?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    client: ClientOptions,
    connector: ConnectorOptions,
}

impl ConnectOptions {
    /// The limits and timeouts of the client's calls and connections.
    pub fn with_client(self, client: ClientOptions) -> Self {
        Self { client, ..self }
    }

    /// The settings of the connector, such as those of TLS.
    pub fn with_connector(self, connector: ConnectorOptions) -> Self {
        Self { connector, ..self }
    }
}

/// The connections to `endpoint`, in the protocol of its query.
pub(crate) fn channel(endpoint: &Endpoint, options: ConnectorOptions) -> Result<Channel<BoxConnector>, ConnectError> {
    check_protocol(endpoint)?;
    let channel = Channel::new(endpoint.connector_with(options)?);
    Ok(match endpoint.protocol() {
        Some(protocol) => channel.with_protocol(protocol),
        None => channel,
    })
}

/// The connections of a client that [`connections!`](crate::connections) makes. volo's builder starts a task, and would
/// panic outside of a runtime.
#[doc(hidden)]
pub fn channel_to(endpoint: &str, options: ConnectOptions) -> Result<Channel<BoxConnector>, ConnectError> {
    let endpoint: Endpoint = endpoint.parse().map_err(|error: EndpointError| {
        ConnectError::new(ConnectErrorKind::InvalidEndpoint).at(shown(endpoint)).because(error)
    })?;
    if let Err(error) = tokio::runtime::Handle::try_current() {
        return Err(ConnectError::new(ConnectErrorKind::Io).at(endpoint.without_query()).because(error));
    }
    Ok(channel(&endpoint, options.connector)?.with_options(options.client))
}

/// The endpoint of a server that [`connections!`](crate::connections) makes.
#[doc(hidden)]
pub fn listening_on(endpoint: &str) -> Result<Endpoint, BindError> {
    endpoint.parse().map_err(|error| BindError::Endpoint(WrongEndpoint::Syntax(error)))
}

/// Gives a generated client and server the functions that connect and listen in one line. volplane writes it for every
/// service; without the cargo feature `endpoints` it writes nothing.
///
/// ```text
/// volplane_transport::connections! {
///     service Echo = "Echo";
///     server EchoServer;
///     client EchoClient, EchoClientBuilder: connect, connect_with;
/// }
/// ```
#[macro_export]
macro_rules! connections {
    (
        service $service:ident = $name:literal;
        server $server:ident;
        client $client:ident, $builder:ident: $connect:ident, $connect_with:ident;
    ) => {
        impl $client {
            /// A client of the server at `endpoint`, such as `tcp://127.0.0.1:8889` or
            /// `yamux+wss://example.com/thrift?protocol=framed`, with the default options. It connects when a call needs a
            /// connection, and again when the connection is lost. Clones share the connections.
            ///
            /// # Errors
            ///
            /// If the endpoint is invalid, if there is no connector for it, or outside of a tokio runtime. A server that
            /// can't be reached is an error of the call.
            pub fn $connect(
                endpoint: impl ::std::convert::AsRef<str>,
            ) -> ::std::result::Result<Self, $crate::ConnectError> {
                Self::$connect_with(endpoint, ::std::default::Default::default())
            }

            /// The same with options, such as timeouts and the settings of TLS.
            ///
            /// # Errors
            ///
            /// The same.
            pub fn $connect_with(
                endpoint: impl ::std::convert::AsRef<str>,
                options: $crate::ConnectOptions,
            ) -> ::std::result::Result<Self, $crate::ConnectError> {
                let channel = $crate::__connections::channel_to(endpoint.as_ref(), options)?;
                Ok($crate::ConnectWith::connect_through($builder::new($name), channel).build())
            }
        }

        impl<S: $service + Send + Sync + 'static> $server<S> {
            /// Listens on `endpoint`, such as `ws://127.0.0.1:8890/` or `yamux+tcp://127.0.0.1:8891`, with the default
            /// options. Await the result to serve; it also has `with_graceful_shutdown`, `with_options`, `handle` and
            /// `endpoint`, which has the port that port 0 became.
            ///
            /// # Errors
            ///
            /// If the endpoint is invalid, if there is no listener for it, or if the operating system refuses the
            /// address.
            ///
            /// # Cancel safety
            ///
            /// Cancel safe: nothing listens afterwards.
            pub async fn listen(
                endpoint: impl ::std::convert::AsRef<str>,
                handler: S,
            ) -> ::std::result::Result<
                $crate::Serve<
                    $crate::BoxListener,
                    impl FnMut(&$crate::BoxPeer) -> ::std::sync::Arc<Self> + Send + 'static,
                >,
                $crate::BindError,
            > {
                Self::listen_with(endpoint, handler, ::std::default::Default::default()).await
            }

            /// The same with options: the certificate for endpoints of TLS.
            ///
            /// # Errors
            ///
            /// The same.
            ///
            /// # Cancel safety
            ///
            /// The same.
            pub async fn listen_with(
                endpoint: impl ::std::convert::AsRef<str>,
                handler: S,
                options: $crate::ListenerOptions,
            ) -> ::std::result::Result<
                $crate::Serve<
                    $crate::BoxListener,
                    impl FnMut(&$crate::BoxPeer) -> ::std::sync::Arc<Self> + Send + 'static,
                >,
                $crate::BindError,
            > {
                let endpoint = $crate::__connections::listening_on(endpoint.as_ref())?;
                Ok($crate::serve(endpoint.bind_with(options).await?, Self::from_handler(handler)))
            }
        }
    };
}
