//! Who may connect: a function of the user's that sees each request.

use std::any::{Any, TypeId};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Refusal, RequestHead};
use crate::box_peer::BoxPeer;
use crate::connection::Peer;

/// A check of each request, before a WebSocket handshake or an HTTP call is answered: it refuses the request, or
/// attaches what it learned of the client to the [`Peer`], where [`Peer::get`] finds it.
///
/// It may wait, for example for a database: the deadline of handshakes
/// ([`HandshakeOptions`](crate::HandshakeOptions)) covers it. It gets the whole head and the peer of the connection
/// below, with a certificate if there was one, and is called after path and `Origin` were accepted. If it panics, the
/// connection is dropped.
///
/// ```
/// # use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
/// use volplane_transport::{
///     Admission, Admitted, ConnectWith, HttpRequest, Listener, Peer, Refusal, WebSocket, serve_with,
/// };
///
/// #[derive(Clone, Debug)]
/// struct User(String);
///
/// async fn authenticate(request: HttpRequest) -> Result<Admitted, Refusal> {
///     match request.bearer() {
///         Some("t0ken") => Ok(Admitted::new().with(User("ann".into()))),
///         Some(_) => Err(Refusal::forbidden("this token is not valid")),
///         None => Err(Refusal::unauthorized("send a bearer token")),
///     }
/// }
///
/// struct Greeter(User);
///
/// impl Echo for Greeter {
///     async fn echo(&self, request: Request) -> Result<Response, volo_thrift::ServerError> {
///         Ok(Response { message: Some(format!("hello {}", self.0.0).into()) })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await?.with_admission(Admission::new(authenticate));
/// let url = listener.endpoint();
/// let server = serve_with(listener, |peer| {
///     // Nobody comes here without a user.
///     let user = peer.get::<User>().cloned().unwrap_or(User("nobody".into()));
///     EchoServer::from_handler(Greeter(user))
/// });
/// tokio::spawn(server.into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(WebSocket::to(&url).with_bearer("t0ken")).build();
/// let answer = client.echo(Request { message: None }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello ann"));
///
/// let client = EchoClientBuilder::new("example").connect_with(WebSocket::to(&url)).build();
/// let error = client.echo(Request { message: None }).await.unwrap_err();
/// assert!(error.to_string().contains("HTTP 401: send a bearer token"), "{error}");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Admission {
    check: Arc<dyn Fn(HttpRequest) -> BoxFuture<'static, Result<Admitted, Refusal>> + Send + Sync>,
}

impl Admission {
    /// Calls `check`, an `async fn` or a closure, with each request.
    ///
    /// # Cancel safety
    ///
    /// If the deadline ends the handshake, or the listener is dropped, the future of `check` is dropped where it waits.
    /// That the client has gone is not noticed before.
    pub fn new<C, F>(check: C) -> Self
    where
        C: Fn(HttpRequest) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Admitted, Refusal>> + Send + 'static,
    {
        Self { check: Arc::new(move |request| check(request).boxed()) }
    }

    /// Checks a request from `peer`.
    pub(crate) async fn check(&self, request: HttpRequest) -> Result<Admitted, Refusal> {
        (self.check)(request).await
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admission")
    }
}

/// A request that an [`Admission`] decides on. Clones share it.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    head: Arc<RequestHead>,
    id: Option<Arc<str>>,
    peer: BoxPeer,
}

impl HttpRequest {
    pub(crate) fn new(head: Arc<RequestHead>, id: Option<Arc<str>>, peer: impl Peer) -> Self {
        Self { head, id, peer: BoxPeer::new(peer) }
    }

    /// The id in the path, if the listener takes ids from paths
    /// ([`WebSocket::with_ids`](crate::WebSocket::with_ids)).
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The peer of the connection below: its address, and its certificate if there is one.
    pub fn peer(&self) -> &BoxPeer {
        &self.peer
    }
}

/// The head of the request.
impl std::ops::Deref for HttpRequest {
    type Target = RequestHead;

    fn deref(&self) -> &RequestHead {
        &self.head
    }
}

/// What an [`Admission`] learned of a client: any number of values, one of each type. Clones share them.
#[derive(Clone, Default)]
pub struct Admitted {
    values: Vec<(TypeId, Arc<dyn Any + Send + Sync>)>,
}

impl Admitted {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Attaches a value, for [`Peer::get`] of its type. Replaces one of the same type.
    pub fn with<T: Any + Send + Sync>(mut self, value: T) -> Self {
        let id = TypeId::of::<T>();
        self.values.retain(|(other, _)| *other != id);
        self.values.push((id, Arc::new(value)));
        self
    }

    /// The value of this type, for [`Peer::detail`].
    pub(crate) fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.values.iter().find(|(id, _)| *id == wanted).map(|(_, value)| &**value as &dyn Any)
    }
}

impl fmt::Debug for Admitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Admitted({} values)", self.values.len())
    }
}
