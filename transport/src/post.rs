//! Thrift over HTTP, as Apache's `THttpClient` and its servers speak it: one message is the body of a POST, and its
//! answer the body of the response.
//!
//! `body`, `message` and `rules` are pure. `client` and `server` are the two ends of a connection: byte streams, so that
//! codec, pool and server do not depend on HTTP. Heads are parsed by [`http`](crate::http), as those of WebSocket
//! handshakes are.

mod body;
mod client;
mod error;
mod layer;
mod layered;
mod message;
mod output;
mod peer;
mod read;
mod rules;
mod server;
mod stream;

use std::sync::Arc;

pub use body::BodyError;
pub use error::HttpError;
pub use peer::HttpPeer;
use rules::Settings;
pub use stream::HttpStream;

use crate::codec::MAX_MESSAGE_SIZE;
use crate::endpoint::{Endpoint, Scheme};
use crate::http::{Admission, Origins, OwnHeaders};
use crate::layer::Layered;
use crate::maybe_tls::MaybeTls;
use crate::stdnet::{BindError, StdNet, StdNetListener};
use crate::target::{self, Target};

/// The layer for thrift over HTTP/1.1: each call is a `POST` with `Content-Type: application/x-thrift` whose body is one
/// message, and its answer is the body of a response with status 200, also if it is an exception. Connections are kept
/// alive. [`to`](Self::to) and [`bind`](Self::bind) put it on TCP, [`at`](Self::at) is for other connections.
///
/// Apache Thrift's HTTP clients and servers understand it. Use it where a network allows only HTTP, or where the peer
/// is Apache Thrift; between two programs that use this crate, other connections are faster and carry more.
///
/// Messages have neither TTHeader nor frame: a client uses [`Protocol::BUFFERED`](crate::Protocol::BUFFERED) by default,
/// and `BUFFERED.compact()` if it is chosen. So business errors arrive as exceptions, and a server cannot tell a caller's
/// name. A one-way call ends when the server has accepted it, and fails if the server refuses it. An answer is returned
/// when it is whole, so the `io_timeout` of [`ClientOptions`](crate::ClientOptions), which is off by default, limits
/// the wait for a whole answer.
///
/// | limit | default | when it is exceeded |
/// |---|---|---|
/// | `max_message_size` | 16 MiB | a server answers 413 |
/// | head of a request | 8 KiB | a server answers 431 |
/// | headers of a request | 64 | a server answers 431 |
///
/// The head of the first request of a connection has to arrive within the deadline of
/// [`HandshakeOptions`](crate::HandshakeOptions); after that, the deadlines of [`ServeOptions`](crate::ServeOptions)
/// apply.
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
/// use volplane_transport::{ConnectWith, Http, Listener, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = Http::bind("http://127.0.0.1:0/echo").await?;
/// let url = listener.endpoint();
/// tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(Http::to(url)).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Http {
    settings: Arc<Settings>,
}

impl Http {
    /// The layer for `path`, such as `/echo` or `/echo?tenant=x`: a client requests it; a server accepts it, with any
    /// query and with or without a slash at the end, and answers other paths with 404.
    pub fn at(path: impl Into<String>) -> Self {
        let path = path.into();
        match path.split_once('?') {
            Some((path, query)) => Self::new(path.to_owned(), Some(query.to_owned())),
            None => Self::new(path, None),
        }
    }

    /// Calls the server at `url`, `http://HOST:PORT/PATH`, over TCP, or `https://HOST:PORT/PATH`, over TLS. TLS trusts the
    /// roots of the operating system; for other settings use [`to_tls`](Self::to_tls).
    ///
    /// If `url` is invalid, every connection fails with
    /// [`ConnectErrorKind::InvalidEndpoint`](crate::ConnectErrorKind::InvalidEndpoint). To check it earlier, parse it
    /// as an [`Endpoint`].
    pub fn to(url: impl ToString) -> Layered<Layered<StdNet, MaybeTls>, Http> {
        let target = Target::maybe_tls(&url.to_string(), Scheme::Http, Scheme::Https);
        let layer = target.endpoint().map_or_else(|_| Self::at("/"), Self::of);
        MaybeTls::to(target).layer(layer)
    }

