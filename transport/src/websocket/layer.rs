//! The handshakes of both ends.

use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request as ClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::frame::Role;
use super::head::HeadOnly;
use super::{HandshakeError, WebSocket, WebSocketPeer, WebSocketStream};
use crate::connection::{Connection, Peer};
use crate::endpoint::{Endpoint, Scheme};
use crate::layer::Layer;

impl<Io: Connection> Layer<Io> for WebSocket {
    type Io = WebSocketStream<Io>;
    type Peer<P: Peer> = WebSocketPeer<P>;
    type Error = HandshakeError;

    async fn outgoing(&self, io: Io, to: &Endpoint) -> Result<WebSocketStream<Io>, HandshakeError> {
        let request = self.request(to)?;
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, HeadOnly::new(io), Some(handshake_only()))
                .await
                .map_err(HandshakeError::of)?;
        let (io, early) = socket.into_inner().into_parts();
        Ok(WebSocketStream::new(io, early, Role::Client, self.keepalive))
    }

    async fn incoming<P: Peer>(
        &self,
        io: Io,
        peer: P,
    ) -> Result<(WebSocketStream<Io>, WebSocketPeer<P>), HandshakeError> {
        let (mut path, mut query, mut headers) = (String::new(), None, HeaderMap::new());
        // tungstenite's signature.
        #[allow(clippy::result_large_err)]
        let look = |request: &Request, response: Response| {
            path = request.uri().path().to_owned();
            query = request.uri().query().map(str::to_owned);
            headers = request.headers().clone();
            if self.admits(&path) { Ok(response) } else { Err(not_found()) }
        };
        let socket = tokio_tungstenite::accept_hdr_async_with_config(HeadOnly::new(io), look, Some(handshake_only()))
            .await
            .map_err(HandshakeError::of)?;
        let (io, early) = socket.into_inner().into_parts();
        Ok((
            WebSocketStream::new(io, early, Role::Server, self.keepalive),
            WebSocketPeer::new(peer, path, query, headers),
        ))
    }

    fn endpoint(&self, below: Endpoint) -> Endpoint {
        let above = below
            .clone()
            .with_scheme(Scheme::Ws)
            .and_then(|endpoint| endpoint.with_path(&self.path))
            .and_then(|endpoint| endpoint.with_query(self.query.as_deref()));
        // An endpoint without a host, such as a connection in memory, is not changed.
        above.unwrap_or(below)
    }
}

impl WebSocket {
    /// The upgrade request. It has an `Origin`, which Go's x/net/websocket requires, and offers no extensions.
    fn request(&self, to: &Endpoint) -> Result<ClientRequest, HandshakeError> {
        let host = to.authority().unwrap_or_else(|| "localhost".to_owned());
        let query = self.query.iter().map(|query| format!("?{query}")).collect::<String>();
        let invalid = HandshakeError::Request;
        let url = format!("ws://{host}{}{query}", self.path);
        let mut request = url.into_client_request().map_err(|error| invalid(Box::new(error)))?;
        let origin = HeaderValue::try_from(format!("http://{host}")).map_err(|error| invalid(Box::new(error)))?;
        request.headers_mut().insert(header::ORIGIN, origin);
        Ok(request)
    }

    /// Whether a server with this layer accepts `path`.
    fn admits(&self, path: &str) -> bool {
        let own = if self.subpaths { self.path.trim_end_matches('/') } else { &self.path };
        match path.strip_prefix(own) {
            Some("") => true,
            Some(rest) => self.subpaths && rest.starts_with('/'),
            None => false,
        }
    }
}

fn not_found() -> ErrorResponse {
    let mut response = ErrorResponse::new(Some("no WebSocket at this path\n".to_owned()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// tungstenite allocates its frame buffers at once, but is used only for the handshake.
fn handshake_only() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0).max_write_buffer_size(1024)
}