    /// Listens on `url`, `http://HOST:PORT/PATH`, over TCP. Port 0 selects a free port; it is in the listener's
    /// [`endpoint`](crate::Listener::endpoint). Only this path is accepted; see [`with_subpaths`](Self::with_subpaths).
    ///
    /// # Errors
    ///
    /// If the URL can't be parsed, its host can't be resolved, or the operating system refuses the address.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind(url: impl ToString) -> Result<Layered<StdNetListener, Http>, BindError> {
        let endpoint = target::parse(&url.to_string(), Scheme::Http)?;
        let listener = StdNet::bind_to(&endpoint).await?;
        Ok(Layered::listener(listener, Self::of(&endpoint)))
    }

    /// The layer for the path and query of an endpoint.
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        Self::new(endpoint.path().to_owned(), endpoint.query().map(str::to_owned))
    }

    fn new(path: String, query: Option<String>) -> Self {
        let settings = Settings {
            path,
            query,
            subpaths: false,
            health: None,
            origins: Origins::default(),
            admission: None,
            headers: OwnHeaders::default(),
            keeps_alive: true,
            max_message_size: MAX_MESSAGE_SIZE,
        };
        Self { settings: Arc::new(settings) }
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// Limits the body of a request to a server and of a response to a client, in bytes. Default: 16 MiB. The limits of
    /// [`ServeOptions`](crate::ServeOptions) and [`ClientOptions`](crate::ClientOptions) apply, too, so raise both.
    pub fn with_max_message_size(self, bytes: usize) -> Self {
        self.set(|settings| settings.max_message_size = bytes)
    }

    /// Makes a server also accept every path under its own: `/echo/a` in addition to `/echo`. Has no effect on a
    /// client.
    pub fn with_subpaths(self) -> Self {
        self.set(|settings| settings.subpaths = true)
    }

    /// Makes a server answer `GET` and `HEAD` requests for `path`, such as `/healthz`, with 200. Default: off. The connection is closed after the answer. Has no effect on a client.
    pub fn with_health(self, path: impl Into<String>) -> Self {
        self.set(|settings| settings.health = Some(path.into()))
    }

    /// Makes a server accept requests that browsers send for pages of these origins, such as `https://example.com`, and
    /// of its own. Default: only of its own origin; requests without `Origin` do not come from a browser and are accepted. A
    /// refused request gets 403. A preflight request (`OPTIONS`) is answered with the origins that may call, without
    /// cookies. Has no effect on a client.
    pub fn with_origins(self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.set(|settings| settings.origins = Origins::of(origins))
    }

    /// Makes a server accept requests that browsers send for pages of any origin. Use it only if the service needs no
    /// protection from pages that its users visit. Has no effect on a client.
    pub fn with_any_origin(self) -> Self {
        self.set(|settings| settings.origins = Origins::any())
    }

    /// Whether a server keeps a connection open after an answer. Default: `true`. Has no effect on a client.
    ///
    /// Turn it off behind a proxy that sends the requests of different callers over one connection, as haproxy does
    /// without `http-reuse never`, if callers differ: what is known of a peer comes from the first request. If another
    /// caller on its connection differs in path, query, `Authorization`, `Cookie`, `Host` or `Origin`, its request gets
    /// 421. A client of this crate then uses another connection; those of Apache fail. A caller that differs in other
    /// headers only is taken for the first one.
    pub fn with_keep_alive(self, keep_alive: bool) -> Self {
        self.set(|settings| settings.keeps_alive = keep_alive)
    }

    /// Calls `admission` with the first request of each connection to a server, before its message is read. Further
    /// requests on the connection need the same path, query, `Authorization`, `Cookie`, `Host` and `Origin`: others get
    /// 421, which tells a client to use another connection. If `admission` looks at another header, such as `X-Api-Key`,
    /// behind a proxy, turn off [`with_keep_alive`](Self::with_keep_alive): it is not asked again when that differs. Has
    /// no effect on a client.
    pub fn with_admission(self, admission: Admission) -> Self {
        self.set(|settings| settings.admission = Some(admission))
    }

    /// Adds a header to the requests of a client. A name or value that can't be sent fails every connection. Replaces
    /// `User-Agent` if it is that; `Content-Type` and `Accept` can be replaced, too. Has no effect on a server.
    pub fn with_header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.set(|settings| settings.headers.add(name.as_ref(), value.as_ref()))
    }

    /// Sends `Authorization: Bearer TOKEN` with the requests of a client
    /// ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)). Has no effect on a server.
    pub fn with_bearer(self, token: impl AsRef<str>) -> Self {
        self.set(|settings| settings.headers.set_bearer(token.as_ref()))
    }

    /// Sends `Authorization: Basic …` with the requests of a client
    /// ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)). Has no effect on a server.
    pub fn with_basic(self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.set(|settings| settings.headers.set_basic(user.as_ref(), password.as_ref()))
    }
}

#[cfg(feature = "tls")]
impl Http {
    /// Calls the server at `url`, `https://HOST:PORT/PATH`, with these settings of TLS.
    ///
    /// If `url` is invalid, every connection fails with
    /// [`ConnectErrorKind::InvalidEndpoint`](crate::ConnectErrorKind::InvalidEndpoint).
    pub fn to_tls(url: impl ToString, tls: crate::TlsClient) -> Layered<Layered<StdNet, crate::TlsClient>, Http> {
        let target = Target::new(&url.to_string(), Scheme::Https);
        let layer = target.endpoint().map_or_else(|_| Self::at("/"), Self::of);
        StdNet::at(target).layer(tls).layer(layer)
    }

    /// Listens on `url`, `https://HOST:PORT/PATH`, with the certificate and settings of `tls`. Otherwise as
    /// [`bind`](Self::bind).
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind_tls(
        url: impl ToString,
        tls: crate::TlsServer,
    ) -> Result<Layered<Layered<StdNetListener, crate::TlsServer>, Http>, BindError> {
        let endpoint = target::parse(&url.to_string(), Scheme::Https)?;
        let listener = StdNet::bind_to(&endpoint).await?;
        Ok(Layered::listener(Layered::listener(listener, tls), Self::of(&endpoint)))
    }
}
